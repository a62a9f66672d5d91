"""Extra rounds at a hotspot: a short schedule of its own, which is taken back as a whole."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import PatrolKind, Schedule
from patrols.rights import may_plan
from patrols.selectors.rounds import rounds_ahead
from patrols.selectors.teams import Person
from patrols.services.schedules import Outcome, refresh_duties, save_schedule
from reports.models import Hotspot
from territory.times import night_spans
from toolkit.idempotency.answers import lock_until_commit

MOST_NIGHTS = 28
EARLY = time(6)  # until then it is still the night before


def rounds_at(
    hotspot: Hotspot, *, nights: int, start: time, end: time, now: datetime | None = None
) -> Schedule:
    """The unsaved schedule of extra rounds on so many nights: from tonight on, or from tomorrow
    where tonight's round would be over already."""
    now = now or timezone.now()
    rounds = Schedule(
        unit=hotspot.unit,
        hotspot=hotspot,
        kind=PatrolKind.PATROL,
        name=_("Extra rounds: %(place)s") % {"place": hotspot.name},
        start=start,
        end=end,
        after_midnight=start < EARLY,
    )
    tonight = rounds.tonight(now)
    _apel, _start, ends_at = rounds.times(tonight)
    rounds.valid_from = tonight + timedelta(days=ends_at <= now)
    rounds.valid_until = rounds.valid_from + timedelta(days=nights - 1)
    return rounds


@transaction.atomic
def plan_rounds(
    *,
    hotspot: Hotspot,
    rounds: Schedule,
    officers: Iterable[User],
    by: User,
    leave_out: Collection[Person] = (),
    client_uuid: uuid.UUID | None = None,
) -> Outcome:
    """Stores what `rounds_at` made, with its leader, and makes its duties.

    The same form sent again changes nothing. Raises ScheduleClash as `save_schedule` does, and
    ValidationError for a hotspot out of use or where the nights have extra rounds already.
    """
    if not may_plan(by, hotspot):
        raise PermissionDenied
    lock_until_commit(f"rounds at {hotspot.pk}")
    if client_uuid and Schedule.objects.filter(client_uuid=client_uuid, hotspot=hotspot).exists():
        return Outcome()
    if not Hotspot.objects.active().filter(pk=hotspot.pk).exists():
        raise ValidationError(_("This hotspot is not in use any more."))
    last = rounds.valid_until or rounds.valid_from
    nights = set(rounds.nights(rounds.valid_from, last))
    planned = [night for one in rounds_ahead(hotspot) for night in one.nights if night in nights]
    if planned:
        words = {"nights": night_spans(planned)}
        raise ValidationError(_("There are extra rounds already: %(nights)s.") % words)
    rounds.name = _free_name(rounds)
    return save_schedule(
        schedule=rounds,
        officers=officers,
        groups=[],
        by=by,
        leave_out=leave_out,
        client_uuid=client_uuid,
    )


def _free_name(rounds: Schedule) -> str:
    """Rounds that were taken back keep their name: the next ones get a number."""
    same = Schedule.objects.filter(unit=rounds.unit, valid_from=rounds.valid_from)
    taken = set(same.values_list("name", flat=True))
    names = (f"{rounds.name[:94]} ({n})" if n > 1 else rounds.name[:100] for n in range(1, 100))
    return next(name for name in names if name not in taken)


@transaction.atomic
def withdraw_rounds(*, rounds: Schedule, by: User) -> Outcome:
    """Takes back the nights that are to come. A duty that somebody has worked on stays."""
    rows = Schedule.objects.select_related("unit").select_for_update(of=("self",))
    rounds = rows.exclude(hotspot=None).get(pk=rounds.pk)
    if not may_plan(by, rounds):
        raise PermissionDenied
    last = rounds.valid_until or rounds.valid_from
    coming = set(rounds.nights(rounds.tonight(), last))
    rounds.dates_skipped = sorted({*rounds.dates_skipped, *coming})
    rounds.dates_added = [day for day in rounds.dates_added if day not in coming]
    rounds.save(update_fields=["dates_skipped", "dates_added"])
    return refresh_duties(rounds, leave_out=True)
