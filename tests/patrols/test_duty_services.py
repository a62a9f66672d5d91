import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.text import capfirst

from patrols.models import Attendance, Duty, EntryKind, LogEntry, PatrolKind
from patrols.rights import may_run
from patrols.services.duties import (
    cancel_duty,
    end_duty,
    mark_missed,
    restore_duty,
    resume_duty,
    review_duty,
    start_duty,
    start_unscheduled,
)
from patrols.services.schedules import ScheduleClash
from patrols.workflow import DutyState, ReviewState
from tests import factories as make
from toolkit.workflow import ChangeRefused

NOW = datetime(2026, 11, 11, 15, 15, tzinfo=UTC)  # 22.15 in Jakarta
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


# Start, end, resume


def test_start_and_end_leave_their_lines_in_the_log(duty, officer):
    started = start_duty(duty=duty, by=officer, now=NOW)
    assert (started.state, started.started_at) == (DutyState.RUNNING, NOW)
    ended = end_duty(duty=started, by=officer, summary=" Aman. ", now=NOW + 2 * HOUR)
    ended.refresh_from_db()
    assert (ended.state, ended.ended_at) == (DutyState.ENDED, NOW + 2 * HOUR)
    assert (ended.summary, ended.review) == ("Aman.", ReviewState.WAITING)
    lines = LogEntry.objects.filter(duty=duty).order_by("at")
    assert [(line.kind, line.at, line.author) for line in lines] == [
        (EntryKind.START, NOW, officer),
        (EntryKind.END, NOW + 2 * HOUR, officer),
    ]
    assert (ended.entry_count, ended.last_entry_at) == (2, NOW + 2 * HOUR)


def test_a_missed_duty_may_still_be_started(duty, officer):
    mark_missed(now=duty.ends_at + HOUR)
    assert start_duty(duty=duty, by=officer).state == DutyState.RUNNING


def test_resuming_undoes_the_end(duty, officer, commander):
    ended = end_duty(duty=start_duty(duty=duty, by=officer), by=officer)
    review_duty(duty=ended, by=commander, action="return", comment="Kurang")
    duty = resume_duty(duty=ended, by=officer)
    duty.refresh_from_db()
    assert (duty.state, duty.ended_at, duty.review) == (DutyState.RUNNING, None, "")
    assert duty.review_comment == ""
    assert end_duty(duty=duty, by=officer).review == ReviewState.WAITING


def test_the_log_keeps_that_an_end_was_undone(duty, officer, commander):
    ended = end_duty(duty=start_duty(duty=duty, by=officer), by=officer)
    resume_duty(duty=ended, by=commander, now=NOW + HOUR)
    duty.refresh_from_db()
    assert (duty.entry_count, duty.last_entry_at) == (3, NOW + HOUR)
    line = duty.entries.latest("at")
    assert (line.kind, line.author, line.at) == (EntryKind.START, commander, NOW + HOUR)
    assert line.text == "Akhir tugas dibatalkan: tugas dilanjutkan."


def test_the_faster_one_wins(duty, officer, commander):
    """The second person, whose page still shows the duty as planned, reads its new state."""
    stale = Duty.objects.get(pk=duty.pk)
    start_duty(duty=duty, by=officer)
    with pytest.raises(ChangeRefused) as caught:
        start_duty(duty=stale, by=commander)
    assert str(DutyState.RUNNING.label) in caught.value.messages[0]
    assert LogEntry.objects.filter(kind=EntryKind.START).count() == 1


@pytest.mark.django_db(transaction=True)
def test_started_by_many_at_once_it_starts_once(duty, officer):
    barrier, answers = threading.Barrier(8, timeout=20), []

    def start():
        try:
            connection.ensure_connection()
            barrier.wait()
            start_duty(duty=duty, by=officer)
            answers.append("started")
        except Exception as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["ChangeRefused"] * 7 + ["started"]
    assert LogEntry.objects.count() == 1


# Cancel, restore


def test_cancelling_needs_a_reason(duty, commander):
    for reason in ("", "   "):
        with pytest.raises(ValidationError) as caught:
            cancel_duty(duty=duty, by=commander, reason=reason)
        assert "reason" in caught.value.message_dict
    cancelled = cancel_duty(duty=duty, by=commander, reason=" Hujan lebat ")
    cancelled.refresh_from_db()
    assert (cancelled.state, cancelled.cancel_reason) == (DutyState.CANCELLED, "Hujan lebat")


def test_restoring(duty, commander, officer):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    restored = restore_duty(duty=duty, by=commander)
    restored.refresh_from_db()
    assert (restored.state, restored.cancel_reason) == (DutyState.PLANNED, "")
    row = Attendance.objects.get(duty=duty, officer=officer)
    assert row.during.lower == duty.starts_at


@pytest.mark.parametrize("person", ["officer", "member"])
def test_restoring_where_somebody_is_busy_by_now_names_the_clash(
    request, units, duty, commander, officer, volunteer, person
):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    other = make.make_duty(units.polsek, "Pos pantau", starts_at=duty.starts_at + HOUR)
    people = {"officer": officer, "member": volunteer.membership}
    make.make_attendance(other, **{person: people[person]})
    with pytest.raises(ScheduleClash) as caught:
        restore_duty(duty=duty, by=commander)
    assert isinstance(caught.value, ValidationError)
    assert "Pos pantau" in caught.value.messages[0]
    assert people[person].name in caught.value.messages[0]
    duty.refresh_from_db()
    assert duty.state == DutyState.CANCELLED
    assert duty.cancel_reason == "Hujan"


def test_starting_a_missed_duty_whose_people_are_busy_names_the_clash(units, duty, officer):
    mark_missed(now=duty.ends_at + HOUR)
    other = make.make_duty(units.polsek, "Pos pantau", starts_at=duty.starts_at)
    make.make_attendance(other, officer=officer)
    with pytest.raises(ScheduleClash):
        start_duty(duty=duty, by=officer)
    assert not LogEntry.objects.exists()


def test_half_open_restoring(units, duty, commander, officer):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    after = make.make_duty(units.polsek, starts_at=duty.ends_at)
    make.make_attendance(after, officer=officer)
    assert restore_duty(duty=duty, by=commander).state == DutyState.PLANNED


# A patrol begun on the spot


def test_an_unscheduled_patrol(units, officer):
    route = make.make_route(units.polsek, "Rute Pasar")
    duty = start_unscheduled(unit=units.polsek, by=officer, route=route, now=NOW)
    duty = Duty.objects.get(pk=duty.pk)
    assert (duty.schedule, duty.name, duty.kind) == (None, "Rute Pasar", PatrolKind.PATROL)
    assert (duty.state, duty.leader, duty.route) == (DutyState.RUNNING, officer, route)
    assert (duty.starts_at, duty.ends_at, duty.started_at) == (NOW, NOW + 2 * HOUR, NOW)
    assert duty.night == date(2026, 11, 11)
    assert duty.polsek_id == units.polsek.pk
    (row,) = duty.attendances.all()
    assert (row.officer, row.status, row.expected) == (officer, "present", False)
    assert [entry.kind for entry in duty.entries.all()] == [EntryKind.START]


def test_its_name(units, officer):
    def name(**fields):
        duty = start_unscheduled(unit=units.polsek, by=officer, **fields)
        return end_duty(duty=duty, by=officer).name

    assert name() == "Patroli"
    assert name(kind=PatrolKind.ESCORT) == capfirst(PatrolKind.ESCORT.label)
    assert name(name="pasar malam") == "pasar malam"
    assert name(post=make.make_post(units.polsek, "Pos A")) == "Pos A"
    assert name(name="  Kawal jenazah ") == "Kawal jenazah"


@pytest.mark.parametrize(
    ("moment", "place", "night"),
    [
        (datetime(2026, 11, 11, 18, 30, tzinfo=UTC), "polsek", date(2026, 11, 11)),  # 01.30
        (datetime(2026, 11, 11, 22, 59, tzinfo=UTC), "polsek", date(2026, 11, 11)),  # 05.59
        (datetime(2026, 11, 11, 23, 0, tzinfo=UTC), "polsek", date(2026, 11, 12)),  # 06.00
        (datetime(2026, 11, 11, 18, 30, tzinfo=UTC), "polsek_east", date(2026, 11, 11)),  # 03.30
        (datetime(2026, 11, 11, 21, 0, tzinfo=UTC), "polsek_east", date(2026, 11, 12)),  # 06.00
    ],
)
def test_its_night_is_local(units, superuser, moment, place, night):
    duty = start_unscheduled(unit=getattr(units, place), by=superuser, now=moment)
    assert duty.night == night


def test_it_may_begin_while_expected_on_another_duty(duty, officer, units):
    assert start_unscheduled(unit=units.polsek, by=officer, now=duty.starts_at + HOUR)


def test_what_cannot_be_is_refused_whole(units, officer):
    for wrong in (
        {"kind": "shift"},
        {"name": "x" * 101},
        {"route": make.make_route(units.polsek), "post": make.make_post(units.polsek)},
    ):
        with pytest.raises(ValidationError):
            start_unscheduled(unit=units.polsek, by=officer, **wrong)
    assert not Duty.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("officer", True),
        ("commander", True),
        ("operator", True),
        ("chief", True),
        ("superuser", True),
        ("admin_user", False),
        ("neighbour", False),
        ("volunteer", False),
        ("nobody", False),
    ],
)
def test_who_may_begin_one(request, units, who, may):
    user = request.getfixturevalue(who)
    if may:
        assert start_unscheduled(unit=units.polsek, by=user)
        return
    with pytest.raises(PermissionDenied):
        start_unscheduled(unit=units.polsek, by=user)
    assert not Duty.objects.exists()


# Review


@pytest.fixture
def ended(duty, officer):
    return end_duty(duty=start_duty(duty=duty, by=officer), by=officer)


def test_approving(ended, commander):
    review_duty(duty=ended, by=commander, action="approve", comment=" Baik ")
    ended.refresh_from_db()
    assert (ended.review, ended.reviewed_by) == (ReviewState.APPROVED, commander)
    assert (ended.review_comment, ended.reviewed_at) == ("Baik", NOW)
    assert not ended.accepts_entries


def test_returning_needs_a_comment(ended, commander, officer):
    with pytest.raises(ValidationError) as caught:
        review_duty(duty=ended, by=commander, action="return", comment=" ")
    assert "comment" in caught.value.message_dict
    review_duty(duty=ended, by=commander, action="return", comment="Foto kurang")
    ended.refresh_from_db()
    assert (ended.review, ended.review_comment) == (ReviewState.RETURNED, "Foto kurang")
    review_duty(duty=ended, by=officer, action="submit")
    ended.refresh_from_db()
    # The reviewer still sees the comment on what was missing.
    assert (ended.review, ended.review_comment) == (ReviewState.WAITING, "Foto kurang")
    assert ended.reviewed_by == commander


def test_an_approved_log_is_not_resumed(ended, commander, officer):
    review_duty(duty=ended, by=commander, action="approve")
    with pytest.raises(ChangeRefused):
        resume_duty(duty=ended, by=officer)


# Missed


def test_missed_are_the_planned_whose_time_is_over(units):
    def at(hours, **fields):
        return make.make_duty(units.polsek, starts_at=NOW + hours * HOUR, **fields)

    over, running_now, later = at(-4), at(-3), at(1)
    started = at(-9, state=DutyState.RUNNING, started_at=NOW)
    cancelled = at(-9, state=DutyState.CANCELLED)
    assert mark_missed() == 1
    states = {duty.pk: duty.state for duty in Duty.objects.all()}
    assert states == {
        over.pk: DutyState.MISSED,
        running_now.pk: DutyState.PLANNED,  # ends this very moment
        later.pk: DutyState.PLANNED,
        started.pk: DutyState.RUNNING,
        cancelled.pk: DutyState.CANCELLED,
    }
    assert mark_missed() == 0


def test_those_of_a_missed_duty_are_free(units, duty, officer):
    mark_missed(now=duty.ends_at + HOUR)
    assert Attendance.objects.get(duty=duty, officer=officer).during.isempty


def test_may_run(
    units,
    duty,
    officer,
    commander,
    operator,
    chief,
    superuser,
    admin_user,
    neighbour,
    volunteer,
    nobody,
):
    may = {
        user.username
        for user in (
            officer,
            commander,
            operator,
            chief,
            superuser,
            admin_user,
            neighbour,
            volunteer,
            nobody,
        )
        if may_run(user, duty)
    }
    assert may == {"bhabin.a", "kapolsek.a", "operator.a", "kapolda.a", "admin.pusat"}
