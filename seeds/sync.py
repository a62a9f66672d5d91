"""Writes the rows of a seed file to the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from seeds.reader import Row

BATCH = 2000
M = TypeVar("M", bound=models.Model)


@dataclass
class Tally:
    """How many rows of a file were added, changed by --update, and kept as they were."""

    added: int = 0
    changed: int = 0
    kept: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.added += other.added
        self.changed += other.changed
        self.kept += other.kept
        return self


def values_of(instance: models.Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(instance, name) for name in names)


def _check(row: Row, instance: models.Model) -> None:
    foreign = [field.name for field in instance._meta.concrete_fields if field.is_relation]
    try:
        instance.full_clean(exclude=foreign, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        row.fail("; ".join(f"{name}: {' '.join(m)}" for name, m in error.message_dict.items()))


def _find_refused(pairs: Iterable[tuple[Row, models.Model]]) -> NoReturn:
    """Saves the rows one by one, to name the line of the one that the database refuses."""
    for row, instance in pairs:
        try:
            with transaction.atomic():
                instance.save()
        except IntegrityError as error:
            row.fail(str(error).splitlines()[0])
    raise AssertionError("the database refused rows together that it takes one by one")


def sync(
    model: type[M],
    rows: Iterable[tuple[Row, M]],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    update: bool,
) -> Tally:
    """Adds the rows whose `key` is missing. With `update`, copies `fields` to those that are there.

    `key` and `fields` are names of attributes: ``unit_id`` for a foreign key.
    """
    stored = {values_of(instance, key): instance for instance in model._default_manager.all()}
    lines: dict[tuple[Any, ...], int] = {}
    missing: list[tuple[Row, M]] = []
    changed: list[tuple[Row, M]] = []
    for row, instance in rows:
        _check(row, instance)
        this = values_of(instance, key)
        if lines.setdefault(this, row.line) != row.line:
            row.fail(f"the same row as on line {lines[this]}")
        old = stored.get(this)
        if old is None:
            missing.append((row, instance))
        elif update and values_of(old, fields) != values_of(instance, fields):
            for name in fields:
                setattr(old, name, getattr(instance, name))
            changed.append((row, old))
    columns = [name.removesuffix("_id") for name in fields]
    for pairs, write in (
        (missing, lambda batch: model._default_manager.bulk_create(batch, BATCH)),
        (changed, lambda batch: model._default_manager.bulk_update(batch, columns, BATCH)),
    ):
        try:
            with transaction.atomic():
                write([instance for _, instance in pairs])
        except IntegrityError:
            _find_refused(pairs)
    return Tally(len(missing), len(changed), len(lines) - len(missing) - len(changed))
