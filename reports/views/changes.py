"""The pages and buttons that change the state of a report, one view each.

A step that needs nothing but the tap goes through `run_one_tap`. A step that asks for something
goes through `change_page`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedIn
from reports.forms.changes import (
    ChangeForm,
    DispatchForm,
    MergeForm,
    OverrideForm,
    ReferForm,
    RejectForm,
    ReopenForm,
    ResolveForm,
)
from reports.models import Handover, Report
from reports.rights import is_with_own_unit, may_take_step
from reports.services.changes import (
    arrive_at_report,
    close_report,
    dispatch_report,
    merge_report,
    override_report,
    recall_report,
    refer_report,
    reject_report,
    reopen_report,
    resolve_report,
    verify_report,
)
from reports.services.transitions import ReportMoved
from reports.views.desk import get_report_or_404
from reports.workflow import state_allows_step

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def report_verify(request: SignedIn, pk: int) -> HttpResponse:
    return run_one_tap(request, pk, verify_report, _("Verified. Who goes there?"))


@get_or_post
def report_dispatch(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_dispatch.html",
        DispatchForm,
        dispatch_report,
        lambda report: _("Assigned to %(who)s.") % {"who": report.assignee.titled_name},
    )


@get_or_post
def report_recall(request: SignedIn, pk: int) -> HttpResponse:
    return run_one_tap(request, pk, recall_report, _("The assignment is taken back."))


@get_or_post
def report_arrive(request: SignedIn, pk: int) -> HttpResponse:
    return run_one_tap(request, pk, arrive_at_report, _("Arrival noted. Stay safe."))


@get_or_post
def report_resolve(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_resolve.html",
        ResolveForm,
        resolve_report,
        _("Resolved. The reporter can read what came of it."),
    )


@get_or_post
def report_close(request: SignedIn, pk: int) -> HttpResponse:
    return run_one_tap(request, pk, close_report, _("The report is closed."))


@get_or_post
def report_reject(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_reject.html",
        RejectForm,
        reject_report,
        _("Noted. The reporter reads why, and may add what is missing."),
    )


@get_or_post
def report_merge(request: SignedIn, pk: int) -> HttpResponse:
    """The page shows text, distance and time of similar reports to choose from."""
    return change_page(
        request,
        pk,
        "reports/report_merge.html",
        MergeForm,
        merge_report,
        lambda report: _("Merged with %(number)s.") % {"number": report.duplicate_of},
    )


@get_or_post
def report_refer(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_refer.html",
        ReferForm,
        refer_report,
        lambda report: _("Passed on to %(agency)s.") % {"agency": report.referred_to},
    )


@get_or_post
def report_reopen(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_reopen.html",
        ReopenForm,
        reopen_report,
        _("Reopened. It needs an officer again."),
    )


@get_or_post
def report_override(request: SignedIn, pk: int) -> HttpResponse:
    """Sets any state, for commanders."""
    return change_page(
        request,
        pk,
        "reports/report_override.html",
        OverrideForm,
        override_report,
        lambda report: _("The state is now: %(state)s.") % {"state": report.get_state_display()},
    )


# How a step is run


def run_one_tap(
    request: SignedIn, pk: int, service: Callable[..., Report], message: str
) -> HttpResponse:
    """Runs a step that needs nothing but the tap, then leads back to the report.

    Asked by GET, for example after signing in again, it only leads back. The service gets a
    report with its key only, because it reads and locks the row itself.
    """
    if request.method != "POST":
        return redirect("reports:report_detail", get_report_or_404(request, pk).pk)
    try:
        with answer_if_taken_away(request, pk):
            seen = request.POST.get("seen", "")
            report = service(report=Report(pk=pk), by=request.user, seen=seen)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back_to(request, pk)
    messages.success(request, message)
    if not report.is_sealed and is_with_own_unit(request.user, report):
        # Surely still in sight, so that back_to() need not ask.
        return redirect("reports:report_detail", pk)
    return back_to(request, pk)


def change_page(
    request: SignedIn,
    pk: int,
    template: str,
    form_class: type[ChangeForm],
    service: Callable[..., object],
    message: str | Callable[[Any], str],
) -> HttpResponse:
    """Shows the form of a step and runs the step once the form is valid.

    `message` is shown afterwards; where it is a function it gets what the service returned. If
    somebody else changed the report first, the typed words stay on the page and the news stands
    above them (409).
    """
    report = get_report_or_404(request, pk)
    form = make_form(request, form_class, report)
    try:
        require_step(request, form.step, report)
        if is_submitted(request) and form.is_valid():
            with answer_if_taken_away(request, pk):
                result = service(report=report, by=request.user, **form.values())
            messages.success(request, message(result) if callable(message) else message)
            return back_to(request, pk)
    except ReportMoved as error:
        report = get_report_or_404(request, pk)
        keeps_words = form.is_bound and form.has_words
        if not (keeps_words and may_take_step(request.user, report, form.step)):
            messages.error(request, error.messages[0])
            return back_to(request, pk)
        form = make_form(request, form_class, report, seen=form_class.stamp_of(report))
        form.add_news(error)
        return render_form(request, template, form, status=409)
    except ValidationError as error:
        form.add_error(None, error)
    return render_form(request, template, form)


def is_submitted(request: SignedIn) -> bool:
    """False for a search within the form, which changes nothing yet."""
    return request.method == "POST" and "find" not in request.POST


def make_form(
    request: SignedIn, form_class: type[ChangeForm], report: Report, **changed: str
) -> ChangeForm:
    """`changed` replaces fields of what was sent."""
    if not is_submitted(request):
        return form_class(report=report, by=request.user, initial=request.POST.dict())
    data = request.POST.copy()
    for name, value in changed.items():
        data[name] = value
    return form_class(data, request.FILES, report=report, by=request.user)


def require_step(request: SignedIn, step: str, report: Report) -> None:
    """Raises PermissionDenied without the right, and ReportMoved if the page is opened too late."""
    if not may_take_step(request.user, report, step):
        raise_if_handed_over(request, report.pk)
        raise PermissionDenied
    if request.method != "POST" and not state_allows_step(step, report.state):
        raise ReportMoved(report)


@contextmanager
def answer_if_taken_away(request: SignedIn, pk: int) -> Iterator[None]:
    """Answers correctly if somebody takes the report away while the service runs: 404 out of
    sight, ReportMoved after a handover."""
    try:
        yield
    except Report.DoesNotExist as error:
        raise Http404 from error
    except PermissionDenied:
        raise_if_handed_over(request, pk)
        raise


def raise_if_handed_over(request: SignedIn, pk: int) -> None:
    """Tells the person that a colleague handed the report over, instead of a bare 403."""
    if Handover.objects.in_scope(request.user).filter(report=pk).exists():
        raise ReportMoved(get_report_or_404(request, pk))


def back_to(request: SignedIn, pk: int) -> HttpResponse:
    """To the report's page, or to the list if the step took the report out of sight."""
    if Report.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("reports:report_detail", pk)
    return redirect("reports:report_list")


def render_form(
    request: SignedIn, template: str, form: ChangeForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "report": form.report,
        "form": form,
        "state_allows": state_allows_step(form.step, form.report.state),
    }
    return render(request, template, context, status=status)
