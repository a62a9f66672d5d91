"""What the history of reports keeps, and what it must not keep."""

import pghistory
import pytest
from django.apps import apps
from django.db import connection

from reports.models import Report
from reports.services.casework import classify_report, hand_over_report
from reports.services.changes import close_report, dispatch_report, resolve_report
from reports.services.contacts import open_contact
from reports.services.reporter import add_reporter_note, dispute_outcome, rate_report
from tests import factories as make

NAME, PHONE = "Siti Kenari", "+6281234567890"


def text_columns():
    """(table, column) of every column that can contain text."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'inet',
                    'ARRAY', 'bytea', 'uuid', 'character')
            """
        )
        return cursor.fetchall()


def columns_containing(word):
    """(table, column) of every column that contains the word."""
    found = set()
    with connection.cursor() as cursor:
        for table, column in text_columns():
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1', [f"%{word}%"]
            )
            if cursor.fetchone():
                found.add((table, column))
    return found


@pytest.fixture
def report_with_every_event(units, officer, commander, neighbour):
    """A report with every kind of event and an opened contact."""
    report = make.make_report(
        units.polsek, privacy="officers", contact_name=NAME, contact_phone=PHONE
    )
    open_contact(report=report, by=officer, reason="Menelepon")
    classify_report(report=report, by=officer, category=make.make_category("theft"))
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    close_report(report=report, by=commander)
    rate_report(code=report.code, rating=2, text="Lambat")
    dispute_outcome(code=report.code, reason="Belum")
    add_reporter_note(code=report.code, text="Masih ribut")
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="TKP")
    open_contact(report=report, by=neighbour, reason="Menelepon")
    return report


def test_the_search_finds_what_is_there(report_with_every_event):
    assert ("reports_report", "text") in columns_containing("Ada keributan")
    assert ("reports_reportrevision", "text") in columns_containing("Ada keributan")
    assert columns_containing("Masih ribut") == {("reports_reportevent", "text")}


def test_the_code_is_in_one_column_only(report_with_every_event):
    assert columns_containing(report_with_every_event.code) == {("reports_report", "code")}
    assert columns_containing(report_with_every_event.code.replace("-", "")) == set()


def test_the_contact_is_legible_nowhere(report_with_every_event):
    for word in (NAME, "Kenari", PHONE, PHONE[3:], PHONE[1:]):
        assert columns_containing(word) == set()


def test_the_contact_has_no_history(report_with_every_event):
    models = {model._meta.db_table for model in apps.get_models()}
    assert {table for table in models if "contact" in table} == {
        "reports_reportcontact",
        "reports_contactaccess",
        "reports_contactkey",
    }


def test_every_state_is_kept(report_with_every_event):
    kept = list(report_with_every_event.events.order_by("pgh_id").values_list("state", flat=True))
    assert [state for number, state in enumerate(kept) if kept[number - 1 : number] != [state]] == [
        "received",
        "dispatched",
        "resolved",
        "closed",
        "verified",
    ]
    fields = {field.name for field in Report.pgh_event_model._meta.get_fields()}
    assert "code" not in fields
    assert {"state", "outcome", "text", "unit", "category", "is_sealed"} <= fields


def test_a_change_of_the_code_alone_leaves_no_trace_of_it(units):
    report = make.make_report(units.polsek)
    old = report.code
    Report.objects.filter(pk=report.pk).update(code="LW-0000-0000-0000")
    assert columns_containing(old) == set()


def test_who_changed_it_is_kept(units, officer):
    report = make.make_report(units.polsek)
    with pghistory.context(user=officer.pk):
        Report.objects.filter(pk=report.pk).update(text="Lain")
    assert report.events.last().pgh_context.metadata["user"] == officer.pk
