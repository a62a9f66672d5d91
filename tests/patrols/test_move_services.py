"""Moving people between duties, and starting a duty whose people are on another running one."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from patrols.models import Attendance, AttendanceStatus, Duty, LogEntry
from patrols.selectors.elsewhere import duties_to_move_to, people_elsewhere
from patrols.selectors.roll import Turnout, roll_of
from patrols.services.duties import (
    BusyElsewhere,
    DutyConflict,
    cancel_duty,
    end_duty,
    resume_duty,
    start_duty,
    start_unscheduled,
)
from patrols.services.moves import move_attendance, start_with_moves
from patrols.services.rollcall import clear_attendance, mark_attendance
from patrols.services.schedules import refresh_duties
from patrols.workflow import DutyState
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent
from toolkit.workflow import ChangeRefused

NOW = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)  # 22.00 WIB
LATER = NOW + timedelta(minutes=70)
PRESENT, LATE, EXCUSED, ABSENT, REPLACEMENT = AttendanceStatus


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def row(duty, operator):
    """The operator in the roll of the planned duty of tonight."""
    return make.make_attendance(duty, officer=operator)


@pytest.fixture
def post(units):
    """Another planned duty of tonight, at the same time."""
    return make.make_duty(units.polsek, "Pos B")


@pytest.fixture
def running_post(units):
    return make.make_duty(
        units.polsek, "Pos B", starts_at=NOW - timedelta(hours=1), state="running", started_at=NOW
    )


def whole_roll(*duties):
    return sorted(
        Attendance.objects.filter(duty__in=duties).values_list(
            "duty", "officer", "member", "expected", "status", "at", "left_at"
        ),
        key=str,
    )


# From one roll to the other


def test_whom_both_duties_are_still_to_see_goes_over(duty, post, row, operator, officer):
    there = move_attendance(attendance=row, to=post, by=officer)
    assert not duty.attendances.filter(officer=operator).exists()
    assert (there.duty, there.officer, there.status, there.expected) == (post, operator, "", True)
    assert roll_of(post).turnout == Turnout(1, 0, 0)


def test_a_mark_of_presence_goes_along_with_its_time(duty, post, row, officer, commander):
    mark_attendance(attendance=row, status=LATE, by=commander, now=NOW)
    there = move_attendance(attendance=row, to=post, by=officer, now=LATER)
    assert (there.status, there.at, there.marked_by) == (LATE, NOW, commander)


@pytest.mark.parametrize("status", [EXCUSED, ABSENT])
def test_a_mark_of_absence_stays_behind(duty, post, row, officer, status):
    mark_attendance(attendance=row, status=status, by=officer)
    there = move_attendance(attendance=row, to=post, by=officer)
    assert (there.status, there.at, there.expected) == ("", None, True)


def test_who_has_come_to_a_running_duty_stays_in_its_roll(
    duty, running_post, row, operator, officer
):
    mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    start_duty(duty=duty, by=officer)
    there = move_attendance(attendance=row, to=running_post, by=officer, now=LATER)
    row.refresh_from_db()
    assert (row.duty, row.status, row.at, row.left_at) == (duty, PRESENT, NOW, LATER)
    assert (there.status, there.at, there.expected) == (PRESENT, LATER, False)
    assert roll_of(running_post).turnout == Turnout(0, 0, 1)


def test_and_comes_back_to_it(duty, running_post, row, officer):
    mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    start_duty(duty=duty, by=officer)
    there = move_attendance(attendance=row, to=running_post, by=officer, now=LATER)
    back = move_attendance(attendance=there, to=duty, by=officer, now=LATER + timedelta(minutes=30))
    there.refresh_from_db()
    assert (back.pk, back.at, back.left_at) == (row.pk, NOW, None)
    assert there.left_at == LATER + timedelta(minutes=30)


@pytest.mark.parametrize("known", [EXCUSED, ""])
def test_who_is_in_the_other_roll_already_has_one_row_there(
    duty, running_post, row, operator, officer, known
):
    mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    make.make_attendance(running_post, officer=operator, status=known, expected=False)
    start_duty(duty=duty, by=officer, despite=True)
    there = move_attendance(attendance=row, to=running_post, by=officer, now=LATER)
    assert there == running_post.attendances.get()
    assert (there.status, there.at) == (PRESENT, LATER)


def test_a_member_is_moved_too(duty, post, volunteer, officer):
    there = move_attendance(
        attendance=duty.attendances.get(member=volunteer.membership), to=post, by=officer
    )
    assert there.member == volunteer.membership
    assert not duty.attendances.filter(member=volunteer.membership).exists()


def test_their_schedules_do_not_undo_it(units, officer, operator, commander):
    schedules = [
        make.make_schedule(units.polsek, officers=[operator]),
        make.make_schedule(units.polsek, officers=[]),
    ]
    for schedule in schedules:
        refresh_duties(schedule)
    night = schedules[0].tonight() + timedelta(days=3)
    first, second = (schedule.duties.get(night=night) for schedule in schedules)
    row = first.attendances.get(officer=operator)
    there = move_attendance(attendance=row, to=second, by=commander)
    assert (there.status, there.expected) == ("", True)
    for schedule in schedules:
        refresh_duties(schedule)
    assert not first.attendances.exists()
    assert second.attendances.get().officer == operator


# One person is expected on one duty at a time


def test_who_is_expected_on_a_third_duty_is_not_moved(units, duty, row, operator, officer):
    late = make.make_duty(units.polsek, "Malam", starts_at=duty.ends_at)
    third = make.make_duty(units.polsek, "Pos C", starts_at=duty.ends_at + timedelta(hours=1))
    make.make_attendance(third, officer=operator)
    before = whole_roll(duty, late, third)
    with pytest.raises(BusyElsewhere) as caught:
        move_attendance(attendance=row, to=late, by=officer)
    assert [found.duty for found in caught.value.found] == [third]
    assert whole_roll(duty, late, third) == before
    assert not Duty.objects.filter(is_edited=True).exists()


def test_who_is_present_on_a_third_running_duty_is_not_moved(
    units, duty, running_post, row, operator, officer
):
    third = make.make_duty(units.polsek, "Pos C", state="running", started_at=NOW)
    make.make_attendance(third, officer=operator, status=PRESENT, expected=False)
    with pytest.raises(BusyElsewhere) as caught:
        move_attendance(attendance=row, to=running_post, by=officer)
    assert [found.duty for found in caught.value.found] == [third]


def test_who_has_left_a_duty_is_free_for_the_rest_of_it(units, duty, row, operator, officer):
    """The exclusion constraint compares the time until the person left."""
    Duty.objects.filter(pk=duty.pk).update(ends_at=NOW + timedelta(hours=8))
    mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    start_duty(duty=duty, by=officer)
    ahead = make.make_duty(units.polsek, "Subuh", starts_at=NOW + timedelta(hours=5))
    there = move_attendance(attendance=row, to=ahead, by=officer, now=LATER)
    assert (there.status, there.expected) == ("", True)
    row.refresh_from_db()
    assert row.during.upper == LATER


def test_the_hour_of_leaving_goes_with_the_mark(duty, running_post, row, officer):
    mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    start_duty(duty=duty, by=officer)
    move_attendance(attendance=row, to=running_post, by=officer, now=LATER)
    row.refresh_from_db()
    marked = mark_attendance(attendance=row, status=LATE, by=officer)
    assert marked.left_at == LATER
    assert mark_attendance(attendance=row, status=ABSENT, by=officer).left_at is None
    Attendance.objects.filter(pk=row.pk).update(status=PRESENT, left_at=LATER)
    assert clear_attendance(attendance=row, by=officer).left_at is None


# Who leads


@pytest.fixture
def running(duty, officer, operator):
    """The officer leads it and is present, the operator too."""
    duty = start_duty(duty=duty, by=officer)
    for person in (officer, operator):
        row, _new = Attendance.objects.get_or_create(duty=duty, officer=person)
        mark_attendance(attendance=row, status=PRESENT, by=officer, now=NOW)
    return duty


def test_whoever_leads_hands_the_lead_over(running, running_post, officer, operator):
    row = running.attendances.get(officer=officer)
    move_attendance(attendance=row, to=running_post, by=officer, leader=operator)
    running.refresh_from_db()
    assert running.leader == operator


def test_or_leaves_nobody_who_leads(running, running_post, officer):
    row = running.attendances.get(officer=officer)
    move_attendance(attendance=row, to=running_post, by=officer)
    running.refresh_from_db()
    assert running.leader is None


def test_the_new_leader_is_somebody_of_the_roll(running, running_post, officer, commander):
    row = running.attendances.get(officer=officer)
    for leader in (commander, officer):
        with pytest.raises(ValidationError) as caught:
            move_attendance(attendance=row, to=running_post, by=officer, leader=leader)
        assert "leader" in caught.value.message_dict
    running.refresh_from_db()
    assert running.leader == officer


def test_the_lead_of_others_stays(running, running_post, officer, operator):
    row = running.attendances.get(officer=operator)
    move_attendance(attendance=row, to=running_post, by=officer, leader=operator)
    running.refresh_from_db()
    assert running.leader == officer


# What is refused


def test_guests_and_who_has_left_are_not_moved(duty, running, running_post, officer, operator):
    guest = make.make_attendance(running, guest_name="Pak RT", status=PRESENT, expected=False)
    row = running.attendances.get(officer=operator)
    move_attendance(attendance=row, to=running_post, by=officer)
    for person in (guest, row):
        with pytest.raises(ValidationError):
            move_attendance(attendance=person, to=running_post, by=officer)


@pytest.mark.parametrize("state", ["ended", "missed"])
def test_nobody_is_moved_to_a_duty_that_is_over(duty, post, row, officer, state):
    fields = {"started_at": NOW, "ended_at": NOW} if state == "ended" else {}
    Duty.objects.filter(pk=post.pk).update(state=state, **fields)
    with pytest.raises(ValidationError):
        move_attendance(attendance=row, to=post, by=officer)


def test_nobody_leaves_a_duty_that_has_ended(running, running_post, officer, operator):
    end_duty(duty=running, by=officer)
    row = running.attendances.get(officer=operator)
    with pytest.raises(ValidationError):
        move_attendance(attendance=row, to=running_post, by=officer)
    row.refresh_from_db()
    assert row.left_at is None


@pytest.mark.parametrize("which", ["duty", "post"])
def test_a_cancelled_duty_takes_and_gives_nobody(duty, post, row, commander, which):
    cancel_duty(duty={"duty": duty, "post": post}[which], by=commander, reason="Hujan")
    with pytest.raises(ValidationError):
        move_attendance(attendance=row, to=post, by=commander)


def test_who_may_not_run_both_moves_nobody(units, duty, row, volunteer, neighbour, officer):
    other = make.make_duty(units.polsek_neighbour)
    with pytest.raises(Duty.DoesNotExist):
        move_attendance(attendance=row, to=other, by=officer)
    with pytest.raises(Duty.DoesNotExist):
        move_attendance(attendance=row, to=other, by=neighbour)
    here = make.make_duty(units.polsek)
    make.make_attendance(here, member=volunteer.membership, expected=False)
    with pytest.raises(PermissionDenied):
        move_attendance(attendance=row, to=here, by=volunteer)


def test_officers_are_moved_only_where_they_are_posted(units, duty, row, chief, operator):
    other = make.make_duty(units.polsek_neighbour)
    with pytest.raises(ValidationError):
        move_attendance(attendance=row, to=other, by=chief)
    make.make_posting(operator, units.polsek_neighbour, Role.OFFICER)
    assert move_attendance(attendance=row, to=other, by=chief).duty == other


def test_whom_somebody_else_has_just_moved_is_not_moved_again(units, duty, post, row, officer):
    stale = Attendance.objects.get(pk=row.pk)
    third = make.make_duty(units.polsek)
    move_attendance(attendance=row, to=post, by=officer)
    with pytest.raises(ChangeRefused):
        move_attendance(attendance=stale, to=third, by=officer)
    with pytest.raises(ChangeRefused):
        mark_attendance(attendance=stale, status=PRESENT, by=officer)


@pytest.mark.django_db(transaction=True)
def test_of_many_moves_at_once_one_holds(units, duty, row, operator, officer):
    others = [make.make_duty(units.polsek) for _number in range(4)]

    def move(number):
        move_attendance(attendance=row, to=others[number], by=officer)

    assert in_threads(4, move) == {"ChangeRefused": 3}
    assert Attendance.objects.filter(officer=operator).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_swap_people_at_once_do_not_block_each_other(
    units, duty, post, row, operator, officer
):
    other = make.make_user("Bhabin C", units.polsek, Role.OFFICER)
    moves = ((row, post), (make.make_attendance(post, officer=other), duty))

    def move(number):
        move_attendance(attendance=moves[number][0], to=moves[number][1], by=officer)

    assert in_threads(2, move) == {}
    assert post.attendances.get().officer == operator
    assert duty.attendances.filter(officer=other).exists()


def test_the_duties_to_choose_from(units, duty, post, running_post, row, officer, operator):
    tomorrow = make.make_duty(units.polsek, starts_at=NOW + timedelta(days=1))
    make.make_duty(units.polsek, starts_at=NOW + timedelta(days=20))
    make.make_duty(units.polsek_neighbour)
    assert set(duties_to_move_to(row, officer)) == {post, running_post, tomorrow}
    assert duties_to_move_to(row, operator)


# Starting a duty whose people run another


@pytest.fixture
def second(units, officer):
    """A planned duty that starts while the first may still run, with the same leader."""
    duty = make.make_duty(
        units.polsek, "Patroli Dua", leader=officer, starts_at=NOW + timedelta(minutes=20)
    )
    make.make_attendance(duty, officer=officer, expected=False)
    return duty


START = {
    "start": lambda duty, by, **more: start_duty(duty=duty, by=by, **more),
    "resume": lambda duty, by, **more: resume_duty(duty=duty, by=by, **more),
}


@pytest.fixture(params=list(START))
def begin(request, second, officer):
    """Makes the second duty run: it starts, or its end is undone."""
    if request.param == "resume":
        Duty.objects.filter(pk=second.pk).update(
            state="ended", started_at=NOW, ended_at=NOW, review="waiting"
        )
    return START[request.param]


def test_who_leads_a_running_duty_is_asked_about(begin, running, second, officer):
    before = LogEntry.objects.count()
    with pytest.raises(BusyElsewhere) as caught:
        begin(second, officer)
    [found] = caught.value.found
    assert (found.duty, found.leads) == (running, True)
    assert str(found) == (
        "Bhabin A adalah ketua tim “Patroli A” (Malam 11–12 Nov, 22.10–01.10 WIB)."
    )
    second.refresh_from_db()
    assert second.state != DutyState.RUNNING
    assert LogEntry.objects.count() == before


def test_and_may_run_both_all_the_same(begin, running, second, officer):
    assert begin(second, officer, despite=True).state == DutyState.RUNNING
    running.refresh_from_db()
    assert running.leader == officer


@pytest.mark.parametrize("kind", ["start", "resume"])
def test_or_moves_in_the_same_step(running, second, officer, kind):
    start = start_duty
    if kind == "resume":
        second = end_duty(duty=start_duty(duty=second, by=officer, despite=True), by=officer)
        start = resume_duty
    start_with_moves(duty=second, by=officer, start=start, now=LATER)
    running.refresh_from_db()
    assert running.leader is None
    row = running.attendances.get(officer=officer)
    assert (row.status, row.at, row.left_at) == (PRESENT, NOW, LATER)
    assert people_elsewhere(second) == []


@pytest.mark.parametrize("who", ["officer", "member"])
def test_everybody_of_the_roll_counts(running, second, units, volunteer, operator, who):
    Duty.objects.filter(pk=second.pk).update(leader=None)
    second.attendances.all().delete()
    people = {"officer": {"officer": operator}, "member": {"member": volunteer.membership}}
    make.make_attendance(second, expected=False, **people[who])
    [found] = people_elsewhere(Duty.objects.get(pk=second.pk))
    assert (found.duty, found.leads) == (running, False)


@pytest.mark.parametrize("status", [EXCUSED, ABSENT])
@pytest.mark.parametrize("where", ["there", "here"])
def test_who_is_away_on_either_duty_is_free(running, second, operator, officer, status, where):
    Duty.objects.filter(pk=second.pk).update(leader=None)
    second.attendances.all().delete()
    here = make.make_attendance(second, officer=operator, expected=False)
    there = running.attendances.get(officer=operator)
    changed = there if where == "there" else here
    Attendance.objects.filter(pk=changed.pk).update(status=status, at=NOW)
    assert people_elsewhere(Duty.objects.get(pk=second.pk)) == []


def test_sent_again_it_moves_nobody_who_has_come_elsewhere_since(running, second, officer, units):
    sent = Sent(device_at=NOW, sent_at=NOW)
    start_with_moves(duty=second, by=officer, sent=sent, now=NOW)
    end_duty(duty=second, by=officer)
    third = make.make_duty(units.polsek, "Pos C", leader=officer, state="running", started_at=LATER)
    there = make.make_attendance(third, officer=officer, status=PRESENT, expected=False)
    start_with_moves(duty=second, by=officer, sent=sent, now=LATER)
    there.refresh_from_db()
    third.refresh_from_db()
    assert (there.left_at, third.leader) == (None, officer)


@pytest.mark.parametrize("state", ["planned", "ended", "missed", "cancelled"])
def test_only_running_duties_count(running, second, officer, state):
    fields = {"ended_at": NOW} if state == "ended" else {}
    Duty.objects.filter(pk=running.pk).update(state=state, **fields)
    assert start_duty(duty=second, by=officer).state == DutyState.RUNNING


def test_who_is_expected_on_a_running_duty_and_has_not_come_is_taken_out_of_it(
    running, second, operator, officer
):
    Duty.objects.filter(pk=second.pk).update(leader=None)
    second.attendances.all().delete()
    make.make_attendance(second, officer=operator, expected=False)
    running.attendances.filter(officer=operator).update(status="", at=None)
    start_with_moves(duty=second, by=officer)
    assert not running.attendances.filter(officer=operator).exists()


def test_nobody_is_moved_off_a_duty_that_somebody_else_runs(units, second, officer):
    other = make.make_duty(units.polsek_neighbour, "Pos Tetangga", state="running", started_at=NOW)
    there = make.make_attendance(other, officer=officer, status=PRESENT, expected=False)
    # The officer sees the duty as its guest, but does not run it.
    with pytest.raises(BusyElsewhere):
        start_with_moves(duty=second, by=officer)
    there.refresh_from_db()
    assert there.left_at is None
    second.refresh_from_db()
    assert second.state == DutyState.PLANNED


@pytest.mark.django_db(transaction=True)
def test_two_duties_of_one_leader_started_at_once_do_not_both_start(units, officer):
    duties = [make.make_duty(units.polsek, leader=officer) for _number in range(4)]
    errors = in_threads(4, lambda number: start_duty(duty=duties[number], by=officer))
    assert errors == {"BusyElsewhere": 3}
    assert Duty.objects.running().filter(leader=officer).count() == 1


# A patrol on the spot


def test_a_patrol_on_the_spot_asks_too(running, units, officer):
    with pytest.raises(BusyElsewhere):
        start_unscheduled(unit=units.polsek, by=officer)
    assert Duty.objects.count() == 1
    keep = partial(start_duty, despite=True)
    both = start_unscheduled(unit=units.polsek, by=officer, start=keep)
    assert both.state == DutyState.RUNNING
    end_duty(duty=both, by=officer)
    alone = start_unscheduled(unit=units.polsek, by=officer, start=start_with_moves, now=LATER)
    assert alone.leader == officer
    assert running.attendances.get(officer=officer).left_at == LATER


@pytest.mark.parametrize("start", [start_duty, start_with_moves])
def test_its_form_sent_again_begins_one(units, officer, start):
    form = {"unit": units.polsek, "name": "Pasar", "sent": Sent()}
    first = start_unscheduled(by=officer, start=start, **form)
    assert start_unscheduled(by=officer, start=start, **form) == first
    assert first.attendances.get().left_at is None
    with pytest.raises(DutyConflict):
        start_unscheduled(by=officer, start=start, **{**form, "name": "Terminal"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", [start_duty, start_with_moves])
def test_its_form_sent_many_times_at_once_begins_one(units, officer, start):
    form = {"unit": units.polsek, "sent": Sent()}
    errors = in_threads(4, lambda number: start_unscheduled(by=officer, start=start, **form))
    assert errors == {}
    assert Duty.objects.get().attendances.get().left_at is None
