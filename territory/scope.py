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

    def covers(self, row: UnitRow) -> bool:
        return not self.column or getattr(row, f"{self.column}_id") == self.unit_id


@dataclass(frozen=True)
class Scope:
    """All grants of one person. Empty for volunteers and for people without an active posting."""

    grants: tuple[Grant, ...] = ()

    @cached_property
    def actions(self) -> frozenset[str]:
        """Every action granted somewhere. For navigation only: `may` decides about a row."""
        return frozenset[str]().union(*(grant.actions for grant in self.grants))

    def may(self, action: str, row: UnitRow) -> bool:
        return any(action in grant.actions and grant.covers(row) for grant in self.grants)

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
