"""What a person may reach: subtrees of the unit tree, each with the actions granted there.

A row that belongs to a unit carries the unit's `polda`, `polres` and `polsek` beside it, so that
"everything below this unit" is an equality on one indexed column (docs/adr/0001).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar, overload

from django.db.models import Manager, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


class UnitRow(Protocol):
    """A row with the scope columns: any `UnitScoped` model, or a `Unit` itself."""

    polda_id: int | None
    polres_id: int | None
    polsek_id: int | None


class PlacedRow(UnitRow, Protocol):
    """A row of a unit, with the unit's own id too: any `UnitScoped` model."""

    unit_id: int


class UnitNode(Protocol):
    """A place in the unit tree: a `Unit`."""

    pk: int
    kind: str


LEVELS = ("polda", "polres", "polsek")  # the kinds of unit with a scope column


def rows_below(unit: UnitNode | None, prefix: str = "") -> Q:
    """The condition for rows of the unit and of all below it; Mabes, or no unit, is all rows.

    `prefix` reaches the scope columns over a relation, such as ``"duty__"``, or ``"unit__"`` where
    it is the unit's own row that carries them.
    """
    if unit is None or unit.kind == "mabes":
        return Q()
    if unit.kind in LEVELS:
        return Q(**{f"{prefix}{unit.kind}": unit.pk})
    # A Subsektor has no scope column and no units below it.
    return Q(**{prefix.removesuffix("unit__") + "unit": unit.pk})


@dataclass(frozen=True)
class Grant:
    """One subtree: `column` is 'polda', 'polres', 'polsek', or '' for the whole country."""

    column: str
    unit_id: int
    actions: frozenset[str]
    # Ids of the unit posted to and of those above it: the person belongs to all of them.
    lineage: tuple[int, ...] = ()
    # The unit posted to; None for a superuser, who is posted to none by that.
    posted_to: int | None = None

    def covers(self, row: UnitRow) -> bool:
        return not self.column or getattr(row, f"{self.column}_id") == self.unit_id

    def is_near(self, row: UnitRow, unit_id: int) -> bool:
        """Whether the row's unit is the one posted to, below it, or above it."""
        return self.covers(row) or unit_id in self.lineage

    def rows_near(self, prefix: str = "") -> Q:
        """The condition for the rows of which `is_near` is true."""
        above = Q(**{f"{prefix}unit__in": self.lineage})
        # A grant of the whole country has no column; every row has a unit.
        below = (
            {f"{prefix}{self.column}": self.unit_id} if self.column else {f"{prefix}unit__gt": 0}
        )
        return above | Q(**below)


@dataclass(frozen=True)
class Scope:
    """All grants of one person. Empty for volunteers and for people without an active posting.

    `former` are grants of postings that have ended. Of a person who is not confirmed it is not
    sure who signs in: nothing sealed opens to them.
    """

    grants: tuple[Grant, ...] = ()
    former: tuple[Grant, ...] = ()
    is_confirmed: bool = True

    @cached_property
    def actions(self) -> frozenset[str]:
        """Every action granted somewhere. For navigation only: `may` decides about a row."""
        return frozenset[str]().union(*(grant.actions for grant in self.grants))

    def may(self, action: str, row: UnitRow) -> bool:
        return any(action in grant.actions and grant.covers(row) for grant in self.grants)

    def units_posted_with(self, action: str) -> frozenset[int]:
        """Ids of the units the person is posted to with the action, without those below."""
        found = (grant.posted_to for grant in self.grants if action in grant.actions)
        return frozenset(pk for pk in found if pk is not None)

    def has_left(self, row: PlacedRow) -> bool:
        """Whether the person serves no more where the row is.

        So it is without any posting, and where all postings near the row's unit have ended. Who
        was never posted near it has been lent to it, and has not left.
        """
        if not self.grants:
            return True
        former, now = (
            any(grant.is_near(row, row.unit_id) for grant in grants)
            for grants in (self.former, self.grants)
        )
        return former and not now

    def rows_not_left(self, prefix: str = "") -> Q | None:
        """The condition for rows of which `has_left` is false; None where there are none."""
        if not self.grants:
            return None
        former, now = Q(), Q()
        for grant in self.former:
            former |= grant.rows_near(prefix)
        for grant in self.grants:
            now |= grant.rows_near(prefix)
        return now | ~former if self.former else Q()

    def rows(self, prefix: str = "", action: str | None = None) -> Q | None:
        """The condition for rows in scope; None where nothing is in scope.

        `prefix` reaches the scope columns over a relation, such as ``"unit__"``. With `action`,
        only the grants that hold it count.
        """
        grants = [g for g in self.grants if action is None or action in g.actions]
        if any(not grant.column for grant in grants):
            return Q()
        found: Q | None = None
        for grant in grants:
            condition = Q(**{f"{prefix}{grant.column}": grant.unit_id})
            found = condition if found is None else found | condition
        return found


class Viewer(Protocol):
    """What a QuerySet needs to know of the person asking."""

    @property
    def pk(self) -> int | None: ...

    @property
    def scope(self) -> Scope: ...


@overload
def unscoped(rows: Rows, reason: str) -> Rows: ...
@overload
def unscoped(rows: "Manager[Row]", reason: str) -> "QuerySet[Row, Row]": ...
def unscoped(rows: Any, reason: str) -> Any:
    """All rows of a manager or QuerySet, whoever asks. `reason` says why no scope is needed.

    tests/test_architecture.py wants each read outside models and services to go through a scope
    method or through this function. A QuerySet keeps its type, so that its methods can follow:
    ``unscoped(Hotspot.objects.active(), "…").filter(…)``.
    """
    if not reason:
        raise ValueError("Say why these rows are read without a scope.")
    return rows.all()
