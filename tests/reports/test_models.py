"""What the database itself refuses."""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from reports.models import (
    Category,
    ContactAccess,
    Handover,
    Hotspot,
    Precision,
    Report,
    ReportContact,
    ReportEvent,
)
from reports.models.reports import number_of
from reports.services.casework import hand_over_report
from reports.workflow import AWAITED, ENDED, OPEN, Outcome, ReportState
from territory.services.moves import move_unit
from tests import factories as make

NOW = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@contextmanager
def database_refuses(name="", error=IntegrityError):
    with pytest.raises(error, match=name or None), transaction.atomic():
        yield


@pytest.fixture
def report(units):
    return make.make_report(units.polsek, now=NOW)


def update_report(report, **values):
    Report.objects.filter(pk=report.pk).update(**values)
    report.refresh_from_db()


# Report: codes


@pytest.mark.parametrize(
    "code",
    [
        "",
        "LW-0000-0000-000",
        "LW-0000-0000-000U",
        "LW-0000-0000-000I",
        "LW-0000-0000-000O",
        "LW-0000-0000-000L",
        "lw-0000-0000-0000",
        "LW00000000000000",
        "LK-0000-0000-0000",
        " LW-0000-0000-000",
        "LW-0000-0000-000\n",
    ],
)
def test_a_code_has_one_form(report, code):
    with database_refuses("report_code"):
        update_report(report, code=code)


def test_a_code_opens_one_report(units, report):
    other = make.make_report(units.polsek)
    with database_refuses("code"):
        update_report(other, code=report.code)
    assert other.code != report.code


def test_a_client_uuid_names_one_report(units, report):
    with database_refuses("client_uuid"):
        update_report(make.make_report(units.polsek), client_uuid=report.client_uuid)


def test_the_number_says_nothing_of_the_code(report):
    assert str(report) == report.number == number_of(report.pk) == f"LK-{report.pk:06d}"
    assert report.code not in (report.number, str(report), repr(report))


# Report: place


@pytest.mark.parametrize(
    ("lat", "lon", "h3_cell"),
    [
        (-6.1, 106.8, None),
        (-6.1, None, None),
        (None, 106.8, None),
        (None, None, 5),
        (-6.1, None, 5),
        (None, 106.8, 5),
    ],
)
def test_position_and_cell_come_together(report, lat, lon, h3_cell):
    with database_refuses("report_(cell|position)"):
        update_report(report, lat=lat, lon=lon, h3_cell=h3_cell)


@pytest.mark.parametrize(
    ("lat", "lon"), [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0), (0, float("inf"))]
)
@pytest.mark.parametrize("model", [Report, Hotspot])
def test_positions_are_on_earth(units, report, model, lat, lon):
    row = report if model is Report else make.make_hotspot(units.polsek)
    cell = {"h3_cell": 5} if model is Report else {}
    with database_refuses("position"):
        model.objects.filter(pk=row.pk).update(lat=lat, lon=lon, **cell)


# Report: time


@pytest.mark.parametrize(
    ("precision", "start", "end"),
    [
        (Precision.UNKNOWN, NOW, None),
        (Precision.UNKNOWN, None, NOW),
        (Precision.EXACT, None, None),
        (Precision.ABOUT, None, NOW),
        (Precision.ABOUT, NOW, NOW - MINUTE),
    ],
)
def test_when_it_happened_and_how_exactly_agree(report, precision, start, end):
    with database_refuses("report_occurred"):
        update_report(report, precision=precision, occurred_from=start, occurred_to=end)


@pytest.mark.parametrize("end", [None, NOW, NOW + MINUTE])
def test_when_it_happened(report, end):
    update_report(report, precision=Precision.ABOUT, occurred_from=NOW, occurred_to=end)
    assert report.occurred_to == end


@pytest.mark.parametrize("field", ["due_at", "first_response_at", "arrived_at"])
def test_nothing_is_answered_before_it_is_reported(report, field):
    with database_refuses(f"report_{field}_after"):
        update_report(report, **{field: NOW - MINUTE})
    update_report(report, **{field: NOW})
    update_report(report, **{field: None})


@pytest.mark.parametrize("field", ["resolved_at", "closed_at"])
def test_nor_ended(report, field):
    ended = {"state": "closed", "outcome": "other", "resolved_at": NOW, "closed_at": NOW}
    with database_refuses(f"report_{field}_after"):
        update_report(report, **{**ended, field: NOW - MINUTE})


# Report: state and what goes with it


@pytest.mark.parametrize("state", ReportState.values)
def test_an_end_has_its_times_and_outcome_and_nothing_else_has(units, officer, report, state):
    other = make.make_report(units.polsek)
    ended = state in ENDED
    for outcome, resolved_at, closed_at in product(("", Outcome.HANDLED), (None, NOW), (None, NOW)):
        values = {
            "state": state,
            "outcome": outcome,
            "resolved_at": resolved_at,
            "closed_at": closed_at,
            "assignee": officer if state in ("dispatched", "on_scene") else None,
            "duplicate_of": other if state == "duplicate" else None,
            "referred_to": "PLN" if state == "referred" else "",
        }
        if (bool(outcome), bool(resolved_at), bool(closed_at)) == (ended, ended, state == "closed"):
            update_report(report, **values)
            assert report.state == state
        else:
            with database_refuses("report_(ended|closed)"):
                update_report(report, **values)


@pytest.mark.parametrize("state", ["dispatched", "on_scene"])
def test_who_is_sent_is_named(report, officer, state):
    with database_refuses("report_assigned"):
        update_report(report, state=state)
    update_report(report, state=state, assignee=officer)


def test_a_duplicate_names_the_other(units, report):
    other = make.make_report(units.polsek)
    with database_refuses("report_duplicate"):
        update_report(report, state="duplicate")
    with database_refuses("report_duplicate"):
        update_report(report, duplicate_of=other)
    with database_refuses("report_not_its_own_duplicate"):
        update_report(report, state="duplicate", duplicate_of=report)
    update_report(report, state="duplicate", duplicate_of=other)
    assert list(other.duplicates.all()) == [report]


def test_a_referral_names_who(report):
    with database_refuses("report_referred"):
        update_report(report, state="referred")
    with database_refuses("report_referred"):
        update_report(report, referred_to="PLN")
    update_report(report, state="referred", referred_to="PLN")


@pytest.mark.parametrize("rating", [0, 6, 100])
def test_ratings_go_from_one_to_five(report, rating):
    with database_refuses("report_rating"):
        update_report(report, rating=rating)


def test_a_report_about_a_unit_is_sealed_and_elsewhere(units, report):
    with database_refuses("report_about_unit_sealed"):
        update_report(report, about_unit=units.polsek_other)
    for accused in (units.polsek, units.polres, units.polda):
        with database_refuses("report_not_at_or_below_the_unit_it_is_about"):
            update_report(report, about_unit=accused, is_sealed=True)
    update_report(report, about_unit=units.polsek, is_sealed=True, unit=units.polres)


def test_no_report_goes_below_the_unit_it_is_about(units, report):
    update_report(report, about_unit=units.polres, is_sealed=True, unit=units.polda)
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    for unit in (units.polres, units.polsek, units.polsek_neighbour, post):
        with database_refuses("report_not_at_or_below_the_unit_it_is_about"):
            update_report(report, unit=unit)
    update_report(report, unit=units.polres_other)


def test_nor_does_its_unit_move_below(units, report):
    update_report(report, about_unit=units.polres_other, is_sealed=True)
    with database_refuses("report_not_at_or_below_the_unit_it_is_about"):
        move_unit(
            unit=units.polsek,
            parent=units.polres_other,
            by=make.make_user(unit=units.mabes, is_superuser=True),
        )


# Seals


def test_a_category_seals_its_reports(units):
    sealed = make.make_category("domestic_violence", is_sealed=True)
    assert make.make_report(units.polsek, category=sealed).is_sealed
    report = make.make_report(units.polsek)
    assert not report.is_sealed
    # However it is written.
    update_report(report, category=sealed)
    assert report.is_sealed
    update_report(report, is_sealed=False)
    assert report.is_sealed
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_report SET is_sealed = false WHERE id = %s", [report.pk])
    report.refresh_from_db()
    assert report.is_sealed
    update_report(report, category=make.make_category())
    assert report.is_sealed  # changing the category back does not unseal
    update_report(report, is_sealed=False)
    assert not report.is_sealed


def test_so_does_one_that_is_inserted_in_bulk(units):
    sealed = make.make_category("domestic_violence", is_sealed=True)
    [report] = Report.objects.bulk_create(
        [Report(unit=units.polsek, category=sealed, body_sha256="0" * 64, is_sealed=False)]
    )
    report.refresh_from_db()
    assert report.is_sealed


# Contacts


def test_no_contact_of_an_anonymous_reporter(report):
    with database_refuses("anonymous"):
        ReportContact.objects.create(report=report, name="Kenari")
    with database_refuses("anonymous"):
        ReportContact.objects.bulk_create([ReportContact(report=report, phone="0812")])
    assert not ReportContact.objects.exists()


def test_nor_one_that_moves_to_an_anonymous_report(units, report):
    named = make.make_report(units.polsek, privacy="officers", contact_name="Kenari")
    with database_refuses("anonymous"):
        ReportContact.objects.filter(report=named).update(report=report)


def test_one_contact_a_report(units):
    named = make.make_report(units.polsek, privacy="officers", contact_name="Kenari")
    with database_refuses("report_id"):
        ReportContact.objects.create(report=named, name="Kedua")


# What is never changed


@pytest.mark.parametrize("model", [ReportEvent, ContactAccess])
def test_events_and_openings_stay_as_they_are(report, officer, model):
    ContactAccess.objects.create(report=report, unit=report.unit, by=officer, reason="Menelepon")
    row = model.objects.get(report=report)
    before = list(model.objects.values())
    for act in (
        lambda: model.objects.update(at=NOW),
        lambda: model.objects.all().delete(),
        row.delete,
        row.save,
        lambda: run_sql(f"UPDATE {model._meta.db_table} SET at = now()"),
        lambda: run_sql(f"DELETE FROM {model._meta.db_table}"),
    ):
        with database_refuses("(?i)cannot|permission denied", error=DatabaseError):
            act()
    assert list(model.objects.values()) == before


def test_an_opening_follows_its_unit_and_nothing_else(units, report, officer, neighbour, superuser):
    row = ContactAccess.objects.create(
        report=report, unit=report.unit, by=officer, reason="Menelepon"
    )
    other = make.make_report(units.polsek)
    for values in (
        {"report": other},
        {"by": neighbour},
        {"reason": "Lain"},
        {"at": NOW},
        {"unit": units.polres, "reason": "Lain"},
    ):
        with database_refuses("(?i)cannot|permission denied", error=DatabaseError):
            ContactAccess.objects.filter(pk=row.pk).update(**values)
    before = ContactAccess.objects.values("report", "by", "reason", "at", "unit").get()
    units.polres.parent = units.polda_east
    move_unit(unit=units.polres, parent=units.polda_east, by=superuser)
    row.refresh_from_db()
    assert (row.polda, row.polres, row.polsek) == (units.polda_east, units.polres, units.polsek)
    assert ContactAccess.objects.values("report", "by", "reason", "at", "unit").get() == before


def test_an_opening_has_a_unit(report, officer):
    with database_refuses("unit_id"):
        ContactAccess.objects.create(report=report, by=officer, reason="Menelepon")


def run_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_a_report_rests_on_is_not_deleted(units, report, officer):
    update_report(report, assignee=officer)
    for row in (report, report.category, officer, units.polsek):
        with pytest.raises(ProtectedError), transaction.atomic():
            row.delete()


# The scope columns


def test_a_handed_over_report_is_in_the_other_subtree(units, report, officer):
    hand_over_report(report=report, by=officer, unit=units.polsek_east, reason="TKP di sana")
    report.refresh_from_db()
    east = units.polsek_east
    assert (report.polda_id, report.polres_id, report.polsek_id) == (
        east.polda_id,
        east.polres_id,
        east.pk,
    )
    [handover] = Handover.objects.all()
    assert (handover.unit, handover.to_unit) == (units.polsek, east)
    assert handover.polsek_id == units.polsek.pk
    assert str(handover) == f"{report.number} → Polsek Timur"


def test_a_unit_hands_nothing_over_to_itself(units, report):
    with database_refuses("handover_elsewhere"):
        Handover.objects.create(report=report, unit=units.polsek, to_unit=units.polsek, at=NOW)


# Category, Hotspot


def copy_unsaved(row):
    with pytest.raises(ValidationError):
        row.full_clean(exclude=["polda", "polres", "polsek"])
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_about_police": True, "is_sealed": False},
        {"hotline": "113"},
        {"hotline_name": "Damkar"},
        {"code": "fire"},
    ],
)
def test_categories_that_cannot_be(db, fields):
    make.make_category("fire")
    copy_unsaved(Category(**{"code": "baru", "label": "Baru", "group": "hazard", **fields}))


def test_categories_that_can(units):
    for number, fields in enumerate(
        [
            {"is_about_police": True, "is_sealed": True},
            {"is_sealed": True},
            {"hotline": "113", "hotline_name": "Damkar"},
            {"crime_class": "conventional"},
        ]
    ):
        category = make.make_category(f"kind{number}", **fields)
        category.full_clean()
        assert category.is_crime is ("crime_class" in fields)
    assert str(make.make_category("fire", label="Kebakaran")) == "Kebakaran"


def test_what_is_offered(units):
    later = make.make_category("later", order=9)
    first = make.make_category("first", order=1)
    make.make_category("gone", is_active=False)
    assert list(Category.objects.offered()) == [first, later]


TEN, THREE = time(22), time(3)


@pytest.mark.parametrize(
    "fields",
    [
        {"risky_from": TEN},
        {"risky_until": THREE},
        {"risky_from": TEN, "risky_until": TEN},
        {"radius_m": 9},
        {"radius_m": 5001},
        {"name": "Simpang Lima"},
        {"lat": -6.1},
        {"lat": 106.8, "lon": -6.1},
    ],
)
def test_hotspots_that_cannot_be(units, fields):
    make.make_hotspot(units.polsek, "Simpang Lima")
    copy_unsaved(Hotspot(unit=units.polsek, **{"name": "Baru", **fields}))


def test_hotspots_that_can(units):
    for fields in (
        {},
        {"risky_from": TEN, "risky_until": THREE},
        {"radius_m": 10},
        {"radius_m": 5000},
        {"lat": -6.1, "lon": 106.8},
    ):
        make.make_hotspot(units.polsek, **fields).full_clean()
    make.make_hotspot(units.polsek, "Simpang Lima")
    make.make_hotspot(units.polsek_neighbour, "Simpang Lima")
    calm = make.make_hotspot(units.polsek, "Tenang", is_active=False)
    assert calm not in Hotspot.objects.active()
    assert Hotspot.objects.active().count() == 7


# What is read off a row


@pytest.mark.parametrize("state", ReportState.values)
def test_late_is_who_waits_past_the_target(report, officer, state):
    ended = state in ENDED
    update_report(
        report,
        state=state,
        assignee=officer,
        outcome="other" if ended else "",
        resolved_at=NOW if ended else None,
        closed_at=NOW if state == "closed" else None,
        referred_to="PLN" if state == "referred" else "",
        duplicate_of=make.make_report(report.unit) if state == "duplicate" else None,
        due_at=NOW + MINUTE,
    )
    late, mine = NOW + 2 * MINUTE, Report.objects.filter(pk=report.pk)
    assert report.is_overdue(late) == mine.overdue(late).exists() == (state in AWAITED)
    assert not report.is_overdue(NOW + MINUTE)
    assert not mine.overdue(NOW + MINUTE).exists()
    assert report.is_open == mine.open().exists() == (state in OPEN)
    assert not mine.unassigned().exists()
    if state not in ("dispatched", "on_scene"):
        update_report(report, assignee=None)
        assert mine.unassigned().exists() == (state in OPEN)


def test_no_target_is_never_late(units):
    report = make.make_report(
        units.polsek, category=make.make_category("found", target_minutes=None), now=NOW
    )
    assert report.due_at is None
    assert not report.is_overdue(NOW + timedelta(days=9))


def test_the_response_time_is_until_somebody_is_there(report):
    assert report.response_time is None
    update_report(report, arrived_at=NOW + 12 * MINUTE)
    assert report.response_time == 12 * MINUTE
