"""A roster of three teams in Tambora, with leave and two open swaps, so that their pages show."""

from datetime import date, datetime, time, timedelta

from accounts.models import Absence, AbsenceKind, User
from patrols.models import Duty, Schedule, Swap, Team
from patrols.workflow import SwapState
from territory.models import Unit
from tools.demo.accounts import TAMBORA
from tools.demo.patrol_setting import example_order

NAME = "Jaga Mako Tambora, tiga regu (contoh)"
TEAMS = {
    "Regu A": ("bhabin.duriselatan", "samapta5.tambora"),
    "Regu B": ("bhabin.kalianyar", "samapta6.tambora"),
    "Regu C": ("bhabin.tanahsereal", "bhabin.jembatanbesi"),
}
ON_LEAVE = "bhabin.kalianyar"
POST = "Pos pantau dini hari Tambora"
# Schedule, days from tonight, who asks whom, and how far it is.
SWAPS = (
    (NAME, 4, "samapta5.tambora", "bhabin.jembatanbesi", SwapState.AGREED, "Mengantar anak"),
    (POST, 3, "bhabin.angke", "bhabin.tambora", SwapState.ASKED, "Acara keluarga"),
)


def create_roster(until: date, users: dict[str, User]) -> None:
    """The schedule with its teams, and the leave of one of them, before duties are made."""
    schedule = Schedule.objects.create(
        unit=Unit.objects.get(code=TAMBORA),
        name=NAME,
        kind="guarding",
        start=time(8),
        end=time(12),
        valid_from=until + timedelta(days=1),
        order_number=example_order(until),
        team_count=len(TEAMS),
    )
    for place, (name, people) in enumerate(TEAMS.items()):
        leader = users[people[0]]
        team = Team.objects.create(schedule=schedule, place=place, name=name, leader=leader)
        team.officers.set([users[person] for person in people])
    # The first turn of regu B is on the second day.
    Absence.objects.create(
        user=users[ON_LEAVE],
        kind=AbsenceKind.LEAVE,
        starts_on=until + timedelta(days=2),
        ends_on=until + timedelta(days=3),
    )


def create_swaps(until: date, users: dict[str, User], now: datetime) -> None:
    """Asked for the duties that `make_duties` has made."""
    for name, days, asker, other, state, reason in SWAPS:
        Swap.objects.create(
            duty=Duty.objects.get(schedule__name=name, night=until + timedelta(days=days)),
            asker=users[asker],
            other=users[other],
            state=state,
            reason=reason,
            asked_at=now,
        )
