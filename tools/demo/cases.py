"""What became of one report of the demo: steps in time, written as the services write them.

A fate is told from its beginning to its end; what would be after the demo's present, or after
everybody has forgotten the report, did not happen.
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
from reports.workflow import AWAITED, ENDED, Outcome, ReportState
from territory.models import Unit
from tools.demo.report_phrases import says

# What comes of it, by the group of its category; the first line is for all others.
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
    """The next step has not come yet."""


@dataclass
class Team:
    """Who works at a unit: the desk reads, the officers go, the commander ends."""

    unit: Unit
    desk: list[User]
    commander: User
    officers: list[User]


@dataclass
class Case:
    """A report on its way. `patience` is how many steps are made before it is forgotten."""

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
        """An event, from the state before to one after it."""
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
        """A new state, with what follows from it."""
        self.log(kind, at, by=by, text=text, is_public=is_public, to_state=state)
        report = self.report
        if by is not None and report.first_response_at is None:
            report.first_response_at = at
        if state == ReportState.ON_SCENE and report.arrived_at is None:
            report.arrived_at = at
        if state in AWAITED and report.arrived_at is not None:
            # The target was about the first arrival.
            report.due_at = None
        if state in ENDED:
            report.resolved_at = report.resolved_at or at
        else:
            report.resolved_at, report.outcome, report.outcome_reason = None, "", ""
        report.closed_at = at if state == ReportState.CLOSED else None
        if state not in (ReportState.DISPATCHED, ReportState.ON_SCENE, *ENDED):
            report.assignee = None
        report.state = state
        for name, value in values.items():
            setattr(report, name, value)


@contextmanager
def as_far_as_it_came() -> Iterator[None]:
    try:
        yield
    except Unfinished:
        return


def read_it(case: Case) -> None:
    at = _due(case, 0.2)
    by = case.random.choice(case.team.desk)
    text = says(case.random, "verified")
    case.step(EventKind.VERIFIED, ReportState.VERIFIED, at, by=by, text=text)


def send_somebody(case: Case) -> None:
    text = says(case.random, "dispatched")
    by, officer = case.random.choice(case.team.desk), case.random.choice(case.team.officers)
    at = _due(case, 0.15)
    case.step(EventKind.DISPATCHED, ReportState.DISPATCHED, at, by=by, text=text, assignee=officer)
    if case.random.random() < 0.04:
        recall_and_send_another(case)


def recall_and_send_another(case: Case) -> None:
    by = case.random.choice(case.team.desk)
    text = says(case.random, "recalled")
    at = case.wait(3, 12)
    case.step(EventKind.RECALLED, ReportState.VERIFIED, at, by=by, text=text, is_public=False)
    others = case.team.officers
    case.step(
        EventKind.DISPATCHED,
        ReportState.DISPATCHED,
        case.wait(1, 6),
        by=by,
        assignee=case.random.choice(others),
    )


def arrive(case: Case) -> None:
    officer = case.report.assignee
    text = says(case.random, "arrived")
    at = _due(case, 0.65)
    case.step(EventKind.ARRIVED, ReportState.ON_SCENE, at, by=officer, text=text, assignee=officer)
    if case.random.random() < 0.12:
        kind = "note_public" if case.random.random() < 0.3 else "note"
        case.log(
            EventKind.NOTE,
            case.wait(2, 15),
            by=officer,
            text=says(case.random, kind),
            is_public=kind == "note_public",
        )
    open_contact(case, officer)


def open_contact(case: Case, by: User | None) -> None:
    """The assigned may open any contact; it is seldom needed."""
    if case.contact is None or by is None or case.random.random() > 0.15:
        return
    at = case.wait(1, 10)
    if at <= case.now:
        reason = says(case.random, "opened")
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
    text = says(random, outcome, about)
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


def go_there(case: Case) -> None:
    """The usual way: read, sent, there, done."""
    if case.random.random() < 0.8:
        read_it(case)
    go_on(case)


def settle_by_telephone(case: Case) -> None:
    case.by_telephone = True
    read_it(case)
    resolve(case, by=case.random.choice(case.team.desk), low=10, high=240)


def go_on(case: Case) -> None:
    """Work on a report that is open again."""
    if case.by_telephone:
        resolve(case, by=case.random.choice(case.team.desk), low=30, high=600)
        return
    send_somebody(case)
    arrive(case)
    resolve(case, by=case.report.assignee)


def end(case: Case) -> None:
    """The reporter answers or says nothing; the commander closes in the coming days."""
    by_web = case.report.source == "web"
    lot = case.random.random()
    if by_web and lot < 0.06:
        text = says(case.random, "disputed")
        at = case.wait(60, 2000)
        case.step(EventKind.DISPUTED, ReportState.VERIFIED, at, by=None, text=text)
        go_on(case)
    elif lot < 0.09:
        at, text = case.wait(300, 4000), says(case.random, "reopened")
        by = case.random.choice(case.team.desk)
        case.step(EventKind.REOPENED, ReportState.VERIFIED, at, by=by, text=text)
        go_on(case)
    elif lot < 0.10:
        override(case)
    if by_web and case.random.random() < 0.25:
        rate(case)
    if by_web and case.random.random() < 0.12:
        at = case.wait(30, 1500)
        case.step(EventKind.CONFIRMED, ReportState.CLOSED, at, by=None)
        return
    at = case.wait(500, 4200)
    text = says(case.random, "closed")
    case.step(EventKind.CLOSED, ReportState.CLOSED, at, by=case.team.commander, text=text)


def override(case: Case) -> None:
    """The commander sends it back to the desk, past the table."""
    at, text = case.wait(200, 900), says(case.random, "overridden")
    by = case.team.commander
    case.step(EventKind.OVERRIDDEN, ReportState.VERIFIED, at, by=by, text=text)
    go_on(case)


def rate(case: Case) -> None:
    rating = case.random.choices((1, 2, 3, 4, 5), (6, 7, 14, 33, 40))[0]
    words = says(case.random, "rated", str(rating)) if case.random.random() < 0.5 else ""
    text = f"{rating}/5. {words}" if words else f"{rating}/5"
    case.log(EventKind.RATED, case.wait(10, 1400), text=text)
    case.report.rating = rating


def reject(case: Case) -> None:
    if case.random.random() < 0.4:
        read_it(case)
    at, text = case.wait(20, 400), says(case.random, "rejected")
    case.step(EventKind.REJECTED, ReportState.REJECTED, at, by=case.team.commander, text=text)


def refer(case: Case, agency: str) -> None:
    """To who has the power: told by telephone within minutes."""
    if case.random.random() < 0.5:
        read_it(case)
    text = f"{agency}. {says(case.random, 'referred')}"
    at = case.wait(2, 25)
    by = case.random.choice(case.team.desk)
    case.step(EventKind.REFERRED, ReportState.REFERRED, at, by=by, text=text, referred_to=agency)


def merge(case: Case, into: Report) -> None:
    at, by = case.wait(2, 15), case.random.choice(case.team.desk)
    case.step(EventKind.MERGED, ReportState.DUPLICATE, at, by=by, duplicate_of=into)


def hand_over(case: Case, team: Team) -> None:
    report, giver = case.report, case.team.unit
    at, by = case.wait(4, 40), case.random.choice(case.team.desk)
    text = f"{giver} → {team.unit}. {says(case.random, 'handed_over')}"
    case.log(EventKind.HANDED_OVER, at, by=by, text=text, to_state=ReportState.RECEIVED)
    case.handovers.append(Handover(report=report, unit=giver, to_unit=team.unit, at=at))
    report.unit, report.state, report.assignee = team.unit, ReportState.RECEIVED, None
    case.team = team


def add_reporter_note(case: Case) -> None:
    case.log(EventKind.REPORTER_NOTE, case.wait(1, 30), text=says(case.random, "reporter_note"))


def _due(case: Case, part: float) -> datetime:
    """A part of the way to the arrival: most are in time, nights are slower, some very late."""
    target = case.report.category.target_minutes or 90
    slow = 0.95 if case.is_night else 0.68
    whole = max(2.0, target * slow * case.random.lognormvariate(0, 0.45))
    return case.at + timedelta(seconds=round(part * whole * 60))
