"""What residents say: written down, answered, checked by somebody else, printed."""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from programs.filters import IssueFilter
from programs.forms.forums import IssuePublishForm
from programs.forms.issues import (
    IssueAddForm,
    IssueDoneForm,
    IssueExplainForm,
    IssuePromiseForm,
    IssueStepForm,
    IssueVerifyForm,
)
from programs.models import Activity, Forum, ResidentIssue
from programs.models.issues import OLDEST_FIRST
from programs.presenters.issue_steps import buttons_of, issue_words, waits_for
from programs.rights import (
    may_log_activity,
    may_publish_issue,
    may_report_issue,
    may_see_activities,
    may_take_issue_step,
)
from programs.selectors.choices import unit_to_log
from programs.selectors.issues import issues_shown, report_of, timeline_of
from programs.services.issues import (
    IssueConflict,
    doubt_issue,
    explain_issue,
    finish_issue,
    promise_issue,
    publish_issue,
    report_issue,
    unpublish_issue,
    verify_issue,
    write_issue,
)
from programs.workflow import ISSUE_CHANGES
from reports.models import Report
from territory.times import day
from toolkit.idempotency.fields import as_new_form
from toolkit.keys import row_key
from toolkit.outbox.answers import outbox_form
from toolkit.outbox.copies import copied
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import ChangeRefused, state_allows

RELATED = ("village", "group", "unit", "author", "owner", "done_by", "verified_by", "forum")
MOST_PRINTED = 200
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def get_issue_or_404(request: SignedIn, pk: int) -> ResidentIssue:
    """With what its pages name."""
    rows = ResidentIssue.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related(*RELATED, "activity__kind"), pk=pk)


@require_safe
def issue_list(request: SignedIn) -> HttpResponse:
    require(may_see_activities(request.user))
    found = IssueFilter(request.GET, user=request.user)
    shown = list_context(request, found, issues_shown(found.qs), order=OLDEST_FIRST, size=50)
    context = {
        **shown,
        "show_units": "unit" in found.filters,
        "may_log": may_log_activity(request.user),
    }
    return TemplateResponse(request, "programs/issue_list.html", context)


@require_safe
def issue_print(request: SignedIn) -> HttpResponse:
    """The same list on paper, to be read out at a meeting."""
    require(may_see_activities(request.user))
    found = IssueFilter(request.GET, user=request.user)
    rows = issues_shown(found.qs).order_by(*OLDEST_FIRST)[: MOST_PRINTED + 1]
    issues = list(rows)
    context = {
        "issues": issues[:MOST_PRINTED],
        "is_cut": len(issues) > MOST_PRINTED,
        "unit": unit_to_log(request.user) or request.user.unit,
        "now": timezone.now(),
        "query": request.GET.urlencode(),
    }
    return render(request, "programs/issue_print.html", context)


def _named(request: SignedIn, name: str) -> str:
    """The key of the activity or meeting at which it was said."""
    typed = request.POST if request.method == "POST" else request.GET
    return typed.get(name, "")


def _activity_named(request: SignedIn) -> Activity | None:
    """404 where the person may not see it."""
    if not (word := _named(request, "activity")):
        return None
    key: int = row_key(word) or 0
    rows = Activity.objects.visible_to(request.user).select_related("kind", "unit", "village")
    return get_object_or_404(rows, pk=key)


def _forum_named(request: SignedIn) -> Forum | None:
    if not (word := _named(request, "forum")):
        return None
    key: int = row_key(word) or 0
    rows = Forum.objects.visible_to(request.user).select_related("unit", "village")
    return get_object_or_404(rows, pk=key)


@get_or_post
@copied
@outbox_form
def issue_add(request: SignedIn) -> HttpResponse:
    user, is_sent = request.user, request.method == "POST"
    activity = _activity_named(request)
    forum = None if activity else _forum_named(request)
    said_at = activity or forum
    require(is_sent or may_log_activity(user, said_at.unit if said_at else None))
    make_form = partial(IssueAddForm, by=user, activity=activity, forum=forum)
    stored = None
    form = make_form(request.POST) if is_sent else make_form()
    if is_sent and form.is_valid():
        try:
            issue, _is_new = write_issue(draft=form.draft(), unit=unit_to_log(user), by=user)
        except IssueConflict as conflict:
            stored = conflict.stored
            form = make_form(as_new_form(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = _("Written down as %(number)s. What do we answer?")
            messages.success(request, said % {"number": issue.number})
            return redirect("programs:issue_detail", issue.pk)
    context = {
        "form": form,
        "activity": activity,
        "forum": forum,
        "stored": stored,
        "stored_words": issue_words(stored) if stored else [],
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "programs/issue_add.html", context, status=status)


@require_safe
def issue_detail(request: SignedIn, pk: int) -> HttpResponse:
    issue = get_issue_or_404(request, pk)
    was_reported, report = report_of(issue, request.user)
    by_day = groupby(timeline_of(issue), key=lambda event: day(event.at, issue.unit))
    context = {
        "issue": issue,
        "buttons": buttons_of(issue, request.user),
        "waits_for": waits_for(issue, request.user),
        "days": [(name, list(events)) for name, events in by_day],
        "was_reported": was_reported,
        "report": report,
        "may_publish": may_publish_issue(request.user, issue),
        "may_report": not was_reported and may_report_issue(request.user, issue),
        "sees_activity": issue.activity is not None
        and Activity.objects.visible_to(request.user).filter(pk=issue.activity.pk).exists(),
    }
    return render(request, "programs/issue_detail.html", context)


@get_or_post
def issue_promise(request: SignedIn, pk: int) -> HttpResponse:
    said = _("Promised. It is on the list until it is done and checked.")
    page = "programs/issue_promise.html"
    return _step_page(request, pk, "promise", page, IssuePromiseForm, promise_issue, said)


@get_or_post
def issue_done(request: SignedIn, pk: int) -> HttpResponse:
    said = _("Noted as done. Somebody else checks it.")
    page = "programs/issue_done.html"
    return _step_page(request, pk, "do", page, IssueDoneForm, finish_issue, said)


@get_or_post
def issue_verify(request: SignedIn, pk: int) -> HttpResponse:
    page, said = "programs/issue_verify.html", _("Thank you for checking.")
    return _step_page(request, pk, "verify", page, IssueVerifyForm, _judge, said)


def _judge(**values: Any) -> ResidentIssue:
    """Without a new day it is done."""
    return doubt_issue(**values) if "due" in values else verify_issue(**values)


@get_or_post
def issue_explain(request: SignedIn, pk: int) -> HttpResponse:
    said = _("Explained. It is read out at the next meeting.")
    page = "programs/issue_explain.html"
    return _step_page(request, pk, "explain", page, IssueExplainForm, explain_issue, said)


def _step_page(
    request: SignedIn,
    pk: int,
    step: str,
    template: str,
    form_class: type[IssueStepForm],
    act: Callable[..., ResidentIssue],
    said: str,
) -> HttpResponse:
    """The page of a step. What was typed is kept where somebody else was faster."""
    issue = get_issue_or_404(request, pk)
    require(may_take_issue_step(request.user, issue, step))
    if request.method != "POST" and not state_allows(ISSUE_CHANGES, step, issue.state):
        messages.info(request, _("That is settled already: see below what became of it."))
        return redirect("programs:issue_detail", pk)
    typed = request.POST if request.method == "POST" else None
    form = form_class(typed, issue=issue, by=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(issue=issue, by=request.user, **form.values())
        except ChangeRefused as error:
            issue = get_issue_or_404(request, pk)
            form.show_again(issue)
            form.add_error(None, error.messages)
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said)
            return redirect("programs:issue_detail", pk)
    context = {
        "form": form,
        "issue": issue,
        "state_allows": state_allows(ISSUE_CHANGES, step, issue.state),
    }
    return render(request, template, context, status=status)


@post_only("programs:issue_detail")
def issue_report(request: SignedIn, pk: int) -> HttpResponse:
    issue = get_issue_or_404(request, pk)
    try:
        report, is_new = report_issue(issue=issue, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("programs:issue_detail", pk)
    if not Report.objects.visible_to(request.user).filter(pk=report.pk).exists():
        said = _("Passed on as %(number)s to the unit that answers for the place.")
        messages.success(request, said % {"number": report.number})
        return redirect("programs:issue_detail", pk)
    if is_new:
        messages.success(request, _("It is report %(number)s now.") % {"number": report.number})
    return redirect("reports:report_detail", report.pk)


@get_or_post
def issue_publish(request: SignedIn, pk: int) -> HttpResponse:
    """What of it everybody may read, on the public page of its meeting."""
    issue = get_issue_or_404(request, pk)
    require(may_publish_issue(request.user, issue))
    typed = request.POST if request.method == "POST" else None
    form = IssuePublishForm(typed, issue=issue)
    if typed is not None and form.is_valid():
        try:
            publish_issue(issue=issue, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Everybody who has the QR can read it now."))
            return redirect("programs:issue_detail", pk)
    return render(request, "programs/issue_publish.html", {"form": form, "issue": issue})


@post_only("programs:issue_detail")
def issue_unpublish(request: SignedIn, pk: int) -> HttpResponse:
    issue = get_issue_or_404(request, pk)
    said = _("Taken from the public page.")
    attempt(request, lambda: unpublish_issue(issue=issue, by=request.user), said)
    return redirect("programs:issue_detail", pk)
