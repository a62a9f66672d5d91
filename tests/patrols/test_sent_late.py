"""Deeds that a phone sends when it has a signal again: judged by the time they were done."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import DeedReceipt
from accounts.services.receipts import KEPT_FOR, delete_old_receipts
from patrols.models import Attendance, AttendanceStatus, Duty, EntryKind, Mark
from patrols.services.duties import (
    BusyElsewhere,
    end_duty,
    mark_missed,
    start_duty,
    start_unscheduled,
)
from patrols.services.entries import EntryDraft, leave_checkpoint, log_entry
from patrols.services.moves import start_with_moves
from patrols.services.rollcall import add_guest, add_officer, mark_all_present, mark_attendance
from patrols.workflow import DutyState
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent
from toolkit.workflow import ChangeRefused

NOW = datetime(2026, 11, 11, 21, 30, tzinfo=UTC)  # 04.30 in Jakarta
TEN = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)  # 22.00, when the duty begins
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def duty(units, officer):
    duty = make.make_duty(units.polsek, leader=officer, starts_at=TEN, ends_at=NOW - MINUTE)
    make.make_attendance(duty, officer=officer)
    return duty


def at(moment):
    return Sent(device_at=moment, sent_at=NOW)


def test_a_duty_started_and_ended_without_a_signal(duty, officer):
    mark_missed()  # at 05.00 the server thought nobody had come
    start_duty(duty=duty, by=officer, sent=at(TEN + 4 * MINUTE))
    log_entry(duty=duty, by=officer, draft=EntryDraft("note", "Aman", device_at=TEN + 9 * MINUTE))
    end_duty(duty=duty, by=officer, summary="Aman", sent=at(NOW - 9 * MINUTE))
    duty.refresh_from_db()
    assert (duty.state, duty.started_at) == (DutyState.ENDED, TEN + 4 * MINUTE)
    assert duty.ended_at == NOW - 9 * MINUTE
    start, note, end = duty.entries.order_by("at")
    assert (start.kind, start.at, start.received_at) == (EntryKind.START, TEN + 4 * MINUTE, NOW)
    assert (start.marks, note.marks, end.marks) == ([Mark.LATE], [Mark.LATE], [])


@pytest.mark.parametrize("deed", [start_duty, end_duty, leave_checkpoint, mark_all_present])
def test_a_deed_sent_again_is_done_once(duty, officer, deed):
    if deed is not start_duty:
        start_duty(duty=duty, by=officer, now=TEN)
    sent = at(TEN + MINUTE)
    deed(duty=duty, by=officer, sent=sent)
    before = duty.entries.count()
    deed(duty=duty, by=officer, sent=replace(sent, sent_at=NOW + MINUTE))
    assert (duty.entries.count(), DeedReceipt.objects.count()) == (before, 1)


def test_another_deed_under_the_same_uuid_is_refused(duty, officer):
    sent = at(TEN)
    start_duty(duty=duty, by=officer, sent=sent)
    with pytest.raises(ChangeRefused):
        end_duty(duty=duty, by=officer, sent=sent)
    duty.refresh_from_db()
    assert duty.state == DutyState.RUNNING


@pytest.mark.django_db(transaction=True)
def test_a_deed_sent_many_times_at_once_is_done_once(duty, officer):
    sent = at(TEN)
    assert in_threads(6, lambda number: start_duty(duty=duty, by=officer, sent=sent)) == {}
    assert duty.entries.filter(kind=EntryKind.START).count() == 1


def test_an_end_before_the_start_is_at_the_start(duty, officer):
    start_duty(duty=duty, by=officer, now=NOW)
    end_duty(duty=duty, by=officer, sent=at(NOW - 9 * MINUTE))
    duty.refresh_from_db()
    assert duty.ended_at == duty.started_at == NOW


def test_a_patrol_begun_without_a_signal_belongs_to_its_night(units, officer):
    sent = at(datetime(2026, 11, 10, 17, 30, tzinfo=UTC))  # 00.30, the night before
    duty = start_unscheduled(unit=units.polsek, by=officer, sent=sent, is_from_outbox=True)
    assert (str(duty.night), duty.started_at, duty.client_uuid) == (
        "2026-11-10",
        sent.device_at,
        sent.client_uuid,
    )
    assert start_unscheduled(unit=units.polsek, by=officer, sent=sent, is_from_outbox=True) == duty
    assert Attendance.objects.get(duty=duty).at == sent.device_at


def test_two_patrols_of_a_phone_are_two_however_soon_they_follow(units, officer):
    for _number in range(2):
        duty = start_unscheduled(unit=units.polsek, by=officer, sent=Sent(), is_from_outbox=True)
        end_duty(duty=duty, by=officer)
    assert Duty.objects.count() == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_marks_the_one_made_later_stands(duty, officer, order):
    row = duty.attendances.get()
    marks = [("absent", TEN), ("present", TEN + 20 * MINUTE)]
    for number in order:
        status, made_at = marks[number]
        mark_attendance(attendance=row, status=status, by=officer, sent=at(made_at))
    row.refresh_from_db()
    assert (row.status, row.marked_at) == (AttendanceStatus.PRESENT, TEN + 20 * MINUTE)


def test_people_are_there_from_the_time_of_the_mark(duty, officer):
    mark_all_present(duty=duty, by=officer, sent=at(TEN))
    guest = add_guest(duty=duty, name="Pak RT", by=officer, sent=at(TEN + MINUTE))
    assert (duty.attendances.get(officer=officer).at, guest.at) == (TEN, TEN + MINUTE)


def test_signing_in_is_judged_by_its_time(duty, volunteer):
    row = make.make_attendance(duty, member=volunteer.membership)
    mark_attendance(attendance=row, status="present", by=volunteer, sent=at(TEN))
    row.refresh_from_db()
    assert (row.status, row.at) == (AttendanceStatus.PRESENT, TEN)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_signing_in_in_time_counts_when_the_duty_has_ended_since(duty, officer, volunteer, minutes):
    row = make.make_attendance(duty, member=volunteer.membership)
    start_duty(duty=duty, by=officer, now=TEN)
    end_duty(duty=duty, by=officer, now=NOW - 9 * MINUTE)
    sent = at(NOW + (minutes - 9) * MINUTE)
    if minutes > 0:
        with pytest.raises(ValidationError):
            mark_attendance(attendance=row, status="present", by=volunteer, sent=sent)
        return
    mark_attendance(attendance=row, status="present", by=volunteer, sent=sent)
    row.refresh_from_db()
    assert (row.status, row.at) == (AttendanceStatus.PRESENT, sent.device_at)


def test_a_patrol_that_sends_is_silent_no_more(duty, officer):
    start_duty(duty=duty, by=officer, now=TEN)
    duty.refresh_from_db()
    assert duty.silence(NOW)
    draft = EntryDraft("note", "Aman", device_at=NOW - 90 * MINUTE, sent_at=NOW)
    log_entry(duty=duty, by=officer, draft=draft)
    duty.refresh_from_db()
    assert (duty.last_entry_at, duty.heard_at) == (NOW - 90 * MINUTE, NOW)
    assert duty.silence(NOW) is None


def test_old_receipts_go(duty, officer):
    start_duty(duty=duty, by=officer, sent=Sent(uuid.uuid4()))
    assert delete_old_receipts(now=NOW + KEPT_FOR - MINUTE) == 0
    assert delete_old_receipts(now=NOW + KEPT_FOR + MINUTE) == 1


@pytest.mark.parametrize("comes_first", [True, False])
def test_who_was_there_after_the_end_has_left_and_is_marked(duty, officer, comes_first):
    """Whether the check-in or the end arrives first."""
    start_duty(duty=duty, by=officer, now=TEN)
    end = at(NOW - 30 * MINUTE)  # 04.00
    checked = EntryDraft("check_in", device_at=NOW - 25 * MINUTE, sent_at=NOW)
    before = EntryDraft("note", "Aman", device_at=NOW - 35 * MINUTE, sent_at=NOW)
    if comes_first:
        log_entry(duty=duty, by=officer, draft=checked)
    log_entry(duty=duty, by=officer, draft=before)
    end_duty(duty=duty, by=officer, sent=end)
    duty.refresh_from_db()
    if not comes_first:
        log_entry(duty=duty, by=officer, draft=checked)
    entry = duty.entries.get(kind=EntryKind.CHECK_IN)
    assert (entry.marks, entry.left_at) == ([Mark.AFTER_END, Mark.NO_POSITION], entry.at)
    assert Mark.AFTER_END not in duty.entries.get(kind=EntryKind.NOTE).marks


def second_duty(units, officer, starts_at):
    other = make.make_duty(units.polsek, "Patroli Dua", leader=officer, starts_at=starts_at)
    make.make_attendance(other, officer=officer, expected=False)
    return other


@pytest.mark.parametrize(
    ("begun", "is_asked"), [(TEN - 60 * MINUTE, True), (TEN + 180 * MINUTE, False)]
)
@pytest.mark.parametrize("is_planned", [True, False])
def test_busy_elsewhere_is_who_was_there_when_it_was_done(
    duty, units, officer, begun, is_asked, is_planned
):
    """The patrol of 22.00 arrives at 04.30, when one of 01.00 runs."""
    start_duty(duty=second_duty(units, officer, begun), by=officer, now=begun)

    def start():
        if is_planned:
            return start_duty(duty=duty, by=officer, sent=at(TEN))
        return start_unscheduled(unit=units.polsek, by=officer, sent=at(TEN), is_from_outbox=True)

    if is_asked:
        with pytest.raises(BusyElsewhere):
            start()
    else:
        assert start().state == DutyState.RUNNING


@pytest.mark.parametrize(
    ("begun", "is_asked"), [(TEN - 60 * MINUTE, True), (TEN + 180 * MINUTE, False)]
)
def test_who_was_added_to_a_roll_was_free_then(duty, units, officer, operator, begun, is_asked):
    start_duty(duty=duty, by=officer, now=TEN)
    start_duty(duty=second_duty(units, operator, begun), by=operator, now=begun)
    options = {"duty": duty, "officer": operator, "by": officer, "sent": at(TEN + MINUTE)}
    if is_asked:
        with pytest.raises(BusyElsewhere):
            add_officer(**options)
    else:
        assert add_officer(**options).officer == operator


def test_a_move_takes_nobody_off_a_duty_begun_later(duty, units, officer):
    early, later = (second_duty(units, officer, TEN + hours * 60 * MINUTE) for hours in (-1, 3))
    for other in (early, later):
        start_duty(duty=other, by=officer, despite=True, now=other.starts_at)
    start_with_moves(duty=duty, by=officer, sent=at(TEN))
    early.refresh_from_db()
    later.refresh_from_db()
    assert (early.leader, later.leader) == (None, officer)
