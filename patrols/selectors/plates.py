"""What a scanned plate leads a person to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from patrols.models import Checkpoint, Duty
from patrols.rights import may_log
from territory.scope import unscoped

# How long before its start a planned duty counts as that of tonight.
AHEAD = timedelta(hours=12)


@dataclass(frozen=True)
class Scanned:
    """A checkpoint with the person's duties on its route: those that run, and those of tonight."""

    checkpoint: Checkpoint
    running: list[Duty]
    planned: list[Duty]


def scan(user: User, plate: UUID, *, now: datetime) -> Scanned | None:
    """None for a plate that is unknown, replaced or retired, and for who has no duty there: whoever
    finds or photographs a plate learns nothing from it. Three statements."""
    points = unscoped(Checkpoint.objects.current(), "named only to who has a duty on its route")
    checkpoint = points.filter(plate=plate).first()
    if checkpoint is None:
        return None
    duties = Duty.objects.of(user).filter(route=checkpoint.route_id).select_related("unit")
    running = duties.running().order_by("-started_at", "-pk")
    planned = duties.planned().filter(starts_at__lte=now + AHEAD, ends_at__gt=now)
    found = Scanned(
        checkpoint,
        [duty for duty in running if may_log(user, duty, in_roll=True)],
        list(planned.order_by("starts_at", "pk")),
    )
    return found if found.running or found.planned else None
