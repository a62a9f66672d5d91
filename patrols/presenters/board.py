"""The rows of a commander's board and roster: each duty with its turnout and its tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patrols.models import Attendance, Duty
from patrols.presenters.calls import Call, call_leader, call_missing
from patrols.selectors.holes import Hole
from patrols.selectors.phones import Phones
from patrols.selectors.roll import Turnout
from patrols.templatetags.duties import tag_class
from patrols.workflow import DutyState
from territory.times import duration, hour


@dataclass(frozen=True)
class BoardRow:
    """A duty with its turnout, and its tag: the word, a note beside it, and the CSS class.

    `holes` say who of the schedule does not come, because they have left; `place` is the name of
    its post or route; `call` reaches the leader.
    """

    duty: Duty
    turnout: Turnout
    holes: list[Hole]
    place: str
    word: str
    note: str
    css: str
    call: Call | None = None

    @property
    def is_trouble(self) -> bool:
        """Silent, not started in time, or missed."""
        return self.css in ("warn", "danger") and self.duty.state != DutyState.ENDED

    @property
    def has_begun(self) -> bool:
        return self.duty.started_at is not None


SHOWN = {
    "running": gettext_lazy("Running duties"),
    "short": gettext_lazy("Duties where somebody is missing"),
    "overdue": gettext_lazy("Duties not started in time"),
    "silent": gettext_lazy("Duties without news"),
    "trouble": gettext_lazy("Duties in trouble"),
    "planned": gettext_lazy("Duties that have not begun"),
    "ended": gettext_lazy("Duties that are over"),
    "missed": gettext_lazy("Duties that were missed"),
    "cancelled": gettext_lazy("Cancelled duties"),
}


def shown_words(figure: str) -> str:
    """Which duties the board shows for a figure; empty for all of them."""
    return str(SHOWN.get(figure, ""))


def state_words(duty: Duty, now: datetime) -> tuple[str, str, str]:
    """Word, note and class: («belum mulai», «lewat 12 menit», "danger")."""
    if duty.is_overdue(now):
        late = _("%(length)s late") % {"length": duration(now - duty.starts_at)}
        return _("not started"), late, "danger"
    if (silence := duty.silence(now)) is not None:
        return _("no report for %(length)s") % {"length": duration(silence)}, "", "warn"
    word = str(duty.get_state_display())
    if duty.state == DutyState.ENDED:
        return word, str(duty.get_review_display()), tag_class(duty.review)
    if duty.state == DutyState.CANCELLED:
        return word, duty.cancel_reason, "plain"
    return word, "", tag_class(duty.state)


def board_rows(
    duties: Iterable[Any],
    turnout: dict[int, Turnout],
    holes: dict[int, list[Hole]],
    *,
    now: datetime,
    phones: Phones | None = None,
) -> list[BoardRow]:
    """Of duties from `as_board`."""
    return [
        BoardRow(
            duty,
            turnout.get(duty.pk, Turnout()),
            holes.get(duty.pk, []),
            duty.place,
            *state_words(duty, now),
            call_leader(duty, phones.of_leader(duty), now) if phones else None,
        )
        for duty in duties
    ]


@dataclass(frozen=True)
class RosterLine:
    """One duty that is the same in all these nights: `first` stands for each of its rows."""

    rows: list[BoardRow]

    @property
    def first(self) -> BoardRow:
        return self.rows[0]


@dataclass(frozen=True)
class Roster:
    """`lines` by the first night of their duty; a night that differs in anything is a line of its
    own beside the others. `empty` are the nights without a duty: holes in the plan."""

    lines: list[RosterLine]
    empty: list[date]


def roster(rows: Iterable[BoardRow], first: date, *, count: int) -> Roster:
    duties: dict[tuple[object, ...], dict[tuple[object, ...], list[BoardRow]]] = {}
    nights = {first + timedelta(days=day) for day in range(count)}
    for row in rows:
        alike = duties.setdefault(_same_duty(row), {})
        alike.setdefault(_same_in_all(row), []).append(row)
        nights.discard(row.duty.night)
    lines = [RosterLine(found) for alike in duties.values() for found in alike.values()]
    return Roster(lines, sorted(nights))


def _same_duty(row: BoardRow) -> tuple[object, ...]:
    duty = row.duty
    hours = hour(duty.starts_at, duty.unit), hour(duty.ends_at, duty.unit)
    return (duty.unit_id, duty.name, row.place, *hours)


def _same_in_all(row: BoardRow) -> tuple[object, ...]:
    apel = hour(row.duty.apel_at, row.duty.unit)
    who = row.duty.leader_id, row.turnout.expected, *map(str, row.holes)
    return (apel, row.word, row.note, *who)


@dataclass(frozen=True)
class Trouble:
    """What a commander acts on first: duties, the silent ones first, and people who are missing,
    each with the call that reaches them; and whether there is more of it."""

    duties: list[BoardRow]
    missing: list[tuple[Attendance, Call | None]]
    more_duties: bool
    more_missing: bool


def trouble_of(
    rows: Iterable[BoardRow], missing: list[Attendance], phones: Phones, *, most: int
) -> Trouble:
    """`rows` are those of the board in its order, `missing` at most one person more than are
    shown."""
    found = [row for row in rows if row.is_trouble]
    people = [(row, call_missing(row, row.duty, phones.of(row))) for row in missing[:most]]
    return Trouble(found[:most], people, len(found) > most, len(missing) > most)
