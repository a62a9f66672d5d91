"""The checkpoints of a route: added, changed, moved, retired, used again; and their plates."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import done_before
from patrols.models import Checkpoint, Route
from patrols.rights import may_plan
from toolkit.editing import Seen, Values
from toolkit.idempotency.sent import Sent

# What the form of a checkpoint changes, beside its order.
EDITED = ("name", "lat", "lon", "radius_m", "dwell_minutes")


@transaction.atomic
def save_checkpoint(
    *,
    checkpoint: Checkpoint,
    by: User,
    wanted: Values,
    seen: Seen | None = None,
    sent: Sent | None = None,
) -> None:
    """Stores a new checkpoint, or changes, and numbers those in use from 1 without a gap.

    `order` is its place on the route; one too high is the last. `wanted` are the values as
    `toolkit.editing` compares them. A new one `sent` again changes nothing. Raises EditConflict
    where somebody has changed the checkpoint since the page was `seen`, ValidationError for a name
    that the route has already, ChangeRefused for a page that has added another one.
    """
    is_new = checkpoint.pk is None
    what = {"route": checkpoint.route_id, "wanted": wanted}
    if is_new and done_before(by=by, sent=sent, deed="add a checkpoint", **what):
        return
    _lock_route(checkpoint.route_id, by)
    if not is_new:
        before = Checkpoint.objects.get(pk=checkpoint.pk)
        if seen is not None:
            seen.check(before, wanted)
        checkpoint.retired_on, checkpoint.plate = before.retired_on, before.plate
    is_used = checkpoint.retired_on is None
    checkpoint.full_clean(exclude=["plate"])
    if is_used:
        _refuse_name(checkpoint)
        checkpoint.order = min(checkpoint.order, len(_others(checkpoint)) + 1)
    checkpoint.save(update_fields=None if is_new else [*EDITED, "order"])
    if is_used:
        _number(_others(checkpoint), checkpoint)


@transaction.atomic
def retire_checkpoint(*, checkpoint: Checkpoint, by: User) -> bool:
    """Returns whether it was in use. The others close the gap."""
    checkpoint = _locked(checkpoint, by)
    if checkpoint.retired_on is not None:
        return False
    checkpoint.retired_on = checkpoint.route.unit.today()
    checkpoint.save(update_fields=["retired_on"])
    _number(_others(checkpoint))
    return True


@transaction.atomic
def restore_checkpoint(*, checkpoint: Checkpoint, by: User) -> bool:
    """Undoes `retire_checkpoint`: it comes back where it stood. Returns whether it was retired.

    Raises ValidationError where another one has its name by now.
    """
    checkpoint = _locked(checkpoint, by)
    if checkpoint.retired_on is None:
        return False
    _refuse_name(checkpoint)
    checkpoint.retired_on = None
    checkpoint.save(update_fields=["retired_on"])
    _number(_others(checkpoint), checkpoint)
    return True


@transaction.atomic
def renew_plate(*, checkpoint: Checkpoint, by: User, old: str) -> bool:
    """Gives the checkpoint a new plate, so that the printed one is worth nothing any more.

    Returns False where it is not the `old` one by now, as after a second tap.
    """
    checkpoint = _locked(checkpoint, by)
    if str(checkpoint.plate) != old:
        return False
    checkpoint.plate = uuid.uuid4()
    checkpoint.save(update_fields=["plate"])
    return True


def _lock_route(pk: int, by: User) -> Route:
    """Two people who change its checkpoints number them one after the other. Duties that begin on
    the route meanwhile do not wait."""
    rows = Route.objects.select_related("unit").select_for_update(of=("self",), no_key=True)
    route = rows.get(pk=pk)
    if not may_plan(by, route):
        raise PermissionDenied
    return route


def _locked(checkpoint: Checkpoint, by: User) -> Checkpoint:
    route = _lock_route(checkpoint.route_id, by)
    checkpoint = Checkpoint.objects.get(pk=checkpoint.pk)
    checkpoint.route = route
    return checkpoint


def _others(checkpoint: Checkpoint) -> list[Checkpoint]:
    rows = Checkpoint.objects.current().filter(route=checkpoint.route_id)
    return list(rows.exclude(pk=checkpoint.pk).order_by("order", "pk"))


def _refuse_name(checkpoint: Checkpoint) -> None:
    name = checkpoint.name.casefold()
    if any(other.name.casefold() == name for other in _others(checkpoint)):
        raise ValidationError({"name": _("This route has a checkpoint of that name already.")})


def _number(others: list[Checkpoint], moved: Checkpoint | None = None) -> None:
    """From 1 without a gap, with `moved` at the place its order says."""
    rows = list(others)
    if moved is not None:
        rows.insert(max(moved.order - 1, 0), moved)
    for order, row in enumerate(rows, start=1):
        if row.order != order:
            row.order = order
            row.save(update_fields=["order"])
