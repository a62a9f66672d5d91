"""Which officers are on duty now, for the pages of reports."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from patrols.models import Attendance, Duty
from patrols.workflow import ATTENDED, DutyState
from territory.scope import unscoped

OF_THESE = "only whether these people are on duty now"
# A duty that nobody has ended is over some hours after its end.
SURELY_OVER = timedelta(hours=6)


def officers_on_duty(ids: Iterable[int]) -> set[int]:
    """Those who came to a duty that runs and have not left it, and those who lead one. One
    statement."""
    wanted = list(ids)
    since = timezone.now() - SURELY_OVER
    rolls = unscoped(Attendance.objects, OF_THESE).filter(
        officer__in=wanted,
        duty__state=DutyState.RUNNING,
        duty__ends_at__gte=since,
        status__in=ATTENDED,
        left_at=None,
    )
    leading = unscoped(Duty.objects, OF_THESE).filter(
        leader__in=wanted, state=DutyState.RUNNING, ends_at__gte=since
    )
    both = rolls.order_by().values_list("officer").union(leading.order_by().values_list("leader"))
    return {pk for (pk,) in both}
