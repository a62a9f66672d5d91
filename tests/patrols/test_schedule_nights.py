"""Which nights a schedule has, and whose turn each is."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from patrols.models import Attendance, Duty, Holiday, Schedule
from patrols.models.schedules import DAYS_AHEAD
from patrols.services.schedules import make_duties
from tests import factories as make
from tests.patrols.test_people_who_left import WIB

FIRST = date(2026, 12, 1)  # a Tuesday
CHRISTMAS = date(2026, 12, 25)


def schedule_of(**fields):
    fields.setdefault("valid_from", FIRST)
    return Schedule(name="Uji", start=time(20), end=time(22), **fields)


def days_of(schedule, first=FIRST, days=31):
    return [night.day for night in schedule.nights(first, first + timedelta(days=days - 1))]


@pytest.fixture
def holidays(db):
    Holiday.objects.create(day=CHRISTMAS, name="Natal")


def test_every_third_night_counts_from_the_first(db):
    schedule = schedule_of(every=3)
    assert days_of(schedule) == [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31]
    # Whatever the window begins with.
    assert days_of(schedule, date(2026, 12, 5), 7) == [7, 10]


def test_nights_are_added_and_skipped_by_hand(holidays):
    added, skipped = date(2026, 12, 2), date(2026, 12, 8)
    schedule = schedule_of(weekdays=[1], dates_added=[added, CHRISTMAS], dates_skipped=[skipped])
    assert days_of(schedule) == [1, 2, 15, 22, 25, 29]
    schedule.on_holidays = "skip"  # what was added by hand stays
    assert days_of(schedule) == [1, 2, 15, 22, 25, 29]


def test_holidays_are_skipped_or_the_only_nights(holidays):
    assert 25 not in days_of(schedule_of(on_holidays="skip"))
    assert len(days_of(schedule_of(on_holidays="skip"))) == 30
    assert days_of(schedule_of(on_holidays="only")) == [25]
    assert len(days_of(schedule_of())) == 31


def test_only_who_minds_holidays_asks_for_them(holidays, django_assert_num_queries):
    with django_assert_num_queries(0):
        days_of(schedule_of())
    schedule = schedule_of(on_holidays="skip")
    with django_assert_num_queries(1):
        days_of(schedule)
        days_of(schedule)


def turns(schedule, days=31):
    last = FIRST + timedelta(days=days - 1)
    return "".join("ABC"[schedule.turn(night)] for night in schedule.nights(FIRST, last))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "ABCABCABC"),
        ({"turn_nights": 2}, "AABBCCAAB"),
        ({"weekdays": [0, 4]}, "AB"),  # Friday the 4th, Monday the 7th
        ({"every": 2}, "ABCAB"),
        # The night that is skipped was B's.
        ({"dates_skipped": [date(2026, 12, 2)]}, "ACABCABC"),
    ],
)
def test_the_teams_take_turns(fields, expected):
    assert turns(schedule_of(team_count=3, **fields), 9) == expected


def test_an_added_night_is_the_team_of_the_night_before():
    schedule = schedule_of(team_count=3, every=2, dates_added=[date(2026, 12, 4)])
    assert turns(schedule, 7) == "ABBCA"


@pytest.mark.parametrize("fields", [{"every": 3}, {"weekdays": [0, 2, 5]}, {"weekdays": [6]}, {}])
def test_the_turn_is_what_counting_night_by_night_gives(fields):
    schedule = schedule_of(team_count=3, turn_nights=2, **fields)
    for number, night in enumerate(schedule.nights(FIRST, FIRST + timedelta(days=400))):
        assert schedule.turn(night) == number // 2 % 3


@pytest.mark.parametrize(
    "fields", [{"every": 0}, {"every": 61}, {"every": 2, "weekdays": [1]}, {"turn_nights": 0}]
)
def test_the_database_refuses_impossible_rules(units, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_schedule(units.polsek, **fields)


def test_a_night_is_not_added_and_skipped():
    with pytest.raises(ValidationError):
        schedule_of(dates_added=[FIRST], dates_skipped=[FIRST]).clean()


RULES = [
    {},
    {"every": 2},
    {"every": 5},
    {"weekdays": [4, 5]},
    {"on_holidays": "skip"},
    {"weekdays": [0, 1, 2, 3, 4], "on_holidays": "skip"},
    {"on_holidays": "only"},
    {"every": 3, "dates_added": [date(2027, 3, 3)], "dates_skipped": [date(2027, 2, 2)]},
    {"valid_until": date(2027, 6, 30)},
    {"valid_from": date(2027, 3, 1)},
]


def oracle(schedule, day, holidays):
    """Whether the day is one of its nights, written once more and otherwise."""
    if day < schedule.valid_from or (schedule.valid_until and day > schedule.valid_until):
        return False
    if day in schedule.dates_added:
        return True
    if day in schedule.dates_skipped:
        return False
    if schedule.on_holidays == "skip" and day in holidays:
        return False
    if schedule.on_holidays == "only" and day not in holidays:
        return False
    return (day - schedule.valid_from).days % schedule.every == 0 and (
        day.weekday() in schedule.weekdays
    )


def test_thirty_schedules_by_clock_over_400_days(units, time_machine):
    """The job runs at every step, and what it made is what was due."""
    holidays = {date(2026, 12, 25), date(2027, 1, 1), date(2027, 8, 17)}
    Holiday.objects.bulk_create(Holiday(day=day, name="Libur") for day in holidays)
    schedules, teams = [], {}
    for number in range(30):
        fields = {"valid_from": FIRST, **RULES[number % len(RULES)]}
        schedule = make.make_schedule(units.polsek, f"Jadwal {number:02}", **fields)
        if number % 2:
            teams[schedule.pk] = [[make.make_user("", units.polsek, "officer")] for _ in "ABC"]
            make.make_teams(schedule, *teams[schedule.pk], turn_nights=1 + number % 3)
        schedules.append(schedule)
    for step in range(0, 401, DAYS_AHEAD):
        noon = datetime.combine(FIRST + timedelta(days=step), time(12), tzinfo=WIB)
        time_machine.move_to(noon, tick=False)
        assert make_duties()[1] == []
    last = FIRST + timedelta(days=step + DAYS_AHEAD)
    for schedule in schedules:
        days = [FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1)]
        due = [day for day in days if oracle(schedule, day, holidays)]
        made = Duty.objects.filter(schedule=schedule).order_by("night")
        assert list(made.values_list("night", flat=True)) == due, schedule
        if schedule.pk in teams:
            rows = Attendance.objects.filter(duty__schedule=schedule)
            for night, officer in rows.values_list("duty__night", "officer"):
                on_turn = teams[schedule.pk][schedule.turn(night)]
                assert officer in {one.pk for one in on_turn}
            assert rows.count() == len(due)
