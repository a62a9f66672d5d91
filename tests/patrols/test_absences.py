"""Nobody is planned or counted absent while away; the planner sees the hole."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Absence
from accounts.services.absences import AbsenceConflict, end_absence, save_absence
from patrols.models import Attendance, AttendanceStatus
from patrols.selectors.roll import addable_officers
from patrols.services.leavers import free_duties
from patrols.services.schedules import make_duties, refresh_duties
from tests import factories as make
from tests.patrols.test_people_who_left import (  # noqa: F401
    NIGHTS,
    TODAY,
    clock,
    duty_of,
    nights_led,
    nights_of,
    planned,
)

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 25)
AWAY = [FIRST + timedelta(days=n) for n in range(6)]


def absence_of(user, first=FIRST, last=LAST, kind="leave", **fields):
    return Absence(user=user, kind=kind, starts_on=first, ends_on=last, **fields)


# What the plans do


def test_duties_are_made_without_who_is_away(units, officer, operator):
    make.make_absence(officer, FIRST, LAST)
    schedule = make.make_schedule(units.polsek, officers=[officer, operator], leader=officer)
    make_duties()
    assert not set(nights_of(officer)) & set(AWAY)
    assert len(nights_of(officer)) == len(nights_led(officer)) == NIGHTS - len(AWAY)
    assert len(nights_of(operator)) == schedule.duties.count() == NIGHTS


def test_a_later_absence_takes_off_and_its_end_puts_back(units, officer, operator):
    planned(units.polsek, officer, operator, leader=officer)
    absence = absence_of(officer)
    told = save_absence(absence=absence, by=operator)
    assert not set(nights_of(officer)) & set(AWAY)
    assert not set(nights_led(officer)) & set(AWAY)
    assert "6 malam" in " ".join(told) or "6 nights" in " ".join(told)
    end_absence(absence=absence, by=operator)
    assert len(nights_of(officer)) == len(nights_led(officer)) == NIGHTS
    assert not Absence.objects.exists()


def test_back_early_puts_back_from_today(units, officer, operator, clock):  # noqa: F811
    schedule = planned(units.polsek, officer)
    absence = absence_of(officer, TODAY)
    save_absence(absence=absence, by=operator)
    clock.move_to(datetime.fromisoformat("2026-11-14T05:00:00+00:00"), tick=False)
    make_duties()
    end_absence(absence=absence, by=operator)
    absence.refresh_from_db()
    assert absence.ends_on == date(2026, 11, 13)
    assert nights_of(officer, schedule)[0] == date(2026, 11, 14)


def test_changed_days_move_the_hole(units, officer, operator):
    planned(units.polsek, officer)
    absence = absence_of(officer)
    save_absence(absence=absence, by=operator)
    absence.starts_on = absence.ends_on = date(2026, 11, 22)
    save_absence(absence=absence, by=operator)
    assert len(nights_of(officer)) == NIGHTS - 1


def test_a_night_after_midnight_belongs_to_the_day_it_begins_on(units, officer, operator):
    planned(units.polsek, officer, after_midnight=True, start="01:00", end="05:00")
    save_absence(absence=absence_of(officer, FIRST, FIRST), by=operator)
    assert date(2026, 11, 19) not in nights_of(officer)
    assert FIRST in nights_of(officer)


def test_a_mark_stays_and_is_not_counted_absent(units, officer, operator):
    schedule = planned(units.polsek, officer)
    row = duty_of(schedule, FIRST).attendances.get()
    Attendance.objects.filter(pk=row.pk).update(
        status=AttendanceStatus.EXCUSED, at=datetime.fromisoformat("2026-11-11T05:00:00+00:00")
    )
    save_absence(absence=absence_of(officer), by=operator)
    row.refresh_from_db()
    assert (row.status, row.expected) == (AttendanceStatus.EXCUSED, False)


def test_nothing_changes_afterwards(units, officer, operator):
    schedule = planned(units.polsek, officer, operator, leader=officer)
    save_absence(absence=absence_of(officer), by=operator)
    before = list(Attendance.objects.order_by("pk").values())
    assert free_duties() == 0
    assert make_duties() == (0, [])
    outcome = refresh_duties(schedule)
    assert outcome.changed == outcome.made == []
    assert list(Attendance.objects.order_by("pk").values()) == before


def test_who_is_lent_may_serve_elsewhere(units, officer, operator):
    save_absence(absence=absence_of(officer, kind="lent"), by=operator)
    home = planned(units.polsek, officer, start="18:00", end="19:00")
    there = planned(units.polsek_other, officer)
    assert len(nights_of(officer, home)) == NIGHTS - len(AWAY)
    assert len(nights_of(officer, there)) == NIGHTS


def test_who_is_away_is_no_clash(units, officer, operator, superuser):
    planned(units.polsek, officer)
    save_absence(absence=absence_of(officer, TODAY, TODAY + timedelta(days=60)), by=operator)
    schedule = make.make_schedule(units.polsek, officers=[officer])
    refresh_duties(schedule)  # no ScheduleClash
    assert nights_of(officer) == []


def test_nobody_adds_who_will_be_away_to_a_duty_ahead(units, officer, operator):
    schedule = planned(units.polsek, operator)
    save_absence(absence=absence_of(officer), by=operator)
    assert officer not in addable_officers(duty_of(schedule, FIRST))
    assert officer in addable_officers(duty_of(schedule, LAST + timedelta(days=1)))


# Who may, and what is refused


@pytest.mark.parametrize("who", ["officer", "neighbour", "volunteer", "nobody"])
def test_who_may_not_plan_there_enters_nothing(who, request, officer):
    with pytest.raises(PermissionDenied):
        save_absence(absence=absence_of(officer), by=request.getfixturevalue(who))
    absence = make.make_absence(officer)
    with pytest.raises(PermissionDenied):
        end_absence(absence=absence, by=request.getfixturevalue(who))


def test_two_absences_do_not_overlap(officer, operator):
    make.make_absence(officer, FIRST, LAST)
    with pytest.raises(ValidationError) as refused:
        save_absence(absence=absence_of(officer, LAST, LAST), by=operator)
    assert "starts_on" in refused.value.error_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_absence(officer, LAST, LAST)


def test_the_same_form_twice_is_one_absence(officer, operator):
    key = uuid.uuid4()
    save_absence(absence=absence_of(officer), by=operator, client_uuid=key)
    save_absence(absence=absence_of(officer), by=operator, client_uuid=key)
    assert Absence.objects.count() == 1
    with pytest.raises(AbsenceConflict):
        save_absence(absence=absence_of(officer, last=FIRST), by=operator, client_uuid=key)
