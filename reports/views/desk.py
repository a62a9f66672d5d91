"""The reports of a unit: the list, one of them, a new one, and its photos."""

from collections.abc import Sequence
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from reports.filters import OPEN, OVERDUE, UNASSIGNED, ReportFilter
from reports.forms.desk import ReportNewForm
from reports.models import EventKind, Privacy, Report, ReportPhoto
from reports.models.reports import NEWEST_FIRST, OLDEST_FIRST, number_of
from reports.presenters.report_rows import report_rows
from reports.presenters.report_steps import steps_for
from reports.rights import (
    is_with_own_unit,
    may_list,
    may_take_down,
    sends_others,
    works_at_desk,
)
from reports.selectors.marks import MARKED, marks_of_rows, with_last
from reports.selectors.timeline import (
    COMPANY,
    count_openings,
    is_disputed,
    origin_of,
    reports_merged_into,
    sees_report_merged_into,
    timeline_of,
)
from reports.services.intake import ReportConflict, receive_report
from reports.views.told_cookie import Told, keep_told
from territory.models import TimeZoneName, Unit
from territory.times import day
from toolkit.idempotency.fields import as_new_form
from toolkit.outbox.answers import not_now, outbox_form
from toolkit.outbox.copies import copied
from toolkit.photos.store import photo_response
from toolkit.photos.words import missing_words
from toolkit.ui.lists import list_context
from toolkit.ui.requests import require

# What the page of a report reads: of the rows beside it only what it names, because reading all of
# their columns makes it slower.
DETAIL_COLUMNS = (
    *(field.name for field in Report._meta.concrete_fields),
    *("unit__name", "unit__timezone", "category__label", "about_unit__name"),
    *("village__name", "village__level", "village__parent__name"),
    *("assignee__name", "assignee__rank"),
)
REPORTS_A_PAGE = 50
COUNTED, FOUND_BY_WORDS = 1000, 100


@require_safe
def report_list(request: SignedIn) -> HttpResponse:
    require(may_list(request.user))
    found = ReportFilter(request.GET, user=request.user)
    rows = with_last(found.qs).list_rows(*MARKED)
    # PostgreSQL finds a few hits by walking back in time, but for a thousand it would sort all.
    cap = FOUND_BY_WORDS if found.form.cleaned_data.get("q") else COUNTED
    # Where somebody waits, whoever has waited longest comes first.
    oldest_first = found.form.cleaned_data.get("state") in (OPEN, OVERDUE, UNASSIGNED)
    order = OLDEST_FIRST if oldest_first else NEWEST_FIRST
    context = list_context(request, found, rows, order=order, size=REPORTS_A_PAGE, cap=cap)
    show_units = "unit" in found.filters
    shown = context["page"].rows
    marks = marks_of_rows(shown, request.user)
    context |= {
        "rows": report_rows(shown, marks, timezone.now(), show_units=show_units),
        "marks": marks,
        "oldest_first": oldest_first,
        "tabs": tabs_for(request),
        "show_units": show_units,
        # Their day begins with this list, and with a telephone that rings.
        "begins_here": works_at_desk(request.user) and request.GET.dict() == {"state": OPEN},
    }
    return render(request, "reports/report_list.html", context)


def tabs_for(request: SignedIn) -> list[tuple[str, str]]:
    """(query, label) of each tab. Planners want reports without an officer, others their own."""
    tabs = [("", _("All")), ("state=open", _("Open")), ("state=overdue", _("Late"))]
    if sends_others(request.user):
        return [*tabs, ("state=unassigned", _("Without an officer"))]
    return [*tabs, ("assignee=mine", _("Mine"))]


def get_report_or_404(request: SignedIn, pk: int, only: Sequence[str] = ()) -> Report:
    """The report with the rows that its pages name, with all columns or `only` some; 404 outside
    the person's sight."""
    related = ["unit", "category", "village__parent", "assignee"]
    if Action.UNSEAL in request.user.scope.actions:
        # The others hardly ever see a report about police, so the join would be wasted.
        related.append("about_unit")
    try:
        return Report.objects.get_visible(request.user, pk, *related, only=only, **COMPANY)
    except Report.DoesNotExist as error:
        raise Http404 from error


@require_safe
def report_detail(request: SignedIn, pk: int) -> HttpResponse:
    report = get_report_or_404(request, pk, DETAIL_COLUMNS)
    merged = reports_merged_into(report, request.user)
    timeline = timeline_of(report, merged)
    context = {
        "report": report,
        "days": [
            (name, list(events))
            for name, events in groupby(timeline, lambda event: day(event.at, report.unit))
        ],
        "first_photos": [
            photo
            for event in timeline
            if event.kind == EventKind.RECEIVED and event.report_id == report.pk
            for photo in event.shown_photos
        ],
        "is_disputed": is_disputed(report, timeline),
        "merged": merged,
        "sees_other": sees_report_merged_into(report, request.user),
        "origin": origin_of(report, request.user),
        "steps": steps_for(report, request.user),
        "openings": count_openings(report, request.user),
        "is_ours": is_with_own_unit(request.user, report),
        "now": timezone.now(),
    }
    return render(request, "reports/report_detail.html", context)


@require_safe
def report_print(request: SignedIn, pk: int) -> HttpResponse:
    """The report as a page to print, without the reporter; of a sealed one number and state."""
    report = get_report_or_404(request, pk)
    timeline = timeline_of(report)
    context = {
        "report": report,
        "timeline": [] if report.is_sealed else timeline,
        "is_disputed": is_disputed(report, timeline),
        "now": timezone.now(),
    }
    return render(request, "reports/report_print.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@copied
@outbox_form
def report_new(request: SignedIn) -> HttpResponse:
    """A report that an officer takes down for somebody who called, came or wrote."""
    require(may_take_down(request.user))
    stored = None
    if request.method == "POST":
        form = ReportNewForm(request.POST, request.FILES, by=request.user)
        if form.is_valid():
            try:
                report, _is_new = receive_report(draft=form.draft(), by=request.user)
            except ReportConflict as conflict:
                form = ReportNewForm(as_new_form(request), by=request.user)
                stored = conflict.stored
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                missing = missing_words(report.photos.all())
                if later := not_now(request, is_missing=missing):
                    return later
                if missing:
                    messages.warning(request, f"{missing} {_('Add it with a note.')}")
                phone = str(form.cleaned_data["contact_phone"] or "")
                return _redirect_to_new(request, report, phone=phone)
    else:
        form = ReportNewForm(by=request.user)
    context = {
        "form": form,
        "home": request.user.unit or Unit(timezone=TimeZoneName.WIB),
        "stored": stored,
        "stored_words": [number_of(stored.pk)] if stored else [],
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "reports/report_new.html", context, status=status)


def _redirect_to_new(request: SignedIn, report: Report, *, phone: str) -> HttpResponse:
    """To the code of whoever told it, also where the form comes again because its answer was lost;
    else to the report, or to the list if the report went to a unit out of the person's sight."""
    words = {"number": number_of(report.pk), "unit": report.unit}
    is_in_sight = Report.objects.visible_to(request.user).filter(pk=report.pk).exists()
    if is_in_sight:
        message = _("Report %(number)s is with %(unit)s.")
    else:
        message = _("Report %(number)s has gone to %(unit)s. It is not among the reports you see.")
    messages.success(request, message % words)
    waits = report.code_waits_for_id == request.user.pk
    if report.is_told and (waits or is_in_sight):
        response = redirect("reports:report_code", report.pk)
        if waits:
            # The chats of a desk are read by whoever works there.
            may_write = report.privacy == Privacy.OFFICERS and not report.is_sealed
            told = Told(request.user.pk, report.code, phone if may_write else "")
            keep_told(response, report.pk, told)
        return response
    if is_in_sight:
        return redirect("reports:report_detail", report.pk)
    return redirect("reports:report_list")


@require_safe
def report_photo(request: SignedIn, pk: int, size: str) -> FileResponse:
    photo = get_object_or_404(ReportPhoto.objects.visible_to(request.user), pk=pk)
    return photo_response(
        photo,
        size,
        name=f"{number_of(photo.report_id)}-{photo.pk}",
        download="download" in request.GET,
    )
