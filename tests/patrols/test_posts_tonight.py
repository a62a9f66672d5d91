"""When a post is empty its commander sees it that night, nobody else."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import PostHours, PostItem
from patrols.models.posts import to_be_manned_since
from patrols.services.duties import end_duty
from tests import factories as make

URL = reverse("patrols:tonight")
EMPTY = "Belum ada yang bertugas sejak"
# Wednesday 11 November 2026, 23.30 in Jakarta.
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def post(units):
    """To be manned from 22.00 to 05.00."""
    post = make.make_post(units.polsek, "Pos Kali Pasir")
    make.make_hours(post)
    return post


def board(client, query=""):
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def at(clock, zone, *clock_time, day=11):
    moment = datetime(2026, 11, day, *clock_time, tzinfo=zone)
    clock.move_to(moment.astimezone(UTC), tick=False)


def test_the_commander_sees_it(sign_in, commander, post):
    html = board(sign_in(commander))
    assert f"{EMPTY} 22.00 WIB" in html
    assert reverse("patrols:post_detail", args=[post.pk]) in html


@pytest.mark.parametrize(
    "who", ["chief", "officer", "operator", "admin_user", "superuser", "neighbour"]
)
def test_nobody_else_does(sign_in, request, units, post, who):
    person = request.getfixturevalue(who)
    client = sign_in(person)
    for query in ("", f"?unit={units.polsek.pk}"):
        if who == "neighbour" and query:
            continue
        html = board(client, query)
        assert EMPTY not in html
        assert post.name not in html


def test_nor_commanders_beside_and_above_nor_volunteers(sign_in, units, volunteer, post):
    for unit in (units.polres, units.polsek_neighbour, units.polda, units.mabes):
        head = make.make_user(unit=unit, role="commander")
        assert EMPTY not in board(sign_in(head))
    assert sign_in(volunteer).get(URL).status_code == 403
    assert EMPTY not in sign_in(volunteer).get(reverse("patrols:my_day")).content.decode()


def test_a_posting_that_has_ended_shows_it_no_more(sign_in, units, commander, post):
    commander.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    make.make_posting(commander, units.polres, "commander")
    assert EMPTY not in board(sign_in(commander))


def test_a_polres_sees_its_own_posts_only(sign_in, units, post):
    own = make.make_post(units.polres, "Pos Polres")
    make.make_hours(own)
    html = board(sign_in(make.make_user(unit=units.polres, role="commander")))
    assert "Pos Polres" in html
    assert post.name not in html


@pytest.mark.parametrize(
    ("hour", "minute", "day", "is_empty"),
    [
        (21, 59, 11, False),
        (22, 0, 11, False),
        (22, 29, 11, False),
        (22, 30, 11, True),
        (23, 59, 11, True),
        (0, 0, 12, True),
        (4, 59, 12, True),
        (5, 0, 12, False),
        (12, 0, 12, False),
    ],
)
@pytest.mark.parametrize("zone", ["wib", "wita", "wit"])
def test_the_edges_of_the_hours_in_each_zone(
    sign_in, clock, units, zone, hour, minute, day, is_empty
):
    zones = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
    unit = make.make_unit("polsek", "Polsek Zona", units.polres, timezone=zones[zone])
    make.make_hours(make.make_post(unit, "Pos Zona"))
    at(clock, unit.zone, hour, minute, day=day)
    head = make.make_user(unit=unit, role="commander")
    html = board(sign_in(head))
    assert (EMPTY in html) is is_empty
    if is_empty:
        assert f"{EMPTY} 22.00 {zone.upper()}" in html


def test_a_night_belongs_to_the_day_of_its_evening(sign_in, clock, units, commander):
    post = make.make_post(units.polsek, "Pos Subuh")
    # Wednesday is 2: early on Thursday.
    make.make_hours(post, time(1), time(5), weekdays=[2])
    client = sign_in(commander)
    at(clock, units.polsek.zone, 1, 30, day=12)
    assert f"{EMPTY} 01.00 WIB" in board(client)
    at(clock, units.polsek.zone, 1, 30, day=11)
    assert EMPTY not in board(client)
    at(clock, units.polsek.zone, 1, 30, day=13)
    assert EMPTY not in board(client)


def test_who_stands_there_leaves_it_not_empty(sign_in, clock, units, officer, commander, post):
    night = make.make_post_night(units.polsek, officer, post=post)
    client = sign_in(commander)
    assert EMPTY not in board(client)
    end_duty(duty=night, by=officer, now=NOW)
    assert EMPTY not in board(client)
    clock.move_to(NOW + timedelta(minutes=29), tick=False)
    assert EMPTY not in board(client)
    clock.move_to(NOW + timedelta(minutes=30), tick=False)
    assert f"{EMPTY} 23.30 WIB" in board(client)


def test_a_planned_duty_is_nobody_there(sign_in, units, commander, post):
    make.make_duty(units.polsek, "Regu A", NOW - timedelta(hours=1), post=post)
    assert EMPTY in board(sign_in(commander))


def test_a_duty_that_nobody_ended_yesterday_is_nobody_there(
    sign_in, units, officer, commander, post
):
    old = NOW - timedelta(hours=25)
    make.make_post_night(
        units.polsek, officer, post=post, hours_ago=25, ends_at=old + timedelta(hours=8)
    )
    assert EMPTY in board(sign_in(commander))


def test_a_retired_post_and_one_without_hours_are_never_empty(sign_in, units, commander, post):
    post.retired_on = NOW.date()
    post.save()
    make.make_post(units.polsek, "Pos tanpa jam")
    assert EMPTY not in board(sign_in(commander))


def test_what_is_missing_or_broken_is_trouble_for_the_commander(
    sign_in, clock, units, officer, commander, chief, post
):
    clock.move_to(NOW - timedelta(hours=6), tick=False)
    radio = make.make_item(post, "HT", number="1")
    make.make_item(post, "Senter", wanted=4, present=3)
    make.make_item(post, "Rompi")
    make.make_fault(post, officer)
    night = make.make_post_night(units.polsek, officer, post=post)
    make.make_handover(night, officer, lines=[(radio, 0, "missing")])
    html = board(sign_in(commander))
    trouble = html[html.index('id="trouble"') : html.index("<table")]
    assert "HT 1: hilang" in trouble
    assert "Senter: ada 3 dari 4" in trouble
    assert "1 kerusakan" in trouble
    assert "Rompi" not in trouble
    assert "HT 1: hilang" not in board(sign_in(chief))
    PostItem.objects.update(present=4, condition="good")
    html = board(sign_in(commander))
    assert reverse("patrols:post_detail", args=[post.pk]) not in html


def test_one_statement_more_however_many_posts(
    sign_in, units, commander, post, django_assert_max_num_queries
):
    client = sign_in(commander)
    board(client)
    for _number in range(12):
        another = make.make_post(units.polsek)
        make.make_hours(another)
        make.make_item(another, present=0, condition="missing")
    with django_assert_max_num_queries(12):
        html = board(client)
    assert html.count(EMPTY) == 13


def hours(opens, closes, weekdays=range(7)):
    return PostHours(opens=opens, closes=closes, weekdays=list(weekdays))


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([hours(time(22), time(5))], time(22)),
        # One after the other without a break.
        ([hours(time(20), time(23)), hours(time(23), time(5))], time(20)),
        ([hours(time(22), time(23)), hours(time(23, 15), time(5))], time(23, 15)),
        ([hours(time(21), time(23, 45)), hours(time(22), time(5))], time(21)),
        ([hours(time(8), time(17))], None),
        ([hours(time(22), time(5), [0, 1, 3])], None),
        ([], None),
    ],
)
def test_since_when_somebody_should_be_there(units, rows, since):
    found = to_be_manned_since(rows, NOW, units.polsek)
    assert (found and found.astimezone(units.polsek.zone).time()) == since


def test_all_day_long_it_is_to_be_manned(units):
    whole = [hours(time(6), time(6))]
    found = to_be_manned_since(whole, NOW, units.polsek)
    # Four nights are looked at: it has been open for longer than any duty.
    assert NOW - found > timedelta(days=2)
