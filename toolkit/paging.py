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
    """Rows of one page. `newer` and `older` are cursors for the query string, empty at the ends.

    With `is_past_end` the page that was asked for has no rows, and these are those of the last.
    """

    rows: list[Row]
    newer: str
    older: str
    is_past_end: bool = False

    @property
    def is_whole_list(self) -> bool:
        return not (self.newer or self.older)


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

    The cursor is "<" or ">" with the key of the row it stands at; one that cannot be read, and one
    before the first row, gives the first page. One past the end gives the last page: rows go, and
    links stay in messages and bookmarks.
    """
    names = [name.removeprefix("-") for name in order]
    key = _read(rows.model, names, cursor[1:]) if cursor else None
    if key is None:
        found, more = _rows(rows, order, size)
        return _page(found, names, has_newer=False, has_older=more)
    backwards = cursor.startswith(">")
    lower = order[0].startswith("-") != backwards
    found, more = _rows(rows.filter(_beyond(names, key, lower=lower)), order, size, backwards)
    if found:
        return _page(
            found,
            names,
            has_newer=more if backwards else True,
            has_older=True if backwards else more,
        )
    found, more = _rows(rows, order, size, not backwards)
    if backwards:
        return _page(found, names, has_newer=False, has_older=more)
    return _page(found, names, has_newer=more, has_older=False, is_past_end=bool(found))


def _rows(
    rows: QuerySet[Row], order: Sequence[str], size: int, from_the_end: bool = False
) -> tuple[list[Row], bool]:
    """The first rows, or the last ones, in `order`, and whether there are more."""
    wanted = rows.order_by(*order)
    found = list((wanted.reverse() if from_the_end else wanted)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return (found[::-1] if from_the_end else found), more


def _page(
    found: list[Row],
    names: list[str],
    *,
    has_newer: bool,
    has_older: bool,
    is_past_end: bool = False,
) -> KeysetPage[Row]:
    return KeysetPage(
        found,
        newer=">" + _write(found[0], names) if found and has_newer else "",
        older="<" + _write(found[-1], names) if found and has_older else "",
        is_past_end=is_past_end,
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
