"""What is done with a report beside its state: notes, category and priority, another unit."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.views.requests import SignedIn
from reports.forms.casework import ClassifyForm, HandoverForm, NoteForm
from reports.models import Report
from reports.services.casework import classify_report, hand_over_report, note_report
from reports.views.changes import asks
from reports.views.requests import change_page


@asks
def report_note(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_note.html",
        NoteForm,
        note_report,
        lambda note: (
            _("The note is stored; the reporter reads it.")
            if note.is_public
            else _("The note is stored, for officers only.")
        ),
    )


@asks
def report_classify(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_classify.html",
        ClassifyForm,
        classified,
        lambda changed: (
            _("Category and priority are set.")
            if changed
            else _("Nothing has changed: category and priority were so already.")
        ),
    )


def classified(*, report: Report, **values: Any) -> bool:
    """Whether anything changed by it."""
    before = report.class_stamp
    return classify_report(report=report, **values).class_stamp != before


@asks
def report_handover(request: SignedIn, pk: int) -> HttpResponse:
    """To any unit of the country: the likeliest in one tap, the others by name."""
    return change_page(
        request,
        pk,
        "reports/report_handover.html",
        HandoverForm,
        hand_over_report,
        lambda report: (
            _("Handed over to %(unit)s, with the same number. You can still read it.")
            % {"unit": report.unit}
        ),
    )
