"""Frees duties of people who have left or are away: of officers who do not serve at the unit then,
and of members who are no longer in their group or whose group is closed.

Running duties keep their people, who may finish them.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Absence, Posting, User
from accounts.selectors.presence import presence_of
from patrols.models import Attendance, Duty, Schedule
from patrols.selectors.absences import first_day
from patrols.workflow import DutyState

MEMBER_LEFT = Q(member__is_active=False) | Q(member__group__is_active=False)


def _posted(column: str) -> QuerySet[Posting]:
    """Postings at the duty's unit or below it that last until the day after the duty's night.

    Who has one is there on the first day of the duty, be it before or after midnight.
    """
    prefix = "duty__" if column == "officer" else ""
    unit, night = OuterRef(f"{prefix}unit"), OuterRef(f"{prefix}night")
    inside = Q(unit=unit) | Q(unit__polsek=unit) | Q(unit__polres=unit) | Q(unit__polda=unit)
    return Posting.objects.filter(
        inside, Q(ends_on=None) | Q(ends_on__gt=night), user=OuterRef(column), starts_on__lte=night
    )


def _away(column: str) -> QuerySet[Absence]:
    """Absences on the duty's night or on the day after, on which it may begin."""
    night = OuterRef("duty__night" if column == "officer" else "night")
    return Absence.objects.filter(
        user=OuterRef(column), starts_on__lte=night + timedelta(days=1), ends_on__gte=night
    )


def _may_have_left(column: str) -> Q:
    """Whether they have is decided by `Presence`, which also knows people lent to the unit."""
    gone = Q(**{f"{column}__is_active": False}) | Q(~Exists(_posted(column)))
    return Q(**{f"{column}__isnull": False}) & (gone | Q(Exists(_away(column))))


def free_duties(*, officer: User | None = None, now: datetime | None = None) -> int:
    """Takes those who have left out of the duties to come. Returns how many duties it changed.

    Of one officer, by default of everybody. Rows without a mark go. A marked one stays, not
    expected, so that the person can be expected elsewhere. A leader who has left leads no more.
    """
    now = now or timezone.now()
    planned = Duty.objects.filter(
        state__in=[DutyState.PLANNED, DutyState.CANCELLED],
        ends_at__gt=now,
        night__gte=now.date() - timedelta(days=2),  # for the index; no duty is longer than a day
    )
    # Of the rows that are not marked, or expected: the others block nobody.
    rows = Attendance.objects.filter(Q(status="") | Q(expected=True), duty__in=planned)
    if officer is None:
        rows = rows.filter(_may_have_left("officer") | MEMBER_LEFT)
        led = planned.filter(_may_have_left("leader"))
    else:
        rows, led = rows.filter(officer=officer), planned.filter(leader=officer)
    schedules = {
        *rows.values_list("duty__schedule", flat=True),
        *led.values_list("schedule", flat=True),
    }
    changed = 0
    # One schedule after another, as `refresh_duties` locks them, the lowest key first.
    for schedule in sorted(schedules, key=lambda pk: pk or 0):
        with transaction.atomic():
            changed += _free(
                schedule,
                planned.filter(schedule=schedule),
                rows.filter(duty__schedule=schedule),
                led,
            )
    return changed


def _free(
    schedule: int | None,
    duties: QuerySet[Duty],
    rows: QuerySet[Attendance],
    led: QuerySet[Duty],
) -> int:
    list(Schedule.objects.select_for_update().filter(pk=schedule or 0).values_list("pk"))
    locked = duties.select_related("unit").order_by("pk").select_for_update(of=("self",))
    by_pk = {duty.pk: duty for duty in locked}
    found = list(rows.filter(duty__in=by_pk))
    leading = [by_pk[pk] for pk in led.filter(pk__in=by_pk).values_list("pk", flat=True)]
    people = {row.officer_id for row in found} | {duty.leader_id for duty in leading}
    presence = presence_of(pk for pk in people if pk is not None)

    def has_left(person: int | None, duty: Duty) -> bool:
        return person is not None and bool(presence.absence(person, duty.unit, first_day(duty)))

    gone = [row for row in found if row.member_id or has_left(row.officer_id, by_pk[row.duty_id])]
    leaderless = [duty.pk for duty in leading if has_left(duty.leader_id, duty)]
    gone_rows = Attendance.objects.filter(pk__in=[row.pk for row in gone])
    gone_rows.filter(status="").delete()
    gone_rows.exclude(status="").update(expected=False)
    Duty.objects.filter(pk__in=leaderless).update(leader=None)
    return len({*(row.duty_id for row in gone), *leaderless})
