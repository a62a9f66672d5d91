"""What became of one report of the demo: its steps in time.

The fields that change with a state are those of reports.workflow, as in the services. A case
is told from its beginning to its end. A step that would be after the demo's now, or after the case
was forgotten, raises Unfinished: it and all later ones did not happen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from reports.models import (
    CategoryGroup,
    ContactAccess,
    EventKind,
    Handover,
    Report,
    ReportContact,
    ReportEvent,
)
from reports.workflow import Outcome, ReportState, consequences
from territory.models import Unit
from tools.demo.phrases import pick_text

# How often each outcome is chosen, by group of category; "" is for the other groups.
OUTCOMES: dict[str, dict[str, float]] = {
    "": {"handled": 70, "unfounded": 20, "other": 10},
    CategoryGroup.CRIME: {
        "handled": 40, "police_report": 27, "held": 10, "unfounded": 20, "other": 3,
    },
    CategoryGroup.ORDER: {"handled": 62, "mediated": 18, "unfounded": 16, "held": 4},
    CategoryGroup.SOCIAL: {"handled": 40, "found": 55, "unfounded": 5},
    CategoryGroup.SERVICE: {"handled": 75, "found": 5, "other": 20},
}  # fmt: skip


class Unfinished(Exception):
    """The next step has not come yet, or never will."""


@dataclass
class Team:
    """Who works at a unit: the desk reads reports, the officers go there, the commander closes."""

    unit: Unit
    desk: list[User]
    commander: User
    officers: list[User]


@dataclass
class Case:
    """A report on its way, with the rows written about it. `patience` is how many changes of state
    come before it is forgotten, None for a report that is not."""

    report: Report
    team: Team
    now: datetime
    random: Random
    is_night: bool
    patience: int | None = None
    by_telephone: bool = False
    contact: ReportContact | None = None
    events: list[ReportEvent] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    openings: list[ContactAccess] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When the last step was made."""
        return self.events[-1].at if self.events else self.report.reported_at

    def wait(self, low: float, high: float) -> datetime:
        """The moment between `low` and `high` minutes from the last step."""
        return self.at + timedelta(seconds=round(self.random.uniform(low, high) * 60))

    def log(
        self,
        kind: EventKind,
        at: datetime,
        *,
        by: User | None = None,
        text: str = "",
        is_public: bool = True,
        to_state: str = "",
    ) -> None:
        """An event; with `to_state` it changes the state. Raises Unfinished."""
        if at > self.now or self.patience == 0:
            raise Unfinished
        if to_state and self.patience is not None:
            self.patience -= 1
        self.events.append(
            ReportEvent(
                report=self.report,
                kind=kind,
                from_state=self.report.state if to_state and self.events else "",
                to_state=to_state,
                actor=by,
                unit=self.report.unit,
                is_public=is_public,
                text=text,
                at=at,
            )
        )

    def step(
        self,
        kind: EventKind,
        state: ReportState,
        at: datetime,
        *,
        by: User | None,
        text: str = "",
        is_public: bool = True,
        **values: Any,
    ) -> None:
        """A change of state, with the fields that change with it; `values` are further ones."""
        self.log(kind, at, by=by, text=text, is_public=is_public, to_state=state)
        changed = consequences(self.report, state, at, by_police=by is not None)
        for name, value in {**changed, **values}.items():
            setattr(self.report, name, value)


@contextmanager
def until_unfinished() -> Iterator[None]:
    """Ends with the first step that has not come yet."""
    try:
        yield
    except Unfinished:
        return


def verify(case: Case) -> None:
    at = _after_part_of_response(case, 0.2)
    by = case.random.choice(case.team.desk)
    text = pick_text(case.random, "verified")
    case.step(EventKind.VERIFIED, ReportState.VERIFIED, at, by=by, text=text)


def dispatch(case: Case) -> None:
    text = pick_text(case.random, "dispatched")
    by, officer = case.random.choice(case.team.desk), case.random.choice(case.team.officers)
    at = _after_part_of_response(case, 0.15)
    case.step(EventKind.DISPATCHED, ReportState.DISPATCHED, at, by=by, text=text, assignee=officer)
    if case.random.random() < 0.04:
        recall_and_dispatch(case)


def recall_and_dispatch(case: Case) -> None:
    by = case.random.choice(case.team.desk)
    text = pick_text(case.random, "recalled")
    at = case.wait(3, 12)
    case.step(
        EventKind.RECALLED,
        ReportState.VERIFIED,
        at,
        by=by,
        text=text,
        is_public=False,
    )
    case.step(
        EventKind.DISPATCHED,
        ReportState.DISPATCHED,
        case.wait(1, 6),
        by=by,
        assignee=case.random.choice(case.team.officers),
    )


def arrive(case: Case) -> None:
    officer = case.report.assignee
    text = pick_text(case.random, "arrived")
    at = _after_part_of_response(case, 0.65)
    case.step(EventKind.ARRIVED, ReportState.ON_SCENE, at, by=officer, text=text, assignee=officer)
    if case.random.random() < 0.12:
        kind = "note_public" if case.random.random() < 0.3 else "note"
        case.log(
            EventKind.NOTE,
            case.wait(2, 15),
            by=officer,
            text=pick_text(case.random, kind),
            is_public=kind == "note_public",
        )
    open_contact(case, officer)


def open_contact(case: Case, by: User | None) -> None:
    """The assigned officer may open any contact, and seldom needs to."""
    if case.contact is None or by is None or case.random.random() > 0.15:
        return
    at = case.wait(1, 10)
    if at <= case.now:
        reason = pick_text(case.random, "opened")
        case.openings.append(
            ContactAccess(report=case.report, unit=case.report.unit, by=by, reason=reason, at=at)
        )


def resolve(case: Case, *, by: User | None, low: float = 15, high: float = 80) -> None:
    category, random = case.report.category, case.random
    chances = dict(OUTCOMES.get(category.group, OUTCOMES[""]))
    if not category.allows_mediation or category.is_sealed:
        chances.pop("mediated", None)
    if category.is_about_police:
        chances = {"handled": 40, "unfounded": 40, "other": 20}
    outcome = random.choices(list(chances), list(chances.values()))[0]
    about = category.group if outcome == Outcome.HANDLED else "any"
    text = pick_text(random, outcome, about)
    lp_number = ""
    if outcome == Outcome.POLICE_REPORT:
        lp_number = f"LP/B/CONTOH/{random.randint(1, 900)}/{case.at:%Y}"
    case.step(
        EventKind.RESOLVED,
        ReportState.RESOLVED,
        case.wait(low, high),
        by=by,
        text=text,
        outcome=outcome,
        outcome_reason=text,
        lp_number=lp_number,
    )


def work_on(case: Case) -> None:
    """The usual way: read, somebody sent, arrived, resolved."""
    if case.random.random() < 0.8:
        verify(case)
    work_again(case)


def settle_by_telephone(case: Case) -> None:
    case.by_telephone = True
    verify(case)
    resolve(case, by=case.random.choice(case.team.desk), low=10, high=240)


def work_again(case: Case) -> None:
    """Work on a report that was read, the first time or after it was opened again."""
    if case.by_telephone:
        resolve(case, by=case.random.choice(case.team.desk), low=30, high=600)
        return
    dispatch(case)
    arrive(case)
    resolve(case, by=case.report.assignee)


def finish(case: Case) -> None:
    """After the outcome: the reporter answers or not, and the commander closes some days later."""
    by_web = case.report.source == "web"
    chance = case.random.random()
    if by_web and chance < 0.06:
        text = pick_text(case.random, "disputed")
        at = case.wait(60, 2000)
        case.step(EventKind.DISPUTED, ReportState.VERIFIED, at, by=None, text=text)
        work_again(case)
    elif chance < 0.09:
        at, text = case.wait(300, 4000), pick_text(case.random, "reopened")
        by = case.random.choice(case.team.desk)
        case.step(EventKind.REOPENED, ReportState.VERIFIED, at, by=by, text=text)
        work_again(case)
    elif chance < 0.10:
        override(case)
    if by_web and case.random.random() < 0.25:
        rate(case)
    if by_web and case.random.random() < 0.12:
        at = case.wait(30, 1500)
        case.step(EventKind.CONFIRMED, ReportState.CLOSED, at, by=None)
        return
    at = case.wait(500, 4200)
    text = pick_text(case.random, "closed")
    case.step(EventKind.CLOSED, ReportState.CLOSED, at, by=case.team.commander, text=text)


def override(case: Case) -> None:
    """The commander sends it back to the desk, which the table of changes has no row for."""
    at, text = case.wait(200, 900), pick_text(case.random, "overridden")
    by = case.team.commander
    case.step(EventKind.OVERRIDDEN, ReportState.VERIFIED, at, by=by, text=text)
    work_again(case)


def rate(case: Case) -> None:
    rating = case.random.choices((1, 2, 3, 4, 5), (6, 7, 14, 33, 40))[0]
    words = pick_text(case.random, "rated", str(rating)) if case.random.random() < 0.5 else ""
    text = f"{rating}/5. {words}" if words else f"{rating}/5"
    case.log(EventKind.RATED, case.wait(10, 1400), text=text)
    case.report.rating = rating


def reject(case: Case) -> None:
    if case.random.random() < 0.4:
        verify(case)
    at, text = case.wait(20, 400), pick_text(case.random, "rejected")
    case.step(EventKind.REJECTED, ReportState.REJECTED, at, by=case.team.commander, text=text)


def refer(case: Case, agency: str) -> None:
    """To the agency that is responsible, by telephone within minutes."""
    if case.random.random() < 0.5:
        verify(case)
    text = f"{agency}. {pick_text(case.random, 'referred')}"
    at = case.wait(2, 25)
    by = case.random.choice(case.team.desk)
    case.step(EventKind.REFERRED, ReportState.REFERRED, at, by=by, text=text, referred_to=agency)


def merge(case: Case, into: Report) -> None:
    at, by = case.wait(2, 15), case.random.choice(case.team.desk)
    case.step(EventKind.MERGED, ReportState.DUPLICATE, at, by=by, duplicate_of=into)


def hand_over(case: Case, team: Team) -> None:
    giver = case.team.unit
    at, by = case.wait(4, 40), case.random.choice(case.team.desk)
    text = f"{giver} → {team.unit}. {pick_text(case.random, 'handed_over')}"
    case.step(
        EventKind.HANDED_OVER,
        ReportState.RECEIVED,
        at,
        by=by,
        text=text,
        unit=team.unit,
    )
    case.handovers.append(Handover(report=case.report, unit=giver, to_unit=team.unit, at=at))
    case.team = team


def add_reporter_note(case: Case) -> None:
    case.log(
        EventKind.REPORTER_NOTE, case.wait(1, 30), text=pick_text(case.random, "reporter_note")
    )


def _after_part_of_response(case: Case, part: float) -> datetime:
    """The moment after `part` of the time to the arrival. Most arrive within the category's target;
    at night it takes longer, and a few are very late."""
    target = case.report.category.target_minutes or 90
    slow = 0.95 if case.is_night else 0.68
    whole = max(2.0, target * slow * case.random.lognormvariate(0, 0.45))
    return case.at + timedelta(seconds=round(part * whole * 60))
