"""What the pages of places say, by kind of place."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patrols.models import Duty, GuardPost, Route
from patrols.presenters.dosage import NightDose
from patrols.selectors.visits import Visit, Work
from reports.models import Hotspot
from reports.selectors.hotspots import ReportsAround

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """A kind of place: its model, the stem of its pages, and what these say."""

    stem: str
    model: type[Hotspot] | type[Route] | type[GuardPost]
    icon: str
    title: Words
    new: Words
    change: Words
    retire: Words
    empty: Words
    hint: Words
    saved: Words
    retired: Words
    restored: Words


HOTSPOTS = Kind(
    "hotspot",
    Hotspot,
    "map-pin",
    _("Hotspots"),
    _("New hotspot"),
    _("Change the hotspot"),
    _("Retire the hotspot"),
    _("No hotspot yet"),
    _("A hotspot is a place with risky hours that patrols visit for 10 to 15 minutes."),
    _("The hotspot %(name)s is saved."),
    _("The hotspot %(name)s is out of use."),
    _("The hotspot %(name)s is in use again."),
)
ROUTES = Kind(
    "route",
    Route,
    "route",
    _("Routes"),
    _("New route"),
    _("Change the route"),
    _("Retire the route"),
    _("No route yet"),
    _("A route is a way with checkpoints that a patrol goes."),
    _("The route %(name)s is saved."),
    _("The route %(name)s is out of use."),
    _("The route %(name)s is in use again."),
)
POSTS = Kind(
    "post",
    GuardPost,
    "house",
    _("Guard posts"),
    _("New guard post"),
    _("Change the guard post"),
    _("Retire the guard post"),
    _("No guard post yet"),
    _("A guard post is staffed at night by volunteers and officers."),
    _("The guard post %(name)s is saved."),
    _("The guard post %(name)s is out of use."),
    _("The guard post %(name)s is in use again."),
)
KINDS = (HOTSPOTS, ROUTES, POSTS)


@dataclass(frozen=True)
class Week:
    """`share` is the part of the largest week's reports, in hundredths, for the bar."""

    monday: date
    told: int
    found: int
    visits: int
    entries: int
    share: int


def weeks(first: date, last: date, reports: ReportsAround, work: Work) -> list[Week]:
    """Every week from the Monday `first` on, empty ones included; the last one first."""
    days = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    most = max((reports.told.get(day, 0) for day in days), default=0)
    return [
        Week(
            day,
            told := reports.told.get(day, 0),
            reports.found.get(day, 0),
            work.visits.get(day, 0),
            work.entries.get(day, 0),
            round(100 * told / most) if most else 0,
        )
        for day in reversed(days)
    ]


@dataclass(frozen=True)
class Passed:
    """A duty that passes a hotspot, and how often it checked in there."""

    duty: Duty
    visits: int


def passed(duties: list[Duty], visits: list[Visit], now: datetime) -> tuple[list[Passed], ...]:
    """Those to come, the next first, and those begun or over, the last first."""
    count: dict[int, int] = {}
    for visit in visits:
        count[visit.duty_id] = count.get(visit.duty_id, 0) + 1
    rows = [Passed(duty, count.get(duty.pk, 0)) for duty in duties]
    ahead = [row for row in rows if row.duty.starts_at > now and row.duty.started_at is None]
    over = [row for row in rows if row not in ahead]
    return ahead[::-1], over


def nights_enough(doses: list[NightDose]) -> tuple[int, int]:
    """On how many nights the visits were enough, and how many had risky hours by now."""
    begun = [dose for dose in doses if dose.longest is not None]
    return sum(dose.is_enough for dose in begun), len(begun)
