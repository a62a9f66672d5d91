"""New migrations hold no reader of a large table up: an index is made beside them."""

import pytest
from django.contrib import admin
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
)
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
)

from reports.models import ReportEvent
from tests.test_architecture import APPS
from toolkit.schema import OneOf

# The migrations that were there before this rule. 0002 to 0004 held readers up for 2.2 s.
BEFORE = {"territory": 5, "accounts": 8, "partners": 6, "patrols": 12, "reports": 13}


def large_tables():
    """(app, model) in small letters, of lists that count up to a cap, and of their history."""
    large = [model for model, found in admin.site._registry.items() if found.is_large]
    large += [model.pgh_event_model for model in large if hasattr(model, "pgh_event_model")]
    return {(model._meta.app_label, model._meta.model_name) for model in [*large, ReportEvent]}


def has_index(field):
    return field.unique or field.db_index


def faults(app, operations, large):
    """A sentence for each operation that locks a large table for as long as it reads it."""
    made = {op.name.lower() for op in operations if isinstance(op, CreateModel)}
    for op in operations:
        name = getattr(op, "model_name", "").lower()
        if (app, name) not in large or name in made:
            continue
        if isinstance(op, AddIndex) and not isinstance(op, AddIndexConcurrently):
            yield f"{name}: AddIndexConcurrently and atomic = False for {op.index.name}"
        elif isinstance(op, AddConstraint) and not isinstance(op, AddConstraintNotValid):
            yield f"{name}: AddConstraintNotValid, then ValidateConstraint: {op.constraint.name}"
        elif isinstance(op, AddField | AlterField) and has_index(op.field):
            yield f"{name}: db_index=False for {op.name}, then AddIndexConcurrently"


def test_a_new_migration_holds_nobody_up():
    large = large_tables()
    found = [
        f"{app}.{name}: {fault}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in APPS and int(name[:4]) > BEFORE[app]
        for fault in faults(app, migration.operations, large)
    ]
    assert not found, "\n".join(found)


def test_the_large_tables_are_known():
    large = large_tables()
    assert {("reports", "report"), ("reports", "reportevent"), ("patrols", "logentry")} <= large
    assert ("reports", "reportrevision") in large
    assert ("reports", "category") not in large


@pytest.mark.parametrize(
    "operation",
    [
        AddIndex("report", models.Index(name="i", fields=["text"])),
        AddConstraint("report", models.UniqueConstraint(name="u", fields=["code"])),
        AddConstraint("report", OneOf(name="c", condition=models.Q(state__in=["a"]))),
        AddField("report", "other", models.ForeignKey("self", models.PROTECT, null=True)),
        AlterField("report", "place", models.CharField(max_length=9, db_index=True)),
    ],
)
def test_each_way_to_hold_readers_up_is_refused(operation):
    large = large_tables()
    (fault,) = faults("reports", [operation], large)
    assert fault.startswith("report: ")
    made = CreateModel("Report", fields=[])
    assert not list(faults("reports", [made, operation], large))
    assert not list(faults("territory", [operation], large))


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("report", models.Index(name="i", fields=["text"])),
        AddConstraintNotValid("report", OneOf(name="c", condition=models.Q(state__in=["a"]))),
        AddField("report", "note", models.TextField(null=True)),
    ],
)
def test_what_holds_nobody_up_is_not(operation):
    assert not list(faults("reports", [operation], large_tables()))
