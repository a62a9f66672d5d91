"""The places of a unit (hotspots, routes, guard posts): added, changed, retired, used again."""

from collections.abc import Iterable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.services.receipts import done_before
from patrols.models import GuardPost, Route
from patrols.rights import may_plan
from reports.models import Category, Hotspot, HotspotProposal
from reports.services.proposals import accept_proposal
from toolkit.editing import Seen, Values
from toolkit.idempotency.answers import lock_until_commit
from toolkit.idempotency.sent import Sent

Place = Hotspot | Route | GuardPost
P = TypeVar("P", Hotspot, Route, GuardPost)
BY_TRIGGER = ("polda", "polres", "polsek")


@transaction.atomic
def save_place(
    *,
    place: Place,
    by: User,
    wanted: Values,
    kinds: Iterable[Category] = (),
    seen: Seen | None = None,
    sent: Sent | None = None,
    proposal: HotspotProposal | None = None,
) -> None:
    """Stores a new place, or changes. `kinds` are those of a hotspot, `wanted` the values as
    `toolkit.editing` compares them.

    A new one `sent` again changes nothing. With `proposal` the hotspot is what a commander made of
    it. Raises EditConflict where somebody has changed the place since the page was `seen`,
    ValidationError for a name that the unit has already, ChangeRefused for a proposal that somebody
    has decided.
    """
    if not may_plan(by, place.unit):
        raise PermissionDenied
    if place.pk:
        before = type(place)._default_manager.select_for_update().get(pk=place.pk)
        if not may_plan(by, before):
            raise PermissionDenied
        if seen is not None:
            seen.check(before, wanted)
    elif done_before(by=by, sent=sent, deed=f"add {place._meta.label}", wanted=wanted):
        return
    # Two people add the same name at once: the second finds the first, and is told.
    lock_until_commit(f"places of {place.unit_id}")
    place.full_clean(exclude=BY_TRIGGER)
    place.save()
    if isinstance(place, Hotspot):
        place.categories.set(kinds)
        if proposal is not None:
            accept_proposal(proposal=proposal, hotspot=place, by=by)


def is_in_use(place: Place) -> bool:
    return place.is_active if isinstance(place, Hotspot) else place.retired_on is None


@transaction.atomic
def retire_place(*, place: P, by: User) -> bool:
    """Returns whether it was in use. Schedules that name it go on making their duties."""
    place = _locked(place, by)
    if not is_in_use(place):
        return False
    _use(place, is_used=False)
    return True


@transaction.atomic
def restore_place(*, place: P, by: User) -> bool:
    """Returns whether it was retired. Raises ValidationError where a new one has its name."""
    place = _locked(place, by)
    if is_in_use(place):
        return False
    _use(place, is_used=True)
    return True


def _locked(place: P, by: User) -> P:
    rows = type(place)._default_manager.select_related("unit")
    place = rows.select_for_update(of=("self",)).get(pk=place.pk)
    if not may_plan(by, place):
        raise PermissionDenied
    lock_until_commit(f"places of {place.unit_id}")
    return place


def _use(place: Place, *, is_used: bool) -> None:
    if isinstance(place, Hotspot):
        place.is_active = is_used
        place.save(update_fields=["is_active"])
        return
    place.retired_on = None if is_used else place.unit.today()
    place.full_clean(exclude=BY_TRIGGER)
    place.save(update_fields=["retired_on"])
