import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from patrols.models import Attendance, AttendanceStatus, Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD
from patrols.selectors.clashes import clashes_of, find_clashes
from patrols.services.duties import cancel_duty, end_duty, restore_duty, start_duty
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.schedules import (
    ScheduleClash,
    end_schedule,
    preview_nights,
    refresh_duties,
    save_schedule,
)
from patrols.workflow import DutyState
from territory.models import TimeZoneName, UnitKind
from tests import factories as make
from tests.roles import owner_role

WIB = ZoneInfo("Asia/Jakarta")
TODAY = date(2026, 11, 11)  # a Wednesday
NOON = datetime(2026, 11, 11, 12, 0, tzinfo=WIB)


def night(offset):
    return TODAY + timedelta(days=offset)


def wib(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=WIB)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon of Wednesday, 11 November 2026, in Jakarta."""
    time_machine.move_to(NOON.astimezone(UTC), tick=False)
    return time_machine


def unsaved_schedule(unit, **fields):
    fields.setdefault("name", "Patroli gabungan")
    fields.setdefault("start", time(22, 15))
    fields.setdefault("end", time(1, 0))
    fields.setdefault("valid_from", TODAY)
    return Schedule(unit=unit, **fields)


def saved_schedule(unit, by, officers=(), groups=(), **fields):
    schedule = unsaved_schedule(unit, **fields)
    save_schedule(schedule=schedule, officers=officers, groups=groups, by=by)
    return schedule


def duty_of(schedule, offset):
    return Duty.objects.get(schedule=schedule, night=night(offset))


def names_by_night(schedule):
    """For each night the names of those who are expected."""
    found = {}
    for row in Attendance.objects.filter(duty__schedule=schedule).select_related(
        "duty", "officer", "member"
    ):
        found.setdefault(row.duty.night, set()).add((row.officer or row.member).name)
    return found


# Nights and times


def test_nights_are_those_of_the_weekdays_between_first_and_last(units):
    schedule = unsaved_schedule(
        units.polsek, weekdays=[2, 5], valid_from=night(3), valid_until=night(14)
    )
    nights = list(schedule.nights(night(0), night(28)))
    assert nights == [night(3), night(7), night(10), night(14)]
    assert {n.weekday() for n in nights} == {2, 5}


def test_weekdays_count_by_the_night_also_after_midnight(units):
    """The post of Wednesday night begins in the small hours of Thursday."""
    schedule = unsaved_schedule(
        units.polsek, weekdays=[2], start=time(1), end=time(5), after_midnight=True
    )
    duty = preview_nights(schedule, count=7)[0]
    assert duty.night == TODAY
    assert duty.starts_at == wib(night(1), 1)
    assert duty.ends_at == wib(night(1), 5)


@pytest.mark.parametrize(
    ("fields", "apel", "start", "end"),
    [
        pytest.param(
            {"apel": time(22), "start": time(22, 15), "end": time(23, 30)},
            (0, 22, 0),
            (0, 22, 15),
            (0, 23, 30),
            id="before midnight",
        ),
        pytest.param(
            {"apel": time(22), "start": time(22, 15), "end": time(1)},
            (0, 22, 0),
            (0, 22, 15),
            (1, 1, 0),
            id="end over midnight",
        ),
        pytest.param(
            {"start": time(22), "end": time(0)},
            None,
            (0, 22, 0),
            (1, 0, 0),
            id="end at midnight",
        ),
        pytest.param(
            {"apel": time(0, 45), "start": time(1), "end": time(5), "after_midnight": True},
            (1, 0, 45),
            (1, 1, 0),
            (1, 5, 0),
            id="after midnight, apel too",
        ),
        pytest.param(
            {"apel": time(22), "start": time(1), "end": time(5), "after_midnight": True},
            (0, 22, 0),
            (1, 1, 0),
            (1, 5, 0),
            id="after midnight, apel the evening before",
        ),
        pytest.param(
            {"apel": time(7), "start": time(7), "end": time(15)},
            (0, 7, 0),
            (0, 7, 0),
            (0, 15, 0),
            id="by day, apel at the start",
        ),
    ],
)
@pytest.mark.parametrize(
    ("timezone", "offset"),
    [(TimeZoneName.WIB, 7), (TimeZoneName.WITA, 8), (TimeZoneName.WIT, 9)],
)
def test_times_are_those_of_the_unit_s_zone(units, fields, apel, start, end, timezone, offset):
    unit = make.make_unit(UnitKind.POLSEK, parent=units.polres, timezone=timezone)

    def moment(parts):
        day, hour, minute = parts
        local = datetime(2026, 11, 11 + day, hour, minute, tzinfo=UTC)
        return local - timedelta(hours=offset)

    apel_at, starts_at, ends_at = unsaved_schedule(unit, **fields).times(TODAY)
    assert apel_at == (moment(apel) if apel else None)
    assert starts_at == moment(start)
    assert ends_at == moment(end)
    assert starts_at < ends_at


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (wib(night(0), 5, 59), night(-1)),
        (wib(night(0), 6, 0), night(0)),
        (wib(night(0), 23, 59), night(0)),
        (wib(night(1), 0, 0), night(0)),
    ],
)
def test_tonight_rolls_over_at_six(units, moment, expected):
    assert unsaved_schedule(units.polsek).tonight(moment) == expected


def test_tonight_is_local(units):
    """At 04.30 in Jakarta it is 06.30 in Papua: there the next night has begun."""
    moment = wib(night(0), 4, 30)
    assert unsaved_schedule(units.polsek).tonight(moment) == night(-1)
    assert unsaved_schedule(units.polsek_east).tonight(moment) == night(0)


def test_preview_makes_nothing(units):
    duties = preview_nights(unsaved_schedule(units.polsek, weekdays=[2, 3]), count=14)
    assert [d.night for d in duties] == [night(0), night(1), night(7), night(8)]
    assert not Duty.objects.exists()
    assert all(duty.pk is None and duty.name == "Patroli gabungan" for duty in duties)


def test_preview_from_a_chosen_night(units):
    schedule = unsaved_schedule(units.polsek, valid_until=night(5))
    assert [d.night for d in preview_nights(schedule, first=night(4))] == [night(4), night(5)]


# Making


def test_saving_makes_duties_28_days_ahead_with_their_rolls(units, commander, officer, group):
    member = make.make_member(group, "Siti")
    make.make_member(group, "Sudah keluar", is_active=False)
    route = make.make_route(units.polsek)
    schedule = unsaved_schedule(
        units.polsek, apel=time(22), order_number="Sprin/1", route=route, leader=commander
    )
    outcome = save_schedule(schedule=schedule, officers=[officer], groups=[group], by=commander)
    nights = [night(n) for n in range(DAYS_AHEAD + 1)]
    assert outcome.made == nights
    assert not any([outcome.changed, outcome.dropped, outcome.kept])
    assert names_by_night(schedule) == {
        n: {officer.name, commander.name, member.name} for n in nights
    }
    duty = duty_of(schedule, 0)
    assert (duty.name, duty.order_number, duty.route, duty.leader, duty.unit) == (
        "Patroli gabungan",
        "Sprin/1",
        route,
        commander,
        units.polsek,
    )
    assert duty.polsek_id == units.polsek.pk
    assert duty.polda_id == units.polda.pk
    assert duty.apel_at == wib(TODAY, 22)
    assert duty.state == DutyState.PLANNED
    assert all(row.expected and not row.status for row in duty.attendances.all())


def test_refreshing_again_changes_nothing(units, commander, officer, group):
    make.make_member(group)
    schedule = saved_schedule(units.polsek, commander, officers=[officer], groups=[group])
    before = list(Attendance.objects.order_by("pk").values())
    outcome = refresh_duties(schedule)
    assert not any([outcome.made, outcome.changed, outcome.dropped, outcome.kept])
    assert list(Attendance.objects.order_by("pk").values()) == before


def test_a_day_later_one_night_is_added(units, commander, clock):
    schedule = saved_schedule(units.polsek, commander)
    clock.shift(timedelta(days=1))
    assert refresh_duties(schedule).made == [night(DAYS_AHEAD + 1)]


def test_a_duty_that_has_begun_is_made_but_not_one_that_is_over(units, commander, clock):
    clock.move_to(wib(TODAY, 23).astimezone(UTC), tick=False)
    assert duty_of(saved_schedule(units.polsek, commander), 0)
    early = saved_schedule(
        units.polsek, commander, name="Pengaturan pagi", start=time(6, 30), end=time(8)
    )
    assert not Duty.objects.filter(schedule=early, night=TODAY).exists()
    assert duty_of(early, 1)


def test_at_three_in_the_morning_last_night_s_post_is_made(units, commander, clock):
    clock.move_to(wib(night(1), 3).astimezone(UTC), tick=False)
    schedule = saved_schedule(
        units.polsek, commander, start=time(1), end=time(5), after_midnight=True
    )
    assert duty_of(schedule, 0).starts_at == wib(night(1), 1)


def test_duties_of_the_east_are_made_in_their_time(units, officer_east, superuser):
    schedule = saved_schedule(units.polsek_east, superuser, officers=[officer_east])
    assert duty_of(schedule, 0).starts_at == datetime(2026, 11, 11, 13, 15, tzinfo=UTC)


# Changing


def test_untouched_duties_follow_the_schedule(units, commander, officer, operator):
    schedule = saved_schedule(units.polsek, commander, officers=[officer])
    keys = set(Duty.objects.values_list("pk", flat=True))
    schedule.start, schedule.name = time(21), "Patroli sore"
    outcome = save_schedule(
        schedule=schedule, officers=[officer, operator], groups=[], by=commander
    )
    assert outcome.changed == [night(n) for n in range(DAYS_AHEAD + 1)]
    assert not any([outcome.made, outcome.dropped, outcome.kept])
    duty = duty_of(schedule, 5)
    assert (duty.name, duty.starts_at) == ("Patroli sore", wib(night(5), 21))
    assert names_by_night(schedule)[night(5)] == {officer.name, operator.name}
    assert set(Duty.objects.values_list("pk", flat=True)) == keys


def test_only_new_people_count_as_a_change(units, commander, officer, group):
    schedule = saved_schedule(units.polsek, commander, officers=[officer], groups=[group])
    make.make_member(group, "Baru")
    assert refresh_duties(schedule).changed == [night(n) for n in range(DAYS_AHEAD + 1)]
    assert names_by_night(schedule)[night(3)] == {officer.name, "Baru"}
    assert not refresh_duties(schedule).changed


def test_nights_no_longer_wanted_are_dropped(units, commander, officer):
    schedule = saved_schedule(units.polsek, commander, officers=[officer])
    schedule.weekdays = [2]
    outcome = save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
    assert set(outcome.dropped) == {night(n) for n in range(DAYS_AHEAD + 1) if n % 7}
    assert set(Duty.objects.values_list("night", flat=True)) == {
        night(n) for n in range(0, DAYS_AHEAD + 1, 7)
    }


def test_moved_to_another_unit_the_duties_follow(units, chief, officer):
    schedule = saved_schedule(units.polsek, chief, officers=[officer])
    schedule.unit = units.polsek_other
    save_schedule(schedule=schedule, officers=[officer], groups=[], by=chief)
    duty = duty_of(schedule, 4)
    assert duty.unit == units.polsek_other
    assert (duty.polsek_id, duty.polres_id) == (units.polsek_other.pk, units.polres_other.pk)


def touch_started(duty, officer):
    start_duty(duty=duty, by=officer)


def touch_ended(duty, officer):
    end_duty(duty=start_duty(duty=duty, by=officer), by=officer)


def touch_marked(duty, officer):
    duty.attendances.update(status=AttendanceStatus.EXCUSED, at=NOON)


def touch_written(duty, officer):
    """Written on, then put back to planned by hand: the log still holds it."""
    log_entry(
        duty=start_duty(duty=duty, by=officer),
        by=officer,
        draft=EntryDraft(kind="note", text="Hujan"),
    )
    Duty.objects.filter(pk=duty.pk).update(state=DutyState.PLANNED)


def touch_edited(duty, officer):
    Duty.objects.filter(pk=duty.pk).update(is_edited=True)


def touch_cancelled(duty, officer):
    Duty.objects.filter(pk=duty.pk).update(state=DutyState.CANCELLED)


TOUCHES = [touch_started, touch_ended, touch_marked, touch_written, touch_edited, touch_cancelled]


@pytest.mark.parametrize("touch", TOUCHES)
@pytest.mark.parametrize("how", ["changed", "dropped", "new people"])
def test_a_touched_duty_stays_as_it_is(units, commander, officer, operator, touch, how):
    schedule = saved_schedule(units.polsek, commander, officers=[officer], valid_until=night(3))
    duty = duty_of(schedule, 2)
    touch(duty, officer)
    duty.refresh_from_db()
    roll = list(duty.attendances.values())
    officers = [officer]
    if how == "changed":
        schedule.start = time(20)
    elif how == "dropped":
        schedule.valid_until = night(1)
    else:
        officers = [operator]
    outcome = save_schedule(schedule=schedule, officers=officers, groups=[], by=commander)
    after = duty_of(schedule, 2)
    assert (after.pk, after.starts_at, after.state) == (duty.pk, duty.starts_at, duty.state)
    assert list(after.attendances.values()) == roll
    assert night(2) not in outcome.changed + outcome.dropped + outcome.made
    # What a planner would expect to see changed is named.
    planned = duty.state == DutyState.PLANNED
    assert outcome.kept == ([night(2)] if planned else [])


def test_a_duty_whose_time_has_begun_stays(units, commander, officer, clock):
    schedule = saved_schedule(units.polsek, commander, officers=[officer])
    clock.move_to(wib(TODAY, 22, 30).astimezone(UTC), tick=False)
    schedule.end = time(3)
    outcome = save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
    assert duty_of(schedule, 0).ends_at == wib(night(1), 1)
    assert duty_of(schedule, 1).ends_at == wib(night(2), 3)
    assert night(0) not in outcome.changed


def test_past_duties_stay(units, commander, clock):
    schedule = saved_schedule(units.polsek, commander)
    clock.shift(timedelta(days=3))
    schedule.name = "Nama baru"
    save_schedule(schedule=schedule, officers=[], groups=[], by=commander)
    assert duty_of(schedule, 2).name == "Patroli gabungan"
    assert duty_of(schedule, 3).name == "Nama baru"


def test_from_day_to_night_each_new_time_overlaps_the_next_old_one(units, commander, officer):
    schedule = saved_schedule(units.polsek, commander, [officer], start=time(6), end=time(18))
    schedule.start, schedule.end = time(20), time(8)
    outcome = save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
    # The duty of this morning began at 06.00 and stays; it does not meet tomorrow's.
    assert outcome.changed == [night(n) for n in range(1, DAYS_AHEAD + 1)]
    assert duty_of(schedule, 1).starts_at == wib(night(1), 20)
    assert duty_of(schedule, 0).starts_at == wib(night(0), 6)


def test_a_new_time_that_meets_the_schedule_s_own_running_duty_is_a_clash(
    units, commander, officer, clock
):
    schedule = saved_schedule(units.polsek, commander, [officer], start=time(20), end=time(8))
    clock.move_to(wib(night(1), 7).astimezone(UTC), tick=False)
    start_duty(duty=duty_of(schedule, 0), by=officer)
    schedule.start, schedule.end = time(7, 30), time(18)
    with pytest.raises(ScheduleClash) as caught:
        save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
    assert caught.value.clashes[0].duty == duty_of(schedule, 0)


def test_the_inactive_are_not_expected(units, commander, officer, operator):
    schedule = saved_schedule(units.polsek, commander, [officer, operator], leader=operator)
    operator.is_active = False
    operator.save()
    refresh_duties(schedule)
    assert names_by_night(schedule)[night(1)] == {officer.name}


# Ending


def test_ending_drops_later_untouched_duties(units, commander, officer):
    schedule = saved_schedule(units.polsek, commander, officers=[officer])
    touch_edited(duty_of(schedule, 6), officer)
    outcome = end_schedule(schedule=schedule, last_night=night(3), by=commander)
    schedule.refresh_from_db()
    assert schedule.valid_until == night(3)
    left = set(Duty.objects.values_list("night", flat=True))
    assert left == {night(n) for n in (0, 1, 2, 3, 6)}
    assert outcome.kept == [night(6)]
    assert len(outcome.dropped) == DAYS_AHEAD - 4
    assert not refresh_duties(schedule).made


def test_a_schedule_cannot_end_before_its_first_night(units, commander):
    schedule = saved_schedule(units.polsek, commander)
    end_schedule(schedule=schedule, last_night=night(-5), by=commander)
    assert [d.night for d in Duty.objects.all()] == [night(0)]


def test_current_schedules(units):
    ended = make.make_schedule(units.polsek, valid_until=night(-1))
    last = make.make_schedule(units.polsek, valid_until=night(0))
    later = make.make_schedule(units.polsek, valid_from=night(9))
    assert set(Schedule.objects.current()) == {last, later}
    assert set(Schedule.objects.current(night(-1))) == {ended, last, later}


# Clashes


def test_a_clash_names_person_duty_and_night(units, commander, officer):
    saved_schedule(units.polsek, commander, [officer])
    other = unsaved_schedule(units.polsek, name="Pos pantau", start=time(23), end=time(2))
    clashes = find_clashes(other, officers=[officer], groups=[])
    assert len(clashes) == 5
    assert (clashes[0].person, clashes[0].night) == (officer.titled_name, night(0))
    with pytest.raises(ScheduleClash) as caught:
        save_schedule(schedule=other, officers=[officer], groups=[], by=commander)
    assert officer.titled_name in caught.value.messages[0]
    assert "Patroli gabungan" in caught.value.messages[0]
    assert "11–12 Nov" in caught.value.messages[0]
    assert not Schedule.objects.filter(name="Pos pantau").exists()


def test_members_clash_by_their_group(units, commander, group):
    make.make_member(group, "Siti")
    saved_schedule(units.polsek, commander, groups=[group])
    other = unsaved_schedule(units.polsek, name="Pos pantau", start=time(23), end=time(2))
    (first, *_rest) = find_clashes(other, officers=[], groups=[group])
    assert first.person == "Siti"


def test_the_leader_counts_among_the_people(units, commander, officer):
    saved_schedule(units.polsek, commander, leader=officer)
    other = unsaved_schedule(units.polsek, name="Pos", start=time(23), end=time(2), leader=officer)
    assert find_clashes(other, officers=[], groups=[])[0].person == officer.titled_name


def test_a_former_member_clashes_no_more(units, commander, group):
    member = make.make_member(group)
    saved_schedule(units.polsek, commander, groups=[group])
    member.is_active = False
    member.save()
    other = unsaved_schedule(units.polsek, name="Pos", start=time(23), end=time(2))
    assert find_clashes(other, officers=[], groups=[group]) == []


def test_half_open_ranges_do_not_clash(units, commander, officer):
    saved_schedule(units.polsek, commander, [officer], start=time(22), end=time(1))
    after = unsaved_schedule(
        units.polsek, name="Pos", start=time(1), end=time(5), after_midnight=True
    )
    before = unsaved_schedule(units.polsek, name="Sore", start=time(18), end=time(22))
    for schedule in (after, before):
        outcome = save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
        assert len(outcome.made) == DAYS_AHEAD + 1


def test_one_minute_more_clashes(units, commander, officer):
    saved_schedule(units.polsek, commander, [officer], start=time(22), end=time(1))
    other = unsaved_schedule(units.polsek, name="Sore", start=time(18), end=time(22, 1))
    assert find_clashes(other, officers=[officer], groups=[])


def test_a_schedule_does_not_clash_with_itself(units, commander, officer):
    schedule = saved_schedule(units.polsek, commander, [officer])
    touch_edited(duty_of(schedule, 3), officer)
    assert find_clashes(schedule, officers=[officer], groups=[]) == []


@pytest.mark.parametrize("state", [DutyState.CANCELLED, DutyState.MISSED])
def test_duties_that_are_off_do_not_clash(units, commander, officer, state):
    saved_schedule(units.polsek, commander, [officer], valid_until=TODAY)
    other = unsaved_schedule(units.polsek, name="Pos", start=time(23), end=time(2))
    assert find_clashes(other, officers=[officer], groups=[])
    Duty.objects.update(state=state)
    assert save_schedule(schedule=other, officers=[officer], groups=[], by=commander).made


def test_those_not_expected_do_not_clash(units, commander, officer):
    duty = make.make_duty(units.polsek, starts_at=wib(TODAY, 22))
    make.make_attendance(duty, officer=officer, expected=False, status="present")
    assert find_clashes(unsaved_schedule(units.polsek), officers=[officer], groups=[]) == []


def test_a_clash_in_another_unit_counts(units, commander, officer):
    duty = make.make_duty(units.polsek_neighbour, "Di tetangga", starts_at=wib(TODAY, 22))
    make.make_attendance(duty, officer=officer)
    (clash,) = find_clashes(unsaved_schedule(units.polsek), officers=[officer], groups=[])
    assert clash.duty == duty


def test_without_nights_there_are_no_clashes(units, commander, officer):
    saved_schedule(units.polsek, commander, [officer])
    past = unsaved_schedule(units.polsek, valid_from=night(-9), valid_until=night(-1))
    assert find_clashes(past, officers=[officer], groups=[]) == []


def test_the_number_of_clashes_named_is_limited(units, commander, officer, operator):
    saved_schedule(units.polsek, commander, [officer, operator])
    other = unsaved_schedule(units.polsek, name="Pos", start=time(23), end=time(2))
    assert len(find_clashes(other, officers=[officer, operator], groups=[], limit=3)) == 3


def test_clashes_cost_three_statements(units, commander, officer, django_assert_max_num_queries):
    schedule = saved_schedule(units.polsek, commander, [officer])
    with django_assert_max_num_queries(3):
        find_clashes(schedule, officers=[officer], groups=[])


def test_the_database_keeps_a_person_out_of_two_duties(units, officer):
    for person in (
        {"officer": officer},
        {"member": make.make_member(make.make_group(units.polsek))},
    ):
        first = make.make_duty(units.polsek, starts_at=wib(TODAY, 20), ends_at=wib(TODAY, 23))
        second = make.make_duty(units.polsek, starts_at=wib(TODAY, 22), ends_at=wib(night(1), 1))
        make.make_attendance(first, **person)
        with pytest.raises(IntegrityError, match="one_duty_at_once"), transaction.atomic():
            make.make_attendance(second, **person)
        make.make_attendance(second, **person, expected=False)


def test_the_roll_s_range_follows_the_duty(units, officer):
    duty = make.make_duty(units.polsek, starts_at=wib(TODAY, 20), ends_at=wib(TODAY, 23))
    row = make.make_attendance(duty, officer=officer)
    row.refresh_from_db()
    assert (row.during.lower, row.during.upper) == (duty.starts_at, duty.ends_at)
    Duty.objects.update(ends_at=wib(TODAY, 22))
    row.refresh_from_db()
    assert row.during.upper == wib(TODAY, 22)
    for state, is_empty in (("cancelled", True), ("planned", False), ("missed", True)):
        Duty.objects.update(state=state)
        row.refresh_from_db()
        assert row.during.isempty is is_empty


def test_a_forged_range_does_not_stay(units, officer):
    duty = make.make_duty(units.polsek)
    row = make.make_attendance(duty, officer=officer)
    Attendance.objects.update(during=(wib(night(9), 1), wib(night(9), 2)))
    row.refresh_from_db()
    assert row.during.lower == duty.starts_at


def test_a_clash_the_look_ahead_missed_is_named_all_the_same(
    units, commander, officer, monkeypatch
):
    """The exclusion constraint finds it; the schedule is not saved."""
    saved_schedule(units.polsek, commander, [officer])
    from patrols.services import schedules

    real, calls = schedules.find_clashes, []

    def blind_once(*args, **kwargs):
        calls.append(1)
        return [] if len(calls) == 1 else real(*args, **kwargs)

    monkeypatch.setattr(schedules, "find_clashes", blind_once)
    other = unsaved_schedule(units.polsek, name="Pos", start=time(23), end=time(2))
    with pytest.raises(ScheduleClash) as caught:
        save_schedule(schedule=other, officers=[officer], groups=[], by=commander)
    assert caught.value.clashes[0].duty.name == "Patroli gabungan"
    assert not Schedule.objects.filter(name="Pos").exists()


def test_clashes_of_a_duty(units, officer):
    first = make.make_duty(units.polsek, starts_at=wib(TODAY, 20), state=DutyState.CANCELLED)
    second = make.make_duty(units.polsek, starts_at=wib(TODAY, 21))
    elsewhere = make.make_duty(units.polsek, starts_at=wib(night(2), 21))
    for duty in (first, second, elsewhere):
        make.make_attendance(duty, officer=officer)
        make.make_attendance(duty, guest_name="Pak RT")
    (clash,) = clashes_of(first)
    assert clash.duty == second


@pytest.mark.django_db(transaction=True)
def test_two_schedules_saved_at_once_give_one_and_one_clash(units, commander, officer):
    barrier = threading.Barrier(2, timeout=20)
    results = []

    def save(name):
        try:
            schedule = unsaved_schedule(units.polsek, name=name)
            barrier.wait()
            save_schedule(schedule=schedule, officers=[officer], groups=[], by=commander)
            results.append("saved")
        except Exception as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    for _round in range(3):
        threads = [threading.Thread(target=save, args=(f"Jadwal {n}",)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(results) == ["ScheduleClash", "saved"]
        assert Schedule.objects.count() == 1
        assert Attendance.objects.count() == DAYS_AHEAD + 1
        results.clear()
        Attendance.objects.all().delete()
        Duty.objects.all().delete()
        with owner_role():
            Schedule.objects.all().delete()


def test_people_are_locked_before_they_are_put_into_rolls(units, commander, officer, group):
    """Without the lock two schedules could deadlock in the exclusion constraint."""
    make.make_member(group)
    with CaptureQueriesContext(connection) as statements:
        saved_schedule(units.polsek, commander, [officer], [group])
    words = [statement["sql"] for statement in statements]
    inserted = next(n for n, sql in enumerate(words) if 'INTO "patrols_attendance"' in sql)
    locked = [sql for sql in words[:inserted] if sql.endswith("FOR NO KEY UPDATE")]
    assert [sql.partition(' FROM "')[2].partition('"')[0] for sql in locked] == [
        "accounts_user",
        "partners_groupmember",
    ]
    assert all("ORDER BY 1 ASC" in sql for sql in locked)


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_make_each_night_once(units, officer):
    schedule = make.make_schedule(units.polsek, officers=[officer])
    barrier = threading.Barrier(3, timeout=20)
    made, errors = [], []

    def refresh():
        try:
            barrier.wait()
            made.append(len(refresh_duties(schedule).made))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=refresh) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sorted(made) == [0, 0, DAYS_AHEAD + 1]


# Who may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("officer", False),
        ("commander", True),
        ("operator", True),
        ("admin_user", True),
        ("chief", True),
        ("superuser", True),
        ("neighbour", False),
        ("officer_east", False),
        ("volunteer", False),
        ("nobody", False),
    ],
)
def test_who_may_plan(request, units, who, may):
    user = request.getfixturevalue(who)
    schedule = unsaved_schedule(units.polsek)
    existing = make.make_schedule(units.polsek)

    def save():
        save_schedule(schedule=schedule, officers=[], groups=[], by=user)

    def end():
        end_schedule(schedule=Schedule.objects.get(pk=existing.pk), last_night=TODAY, by=user)

    for act in (save, end):
        if may:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()


def test_a_schedule_of_another_unit_cannot_be_taken_over(units, commander):
    foreign = make.make_schedule(units.polsek_other)
    foreign.unit = units.polsek
    with pytest.raises(PermissionDenied):
        save_schedule(schedule=foreign, officers=[], groups=[], by=commander)
    foreign.refresh_from_db()
    assert foreign.unit == units.polsek_other


def test_nor_planned_into_another_unit(units, commander):
    schedule = saved_schedule(units.polsek, commander)
    schedule.unit = units.polsek_neighbour
    with pytest.raises(PermissionDenied):
        save_schedule(schedule=schedule, officers=[], groups=[], by=commander)


def test_planning_at_one_unit_does_not_plan_at_another(units):
    user = make.make_user("Dua tugas", units.polsek, Role.OPERATOR)
    make.make_posting(user, units.polsek_other, Role.OFFICER)
    assert saved_schedule(units.polsek, user)
    with pytest.raises(PermissionDenied):
        saved_schedule(units.polsek_other, user)


# Refused


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays"),
        ({"start": time(22), "end": time(22)}, "__all__"),
        ({"valid_until": night(-1)}, "__all__"),
        ({"apel": time(23)}, "apel"),
        ({"name": ""}, "name"),
        ({"kind": "shift"}, "kind"),
    ],
)
def test_schedules_that_cannot_be(units, commander, fields, named):
    with pytest.raises(ValidationError) as caught:
        saved_schedule(units.polsek, commander, **fields)
    assert named in caught.value.message_dict


def test_a_route_or_a_post_not_both(units, commander):
    with pytest.raises(ValidationError):
        saved_schedule(
            units.polsek,
            commander,
            route=make.make_route(units.polsek),
            post=make.make_post(units.polsek),
        )


def test_the_same_name_twice_is_refused(units, commander):
    saved_schedule(units.polsek, commander)
    with pytest.raises(ValidationError):
        saved_schedule(units.polsek, commander)


def test_a_restored_night_follows_its_schedule_again(units, commander):
    schedule = saved_schedule(units.polsek, commander)
    duty = duty_of(schedule, 2)
    cancel_duty(duty=duty, by=commander, reason="Hujan lebat")
    schedule.name = "Nama baru"
    schedule.save()
    refresh_duties(schedule)
    assert duty_of(schedule, 2).name == duty.name  # a cancelled night is left alone
    restore_duty(duty=duty, by=commander)
    assert night(2) in refresh_duties(schedule).changed
    assert duty_of(schedule, 2).name == "Nama baru"


def test_a_cancelled_night_is_not_made_again(units, commander):
    schedule = saved_schedule(units.polsek, commander)
    cancel_duty(duty=duty_of(schedule, 2), by=commander, reason="Hujan lebat")
    outcome = refresh_duties(schedule)
    assert not outcome.made
    assert Duty.objects.filter(schedule=schedule, night=night(2)).count() == 1
