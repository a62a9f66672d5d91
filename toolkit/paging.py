"""Pages by key instead of OFFSET, and counts that stop at a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar, cast

from django.db.models import Field, Model, Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Rows of one page. `newer` and `older` are cursors for the query string, empty at the ends."""

    rows: list[Row]
    newer: str
    older: str


@dataclass(frozen=True)
class CappedCount:
    """`number` is exact up to the cap; with `is_capped` there are more than that."""

    number: int
    is_capped: bool


def capped_count(rows: QuerySet[Row], cap: int = 1000, *, order: Sequence[str] = ()) -> CappedCount:
    """`order` is that of the list: its index then serves the count too. Without one PostgreSQL
    may take a few rows from a large table by reading it from its start."""
    number = rows.order_by(*order).values("pk")[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


def keyset_page(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = 50
) -> KeysetPage[Row]:
    """One page of `rows` in `order`: field names, all with or all without a minus, `id` last.

    The cursor is "<" or ">" with the key of the row it stands at; one that cannot be read gives
    the first page.
    """
    descending = order[0].startswith("-")
    names = [name.removeprefix("-") for name in order]
    backwards = cursor.startswith(">")
    key = _read(rows.model, names, cursor[1:]) if cursor else None
    if key is None:
        backwards = False
    else:
        rows = rows.filter(_beyond(names, key, lower=descending != backwards))
    wanted = [("-" if descending != backwards else "") + name for name in names]
    found = list(rows.order_by(*wanted)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_newer = more if backwards else key is not None
    has_older = True if backwards else more
    return KeysetPage(
        found,
        newer=">" + _write(found[0], names) if found and has_newer else "",
        older="<" + _write(found[-1], names) if found and has_older else "",
    )


def _beyond(names: list[str], key: list[Any], *, lower: bool) -> Q:
    """Rows after the key: (a, b) < (x, y) as a <= x and not (a = x and b >= y), index-friendly."""
    first = Q(**{f"{names[0]}__{'lte' if lower else 'gte'}": key[0]})
    exact, beyond = Q(), Q()
    for name, value in zip(names, key, strict=True):
        beyond |= exact & Q(**{f"{name}__{'lt' if lower else 'gt'}": value})
        exact &= Q(**{name: value})
    return first & beyond


def _write(row: Model, names: list[str]) -> str:
    return "~".join(
        value.isoformat() if isinstance(value, date) else str(value)
        for value in (getattr(row, name) for name in names)
    )


def _read(model: type[Model], names: list[str], text: str) -> list[Any] | None:
    parts = text.rsplit("~", len(names) - 1)
    if len(parts) != len(names) or "\0" in text:
        return None
    try:
        key = [
            _value(cast("Field[Any, Any]", model._meta.get_field(name)).get_internal_type(), part)
            for name, part in zip(names, parts, strict=True)
        ]
    except (ValueError, OverflowError):
        return None
    return None if None in key else key


def _value(kind: str, text: str) -> str | int | date | datetime | None:
    if kind == "DateTimeField":
        moment = parse_datetime(text)
        # In UTC: PostgreSQL refuses offsets of 16 hours and more, which Python reads.
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    if kind == "DateField":
        return parse_date(text)
    if kind == "CharField":
        return text
    number = int(text)
    return number if abs(number) < 2**63 else None
