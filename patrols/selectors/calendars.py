"""What a person's calendar shows."""

from datetime import datetime, timedelta

from accounts.models import User
from patrols.models import CalendarLink, Duty
from patrols.models.schedules import DAYS_AHEAD
from patrols.workflow import DutyState
from territory.scope import unscoped

DAYS_BACK = 7


def duties_for_calendar(person: User, *, now: datetime) -> list[Duty]:
    """The person's own duties of the last week and of the coming nights. One statement."""
    first, last = now - timedelta(days=DAYS_BACK), now + timedelta(days=DAYS_AHEAD + 1)
    rows = Duty.objects.of(person).filter(night__range=(first.date(), last.date()))
    rows = rows.exclude(state=DutyState.CANCELLED).select_related("unit", "route", "post")
    return list(rows.order_by("starts_at", "pk"))


def calendar_link_of(person: User) -> CalendarLink | None:
    return unscoped(CalendarLink.objects, "the person's own").filter(user=person).first()
