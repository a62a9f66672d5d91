"""How often members of partner groups came to duties; shown on the pages of their groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from patrols.models import Attendance
from patrols.selectors.hours import served
from patrols.workflow import ATTENDED, DutyState
from territory.scope import unscoped


@dataclass(frozen=True)
class MemberAttendance:
    """Duties a member came to and was expected on, and the minutes served on the ended ones.

    Duties that were not held count for nobody.
    """

    came: int
    expected: int
    minutes: int


def member_attendance(member_ids: Iterable[int], since: date) -> dict[int, MemberAttendance]:
    """One statement; members without any duty since that night are missing from the answer."""
    came = Q(status__in=ATTENDED)
    rows = (
        unscoped(Attendance.objects, "the members were reached through their scope")
        .filter(
            member__in=list(member_ids),
            duty__night__gte=since,
            duty__state__in=[DutyState.RUNNING, DutyState.ENDED],
        )
        .order_by()
        .values("member")
        .annotate(
            came=Count("pk", filter=came),
            asked=Count("pk", filter=Q(expected=True)),
            length=Sum(served()),
        )
    )
    return {
        row["member"]: MemberAttendance(
            row["came"], row["asked"], (row["length"] or timedelta()) // timedelta(minutes=1)
        )
        for row in rows
    }
