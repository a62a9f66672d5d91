"""Swaps of duties: whom somebody may ask, what waits for whom, and who stands in for whom."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.roles import Action
from partners.models import GroupMember, PartnerGroup
from patrols.models import Attendance, Duty, Swap
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.roll import addable_officers
from patrols.workflow import DutyState, SwapState
from territory.scope import unscoped

OF_COLLEAGUES = "who swaps sees the nights of colleagues of the same unit"
OF_THE_DUTY = "the duty was reached through its scope"
MOST_SWAPS = 100


def group_of(row: Attendance | None) -> PartnerGroup | None:
    """As whose member somebody stands in a roll; None for an officer. Needs `member__group`."""
    return row.member.group if row and row.member else None


def rows_as(person: User, group: PartnerGroup | None) -> QuerySet[Attendance]:
    """The person's rows as an officer, or as a serving member of the group."""
    rows = unscoped(Attendance.objects, OF_COLLEAGUES)
    if group is None:
        return rows.filter(officer=person)
    members = unscoped(GroupMember.objects.serving(), OF_COLLEAGUES)
    return rows.filter(member__in=members.filter(user=person, group=group))


def may_stand_in(duty: Duty, group: PartnerGroup | None) -> QuerySet[User]:
    """Who is not in the duty's roll: officers who serve in its unit then, or with a group its
    serving members who have an account."""
    if group is None:
        in_roll = duty.attendances.filter(officer__isnull=False).values("officer")
        return addable_officers(duty).exclude(pk__in=in_roll).order_by("name", "pk")
    rows = duty.attendances.filter(member__isnull=False).values("member")
    members = unscoped(GroupMember.objects.serving(), OF_COLLEAGUES)
    found = members.filter(group=group, user__isnull=False).exclude(pk__in=rows)
    people = unscoped(User.objects, OF_COLLEAGUES).filter(is_active=True)
    return people.filter(pk__in=found.values("user")).order_by("name", "pk")


def duties_in_return(
    duty: Duty, *, asker: User, other: User, group: PartnerGroup | None, now: datetime
) -> QuerySet[Duty]:
    """Planned duties of the same unit on which the other is expected and the asker is not."""
    of_duty = {"duty": OuterRef("pk")}
    found = unscoped(Duty.objects, OF_COLLEAGUES).filter(
        Exists(rows_as(other, group).filter(expected=True, status="", **of_duty)),
        ~Exists(rows_as(asker, group).filter(**of_duty)),
        unit=duty.unit_id,
        state=DutyState.PLANNED,
        starts_at__gt=now,
        night__lte=(now + timedelta(days=DAYS_AHEAD)).date(),
    )
    return found.exclude(pk=duty.pk).select_related("unit").order_by("starts_at", "pk")


def _loaded(rows: QuerySet[Swap]) -> QuerySet[Swap]:
    return rows.select_related("duty__unit", "in_return__unit", "asker", "other", "decided_by")


def swaps_of_duty(duty: Duty) -> list[Swap]:
    """Those that are open or confirmed, of the duty or in return for it. One statement."""
    rows = unscoped(Swap.objects, OF_THE_DUTY)
    shown = rows.exclude(state__in=[SwapState.DECLINED, SwapState.WITHDRAWN, SwapState.REFUSED])
    found = shown.filter(duty=duty) | shown.filter(in_return=duty)
    return list(_loaded(found).order_by("pk")[:MOST_SWAPS])


def swaps_for(user: User, *, now: datetime) -> list[Swap]:
    """The person's own, and those that wait where the person plans or leads; of duties that have
    not begun. One statement."""
    waiting = Swap.objects.visible_to(user).filter(state=SwapState.AGREED)
    planned = user.scope.rows("duty__", action=Action.PLAN)
    to_decide = waiting.filter(duty__leader=user)
    if planned is not None:
        to_decide |= waiting.filter(planned) if planned else waiting
    rows = (Swap.objects.of(user) | to_decide).filter(duty__starts_at__gt=now)
    return list(_loaded(rows).order_by("duty__starts_at", "pk")[:MOST_SWAPS])


def asked_of(user: User, *, now: datetime) -> int:
    """How many swaps wait for the person's own answer."""
    rows = unscoped(Swap.objects, "the person's own").filter(other=user.pk, state=SwapState.ASKED)
    return rows.filter(duty__starts_at__gt=now).count()
