"""The rows of a commander's board and roster: each duty with its turnout and its tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from patrols.models import Duty
from patrols.presenters.calls import Call, call_leader
from patrols.selectors.holes import Hole
from patrols.selectors.phones import Phones
from patrols.selectors.roll import Turnout
from patrols.templatetags.duties import tag_class
from patrols.workflow import DutyState
from territory.times import duration


@dataclass(frozen=True)
class BoardRow:
    """A duty with its turnout, and its tag: the word, a note beside it, and the CSS class.

    `holes` say who of the schedule does not come, because they have left; `call` reaches the
    leader.
    """

    duty: Duty
    turnout: Turnout
    holes: list[Hole]
    word: str
    note: str
    css: str
    call: Call | None = None

    @property
    def has_begun(self) -> bool:
        return self.duty.started_at is not None


def state_words(duty: Duty, now: datetime) -> tuple[str, str, str]:
    """Word, note and class: («belum mulai», «lewat 12 menit», "danger")."""
    if duty.is_overdue(now):
        late = _("%(length)s late") % {"length": duration(now - duty.starts_at)}
        return _("not started"), late, "danger"
    if (silence := duty.silence(now)) is not None:
        return _("No news"), duration(silence), "warn"
    word = str(duty.get_state_display())
    if duty.state == DutyState.ENDED:
        return word, str(duty.get_review_display()), tag_class(duty.review)
    if duty.state == DutyState.CANCELLED:
        return word, duty.cancel_reason, "plain"
    return word, "", tag_class(duty.state)


def board_rows(
    duties: Iterable[Duty],
    turnout: dict[int, Turnout],
    holes: dict[int, list[Hole]],
    *,
    now: datetime,
    phones: Phones | None = None,
) -> list[BoardRow]:
    return [
        BoardRow(
            duty,
            turnout.get(duty.pk, Turnout()),
            holes.get(duty.pk, []),
            *state_words(duty, now),
            call_leader(duty, phones.of_leader(duty), now) if phones else None,
        )
        for duty in duties
    ]


@dataclass(frozen=True)
class Night:
    """One night of the roster with its duties; without any it is a hole in the plan."""

    night: date
    rows: list[BoardRow]


def roster(rows: Iterable[BoardRow], first: date, *, count: int) -> list[Night]:
    """`count` nights from `first`, each with its rows; the nights without a duty too."""
    nights = [Night(first + timedelta(days=day), []) for day in range(count)]
    for row in rows:
        nights[(row.duty.night - first).days].rows.append(row)
    return nights
