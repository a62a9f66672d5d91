from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from patrols.models import Attendance, Duty
from patrols.models.schedules import DAYS_AHEAD
from patrols.services.schedules import make_duties
from patrols.workflow import DutyState
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
