"""What waits for a second person, and who that may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, Q

from accounts.models import Posting, User
from accounts.rights import is_without_holder, may_confirm, may_confirm_person, units_of
from accounts.roles import Action
from territory.models import Unit
from territory.scope import unscoped

MOST_WAITING = 50
MOST_CALLED = 3
NEAREST_FIRST = [F(f"unit__{level}").asc(nulls_last=True) for level in ("polsek", "polres")]
WHOM_TO_CALL = "people look for a second person above their own units"


@dataclass(frozen=True)
class Waiting:
    """What waits for a second person. `is_mine`: the person who looks may be that one; else
    `call` are some who may, none where that has to wait (see rights.SEALED_WAIT)."""

    row: Any
    is_mine: bool
    call: tuple[User, ...] = ()


class Seconds:
    """Who may confirm, read once for each place of a page."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, ...], list[User]] = {}

    def of(self, person: User, units: list[Unit], *barred: int | None) -> tuple[User, ...]:
        out = {person.pk, *barred}
        places = () if person.is_superuser else tuple(sorted(unit.pk for unit in units))
        if places not in self.found:
            self.found[places] = list(self._holders(units) if places else self._superusers())
        found = [user for user in self.found[places] if user.pk not in out]
        if not found and places and all(is_without_holder(unit, person) for unit in units):
            found = [user for user in self._superusers() if user.pk not in out]
        return tuple(found[:MOST_CALLED])

    def _holders(self, units: Iterable[Unit]) -> Iterable[User]:
        rows = unscoped(User.objects.all(), WHOM_TO_CALL)
        for unit in units:
            rows = rows.filter(pk__in=Posting.objects.opening_sealed(unit).values("user"))
        rows = rows.select_related("unit").order_by(*NEAREST_FIRST, "name", "pk")
        return rows[: MOST_CALLED + 3]

    def _superusers(self) -> Iterable[User]:
        rows = unscoped(User.objects.all(), WHOM_TO_CALL)
        rows = rows.filter(is_superuser=True, is_active=True, let_in_by=None)
        return rows.select_related("unit").order_by("name", "pk")[: MOST_CALLED + 3]


def waiting_people(user: User, seconds: Seconds | None = None) -> list[Waiting]:
    """People of the user's units who were let in and are not confirmed. Volunteers and others who
    never had a posting read no report, so nobody has to confirm them."""
    rows = User.objects.visible_to(user).filter(let_in_by__isnull=False, is_active=True)
    rows = rows.filter(Q(postings__isnull=False) | Q(is_superuser=True)).distinct()
    postings = Posting.objects.visible_to(user).active().select_related("unit")
    held = unscoped(Posting.objects.select_related("unit"), "all units of a person decide")
    rows = rows.prefetch_related(
        Prefetch("postings", postings, to_attr="serves"), Prefetch("postings", held)
    )
    found = rows.select_related("unit", "let_in_by").order_by("name", "pk")[:MOST_WAITING]
    waiting = []
    for person in found:
        is_mine = may_confirm_person(user, person)
        call: tuple[User, ...] = ()
        if seconds and not is_mine:
            call = seconds.of(person, units_of(person), person.let_in_by_id, person.link_by_id)
        waiting.append(Waiting(person, is_mine, call))
    return waiting


def waiting_postings(user: User, seconds: Seconds | None = None) -> list[Waiting]:
    """Postings for which somebody has asked for the permission for sealed reports."""
    rows = (
        Posting.objects.visible_to(user)
        .asked()
        .select_related("user__unit", "unit", "sealed_asked_by")
    )
    waiting = []
    for row in rows.order_by("pk")[:MOST_WAITING]:
        is_mine = may_confirm(user, row.user, row.unit, row.sealed_asked_by_id)
        call: tuple[User, ...] = ()
        if seconds and not is_mine:
            call = seconds.of(row.user, [row.unit], row.sealed_asked_by_id)
        waiting.append(Waiting(row, is_mine, call))
    return waiting


def waiting_for(user: User) -> int:
    """How much waits for this person, who opens sealed reports or is a superuser."""
    if not (user.is_superuser or Action.UNSEAL in user.scope.actions):
        return 0
    return sum(wait.is_mine for wait in (*waiting_people(user), *waiting_postings(user)))
