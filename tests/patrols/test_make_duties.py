from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patrols.models import Attendance, Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.stale import stale_schedules
from patrols.services.schedules import make_duties
from patrols.workflow import DutyState
from territory.models import TimeZoneName, Unit
from tests import factories as make

NOON = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)
NIGHTS = DAYS_AHEAD + 1


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


def run():
    out, err = StringIO(), StringIO()
    call_command("make_duties", stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_nights_of_all_schedules(units, officer):
    make.make_schedule(units.polsek, officers=[officer])
    make.make_schedule(units.polsek_east)
    make.make_schedule(units.polsek, valid_until=NOON.date() - timedelta(days=1))
    assert run() == (f"duties made: {2 * NIGHTS}, marked as missed: 0", "")
    assert Attendance.objects.filter(officer=officer).count() == NIGHTS


def test_again_it_changes_nothing(units, officer):
    make.make_schedule(units.polsek, officers=[officer])
    run()
    before = list(Duty.objects.order_by("pk").values()), list(Attendance.objects.values())
    assert run() == ("duties made: 0, marked as missed: 0", "")
    after = list(Duty.objects.order_by("pk").values()), list(Attendance.objects.values())
    assert after == before
    assert not Duty.pgh_event_model.objects.exists()


def test_a_day_later(units, clock):
    make.make_schedule(units.polsek)
    run()
    clock.shift(timedelta(days=1))
    assert run() == ("duties made: 1, marked as missed: 1", "")
    assert Duty.objects.get(state=DutyState.MISSED).night == NOON.date()


def test_after_a_week_without_the_command_only_what_is_to_come_is_made(units, clock):
    make.make_schedule(units.polsek)
    run()
    clock.shift(timedelta(days=DAYS_AHEAD + 7))
    out, _err = run()
    assert out == f"duties made: {NIGHTS}, marked as missed: {NIGHTS}"
    # None for the nights in between, which have passed.
    assert Duty.objects.count() == 2 * NIGHTS


def test_a_clash_stops_no_nights(units, officer, operator):
    first = make.make_schedule(units.polsek, "Pertama", officers=[officer])
    clashing = make.make_schedule(
        units.polsek, "Kedua", officers=[officer, operator], start=time(23)
    )
    third = make.make_schedule(units.polsek, "Ketiga", start=time(23))
    out, err = run()
    assert out == f"duties made: {3 * NIGHTS}, marked as missed: 0"
    assert err.startswith("Kedua: ")
    assert err.count(officer.titled_name) == 1
    assert "Pertama" in err
    assert first.duties.count() == third.duties.count() == clashing.duties.count() == NIGHTS
    rolls = Attendance.objects.filter(duty__schedule=clashing)
    assert set(rolls.values_list("officer", flat=True)) == {operator.pk}
    assert rolls.count() == NIGHTS


def test_a_clash_leaves_out_one_person_of_one_night(units, officer, operator, volunteer, group):
    busy = make.make_duty(units.polsek, starts_at=NOON + timedelta(days=3, hours=10))
    make.make_attendance(busy, officer=officer)
    make.make_attendance(busy, member=volunteer.membership)
    schedule = make.make_schedule(units.polsek, officers=[officer, operator], groups=[group])
    made, trouble = make_duties()
    assert (made, len(trouble)) == (NIGHTS, 1)
    assert officer.titled_name in trouble[0]
    assert "Relawan A" in trouble[0]
    clashed = schedule.duties.get(night=busy.night)
    assert [row.officer for row in clashed.attendances.all()] == [operator]
    assert Attendance.objects.filter(duty__schedule=schedule).count() == 3 * NIGHTS - 2
    before = list(Attendance.objects.order_by("pk").values())
    assert make_duties() == (0, trouble)
    assert list(Attendance.objects.order_by("pk").values()) == before
    Duty.objects.filter(pk=busy.pk).update(state=DutyState.CANCELLED)
    assert make_duties() == (0, [])
    assert clashed.attendances.count() == 3


def test_moved_times_that_clash_are_told_too(units, officer):
    # A schedule changed by SQL, so that nobody looked for clashes before.
    schedule = make.make_schedule(units.polsek, "Siang", [officer], start=time(13), end=time(14))
    make.make_schedule(units.polsek, "Malam", [officer])
    assert make_duties() == (2 * NIGHTS, [])
    type(schedule).objects.filter(pk=schedule.pk).update(start=time(22), end=time(23))
    made, trouble = make_duties()
    assert made == 0
    assert trouble[0].startswith("Siang: ")
    assert schedule.duties.filter(starts_at__hour=22).count() == NIGHTS
    assert not Attendance.objects.filter(duty__schedule=schedule).exists()


def test_the_clock_may_be_given(units):
    make.make_schedule(units.polsek)
    assert make_duties(now=NOON + timedelta(days=2))[0] == NIGHTS
    assert Duty.objects.earliest("night").night == NOON.date() + timedelta(days=2)


# Which schedules are asked at all

CHANGES = {
    "a night without its duty": lambda s: s.duties.earliest("night").delete(),
    "an hour": lambda s: write(s, start=time(21)),
    "another name": lambda s: write(s, name="Lain"),
    "no leader": lambda s: write(s, leader=None),
    "fewer nights": lambda s: write(s, weekdays=[0, 1]),
    "an end": lambda s: write(s, valid_until=NOON.date() + timedelta(days=9)),
    "a duty by hand in the database": lambda s: s.duties.filter(pk=last(s).pk).update(name="Lain"),
    "its time": lambda s: s.duties.filter(pk=last(s).pk).update(apel_at=NOON),
    "somebody out of a roll": lambda s: last(s).attendances.first().delete(),
    "somebody into a roll": lambda s: make.make_attendance(last(s), officer=make.make_user()),
    "another officer": lambda s: s.officers.add(make.make_user(unit=s.unit, role="officer")),
    "one officer less": lambda s: s.officers.clear(),
    "another member": lambda s: make.make_member(s.groups.get()),
    "a member who stops": lambda s: s.groups.get().members.update(is_active=False),
    "a group that stops": lambda s: s.groups.update(is_active=False),
    "an account switched off": lambda s: s.officers.update(is_active=False),
    "a posting that ends": lambda s: s.officers.get().postings.update(
        ends_on=NOON.date() + timedelta(days=9)
    ),
}


def write(schedule, **fields):
    """By SQL, past the services that bring the nights up to date at once."""
    type(schedule).objects.filter(pk=schedule.pk).update(**fields)


def last(schedule):
    return schedule.duties.latest("night")


@pytest.fixture
def planned(units, officer, operator, volunteer, group):
    schedule = make.make_schedule(
        units.polsek, officers=[officer], groups=[group], leader=operator, apel=time(22)
    )
    make.make_schedule(units.polsek_east, officers=[make.make_user(unit=units.polsek_east)])
    make_duties()
    return schedule


def stale():
    return stale_schedules(Schedule.objects.select_related("unit"), NOON)


@pytest.mark.parametrize("change", CHANGES)
def test_a_schedule_is_asked_about_each_change(planned, change):
    assert stale() == []
    CHANGES[change](planned)
    assert stale() == [planned]
    make_duties()
    assert stale() == []


def test_what_somebody_has_worked_on_is_left_alone(planned):
    make.make_attendance(last(planned), officer=make.make_user(), status="present", at=NOON)
    planned.duties.filter(night=NOON.date()).update(is_edited=True, name="Lain")
    planned.duties.filter(night=NOON.date() + timedelta(days=1)).update(state="cancelled")
    assert stale() == []


@pytest.mark.parametrize("zone", TimeZoneName.values)
def test_at_any_hour_a_second_run_finds_nothing_to_do(planned, clock, zone):
    Unit.objects.update(timezone=zone)
    for _ in range(25):
        clock.shift(timedelta(hours=1))
        make_duties()
        assert stale_schedules(Schedule.objects.select_related("unit"), timezone.now()) == []


def test_with_nothing_to_do_statements_do_not_grow(units, planned, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        make_duties()
    for number in range(5):
        people = [make.make_user(unit=units.polsek) for _ in range(3)]
        make.make_schedule(units.polsek, f"Lagi {number}", people)
    make_duties()
    with django_assert_num_queries(len(few)):
        assert make_duties() == (0, [])
    assert len(few) <= 8
