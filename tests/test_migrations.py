"""New migrations hold no reader of a large table up: an index is made beside them."""

from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
)
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
)

from reports.models import Report, ReportEvent
from tests import factories as make
from tests.roles import owner_role
from tests.test_architecture import APPS
from toolkit.schema import OneOf

# The migrations that were there before this rule. 0002 to 0004 held readers up for 2.2 s.
BEFORE = {"territory": 5, "accounts": 8, "partners": 6, "patrols": 12, "reports": 13, "programs": 3}


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


def test_reports_below_the_accused_are_named_before_the_constraint_holds(units, superuser):
    """Such rows are from before the constraint, which refuses every change of them but one: the
    command's, also of reports that have ended."""
    step = import_module("reports.migrations.0014_never_below_the_accused_validated")
    step.name_reports_below_the_accused(apps, None)
    category = make.make_category("domestic_violence", is_sealed=True)
    wrong, ended, fine = (make.make_report(units.polsek, category=category) for __ in "123")
    Report.objects.filter(pk=ended.pk).update(state="rejected")
    Report.objects.filter(pk=fine.pk).update(about_unit=units.polsek_neighbour)
    state = MigrationLoader(connection).project_state()
    rules = {rule.name: rule for rule in Report._meta.constraints}
    rule = rules["report_not_at_or_below_the_unit_it_is_about"]
    with owner_role(), connection.schema_editor() as editor:
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.remove_constraint(Report, rule)
        Report.objects.filter(pk__in=[wrong.pk, ended.pk]).update(about_unit=units.polres)
        AddConstraintNotValid("report", rule).database_forwards("reports", editor, state, state)
    with pytest.raises(ValueError, match=f"{wrong.number}, {ended.number}") as caught:
        step.name_reports_below_the_accused(apps, None)
    assert fine.number not in str(caught.value)
    call_command("move_above_accused", by=superuser.username, stdout=StringIO())
    step.name_reports_below_the_accused(apps, None)
    for report in (wrong, ended):
        report.refresh_from_db()
        assert (report.unit, report.about_unit) == (units.polda, units.polres)
        assert report.timeline.latest("pk").actor == superuser
    assert ended.state == "rejected"
