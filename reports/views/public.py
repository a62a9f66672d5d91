"""A citizen reports without an account: what happened, then where and when, then the receipt."""

from dataclasses import replace
from itertools import groupby
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from reports.category_words import matches
from reports.forms.public import ReportForm, SearchForm, kept_words
from reports.models import Category, CategoryGroup, Report, ReportPhoto
from reports.selectors.areas import area_label, match_areas
from reports.services.intake import ReportConflict, receive_report
from reports.views import throttle
from reports.views.code_cookie import forget_visit, remember_code, remembered_code
from reports.views.draft_cookie import Draft, forget_draft, keep_draft, kept_draft
from toolkit.limits.requests import address_of
from toolkit.names import name_key
from toolkit.outage import AWAY, without_database
from toolkit.photos.words import missing_words
from toolkit.ui.requests import post_only

# Two letters stand in too many names for an index. The script of the form waits for three, too.
SHORTEST_SEARCH = 3
# Among so many the helpline of violence is looked for.
LIKELIEST = 3
# The form field in which each time was typed, by the name that errors of the service have.
TYPED_IN = {"occurred_from": "occurred_at", "occurred_to": "occurred_until"}


def offered_categories(request: HttpRequest) -> list[Category]:
    return list(Category.objects.visible_to(cast(User, request.user)).offered())


def offered_category(request: HttpRequest, code: str) -> Category | None:
    if not code or "\0" in code:
        return None
    offered = Category.objects.visible_to(cast(User, request.user)).offered()
    return next(iter(offered.filter(code=code).order_by()), None)


@login_not_required
@gzip_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_send(request: HttpRequest) -> HttpResponse:
    """The choice of a category: as tiles, those first that the typed words may mean."""
    draft = kept_draft(request)
    if request.POST.get("step") in ("send", "change"):
        # A form that was open while the site was updated still has this address.
        return report_fill(request)
    if request.method == "POST":
        return _go_on(request, draft)
    offered = offered_categories(request)
    search = SearchForm(initial={"words": draft.words})
    by_group = sorted(offered, key=lambda row: CategoryGroup.values.index(row.group))
    context = _found(draft.words, offered) | {
        "search": search,
        "groups": [
            (CategoryGroup(group).label, list(rows))
            for group, rows in groupby(by_group, key=lambda row: row.group)
        ],
        "is_lost": "belum" in request.GET,
    }
    return render(request, "reports/report_send.html", context)


def _found(words: str, offered: list[Category]) -> dict[str, Any]:
    """What a search for the words shows. Where they may mean violence that no mediation may settle,
    its helpline stands beside 110."""
    found = matches(words, offered)
    likely = [match.category for match in found[:LIKELIEST] if match.is_said]
    grave = [row for row in likely if row.hotline and not row.allows_mediation]
    return {
        "found": [match.category for match in found],
        "searched": bool(words.strip()),
        "helpline": grave[0] if grave else None,
    }


def _searched_words(request: HttpRequest) -> str:
    search = SearchForm(request.POST)
    return search.cleaned_data["words"] if search.is_valid() else ""


def _go_on(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Leads to the form of the chosen category, or after a search back to the tiles."""
    if request.POST.get("step") == "search":
        words = _searched_words(request)
        return _redirect_with(replace(draft, words=words), "reports:report_send")
    category = offered_category(request, request.POST.get("category", ""))
    if category is None:
        return redirect(f"{reverse('reports:report_send')}?belum")
    return _redirect_with(replace(draft, category=category.code), "reports:report_fill")


@login_not_required
@gzip_page  # as report_send: its words are secret, but nobody else can have them sent
@sensitive_post_parameters()
@post_only("reports:report_send")
def category_search(request: HttpRequest) -> HttpResponse:
    """What the search finds for the words typed so far. By POST, so that no address, and no log of
    addresses, contains them. One query, cheaper than a page: it needs no limit."""
    found = _found(_searched_words(request), offered_categories(request))
    return render(request, "reports/category_search.html", found)


def _redirect_with(draft: Draft, page: str) -> HttpResponse:
    response = redirect(page)
    response.status_code = 303
    if not keep_draft(response, draft):
        # The text is too long for a cookie. Only the browser's own copy (keep.js) is left of it.
        shorter = {name: value for name, value in draft.typed.items() if name != "text"}
        keep_draft(response, replace(draft, typed=shorter))
    return response


@login_not_required
@gzip_page  # a quarter of the data; safe because the page shows no code and masks its CSRF token
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_fill(request: HttpRequest) -> HttpResponse:
    """The form. Its address does not name the category: that is in the encrypted cookie, and in
    the form itself, so that a form sent late or from another tab keeps its own."""
    draft = kept_draft(request)
    code = request.POST.get("category", "") if request.method == "POST" else draft.category
    category = offered_category(request, code)
    if request.method == "POST" and (category is None or request.POST.get("step") == "change"):
        page = reverse("reports:report_send") + ("" if category else "?belum")
        return _redirect_with(Draft(words=draft.words, typed=kept_words(request.POST)), page)
    if category is None:
        return redirect("reports:report_send")
    context = {"category": category, "is_private": category.is_sealed, "visit": draft.visit}
    if request.method != "POST":
        form = ReportForm(category=category, initial={"text": draft.words, **draft.typed})
        return render(request, "reports/report_fill.html", context | {"form": form})
    sender = address_of(request)
    form = ReportForm(request.POST, request.FILES, category=category, sender=sender)
    status = 200
    if throttle.refuse_if_used_up(request, throttle.REPORTS, form):
        status = 429
    elif form.is_valid():
        try:
            report, _is_new = receive_report(draft=form.draft())
        except ReportConflict:
            kept = kept_words(request.POST)
            del kept["client_uuid"]
            form = ReportForm(category=category, initial=kept)
            context["stored_before"] = True
            status = 409
        except ValidationError as error:
            _add_errors(form, error)
        else:
            return _receipt_of(report)
    context |= {"form": form, "photos_lost": bool(request.FILES)}
    return render(request, "reports/report_fill.html", context, status=status)


def _add_errors(form: ReportForm, error: ValidationError) -> None:
    for name, messages in getattr(error, "message_dict", {None: error.messages}).items():
        field = TYPED_IN.get(name, name)
        form.add_error(field if field in form.fields else None, messages)


def _receipt_of(report: Report) -> HttpResponse:
    response = redirect("reports:report_receipt")
    response.status_code = 303
    remember_code(response, report.code)
    forget_draft(response)
    return response


@login_not_required
@require_safe
def report_receipt(request: HttpRequest) -> HttpResponse:
    """Shows the code, which nobody else gets, and what happens next."""
    code = remembered_code(request)
    report = (
        Report.objects.held_by(code).select_related("unit__parent", "category").first()
        if code
        else None
    )
    if report is None:
        return redirect("reports:report_track")
    unit = report.unit
    context = {
        "report": report,
        "code": report.code,
        "track_url": request.build_absolute_uri(reverse("reports:report_track")),
        "desk": unit if unit.investigates or unit.parent is None else unit.parent,
        "is_private": report.is_sealed,
        "missing": missing_words(ReportPhoto.objects.held_by(report.code)),
    }
    return render(request, "reports/report_receipt.html", context)


def leave_quietly(request: HttpRequest) -> HttpResponse:
    """To another site, which does not learn from where. Changes nothing: any page may link here."""
    response = redirect(settings.QUICK_EXIT_TO)
    response.status_code = 303
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def answer_without_words(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form without its token, where nobody may read what was sent: the quick exit,
    and a citizen's form whose visit is over.

    A browser keeps what was sent behind a page of its history. Whoever comes Back to a refused form
    and reloads it sends it again, after the quick exit too.
    """
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name == "reports:report_leave":
        return leave_quietly(request)
    if name in ("reports:report_send", "reports:report_fill"):
        is_over = kept_draft(request).visit != request.POST.get("visit")
        return redirect("reports:report_send") if is_over else None
    if name.startswith(("reports:report_track", "reports:track_")):
        return None if remembered_code(request) else redirect("reports:report_track")
    return None


@without_database
@login_not_required
@post_only(leave_quietly)
def report_leave(request: HttpRequest) -> HttpResponse:
    """The quick exit: ends the session, removes the visit from the browser, leads to another site.

    It leads there in any case: while the database is away the browser at least forgets.
    """
    try:
        request.session.flush()
    except AWAY:
        request.session = SessionStore()
    response = leave_quietly(request)
    # Without "cookies", which would sign people out of every site of the same domain, and without
    # "storage", where an officer's entries may wait on the same phone. exit.js empties the tab.
    response.headers["Clear-Site-Data"] = '"cache"'
    forget_visit(response, signs_out=True)
    return response


@login_not_required
@post_only("reports:report_send")
def area_search(request: HttpRequest) -> HttpResponse:
    """Names of villages and districts for the letters typed so far. By POST, so that no address,
    and no log of addresses, contains the place. One query, cheaper than a page: it needs no limit.
    An officer finds the places of the own unit first.
    """
    typed = request.POST.get("village_name", "").replace("\x00", "")[:100]
    if len(name_key(typed)) < SHORTEST_SEARCH:
        return JsonResponse([], safe=False)
    home = getattr(request.user, "unit", None)
    return JsonResponse([area_label(area) for area in match_areas(typed, home)], safe=False)
