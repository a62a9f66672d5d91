"""Brings the rows of a seed file and those of the database together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from kamtibmas_site.seeding.reader import Row

BATCH = 2000
M = TypeVar("M", bound=models.Model)


@dataclass
class Tally:
    """Rows of one file: written new, changed by --update, and left as they were."""

    added: int = 0
    changed: int = 0
    kept: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.added += other.added
        self.changed += other.changed
        self.kept += other.kept
        return self


def key_of(instance: models.Model, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(instance, name) for name in key)


def checked(rows: Iterable[tuple[Row, M]], key: Sequence[str]) -> list[M]:
    """The instances, each with valid fields and a key of its own."""
    seen: dict[tuple[Any, ...], int] = {}
    instances = []
    for row, instance in rows:
        foreign = [field.name for field in instance._meta.concrete_fields if field.is_relation]
        try:
            instance.clean_fields(exclude=foreign)
        except ValidationError as error:
            row.fail("; ".join(f"{name}: {' '.join(m)}" for name, m in error.message_dict.items()))
        before = seen.setdefault(key_of(instance, key), row.line)
        if before != row.line:
            row.fail(f"the same row as on line {before}")
        instances.append(instance)
    return instances


def sync(
    model: type[M],
    rows: Iterable[tuple[Row, M]],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    update: bool,
    created: Callable[[list[M]], None] | None = None,
) -> Tally:
    """Adds the rows whose `key` is missing; with `update`, gives `fields` of the others.

    Names in `key` and `fields` are attribute names, so a foreign key is ``unit_id``. `created` is
    called with the new instances, which have their primary keys by then.
    """
    wanted = checked(rows, key)
    stored = {key_of(instance, key): instance for instance in model._default_manager.all()}
    missing = [instance for instance in wanted if key_of(instance, key) not in stored]
    model._default_manager.bulk_create(missing, batch_size=BATCH)
    if created is not None:
        created(missing)
    changed = []
    if update:
        for instance in wanted:
            old = stored.get(key_of(instance, key))
            if old is None or key_of(old, fields) == key_of(instance, fields):
                continue
            for name in fields:
                setattr(old, name, getattr(instance, name))
            changed.append(old)
        model._default_manager.bulk_update(
            changed, [name.removesuffix("_id") for name in fields], batch_size=BATCH
        )
    return Tally(len(missing), len(changed), len(wanted) - len(missing) - len(changed))
