"""What a scanned plate leads a person to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from patrols.models import Checkpoint, Duty, EntryKind, LogEntry
from patrols.models.duties import DutyQuerySet
from patrols.rights import may_log
from territory.scope import unscoped

# How long before its start a planned duty counts as that of tonight.
AHEAD = timedelta(hours=12)


@dataclass(frozen=True)
class Here:
    """A running duty, and the check-in of the person whose stay at the checkpoint goes on."""

    duty: Duty
    stay: LogEntry | None


@dataclass(frozen=True)
class Scanned:
    """A checkpoint with the person's duties on its route: those that run, and those of tonight."""

    checkpoint: Checkpoint
    running: list[Here]
    planned: list[Duty]


def scan(user: User, plate: UUID, *, now: datetime) -> Scanned | None:
    """None for a plate that is unknown, replaced or retired, and for who has no duty there: whoever
    finds or photographs a plate learns nothing from it. Four statements."""
    points = unscoped(Checkpoint.objects.current(), "named only to who has a duty on its route")
    checkpoint = points.filter(plate=plate).first()
    if checkpoint is None:
        return None
    duties = Duty.objects.of(user).filter(route=checkpoint.route_id).select_related("unit")
    planned = duties.planned().filter(starts_at__lte=now + AHEAD, ends_at__gt=now)
    running = [duty for duty in newest_running(duties) if may_log(user, duty, in_roll=True)]
    stays = stays_at(checkpoint, user, running)
    found = Scanned(
        checkpoint,
        [Here(duty, stays.get(duty.pk)) for duty in running],
        list(planned.order_by("starts_at", "pk")),
    )
    return found if found.running or found.planned else None


def newest_running(duties: DutyQuerySet) -> DutyQuerySet:
    return duties.running().order_by("-started_at", "-pk")


def running_of(user: User) -> list[Duty]:
    """The running duties in whose log the person may write. One statement."""
    duties = newest_running(Duty.objects.of(user).select_related("unit"))
    return [duty for duty in duties if may_log(user, duty, in_roll=True)]


def stays_at(checkpoint: Checkpoint, user: User, duties: list[Duty]) -> dict[int, LogEntry]:
    """By the key of the duty: the person's check-in there that nothing has ended since."""
    if not duties:
        return {}
    rows = unscoped(LogEntry.objects.standing(), "the person's own, of duties that they are on")
    rows = rows.filter(kind=EntryKind.CHECK_IN, author=user, checkpoint=checkpoint, left_at=None)
    return {row.duty_id: row for row in rows.filter(duty__in=duties).order_by("at", "pk")}
