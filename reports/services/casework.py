"""What officers do with a report beside its state: notes, category and priority, handover."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.models import Category, EventKind, Handover, Priority, Report, ReportEvent, ReportPhoto
from reports.models.report_rules import WITH_THE_ACCUSED
from reports.rights import may_unseal, may_work_on
from reports.selectors.routing import responsible
from reports.services.intake import add_photos, is_same_note
from reports.services.transitions import (
    ReportMoved,
    awaited_since,
    lock_report,
    write_change,
)
from reports.workflow import CHANGES, Outcome
from territory.models import Unit
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing
from toolkit.workflow import state_allows

SAME_TAP = timedelta(minutes=1)  # the same note within this time is a second tap


def note_report(
    *,
    report: Report,
    by: User,
    text: str = "",
    photos: Sequence[CleanPhoto] = (),
    is_public: bool = False,
    now: datetime | None = None,
) -> ReportEvent:
    """Adds a note, which the reporter reads too if `is_public`. A second tap adds nothing.

    A photo that is missing so far takes its place, and makes no note of its own.
    """
    now = now or timezone.now()
    with transaction.atomic():
        report = lock_report(report, by)
        if not may_work_on(by, report):
            raise PermissionDenied
        if not text.strip() and not photos:
            raise ValidationError({"text": _("Write a few words, or add a photo.")})
        same = ReportEvent.objects.filter(
            report=report, kind=EventKind.NOTE, actor=by, is_public=is_public, text=text.strip()
        )
        last = same.filter(at__gt=now - SAME_TAP).order_by("-at", "-pk").first()
        if last is not None and is_same_note(last, text, photos):
            fill_missing(last.photos.all(), photos)
            return last
        sent = ReportPhoto.objects.filter(report=report)
        late, photos = photos, fill_missing(sent, photos)
        if late and not photos and not text.strip():
            return sent.filter(digest=late[-1].digest).select_related("event").latest("pk").event
        event = ReportEvent.objects.create(
            report=report,
            kind=EventKind.NOTE,
            actor=by,
            unit=report.unit,
            is_public=is_public,
            text=text.strip(),
            at=now,
        )
        add_photos(report, event, photos)
    return event


@transaction.atomic
def classify_report(
    *,
    report: Report,
    by: User,
    category: Category,
    priority: str = "",
    is_sealed: bool = False,
    about_unit: Unit | None = None,
    seen: str = "",
    now: datetime | None = None,
) -> Report:
    """Sets category and priority; an empty priority means the category's own.

    A new category may seal the report. It may also move the report to another unit: above the unit
    complained about (`about_unit`), or above one that does not investigate. Unsealing needs the
    permission. `seen` is the `class_stamp`. Writes nothing if nothing changes.
    """
    report = lock_report(report, by)
    if not may_work_on(by, report):
        raise PermissionDenied
    if seen and report.class_stamp != seen:
        raise ReportMoved(report)
    if priority and priority not in Priority:
        raise ValidationError({"priority": _("Choose a priority.")})
    before = report.class_stamp
    old_words = _class_words(report)
    changed = category.pk != report.category_id
    _check_class(report, by, category, is_sealed)
    report.category = category
    report.priority = priority or (category.usual_priority if changed else report.priority)
    report.is_sealed = category.is_sealed or is_sealed
    if report.class_stamp == before:
        return report
    fields = ["category", "priority", "is_sealed", "about_unit"]
    if changed and report.due_at is not None:
        report.due_at = category.due_at(awaited_since(report))
        fields.append("due_at")
    if not category.is_about_police:
        report.about_unit = None
    report.save(update_fields=fields)
    ReportEvent.objects.create(
        report=report,
        kind=EventKind.CLASSIFIED,
        actor=by,
        unit=report.unit,
        is_public=changed,
        text=f"{old_words} → {_class_words(report)}",
        at=now or timezone.now(),
    )
    if changed:
        _move_to_responsible_unit(report, by, about_unit, now or timezone.now())
    return report


def _class_words(report: Report) -> str:
    """``Tawuran · mendesak · tertutup``."""
    sealed = f" · {_('sealed')}" if report.is_sealed else ""
    return f"{report.category.label} · {report.get_priority_display()}{sealed}"


def _check_class(report: Report, by: User, category: Category, is_sealed: bool) -> None:
    sealed = category.is_sealed or is_sealed
    if report.is_sealed and not sealed and not may_unseal(by, report):
        raise ValidationError({"is_sealed": _("Only a commander with the permission unseals.")})
    leaves_police = report.about_unit_id is not None and not category.is_about_police
    if leaves_police and not may_unseal(by, report):
        raise ValidationError({"category": _("Only a commander with the permission may.")})
    if report.outcome == Outcome.MEDIATED and not category.allows_mediation:
        raise ValidationError(
            {"category": _("It was settled by mediation, which the law forbids here.")}
        )


def _move_to_responsible_unit(
    report: Report, by: User, about_unit: Unit | None, at: datetime
) -> None:
    """Takes a report of a new category to the unit responsible for it, if that is another."""
    unit, about = responsible(report.category, report.unit, about_unit)
    if unit is None or report.about_unit_id is not None:
        return
    if unit.pk == report.unit_id:
        if about is not None:
            # The report is above the unit complained about already, for example after a handover.
            report.about_unit = about
            report.save(update_fields=["about_unit"])
        return
    if about is not None:
        _move_above_accused(report, unit, about, by=by, at=at)
    elif state_allows(CHANGES, "handover", report.state):
        reason = _("%(unit)s does not investigate.") % {"unit": report.unit}
        _hand_over(report, unit, by=by, at=at, reason=reason)


def _move_above_accused(report: Report, unit: Unit, about: Unit, *, by: User, at: datetime) -> None:
    """Takes the report out of the sight of the unit it is about.

    It writes no Handover, because that would let the former unit read on.
    """
    giver = report.unit
    text = f"{giver} → {unit}"
    values: dict[str, Any] = {"unit": unit, "about_unit": about, "assignee": None}
    if state_allows(CHANGES, "handover", report.state):
        write_change(
            report,
            EventKind.HANDED_OVER,
            CHANGES["handover"].to_state,
            by=by,
            at=at,
            text=text,
            **values,
        )
        return
    for name, value in values.items():
        setattr(report, name, value)
    report.save(update_fields=list(values))
    ReportEvent.objects.create(
        report=report,
        kind=EventKind.HANDED_OVER,
        actor=by,
        unit=giver,
        is_public=True,
        text=text,
        at=at,
    )


@transaction.atomic
def move_all_above_accused(*, by: User, now: datetime | None = None) -> list[Report]:
    """Takes every report that is with the unit it is about, or below it, to the unit above.

    Such rows are older than the constraint, which refuses every other change of them. `by` has the
    server: no page of theirs needs to show the report.
    """
    rows = Report.objects.filter(WITH_THE_ACCUSED, about_unit__parent__isnull=False)
    rows = rows.select_related("unit", "about_unit__parent", "category").order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    for report in found:
        about = report.about_unit
        if about is not None and about.parent is not None:
            _move_above_accused(report, about.parent, about, by=by, at=now or timezone.now())
    return found


@transaction.atomic
def hand_over_report(
    *,
    report: Report,
    by: User,
    unit: Unit,
    reason: str,
    seen: str = "",
    now: datetime | None = None,
) -> Report:
    """Gives the report to another unit. Number and code stay, and both units can read it."""
    report = lock_report(report, by)
    if not may_work_on(by, report):
        raise PermissionDenied
    if seen and report.stamp != seen:
        raise ReportMoved(report)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the other unit and the reporter read it.")})
    if unit.pk == report.unit_id:
        raise ValidationError({"unit": _("The report is with this unit already.")})
    if not state_allows(CHANGES, "handover", report.state):
        raise ValidationError(_("Reopen the report first: an ended one is not handed over."))
    if report.about_unit_id is not None and report.about_unit_id in unit.lineage_ids():
        raise ValidationError({"unit": _("A report about a unit does not go to it.")})
    if report.category.is_crime and not unit.investigates:
        raise ValidationError({"unit": _("This unit does not investigate: choose its Polres.")})
    _hand_over(report, unit, by=by, at=now or timezone.now(), reason=reason.strip())
    return report


def _hand_over(report: Report, unit: Unit, *, by: User, at: datetime, reason: str) -> None:
    """Moves a locked report to `unit`, where the work starts again."""
    giver = report.unit
    Handover.objects.create(report=report, unit=giver, to_unit=unit, at=at)
    write_change(
        report,
        EventKind.HANDED_OVER,
        CHANGES["handover"].to_state,
        by=by,
        at=at,
        text=f"{giver} → {unit}. {reason}",
        unit=unit,
    )
