from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from territory import times
from territory.models import TimeZoneName, Unit

LATE = datetime(2026, 11, 21, 15, 5, tzinfo=UTC)
WIB, WITA, WIT = (Unit(timezone=name) for name in TimeZoneName)


@pytest.fixture(autouse=True)
def _default_zone():
    """Another test may have activated a time zone."""
    timezone.deactivate()


@pytest.mark.parametrize(
    ("unit", "clock", "hour"),
    [
        (WIB, "22.05 WIB", "22.05"),
        (WITA, "23.05 WITA", "23.05"),
        (WIT, "00.05 WIT", "00.05"),
    ],
)
def test_the_clock_of_the_unit(unit, clock, hour):
    assert times.clock(LATE, unit) == clock
    assert times.hour(LATE, unit) == hour


def test_the_clock_without_a_unit_is_the_current_zone_s():
    assert times.clock(LATE) == "22.05"
    with timezone.override("Asia/Jayapura"):
        assert times.clock(LATE) == "00.05"


@pytest.mark.parametrize(
    ("unit", "day", "moment"),
    [
        (WIB, "Sabtu, 21 November 2026", "21 Nov 2026 22.05 WIB"),
        (WIT, "Minggu, 22 November 2026", "22 Nov 2026 00.05 WIT"),
    ],
)
def test_the_day_of_the_unit(unit, day, moment):
    assert times.day(LATE, unit) == day
    assert times.moment(LATE, unit) == moment


def test_the_day_of_a_date_and_without_a_unit():
    assert times.day(date(2026, 1, 1)) == "Kamis, 1 Januari 2026"
    assert times.day(datetime(2026, 11, 21, 18, 0, tzinfo=UTC)) == "Minggu, 22 November 2026"


@pytest.mark.parametrize(
    ("night", "span"),
    [
        (date(2026, 11, 11), "11–12 Nov"),
        (date(2026, 11, 30), "30 Nov–1 Des"),
        (date(2026, 12, 31), "31 Des 2026–1 Jan 2027"),
        (date(2028, 2, 28), "28–29 Feb"),
        (date(2027, 2, 28), "28 Feb–1 Mar"),
    ],
)
def test_names_of_nights(night, span):
    assert times.night_span(night) == span
    assert times.night_name(night) == f"Malam {span}"


MINUTES = [
    (-5, "0 menit"),
    (0, "0 menit"),
    (0.9, "0 menit"),
    (1, "1 menit"),
    (52, "52 menit"),
    (59.9, "59 menit"),
    (60, "1 jam"),
    (110, "1 jam 50 mnt"),
    (120, "2 jam"),
    (47 * 60 + 59, "47 jam 59 mnt"),
    (48 * 60, "2 hari"),
    (72 * 60 + 5, "3 hari"),
]


@pytest.mark.parametrize(("minutes", "text"), MINUTES)
def test_durations(minutes, text):
    assert times.duration(timedelta(minutes=minutes)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-30, "baru saja"),
        (0, "baru saja"),
        (59, "baru saja"),
        (60, "1 menit yang lalu"),
        (7200, "2 jam yang lalu"),
    ],
)
def test_ago(seconds, text):
    answer = times.ago(LATE - timedelta(seconds=seconds), LATE)
    assert answer.replace("yang lalu", "lalu") == text.replace("yang lalu", "lalu")


def test_ago_of_now(time_machine):
    time_machine.move_to(LATE, tick=False)
    assert times.ago(LATE - timedelta(minutes=12)).startswith("12 menit")


def test_nothing_is_a_dash():
    nothing = [
        times.clock(None),
        times.hour(None, WIB),
        times.day(None),
        times.moment(None, WIB),
        times.duration(None),
        times.ago(None),
    ]
    assert nothing == ["–"] * 6


def test_all_of_them_are_filters():
    page = Template(
        "{% load times %}{{ at|clock:unit }}|{{ at|hour:unit }}|{{ at|day:unit }}"
        "|{{ at|moment:unit }}|{{ night|night }}|{{ length|duration }}|{{ nothing|ago }}"
    )
    context = {
        "at": LATE,
        "unit": WITA,
        "night": date(2026, 11, 21),
        "length": timedelta(minutes=5),
        "nothing": None,
    }
    assert page.render(Context(context)) == (
        "23.05 WITA|23.05|Sabtu, 21 November 2026|21 Nov 2026 23.05 WITA|Malam 21–22 Nov|5 menit|–"
    )


def test_line_19_a_time_of_another_day_is_named_with_its_date():
    now = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 23.30 WIB
    assert times.clock_and_day(now - timedelta(hours=1), WIB, now) == "22.30 WIB"
    assert times.clock_and_day(now + timedelta(hours=1), WIB, now) == "22 Nov 2026 00.30 WIB"
    assert times.clock_and_day(now - timedelta(days=1), WIB, now) == "kemarin 23.30 WIB"
    assert times.clock_and_day(now - timedelta(days=2), WIB, now) == "19 Nov 2026 23.30 WIB"


def test_of_many_nights_the_first_are_named_and_the_others_counted():
    nights = [date(2026, 11, 28) + timedelta(days=n) for n in range(5)]
    assert times.night_spans(nights[1::-1]) == "28–29 Nov, 29–30 Nov"
    assert times.night_spans(nights, most=2) == "28–29 Nov, 29–30 Nov dan 3 lagi"


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ((26, 16, 0), (26, 17, 30), "Kamis, 26 Nov"),
        ((26, 16, 0), (26, 19, 0), "Malam 26–27 Nov"),
        ((26, 22, 0), (27, 5, 0), "Malam 26–27 Nov"),
        ((27, 5, 0), (27, 7, 0), "Malam 26–27 Nov"),
    ],
)
def test_a_patrol_by_day_is_named_by_its_day(starts, ends, words):
    starts_at, ends_at = (
        datetime(2026, 11, day, hour, minute, tzinfo=WIB.zone)
        for day, hour, minute in (starts, ends)
    )
    assert times.night_or_day(date(2026, 11, 26), starts_at, ends_at, WIB) == words


def test_the_date_below_the_place_of_a_signature():
    assert times.date_of(LATE, WIT) == "22 November 2026"
