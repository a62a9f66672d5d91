"""Triggers keep a history of every change, bulk updates and raw SQL too. It is append-only."""

from contextlib import contextmanager

import pghistory
import pytest
from django.apps import apps
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from accounts.models import Absence, Posting, User
from partners.models import GroupMember, PartnerGroup
from patrols.models import (
    Attendance,
    Checkpoint,
    Duty,
    GuardPost,
    Holiday,
    LogEntry,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
    Route,
    Schedule,
    ShareTemplate,
    Swap,
    Team,
)
from patrols.services.duties import start_duty
from programs.models import (
    Activity,
    ActivityKind,
    Forum,
    Instruction,
    ResidentIssue,
    Sheet,
    SheetLine,
)
from reports.models import Category, Hotspot, HotspotProposal, Report
from territory.models import Unit
from territory.services.moves import move_unit
from tests import factories as make
from tests.roles import owner_role
from toolkit.schema import link_events

TRACKED = [
    Absence,
    Activity,
    ActivityKind,
    Attendance,
    Category,
    Checkpoint,
    Duty,
    GroupMember,
    GuardPost,
    Holiday,
    Hotspot,
    HotspotProposal,
    Instruction,
    LogEntry,
    PartnerGroup,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
    Posting,
    Report,
    Forum,
    ResidentIssue,
    Route,
    Schedule,
    ShareTemplate,
    Sheet,
    SheetLine,
    Swap,
    Team,
    Unit,
    User,
]


# What a field is changed to, first and then, where it holds no text.
CHANGES = {PostHours: ("20:00:00", "21:00:00")}


@contextmanager
def assert_refused():
    with (
        pytest.raises((InternalError, DatabaseError), match=r"append|Cannot|permission denied"),
        transaction.atomic(),
    ):
        yield


def events(row, label=None):
    found = type(row).pgh_event_model.objects.filter(id=row.pk).order_by("pgh_id")
    return found.filter(pgh_label=label) if label else found


@pytest.fixture
def tracked_rows(units, running_duty, officer):
    """One row of every model with a history, and a text field of it."""
    member = running_duty.attendances.get(member__isnull=False).member
    route = running_duty.route
    schedule = make.make_schedule(units.polsek)
    post = make.make_post(units.polsek)
    night = make.make_post_night(units.polsek, officer, post=post, expected=False)
    sheet = Sheet.objects.create(code="dds", name="DDS")
    return {
        Absence: (make.make_absence(officer), "note"),
        Holiday: (Holiday.objects.create(day="2026-12-25", name="Natal"), "name"),
        Activity: (make.make_activity(units.polsek, officer), "text"),
        Instruction: (
            make.make_instruction(
                units.polsek,
                make.make_user(unit=units.polsek, role="commander"),
                people=[officer],
            ),
            "subject",
        ),
        ActivityKind: (make.make_activity_kind("talk"), "label"),
        Sheet: (sheet, "name"),
        SheetLine: (sheet.lines.create(label="Uraian", source="text"), "label"),
        Swap: (
            Swap.objects.create(
                duty=running_duty,
                asker=officer,
                other=make.make_user(),
                asked_at=running_duty.starts_at,
            ),
            "reason",
        ),
        Team: (Team.objects.create(schedule=schedule, place=0, name="Regu A"), "name"),
        Attendance: (running_duty.attendances.get(officer=officer), "note"),
        Category: (make.make_category(), "label"),
        Forum: (make.make_forum(units.polsek, officer), "name"),
        ResidentIssue: (make.make_issue(units.polsek, officer), "text"),
        Checkpoint: (route.checkpoints.first(), "name"),
        Duty: (running_duty, "name"),
        GroupMember: (member, "name"),
        GuardPost: (make.make_post(units.polsek), "name"),
        Hotspot: (make.make_hotspot(units.polsek), "name"),
        LogEntry: (running_duty.entries.get(), "text"),
        HotspotProposal: (
            make.make_proposal(
                units.polsek,
                state="declined",
                reason="Satu",
                decided_by=officer,
                decided_at=running_duty.starts_at,
            ),
            "reason",
        ),
        PartnerGroup: (member.group, "name"),
        PostFault: (make.make_fault(post, officer), "text"),
        PostHandover: (make.make_handover(night, officer), "note"),
        PostHours: (make.make_hours(post), "opens"),
        PostItem: (make.make_item(post), "name"),
        Posting: (officer.postings.get(), "title"),
        Report: (make.make_report(units.polsek), "text"),
        Route: (route, "name"),
        Schedule: (make.make_schedule(units.polsek), "name"),
        ShareTemplate: (
            ShareTemplate.objects.create(unit=units.polsek, duty_text="x", entry_text="y"),
            "duty_text",
        ),
        Unit: (units.polsek, "name"),
        User: (officer, "name"),
    }


def test_what_has_a_history():
    tracked = {model for model in apps.get_models() if hasattr(model, "pgh_event_model")}
    assert {model for model in tracked if not model._meta.proxy} == set(TRACKED)


def test_line_19_every_many_to_many_field_has_a_history():
    """The proxies of the tables between two models carry its triggers."""
    fields = [field for model in TRACKED for field in model._meta.many_to_many]
    assert {str(field) for field in fields} == {
        "accounts.Posting.villages",
        "patrols.Schedule.groups",
        "patrols.Schedule.officers",
        "patrols.Team.groups",
        "patrols.Team.officers",
        "programs.Sheet.kinds",
        "reports.Hotspot.categories",
    }
    assert all(link_events(field.remote_field.through) for field in fields)


@pytest.mark.parametrize("model", TRACKED)
def test_bulk_updates_and_raw_sql_are_kept(tracked_rows, model):
    row, field = tracked_rows[model]
    first, (second, third) = getattr(row, field), CHANGES.get(model, ("Dua", "Tiga"))
    before = events(row).count()
    model.objects.filter(pk=row.pk).update(**{field: second})
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {field} = %s WHERE id = %s", [third, row.pk]
        )
    kept = list(events(row, "update"))[before:]
    # An event holds the values before the change, so that the first value is kept too.
    assert [str(getattr(event, field)) for event in kept] == [str(first), second]


def test_an_update_that_changes_nothing_is_not_kept(tracked_rows):
    for model, (row, field) in tracked_rows.items():
        before = events(row).count()
        model.objects.filter(pk=row.pk).update(**{field: getattr(row, field)})
        assert events(row).count() == before, model


def test_deletions_are_kept(units, duty):
    row = duty.attendances.first()
    pk, officer_id = row.pk, row.officer_id
    duty.attendances.all().delete()
    kept = Attendance.pgh_event_model.objects.get(id=pk)
    assert (kept.pgh_label, kept.officer_id) == ("delete", officer_id)
    post = make.make_post(units.polsek)
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_guardpost WHERE id = %s", [post.pk])
    assert events(post).get().pgh_label == "delete"


@pytest.mark.parametrize("model", TRACKED)
def test_what_is_kept_neither_changes_nor_goes(tracked_rows, model):
    row, field = tracked_rows[model]
    second, third = CHANGES.get(model, ("Dua", "Palsu"))
    model.objects.filter(pk=row.pk).update(**{field: second})
    event_model = model.pgh_event_model
    before = list(event_model.objects.order_by("pgh_id").values())
    assert before
    with assert_refused():
        event_model.objects.update(**{field: third})
    with assert_refused():
        event_model.objects.all().delete()
    for statement in ("UPDATE {} SET id = 0", "DELETE FROM {}"):
        with assert_refused(), connection.cursor() as cursor:
            cursor.execute(statement.format(event_model._meta.db_table))
    assert list(event_model.objects.order_by("pgh_id").values()) == before


def test_events_carry_the_scope_columns(units, tracked_rows):
    for model in (Duty, LogEntry, PartnerGroup, Report, Route, GuardPost, Hotspot, Schedule):
        row, field = tracked_rows[model]
        model.objects.filter(pk=row.pk).update(**{field: "Dua"})
        event = events(row).last()
        assert (event.polda_id, event.polres_id, event.polsek_id) == (
            units.polda.pk,
            units.polres.pk,
            units.polsek.pk,
        )


def test_a_moved_unit_leaves_the_old_place_in_the_history(units, duty, superuser):
    move_unit(unit=units.polres, parent=units.polda_east, by=superuser)
    assert events(duty).last().polda_id == units.polda.pk
    assert events(units.polsek).last().polda_id == units.polda.pk


def test_changes_of_state_are_kept(duty, officer):
    start_duty(duty=duty, by=officer)
    assert events(duty).first().state == "planned"


def test_an_insert_is_not_kept_twice(units, duty):
    """An insert writes no event: the row itself is the first state, and bulk loads stay fast."""
    assert not events(make.make_post(units.polsek)).exists()
    assert not events(duty).exists()


def test_passwords_are_in_no_history(officer):
    names = {field.name for field in User.pgh_event_model._meta.get_fields()}
    assert not {"password", "last_login"} & names
    before = events(officer).count()
    officer.set_password("sandi-baru-sekali")
    officer.save()
    assert events(officer).count() == before


def test_who_did_it_is_kept(units, duty, officer):
    with pghistory.context(user=officer.pk):
        Duty.objects.filter(pk=duty.pk).update(name="Dua")
    assert events(duty).last().pgh_context.metadata["user"] == officer.pk
