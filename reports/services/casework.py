"""What is done with a report beside its state: notes, class and priority, another unit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from photos.clean import CleanPhoto
from photos.store import kept_if_stored
from reports.models import Category, EventKind, Handover, Priority, Report, ReportEvent
from reports.places import responsible
from reports.services.intake import add_photos, due_at, priority_of
from reports.services.steps import ReportMoved, locked
from reports.workflow import OPEN, ReportState
from territory.models import Unit

SAME_TAP = timedelta(minutes=1)


def may_work_on(report: Report, user: User) -> bool:
    """Officers of the unit that has it now, and the assigned."""
    mine = report.assignee_id == user.pk and bool(user.scope.grants)
    return mine or user.may(Action.LOG, report)


def note_report(
    *,
    report: Report,
    by: User,
    text: str = "",
    photos: Sequence[CleanPhoto] = (),
    is_public: bool = False,
    now: datetime | None = None,
) -> ReportEvent:
    """Adds a note, for the reporter too where it is public. A second tap writes it once."""
    now = now or timezone.now()
    files: list[FieldFile] = []
    with kept_if_stored(files), transaction.atomic():
        report = locked(report, by)
        if not may_work_on(report, by):
            raise PermissionDenied
        if not text.strip() and not photos:
            raise ValidationError({"text": _("Write a few words, or add a photo.")})
        same = ReportEvent.objects.filter(
            report=report, kind=EventKind.NOTE, actor=by, is_public=is_public, text=text.strip()
        )
        last = same.filter(at__gt=now - SAME_TAP).order_by("-at", "-pk").first()
        if last is not None and last.photos.count() == len(photos):
            return last
        event = ReportEvent.objects.create(
            report=report,
            kind=EventKind.NOTE,
            actor=by,
            unit=report.unit,
            is_public=is_public,
            text=text.strip(),
            at=now,
        )
        add_photos(report, event, photos, files)
    return event


@transaction.atomic
def classify_report(
    *,
    report: Report,
    by: User,
    category: Category,
    priority: str = "",
    is_sealed: bool = False,
    now: datetime | None = None,
) -> Report:
    """Sets category and priority; without one, the category's own. A new category may seal the
    report and, where it is about police, take it out of the unit. Unsealing needs the permission.
    """
    now = now or timezone.now()
    report = locked(report, by)
    if not may_work_on(report, by):
        raise PermissionDenied
    if priority and priority not in Priority:
        raise ValidationError({"priority": _("Choose a priority.")})
    old = report.category
    changed = category.pk != old.pk
    sealed = category.is_sealed or is_sealed
    if report.is_sealed and not sealed and not user_may_unseal(report, by):
        raise ValidationError({"is_sealed": _("Only a commander with the permission unseals.")})
    if report.about_unit_id is not None and not category.is_about_police:
        if not user_may_unseal(report, by):
            raise ValidationError({"category": _("Only a commander with the permission may.")})
        report.about_unit = None
    was = f"{old.label} · {report.get_priority_display()}"
    report.category = category
    report.priority = priority or (priority_of(category) if changed else report.priority)
    report.is_sealed = sealed
    if changed:
        report.due_at = due_at(category, report.reported_at)
    fields = ["category", "priority", "is_sealed", "due_at", "about_unit"]
    held_by, before = report.unit, report.state
    if category.is_about_police and not old.is_about_police:
        unit, about = responsible(category, report.unit)
        if unit is not None and about is not None:
            report.unit, report.about_unit, report.assignee = unit, about, None
            fields += ["unit", "assignee", "state"]
            if report.state in OPEN:
                report.state = ReportState.RECEIVED
    report.save(update_fields=fields)
    ReportEvent.objects.create(
        report=report,
        kind=EventKind.CLASSIFIED,
        from_state=before if report.state != before else "",
        to_state=report.state if report.state != before else "",
        actor=by,
        unit=held_by,
        is_public=changed,
        text=f"{was} → {category.label} · {report.get_priority_display()}",
        at=now,
    )
    return report


def user_may_unseal(report: Report, user: User) -> bool:
    return user.may(Action.UNSEAL, report)


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
    """Gives the report to another unit: same number, same code, and both read the trail."""
    now = now or timezone.now()
    report = locked(report, by)
    if not may_work_on(report, by):
        raise PermissionDenied
    if seen and report.state != seen:
        raise ReportMoved(report)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the other unit and the reporter read it.")})
    if unit.pk == report.unit_id:
        raise ValidationError({"unit": _("The report is with this unit already.")})
    if report.state not in OPEN:
        raise ValidationError(_("Reopen the report first: an ended one is not handed over."))
    if report.about_unit_id is not None and report.about_unit_id in unit.lineage_ids():
        raise ValidationError({"unit": _("A report about a unit does not go to it.")})
    giver, before = report.unit, report.state
    Handover.objects.create(report=report, unit=giver, to_unit=unit, at=now)
    report.unit, report.assignee, report.state = unit, None, ReportState.RECEIVED
    report.save(update_fields=["unit", "assignee", "state"])
    ReportEvent.objects.create(
        report=report,
        kind=EventKind.HANDED_OVER,
        from_state=before,
        to_state=ReportState.RECEIVED,
        actor=by,
        unit=giver,
        is_public=True,
        text=f"{giver} → {unit}. {reason.strip()}",
        at=now,
    )
    return report
