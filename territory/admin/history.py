"""The history that database triggers keep of a row, as people read it: who, when, what.

A model names columns that say nothing to people in `history_omits`, a set of field names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from territory.models import Unit
from territory.scope import LEVELS, unscoped
from territory.times import moment

# The scope columns follow the unit, whose change is shown.
ALWAYS_OMITTED = {"id", *LEVELS}
EMPTY = gettext_lazy("empty")
OUTSIDE = gettext_lazy("outside your units")


@dataclass
class Step:
    """One field of one change, as text."""

    label: str
    before: str
    after: str


@dataclass
class Change:
    """One update of a row. `at` is in the zone of the row's unit."""

    at: str
    who: str
    steps: list[Step] = field(default_factory=list)


def changes_of(row: Model, user: Any, limit: int, unit: Unit | None) -> list[Change]:
    """The newest changes of a row, the latest first. [] for a model without history.

    Times are shown in the zone of `unit`, or in the current one.

    An event keeps the row as it was before the change. The new values are those of the next event,
    and for the latest event those of the row itself.
    """
    events = getattr(row, "events", None)
    if events is None:
        return []
    found = list(
        events.filter(pgh_label="update").select_related("pgh_context").order_by("-pgh_id")[:limit]
    )
    names = _names(_actor_id(event) for event in found)
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
        actor = _actor_id(event)
        steps = [
            Step(str(c.verbose_name), printer.text(c, event), printer.text(c, after))
            for c in fields
            if getattr(event, c.attname) != getattr(after, c.attname)
        ]
        if steps:
            who = names.get(actor, "") if actor is not None else _("the system")
            changes.append(Change(_time(event.pgh_created_at, unit), who, steps))
        after = event
    return changes


def _current(row: Model, names: list[str]) -> Any:
    everything = unscoped(type(row)._base_manager, "the admin has shown this row to the person")
    return everything.only(*names).get(pk=row.pk)


def _time(value: datetime, unit: Unit | None) -> str:
    return moment(value, unit) if unit else date_format(timezone.localtime(value), "j M Y H.i T")


def _actor_id(event: Any) -> int | None:
    context = event.pgh_context
    actor = context.metadata.get("user") if context else None
    return actor if isinstance(actor, int) else None


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    rows = unscoped(get_user_model()._base_manager, "who changed a row is named, wherever posted")
    people = rows.in_bulk({pk for pk in ids if pk is not None})
    return {pk: str(person) for pk, person in people.items()}


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
                rows = unscoped(model._default_manager, "narrowed to visible_to where it exists")
                rows = rows.visible_to(user) if hasattr(rows, "visible_to") else rows
                self.rows[column.name] = rows.in_bulk(keys - {None})

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
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        choices = dict(column.flatchoices)
        return str(choices.get(value, value))
