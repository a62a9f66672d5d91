"""The history that database triggers keep of a row, as people read it: who, when, what.

A model names columns that say nothing to people in `history_omits`, a set of field names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field, ForeignKey, ManyToManyField, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from territory.models import Unit
from territory.scope import LEVELS, unscoped
from territory.times import moment
from toolkit.editing import EditConflict, python_value
from toolkit.schema import link_events

# The scope columns follow the unit, whose change is shown.
ALWAYS_OMITTED = {"id", *LEVELS}
EMPTY = gettext_lazy("empty")
OUTSIDE = gettext_lazy("outside your units")
# Events read of one many-to-many field: a person may have added hundreds of rows at once.
MOST_LINKS = 500
# News of an edit conflict names who made a change among so many of the newest.
NEWEST = 50


@dataclass
class Step:
    """One field of one change, as text. `name` is that of the field.

    Of a many-to-many field, `after` lists what was added ("+ Bripka A") and `before` what was
    taken away ("− Bripka B").
    """

    name: str
    label: str
    before: str
    after: str
    is_links: bool = False

    def __str__(self) -> str:
        if self.is_links:
            return ", ".join(filter(None, (self.after, self.before)))
        return f"{self.before} → {self.after}"


@dataclass
class Change:
    """What one person changed of a row at one time. `at` is in the zone of the row's unit."""

    at: str
    who: str
    steps: list[Step] = field(default_factory=list)


@dataclass
class News:
    """A field that somebody else changed while a person was editing.

    `text` says how. `who` and `at` are "" where no history tells.
    """

    label: str
    text: str
    who: str
    at: str


@dataclass
class _Found:
    """The steps of one event, before its person is named."""

    event: Any
    steps: list[Step]

    @property
    def transaction(self) -> tuple[Any, Any]:
        """All events of one transaction have the same time and the same context."""
        return self.event.pgh_created_at, self.event.pgh_context_id


def changes_of(row: Model, user: Any, limit: int, unit: Unit | None) -> list[Change]:
    """The newest changes of a row, the latest first. [] for a model without history.

    Times are shown in the zone of `unit`, or in the current one. What was added to many-to-many
    fields stands beside what the same transaction changed in the row.
    """
    found = _column_changes(row, user, limit, unit)
    by_transaction = {one.transaction: one for one in reversed(found)}
    for column in row._meta.many_to_many:
        for change in _link_changes(row, column, user):
            same = by_transaction.setdefault(change.transaction, change)
            if same is change:
                found.append(change)
            else:
                same.steps += change.steps
    found.sort(key=attrgetter("event.pgh_created_at"), reverse=True)
    del found[limit:]
    names = _names(_actor_id(one.event) for one in found)
    return [
        Change(_time(one.event.pgh_created_at, unit), _who(one.event, names), one.steps)
        for one in found
    ]


def _column_changes(row: Model, user: Any, limit: int, unit: Unit | None) -> list[_Found]:
    """An event keeps the row as it was before the change.

    The new values are those of the next event, and for the latest event those of the row itself.
    """
    events = getattr(row, "events", None)
    if events is None:
        return []
    rows = events.filter(pgh_label="update").select_related("pgh_context")
    found = list(rows.order_by("-pgh_id")[:limit])
    omitted = ALWAYS_OMITTED | getattr(row, "history_omits", set())
    fields = [
        column
        for column in row._meta.concrete_fields
        if column.name not in omitted and found and hasattr(found[0], column.attname)
    ]
    # Columns without history are not read: one of them may hold a secret.
    current = _current(row, [column.attname for column in fields]) if found else row
    printer = _Printer(fields, [current, *found], user, unit)
    changes = []
    after: Any = current
    for event in found:
        steps = [
            printer.step(column, event, after)
            for column in fields
            if getattr(event, column.attname) != getattr(after, column.attname)
        ]
        if steps:
            changes.append(_Found(event, steps))
        after = event
    return changes


def _link_changes(row: Model, column: Any, user: Any) -> list[_Found]:
    """What was added to a many-to-many field and taken away, one change a transaction."""
    model = link_events(column.remote_field.through)
    if model is None:
        return []
    rows = unscoped(model._base_manager, "the history of a row that the person may read")
    rows = rows.filter(**{column.m2m_field_name(): row.pk}).select_related("pgh_context")
    target = f"{column.m2m_reverse_field_name()}_id"
    events: list[Any] = list(rows.order_by("-pgh_id")[:MOST_LINKS])
    found: dict[Any, list[Any]] = {}
    for event in events:
        found.setdefault((event.pgh_created_at, event.pgh_context_id), []).append(event)
    printer = _LinkPrinter(
        column, {getattr(e, target) for same in found.values() for e in same}, user
    )
    changes = []
    for same in found.values():
        first = {getattr(event, target): event.pgh_label for event in same}
        last = {getattr(event, target): event.pgh_label for event in reversed(same)}
        # Who was added and taken away again in one transaction has not changed.
        net = {pk: label for pk, label in last.items() if first[pk] == label}
        step = printer.step(
            added=[pk for pk, label in net.items() if label == "insert"],
            removed=[pk for pk, label in net.items() if label == "delete"],
        )
        if net:
            changes.append(_Found(same[0], [step]))
    return changes


def news_of(conflict: EditConflict, user: Any, unit: Unit | None) -> list[News]:
    """What the other person changed, field by field, with name and time where history has them."""
    columns: list[Any] = [conflict.model._meta.get_field(name) for name in conflict.changed]
    fields = [column for column in columns if not column.many_to_many]
    before, now = (
        SimpleNamespace(**{c.attname: python_value(c, values.get(c.name)) for c in fields})
        for values in (conflict.before, conflict.now)
    )
    printer = _Printer(fields, [before, now], user, unit)
    last: dict[str, Change] = {}
    everything = unscoped(conflict.model._base_manager, "the person is editing this row")
    for change in changes_of(everything.get(pk=conflict.pk), user, NEWEST, unit):
        for step in change.steps:
            last.setdefault(step.name, change)
    news = []
    for column in columns:
        if column.many_to_many:
            old, new = (set(v.get(column.name) or []) for v in (conflict.before, conflict.now))
            links = _LinkPrinter(column, old ^ new, user)
            step = links.step(added=list(new - old), removed=list(old - new))
        else:
            step = printer.step(column, before, now)
        text = str(step)
        if column.name not in conflict.before:
            text = _("now %(value)s") % {
                "value": printer.text(column, now) if column in fields else text
            }
        by = last.get(column.name)
        news.append(News(step.label, text, by.who if by else "", by.at if by else ""))
    return news


def _current(row: Model, names: list[str]) -> Any:
    everything = unscoped(type(row)._base_manager, "the person has been shown this row")
    return everything.only(*names).get(pk=row.pk)


def _time(value: datetime, unit: Unit | None) -> str:
    return moment(value, unit) if unit else date_format(timezone.localtime(value), "j M Y H.i T")


def _actor_id(event: Any) -> int | None:
    context = event.pgh_context
    actor = context.metadata.get("user") if context else None
    return actor if isinstance(actor, int) else None


def _who(event: Any, names: dict[int, str]) -> str:
    actor = _actor_id(event)
    return names.get(actor, "") if actor is not None else _("the system")


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    rows = unscoped(get_user_model()._base_manager, "who changed a row is named, wherever posted")
    people = rows.in_bulk({pk for pk in ids if pk is not None})
    return {pk: str(person) for pk, person in people.items()}


def _rows_named(model: type[Model], keys: set[Any], user: Any) -> dict[Any, Model]:
    rows = unscoped(model._default_manager, "narrowed to visible_to where it exists")
    rows = rows.visible_to(user) if hasattr(rows, "visible_to") else rows
    return rows.in_bulk(keys)


class _LinkPrinter:
    """Names the rows of a many-to-many field. One statement."""

    def __init__(self, column: "ManyToManyField[Any, Any]", keys: set[Any], user: Any) -> None:
        self.column = column
        self.rows = _rows_named(column.remote_field.model, keys, user) if keys else {}

    def step(self, *, added: Iterable[Any], removed: Iterable[Any]) -> Step:
        return Step(
            self.column.name,
            str(self.column.verbose_name),
            before=self._listed("−", removed),
            after=self._listed("+", added),
            is_links=True,
        )

    def _listed(self, sign: str, keys: Iterable[Any]) -> str:
        return ", ".join(sorted(f"{sign} {self.rows.get(key, OUTSIDE)}" for key in keys))


class _Printer:
    """Turns values into text. Names behind foreign keys take one statement per key that changed."""

    def __init__(
        self,
        fields: Sequence["Field[Any, Any]"],
        versions: list[Any],
        user: Any,
        unit: Unit | None,
    ) -> None:
        self.unit = unit
        self.rows: dict[str, dict[Any, Model]] = {}
        for column in fields:
            if not isinstance(column, ForeignKey):
                continue
            keys = {getattr(version, column.attname) for version in versions}
            if len(keys) > 1:
                model = column.remote_field.model
                self.rows[column.name] = _rows_named(model, keys - {None}, user)

    def step(self, column: "Field[Any, Any]", before: Any, after: Any) -> Step:
        label = str(column.verbose_name)
        return Step(column.name, label, self.text(column, before), self.text(column, after))

    def text(self, column: "Field[Any, Any]", version: Any) -> str:
        value = getattr(version, column.attname)
        if value is None or value in ("", []):
            return str(EMPTY)
        if column.name in self.rows:
            return str(self.rows[column.name].get(value, OUTSIDE))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return _time(value, self.unit)
        if isinstance(value, date):
            return date_format(value, "j M Y")
        if isinstance(value, time):
            return f"{value:%H.%M}"
        if isinstance(value, list):
            words = dict(getattr(getattr(column, "base_field", None), "flatchoices", ()))
            return ", ".join(str(words.get(part, part)) for part in value)
        choices = dict(column.flatchoices)
        return str(choices.get(value, value))
