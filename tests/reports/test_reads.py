"""The figures of reports on the pages my day and tonight."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Q

from accounts.roles import Role
from reports.models import Report
from reports.selectors.attention import open_reports
from reports.selectors.mine import my_area, my_open_reports
from reports.selectors.response import response_times
from reports.selectors.timeline import origin_of
from reports.services.changes import (
    arrive_at_report,
    dispatch_report,
    reject_report,
    verify_report,
)
from territory.models import UnitKind
from territory.scope import rows_below
from tests import factories as make

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def villages():
    return [make.make_area("31.73.04.1001", "Tanah Sereal"), make.make_area("31.73.04.1002")]


def make_report_in_village(unit, village=None, text="Ada keributan", **fields):
    report = make.make_report(unit, text=text, **fields)
    if village:
        Report.objects.filter(pk=report.pk).update(village=village)
    return report


def texts_of(reports):
    return [report.text for report in reports]


# The area of a person.


def test_the_area_is_the_villages_of_the_posting(officer, units, villages):
    here, there = villages
    officer.postings.get().villages.add(here)
    make_report_in_village(units.polsek, here, "Di sini")
    make_report_in_village(units.polsek, there, "Di sebelah")
    make_report_in_village(units.polsek, None, "Entah di mana")
    assert texts_of(my_open_reports(officer)) == ["Di sini"]
    found = Report.objects.in_scope(officer).filter(my_area(officer))
    assert texts_of(found) == ["Di sini"]


def test_a_posting_without_villages_is_the_whole_polsek(officer, units, villages):
    make_report_in_village(units.polsek, villages[0], "Satu")
    make_report_in_village(units.polsek, None, "Dua")
    make_report_in_village(units.polsek_neighbour, villages[0], "Tetangga")
    assert sorted(texts_of(my_open_reports(officer))) == ["Dua", "Satu"]


def test_two_postings_add_up(officer, units, villages):
    officer.postings.get().villages.add(villages[0])
    make.make_posting(officer, units.polsek_other, Role.OFFICER)
    make_report_in_village(units.polsek, villages[0], "Desa")
    make_report_in_village(units.polsek, villages[1], "Desa lain")
    make_report_in_village(units.polsek_other, None, "Polsek lain")
    make_report_in_village(units.polsek_neighbour, villages[0], "Tetangga")
    assert sorted(texts_of(my_open_reports(officer))) == ["Desa", "Polsek lain"]


def test_a_subsektor_is_its_polsek(units):
    post = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    someone = make.make_user("Bripka S", post, Role.OFFICER)
    make_report_in_village(units.polsek, None, "Polsek")
    assert texts_of(my_open_reports(someone)) == ["Polsek"]


def test_mabes_is_everything_however_many_postings(units, villages):
    someone = make.make_user("Irjen M", units.mabes, Role.COMMANDER)
    posting = make.make_posting(someone, units.polsek, Role.OFFICER)
    posting.villages.add(villages[0])
    make_report_in_village(units.polsek_other, None, "Jauh")
    assert texts_of(my_open_reports(someone)) == ["Jauh"]


def test_without_a_posting_there_is_no_area(superuser, nobody, volunteer, units):
    make_report_in_village(units.polsek)
    for user in (superuser, nobody, volunteer):
        assert my_area(user) is None
        assert my_open_reports(user) == []


def test_only_what_is_open_the_newest_five_the_assigned_first(officer, commander, units, clock):
    ended = make_report_in_village(units.polsek, text="Usai")
    reject_report(report=ended, by=commander, reason="Salah sambung")
    mine = make_report_in_village(units.polsek, text="Milik saya")
    dispatch_report(report=mine, by=commander, assignee=officer)
    for number in range(7):
        clock.shift(timedelta(minutes=1))
        make_report_in_village(units.polsek, text=f"Nomor {number}")
    found = my_open_reports(officer)
    assert [row.assignee == officer for row in found] == [True, False, False, False, False]
    assert texts_of(found) == ["Milik saya", "Nomor 6", "Nomor 5", "Nomor 4", "Nomor 3"]


def test_the_assigned_finds_a_report_outside_the_own_villages(officer, commander, units, villages):
    officer.postings.get().villages.add(villages[0])
    mine = make_report_in_village(units.polsek, villages[1], "Dusun lain")
    dispatch_report(report=mine, by=commander, assignee=officer)
    assert texts_of(my_open_reports(officer)) == ["Dusun lain"]


def test_sealed_ones_stand_only_where_they_may_be_seen(officer, commander, keeper, units):
    make_report_in_village(
        units.polsek, text="Rahasia", category=make.make_category("kdrt", is_sealed=True)
    )
    assert my_open_reports(officer) == my_open_reports(commander) == []
    assert texts_of(my_open_reports(keeper)) == ["Rahasia"]


def test_my_open_reports_are_two_statements(officer, units, django_assert_num_queries):
    for number in range(8):
        make_report_in_village(units.polsek, text=f"Nomor {number}")
    assert officer.scope
    with django_assert_num_queries(2):
        for report in my_open_reports(officer):
            place = f"{report.place}{report.category}{report.village}{report.unit.zone}"
            assert (report.number in str(report), bool(place)) == (True, True)


# Figures.


def figures(user, within=None):
    found = open_reports(user, Q() if within is None else within, now=NOW)
    return tuple(count.number for count in (found.open, found.late, found.unassigned))


def test_open_late_and_unassigned(commander, officer, units):
    make_report_in_village(units.polsek, now=NOW - timedelta(hours=2))
    five_minutes_old = make_report_in_village(units.polsek, now=NOW - timedelta(minutes=5))
    dispatch_report(report=five_minutes_old, by=commander, assignee=officer)
    done = make_report_in_village(units.polsek, now=NOW - timedelta(hours=3))
    reject_report(report=done, by=commander, reason="Salah sambung")
    make_report_in_village(units.polsek_other, now=NOW - timedelta(hours=2))
    assert figures(commander) == (2, 1, 1)


def test_figures_of_a_unit_and_of_what_may_be_seen(chief, keeper, commander, units):
    sealed = make.make_category("kdrt", is_sealed=True)
    make_report_in_village(units.polsek)
    make_report_in_village(units.polsek, category=sealed)
    make_report_in_village(units.polsek_other)
    assert figures(chief) == (2, 0, 2)
    assert figures(chief, rows_below(units.polres)) == (1, 0, 1)
    assert figures(commander) == (1, 0, 1)
    assert figures(keeper) == (2, 0, 2)


def test_who_has_no_scope_counts_nothing(volunteer, units):
    make_report_in_village(units.polsek)
    assert figures(volunteer) == (0, 0, 0)


def test_a_board_reads_its_reports_in_two_statements(commander, units, django_assert_num_queries):
    for _ in range(4):
        make_report_in_village(units.polsek, now=NOW - timedelta(hours=2))
    assert commander.scope
    with django_assert_num_queries(2):
        found = open_reports(commander, Q(), now=NOW)
        assert [f"{report.category}{report.village}{report.unit}" for report in found.first]
    assert (len(found.first), found.more_late) == (3, True)


def test_more_reports_than_a_board_reads(
    commander, officer, units, django_assert_num_queries, monkeypatch
):
    """The late ones are the oldest, so none is among the newest that are read."""
    for module in ("accounts.selectors.counts", "reports.selectors.attention"):
        monkeypatch.setattr(f"{module}.CAP", 2)
    late = [make_report_in_village(units.polsek, now=NOW - timedelta(days=n)) for n in (3, 2)]
    for minutes in (3, 2, 1):
        new = make_report_in_village(units.polsek, now=NOW - timedelta(minutes=minutes))
        dispatch_report(report=new, by=commander, assignee=officer)
    assert commander.scope
    with django_assert_num_queries(4):
        found = open_reports(commander, Q(), now=NOW)
    assert (found.open.number, found.open.is_capped) == (2, True)
    assert (found.late.number, found.late.is_capped) == (2, False)
    assert (found.unassigned.number, found.unassigned.is_capped) == (2, False)
    assert [report.pk for report in found.first] == [report.pk for report in late]


# Response times.


def make_answered_report(unit, by, minutes, *, ago=timedelta(days=1), **fields):
    """A report with a response after one minute and an arrival after `minutes`."""
    start = NOW - ago
    report = make_report_in_village(unit, now=start, **fields)
    verify_report(report=report, by=by, now=start + timedelta(minutes=1))
    dispatch_report(report=report, by=by, assignee=by, now=start + timedelta(minutes=2))
    arrive_at_report(report=report, by=by, now=start + timedelta(minutes=minutes))
    return report


def test_median_and_ninetieth_in_minutes(officer, units):
    for minutes in (4, 6, 10, 20, 60):
        make_answered_report(units.polsek, officer, minutes)
    found = response_times(officer, Q(), now=NOW)
    # By hand: the middle of five; 0.9 × 4 = 3.6, so 20 + 0.6 × (60 − 20).
    assert (found.arrived.count, found.arrived.median, found.arrived.ninetieth) == (5, 10, 44)
    assert (found.answered.count, found.answered.median, found.answered.ninetieth) == (5, 1, 1)


def test_few_are_no_figure(officer, units):
    for minutes in (4, 6, 10, 20):
        make_answered_report(units.polsek, officer, minutes)
    found = response_times(officer, Q(), now=NOW).arrived
    assert (found.count, found.median, found.ninetieth) == (4, None, None)


def test_old_ones_findings_and_foreign_ones_do_not_count(officer, neighbour, units):
    for minutes in (4, 6, 10, 20, 60):
        make_answered_report(units.polsek, officer, minutes)
    make_answered_report(units.polsek, officer, 900, ago=timedelta(days=31))
    make_answered_report(units.polsek, officer, 3, source="patrol")
    make_answered_report(units.polsek_neighbour, neighbour, 900)
    make_report_in_village(units.polsek)
    found = response_times(officer, Q(), now=NOW).arrived
    assert (found.count, found.median, found.ninetieth) == (5, 10, 44)


def test_response_times_are_one_statement(officer, units, django_assert_num_queries):
    make_answered_report(units.polsek, officer, 3)
    assert officer.scope
    with django_assert_num_queries(1):
        response_times(officer, rows_below(units.polsek), now=NOW)


def test_nothing_measured(officer):
    found = response_times(officer, Q(), now=NOW)
    assert (found.arrived.count, found.answered.median) == (0, None)


def test_what_a_person_told_comes_from_no_duty(officer, units, django_assert_num_queries):
    report = make_report_in_village(units.polsek)
    with django_assert_num_queries(0):
        assert origin_of(report, officer) is None
