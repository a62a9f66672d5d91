from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import LogEntry
from patrols.models.schedules import night_of
from patrols.presenters.dosage import doses, longest_gap, risky_span
from patrols.selectors.visits import Visit
from tests import factories as make
from tests.patrols.places import LAT, LON, METRE, check_in_at, report_at


@pytest.fixture
def hotspot(units):
    spot = make.make_hotspot(
        units.polsek, "Jembatan", lat=LAT, lon=LON, advice="Ajak bicara pemuda"
    )
    spot.categories.add(make.make_category("brawl", label="Tawuran"))
    return spot


@pytest.fixture
def open_as(client, hotspot):
    def ask(user):
        client.force_login(user)
        return client.get(reverse("patrols:hotspot_detail", args=[hotspot.pk]))

    return ask


def test_it_says_where_when_and_what(open_as, officer, hotspot):
    hotspot.risky_from, hotspot.risky_until = time(23), time(4)
    hotspot.save()
    html = open_as(officer).content.decode()
    for word in ("Jembatan", "23.00–04.00 WIB", "Tawuran", "Ajak bicara pemuda", "<svg", "geo:"):
        assert word in html
    assert "Patroli tambahan" not in html, "an officer plans nothing"


def test_reports_within_the_radius_are_counted_by_week(open_as, officer, units):
    for metres, days in ((0, 1), (100, 1), (149, 8), (160, 1), (0, 100)):
        report_at(units.polsek, metres, days)
    report_at(units.polsek, 0, 1, source="patrol")
    report_at(units.polsek, 0, 1, state="rejected")
    shown = open_as(officer).context["weeks"]
    assert len(shown) == 12
    assert sum(week.told for week in shown) == 3
    assert sum(week.found for week in shown) == 1
    today = timezone.now().astimezone(units.polsek.zone).date()
    assert shown[0].monday == today - timedelta(days=today.weekday())
    assert shown[0].monday > shown[1].monday


def test_sealed_reports_are_located_nowhere(open_as, officer, commander, units):
    sealed = make.make_category("domestic_violence", is_sealed=True)
    for _ in range(6):
        report_at(units.polsek, category=sealed)
    commander.postings.update(opens_sealed=True)
    for person in (officer, commander):
        answer = open_as(person)
        assert not any(week.told for week in answer.context["weeks"])
        assert answer.context["elsewhere"] is None


@pytest.mark.parametrize(("others", "told"), [(4, None), (5, 5)])
def test_few_reports_of_other_units_are_not_told(open_as, officer, units, others, told):
    for number in range(others):
        report_at(units.polsek_neighbour, number)
    report_at(units.polsek)
    answer = open_as(officer)
    assert sum(week.told for week in answer.context["weeks"]) == 1
    assert answer.context["elsewhere"] == told
    assert ("laporan lagi pada kesatuan lain" in answer.content.decode()) is bool(told)


def test_entries_and_visits_are_counted_by_week_and_by_duty(
    open_as, officer, units, running_duty, hotspot
):
    now = timezone.now()
    check_in_at(running_duty, officer, now, 12)
    check_in_at(running_duty, officer, now, 5, metres=400)
    check_in_at(running_duty, officer, now, 5, accuracy_m=3000)
    check_in_at(running_duty, officer, now, 5, withdrawn_at=now)
    noted = make.make_entry(running_duty, officer, text="Sepi")
    LogEntry.objects.filter(pk=noted.pk).update(lat=LAT, lon=LON)
    week = open_as(officer).context["weeks"][0]
    assert (week.visits, week.entries) == (1, 1)


def test_a_check_in_without_a_position_counts_at_a_checkpoint_within(
    open_as, officer, units, running_duty, hotspot
):
    route = make.make_route(units.polsek, checkpoints=1)
    stop = route.checkpoints.get()
    stop.lat, stop.lon = LAT + 50 * METRE, LON
    stop.save()
    type(running_duty).objects.filter(pk=running_duty.pk).update(route=route)
    at = timezone.now()
    check_in_at(running_duty, officer, at, 11, lat=None, lon=None, checkpoint=stop)
    answer = open_as(officer)
    assert answer.context["weeks"][0].visits == 1
    assert [row.visits for row in answer.context["over"]] == [1]


def test_duties_that_pass_stand_apart_by_what_is_planned(open_as, officer, units, hotspot):
    route = make.make_route(units.polsek, checkpoints=1)
    route.checkpoints.update(lat=LAT + 300 * METRE, lon=LON)
    far = make.make_route(units.polsek, checkpoints=1)
    far.checkpoints.update(lat=LAT + 700 * METRE, lon=LON)
    now = timezone.now()
    made = [
        make.make_duty(units.polsek, "Lewat", starts_at=now + timedelta(days=1), route=route),
        make.make_duty(units.polsek, "Ronde", starts_at=now + timedelta(days=2), hotspot=hotspot),
        make.make_duty(units.polsek, "Kemarin", starts_at=now - timedelta(days=1), route=route),
    ]
    make.make_duty(units.polsek, "Jauh", starts_at=now + timedelta(days=1), route=far)
    context = open_as(officer).context
    assert [row.duty for row in context["ahead"]] == made[:2]
    assert [row.duty for row in context["over"]] == made[2:]


def test_a_hotspot_without_a_position_says_so(open_as, officer, hotspot):
    type(hotspot).objects.update(lat=None, lon=None)
    assert "belum punya koordinat" in open_as(officer).content.decode()


def test_others_nearby_are_named_those_of_neighbours_by_their_unit(open_as, officer, units):
    make.make_hotspot(units.polsek_neighbour, "Seberang", lat=LAT + 400 * METRE, lon=LON)
    make.make_hotspot(units.polsek, "Sebelah", lat=LAT + 500 * METRE, lon=LON)
    make.make_hotspot(units.polsek, "Jauh", lat=LAT + 1500 * METRE, lon=LON)
    html = open_as(officer).content.decode()
    assert "Sebelah" in html
    assert f"titik rawan milik {units.polsek_neighbour}" in html
    assert "Seberang" not in html, "outside the scope only the unit is told"
    assert "Jauh" not in html


def test_statements_do_not_grow(
    open_as, officer, units, running_duty, django_assert_max_num_queries
):
    open_as(officer)
    with django_assert_max_num_queries(22):
        open_as(officer)
    route = make.make_route(units.polsek, checkpoints=3)
    route.checkpoints.update(lat=LAT, lon=LON)
    for number in range(12):
        report_at(units.polsek, number)
        check_in_at(running_duty, officer, timezone.now(), number)
        starts_at = timezone.now() + timedelta(hours=number * 5 + 1)
        make.make_duty(units.polsek, starts_at=starts_at, route=route)
        make.make_hotspot(units.polsek, lat=LAT, lon=LON + number * METRE)
    with django_assert_max_num_queries(24):  # both for check-ins at the checkpoints
        open_as(officer)


# What the figures mean


def spot_of(units, start, end):
    spot = make.make_hotspot(units.polsek, risky_from=start, risky_until=end)
    return spot, units.polsek.zone


def test_risky_hours_belong_to_the_night_of_their_evening(units):
    night = datetime(2026, 11, 11).date()
    spot, zone = spot_of(units, time(23), time(4))
    assert risky_span(spot, night) == (
        datetime(2026, 11, 11, 23, tzinfo=zone),
        datetime(2026, 11, 12, 4, tzinfo=zone),
    )
    spot, zone = spot_of(units, time(1), time(5))
    assert risky_span(spot, night)[0] == datetime(2026, 11, 12, 1, tzinfo=zone)
    assert night_of(risky_span(spot, night)[0]) == night


def test_a_gap_runs_from_leaving_to_arriving_and_to_both_ends(units):
    spot, zone = spot_of(units, time(22), time(4))
    night = datetime(2026, 11, 11).date()
    at = datetime(2026, 11, 11, 23, tzinfo=zone)
    visits = [Visit(at, 12, 1), Visit(at + timedelta(hours=2), None, 1)]
    [dose] = doses(spot, visits, [night], at + timedelta(days=2))
    assert dose.longest == timedelta(hours=3), "from 01.00, when somebody came, until 04.00"
    assert dose.has_gap
    assert not dose.is_enough
    more = [*visits, Visit(at + timedelta(hours=3, minutes=50), 15, 2)]
    [dose] = doses(spot, more, [night], at + timedelta(days=2))
    assert dose.longest == timedelta(hours=1, minutes=55) - timedelta(minutes=5)
    assert dose.is_enough


def test_only_the_time_until_now_counts_and_nothing_before_it_begins(units):
    spot, zone = spot_of(units, time(22), time(4))
    night = datetime(2026, 11, 11).date()
    early = datetime(2026, 11, 11, 21, tzinfo=zone)
    [dose] = doses(spot, [], [night], early)
    assert dose.longest is None
    [dose] = doses(spot, [], [night], early + timedelta(hours=2))
    assert dose.longest == timedelta(hours=1)


def test_without_hours_visits_are_shown_and_no_gap(units):
    spot, zone = spot_of(units, None, None)
    night = datetime(2026, 11, 11).date()
    visits = [Visit(datetime(2026, 11, 12, 2, tzinfo=zone), 12, 1)]
    [dose] = doses(spot, visits, [night], datetime(2026, 11, 20, tzinfo=zone))
    assert (len(dose.visits), dose.longest, dose.is_enough) == (1, None, False)


def test_no_visit_is_one_long_gap():
    start = datetime(2026, 11, 11, 22)
    assert longest_gap([], start, start + timedelta(hours=6)) == timedelta(hours=6)
