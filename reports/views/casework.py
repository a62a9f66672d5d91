"""What officers do with a report beside its state: notes, category and priority, handover."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.views.requests import SignedIn
from reports.forms.casework import ClassifyForm, HandoverForm, NoteForm
from reports.models import Report, ReportEvent
from reports.services.casework import classify_report, hand_over_report, note_report
from reports.views.changes import change_page, get_or_post
from toolkit.photos.words import missing_words


@get_or_post
def report_note(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_note.html",
        NoteForm,
        note_report,
        _said_of_note,
    )


def _said_of_note(note: ReportEvent) -> str:
    stored = (
        _("The note is stored; the reporter reads it.")
        if note.is_public
        else _("The note is stored, for officers only.")
    )
    missing = missing_words(note.photos.all())
    return f"{stored} {missing} {_('Add it with a note.')}" if missing else stored


@get_or_post
def report_classify(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_classify.html",
        ClassifyForm,
        classify,
        lambda has_changed: (
            _("Category and priority are set.")
            if has_changed
            else _("Nothing has changed: category and priority were so already.")
        ),
    )


def classify(*, report: Report, **values: Any) -> bool:
    """Classifies, and says whether that changed anything."""
    before = report.class_stamp
    return classify_report(report=report, **values).class_stamp != before


@get_or_post
def report_handover(request: SignedIn, pk: int) -> HttpResponse:
    """To any unit of the country. The likely ones are offered, the others are found by name."""
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
