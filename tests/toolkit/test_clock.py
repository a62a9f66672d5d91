from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.clock import (
    CLOCK_SLACK,
    EndsAhead,
    Interval,
    Moment,
    StillToCome,
    interval_of,
    moment_of,
)

WIB, WITA, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Jakarta", "Makassar", "Jayapura"))
ZONES = [WIB, WITA, WIT]
TODAY = date(2026, 11, 21)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def on(day, words, zone=WIB):
    return datetime.combine(day, time.fromisoformat(words), zone)


# One clock time


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("now", "clock", "day", "expected"),
    [
        # What a form does today is to refuse it as still to come.
        ("00:20", "23:45", YESTERDAY, "23:45"),
        ("00:00", "23:59", YESTERDAY, "23:59"),
        ("01:30", "22:00", YESTERDAY, "22:00"),
        ("21:00", "21:06", YESTERDAY, "21:06"),
        ("08:00", "20:00", YESTERDAY, "20:00"),
        ("00:20", "00:10", TODAY, "00:10"),
        ("00:20", "00:00", TODAY, "00:00"),
        ("00:20", "00:20", TODAY, "00:20"),
        ("23:45", "00:20", TODAY, "00:20"),
        ("23:45", "23:44", TODAY, "23:44"),
        # The person's clock is a little fast: it is now.
        ("21:00", "21:03", TODAY, "21:00"),
        ("21:00", "21:05", TODAY, "21:00"),
        ("23:58", "00:01", TODAY, "23:58"),
        ("23:58", "00:00", TODAY, "23:58"),
        ("23:58", "00:04", TODAY, "00:04"),
    ],
)
def test_without_a_date_it_is_the_last_time_the_clock_showed_that(zone, now, clock, day, expected):
    found = moment_of(None, time.fromisoformat(clock), on(TODAY, now, zone), zone)
    assert found == Moment(on(day, expected, zone))
    assert found.at.tzinfo is zone


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [(WIB, YESTERDAY, "23:45"), (WITA, TODAY, "00:45"), (WIT, TODAY, "01:45")],
)
def test_the_day_is_that_of_the_zone(zone, day, clock):
    """At 00.20 in Jakarta it is 02.20 in Jayapura; what they call yesterday differs."""
    now = on(TODAY, "00:20", WIB).astimezone(UTC)
    found = moment_of(None, time.fromisoformat(clock), now, zone)
    assert found == Moment(on(day, clock, zone))
    assert found.at == on(YESTERDAY, "23:45", WIB)


def test_midnight_between_two_zones():
    """It is still yesterday in Jakarta when Jayapura has a new day."""
    now = on(YESTERDAY, "22:30", WIB)
    assert moment_of(None, time(0, 15), now, WIT) == Moment(on(TODAY, "00:15", WIT))
    assert moment_of(None, time(0, 15), now, WIB) == Moment(on(YESTERDAY, "00:15", WIB))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (YESTERDAY, "23:45", on(YESTERDAY, "23:45")),
        (date(2019, 2, 28), "12:00", on(date(2019, 2, 28), "12:00")),
        (TODAY, "00:10", on(TODAY, "00:10")),
        (TODAY, "00:24", on(TODAY, "00:20")),
    ],
)
def test_a_date_is_taken_at_its_word(zone, day, clock, expected):
    now = on(TODAY, "00:20", zone)
    found = moment_of(day, time.fromisoformat(clock), now, zone)
    assert found == Moment(expected.replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("day", "clock"),
    [(TODAY, "23:45"), (TODAY, "00:26"), (TOMORROW, "00:20"), (date(9999, 12, 31), "23:59")],
)
def test_what_is_dated_ahead_is_said_to_be_so(day, clock):
    found = moment_of(day, time.fromisoformat(clock), on(TODAY, "00:20"), WIB)
    assert found == StillToCome(on(day, clock))


def test_just_before_midnight_tomorrow_is_within_the_slack():
    now = on(TODAY, "23:58")
    assert moment_of(TOMORROW, time(0, 2), now, WIB) == Moment(now)
    assert moment_of(TOMORROW, time(0, 4), now, WIB) == StillToCome(on(TOMORROW, "00:04"))


def test_seconds_of_now_do_not_matter():
    now = on(TODAY, "21:00") + timedelta(seconds=59)
    assert moment_of(None, time(21, 0), now, WIB) == Moment(on(TODAY, "21:00"))


clocks = st.times().map(lambda clock: clock.replace(tzinfo=None))
nows = st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES)


@given(clocks, nows, zones)
def test_without_a_date_it_lies_within_the_last_day(clock, now, zone):
    found = moment_of(None, clock, now, zone)
    assert isinstance(found, Moment)
    assert now - timedelta(days=1) <= found.at <= now
    shown = found.at.astimezone(zone).time()
    assert shown == clock or found.at == now


@given(st.dates(), clocks, nows, zones)
@example(date.min, time.min, datetime(2026, 11, 21, tzinfo=UTC), WIT)
@example(date.max, time.max, datetime(2026, 11, 21, tzinfo=UTC), WIB)
def test_any_date_gives_an_answer(day, clock, now, zone):
    found = moment_of(day, clock, now, zone)
    written = datetime.combine(day, clock, zone)
    if isinstance(found, StillToCome):
        assert found.at == written > now + CLOCK_SLACK
    else:
        assert found.at == min(written, now)


# From one clock time until another


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("start", "until", "now", "end"),
    [
        ((TODAY, "20:00"), "21:00", (TODAY, "22:00"), (TODAY, "21:00")),
        ((TODAY, "20:00"), "20:00", (TODAY, "22:00"), (TODAY, "20:00")),
        ((YESTERDAY, "22:00"), "01:00", (TODAY, "02:00"), (TODAY, "01:00")),
        ((YESTERDAY, "23:45"), "00:10", (TODAY, "00:20"), (TODAY, "00:10")),
        ((YESTERDAY, "23:45"), "00:00", (TODAY, "00:20"), (TODAY, "00:00")),
        ((YESTERDAY, "20:00"), "19:00", (TODAY, "20:00"), (TODAY, "19:00")),
        ((date(2019, 12, 31), "23:00"), "02:00", (TODAY, "08:00"), (date(2020, 1, 1), "02:00")),
        # The clock is a little fast.
        ((TODAY, "20:00"), "21:04", (TODAY, "21:00"), (TODAY, "21:00")),
        ((TODAY, "23:30"), "00:02", (TODAY, "23:59"), (TODAY, "23:59")),
        ((TODAY, "21:00"), "21:03", (TODAY, "21:00"), (TODAY, "21:00")),
    ],
)
def test_an_end_that_has_been(zone, start, until, now, end):
    found = interval_of(on(*start, zone), time.fromisoformat(until), on(*now, zone))
    assert found == Interval(on(*start, zone), on(*end, zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("start", "until", "now", "end", "over_midnight"),
    [
        # This became 21 hours ahead.
        ((TODAY, "20:00"), "19:00", (TODAY, "22:00"), (TOMORROW, "19:00"), True),
        ((TODAY, "20:00"), "23:00", (TODAY, "22:00"), (TODAY, "23:00"), False),
        ((YESTERDAY, "22:00"), "01:00", (TODAY, "00:20"), (TODAY, "01:00"), True),
        ((TODAY, "21:00"), "20:59", (TODAY, "21:00"), (TOMORROW, "20:59"), True),
        ((TODAY, "21:00"), "21:06", (TODAY, "21:00"), (TODAY, "21:06"), False),
    ],
)
def test_an_end_that_is_ahead_is_to_be_asked_about(zone, start, until, now, end, over_midnight):
    found = interval_of(on(*start, zone), time.fromisoformat(until), on(*now, zone))
    assert found == EndsAhead(on(*start, zone), on(*end, zone), over_midnight=over_midnight)


def test_the_end_is_a_time_of_the_zone_of_the_start():
    now = on(TODAY, "03:00", WIT).astimezone(UTC)
    found = interval_of(on(YESTERDAY, "23:30", WIT), time(1, 30), now)
    assert found == Interval(on(YESTERDAY, "23:30", WIT), on(TODAY, "01:30", WIT))


def test_a_start_from_its_clock_alone_and_an_end():
    """22.00 until 01.00, told at 02.00."""
    now = on(TODAY, "02:00")
    start = moment_of(None, time(22, 0), now, WIB)
    assert interval_of(start.at, time(1, 0), now).end == on(TODAY, "01:00")


@given(clocks, clocks, nows, zones)
def test_an_interval_never_ends_ahead_nor_before_it_starts(start, until, now, zone):
    began = moment_of(None, start, now, zone).at
    found = interval_of(began, until, now)
    assert found.start == began
    assert timedelta() <= found.end - began < timedelta(days=1)
    assert isinstance(found, EndsAhead) == (found.end > now)
    if isinstance(found, EndsAhead):
        assert found.over_midnight == (found.end.date() > began.date())
