from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Role
from patrols.models import Attendance, AttendanceStatus, Duty
from patrols.selectors.roll import Turnout, candidates_for, roll_of
from patrols.services.duties import (
    BusyElsewhere,
    end_duty,
    review_duty,
    start_duty,
)
from patrols.services.rollcall import (
    AttendanceConflict,
    add_guest,
    add_member,
    add_officer,
    clear_attendance,
    mark_all_present,
    mark_attendance,
    remove_attendance,
)
from patrols.services.schedules import refresh_duties
from patrols.workflow import ATTENDED, DutyState
from territory.models import UnitKind
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent
from toolkit.workflow import ChangeRefused

NOW = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
PRESENT, LATE, EXCUSED, ABSENT, REPLACEMENT = AttendanceStatus


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def of_officer(duty, officer):
    return duty.attendances.get(officer=officer)


@pytest.fixture
def of_volunteer(duty, volunteer):
    return duty.attendances.get(member__user=volunteer)


@pytest.mark.parametrize("status", list(AttendanceStatus))
def test_every_status_is_written_with_time_and_hand(of_volunteer, officer, status):
    mark_attendance(attendance=of_volunteer, status=status, by=officer, note=" Macet ", now=NOW)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.at) == (status, NOW)
    assert (of_volunteer.marked_by, of_volunteer.note) == (officer, "Macet")


def test_clearing_takes_time_and_hand_back(of_volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=officer)
    clear_attendance(attendance=of_volunteer, by=officer)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.at, of_volunteer.marked_by) == ("", None, None)


@pytest.mark.parametrize("status", ["", "tidur"])
def test_an_unknown_status_is_refused(of_volunteer, officer, status):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=officer)
    with pytest.raises(ValidationError):
        mark_attendance(attendance=of_volunteer, status=status, by=officer)
    of_volunteer.refresh_from_db()
    assert of_volunteer.status == PRESENT


# A mark is no toggle, and the time of arrival stays

LATER = NOW + timedelta(minutes=40)


@pytest.mark.parametrize("status", list(AttendanceStatus))
def test_a_second_tap_keeps_the_mark_its_time_and_its_hand(
    of_volunteer, officer, commander, status
):
    mark_attendance(attendance=of_volunteer, status=status, by=officer, note="Macet", now=NOW)
    mark_attendance(attendance=of_volunteer, status=status, by=commander, now=LATER)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.at) == (status, NOW)
    assert (of_volunteer.marked_by, of_volunteer.note) == (officer, "Macet")
    assert of_volunteer.events.count() == 1


@pytest.mark.parametrize(
    ("first", "second", "keeps"),
    [
        (PRESENT, LATE, True),
        (LATE, PRESENT, True),
        (PRESENT, REPLACEMENT, True),
        (EXCUSED, ABSENT, True),
        (ABSENT, EXCUSED, True),
        (ABSENT, LATE, False),
        (EXCUSED, PRESENT, False),
        (PRESENT, ABSENT, False),
        (LATE, EXCUSED, False),
    ],
)
def test_a_changed_mark_keeps_its_time_unless_the_person_came_or_did_not(
    of_volunteer, officer, commander, first, second, keeps
):
    mark_attendance(attendance=of_volunteer, status=first, by=officer, now=NOW)
    mark_attendance(attendance=of_volunteer, status=second, by=commander, now=LATER)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.marked_by) == (second, commander)
    assert of_volunteer.at == (NOW if keeps else LATER)
    before = of_volunteer.events.order_by("pgh_id").last()
    assert (before.status, before.at, before.marked_by_id) == (first, NOW, officer.pk)


@pytest.mark.parametrize("wrong", [ABSENT, EXCUSED])
@pytest.mark.parametrize("then", [PRESENT, LATE])
def test_a_wrong_tap_on_a_present_person_costs_no_arrival_time(of_volunteer, officer, wrong, then):
    for minutes, status in enumerate((PRESENT, LATE, wrong, ABSENT, then)):
        now = NOW + timedelta(minutes=minutes)
        mark_attendance(attendance=of_volunteer, status=status, by=officer, now=now)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.at) == (then, NOW)


def test_a_mark_taken_back_was_no_arrival(of_volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=officer, now=NOW)
    clear_attendance(attendance=of_volunteer, by=officer)
    for status in (ABSENT, PRESENT):
        mark_attendance(attendance=of_volunteer, status=status, by=officer, now=LATER)
    of_volunteer.refresh_from_db()
    assert of_volunteer.at == LATER


@pytest.mark.parametrize("shown", ["", PRESENT, ABSENT])
def test_an_old_page_does_not_overwrite_what_somebody_else_marked(
    of_volunteer, officer, commander, shown
):
    mark_attendance(attendance=of_volunteer, status=LATE, by=commander, now=NOW)
    with pytest.raises(ChangeRefused) as caught:
        mark_attendance(attendance=of_volunteer, status=EXCUSED, by=officer, shown=shown)
    assert "Kapolsek A" in caught.value.messages[0]
    assert "22.00" in caught.value.messages[0]
    of_volunteer.refresh_from_db()
    assert of_volunteer.status == LATE
    mark_attendance(attendance=of_volunteer, status=EXCUSED, by=officer, shown=LATE)
    of_volunteer.refresh_from_db()
    assert of_volunteer.status == EXCUSED


def test_ones_own_second_tap_counts_from_an_old_page_too(of_volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=officer, shown="", now=NOW)
    mark_attendance(attendance=of_volunteer, status=LATE, by=officer, shown="", now=LATER)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.at) == (LATE, NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statuses", [[PRESENT] * 6, [PRESENT, LATE] * 3])
def test_many_taps_at_once_leave_one_arrival_time(duty, volunteer, officer, statuses):
    row = duty.attendances.get(member__user=volunteer)

    def tap(number):
        now = NOW + timedelta(seconds=number)
        mark_attendance(attendance=row, status=statuses[number], by=officer, now=now)

    assert in_threads(len(statuses), tap) == {}
    row.refresh_from_db()
    first = row.events.order_by("pgh_id")[0]
    assert first.status == ""
    times = {event.at for event in row.events.all()} - {None}
    assert times <= {row.at}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_mark_at_once_the_second_is_told(duty, volunteer, officer, commander):
    row = duty.attendances.get(member__user=volunteer)
    acts = ((PRESENT, officer), (ABSENT, commander))

    def tap(number):
        status, by = acts[number]
        mark_attendance(attendance=row, status=status, by=by, shown="")

    assert in_threads(2, tap) == {"ChangeRefused": 1}


def test_a_long_note_is_cut(of_volunteer, officer):
    assert (
        len(mark_attendance(attendance=of_volunteer, status=LATE, by=officer, note="x" * 999).note)
        == 200
    )


def test_all_present_leaves_the_marked(duty, of_officer, of_volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=EXCUSED, by=officer)
    assert mark_all_present(duty=duty, by=officer, now=NOW) == 1
    rows = {row.pk: row for row in duty.attendances.all()}
    assert rows[of_officer.pk].status == PRESENT
    assert (rows[of_officer.pk].at, rows[of_officer.pk].marked_by) == (NOW, officer)
    assert rows[of_volunteer.pk].status == EXCUSED
    assert mark_all_present(duty=duty, by=officer) == 0


def test_nobody_is_all_present_days_before(duty, of_officer, officer):
    with pytest.raises(ValidationError):
        mark_all_present(duty=duty, by=officer, now=duty.opens_at - timedelta(minutes=1))
    of_officer.refresh_from_db()
    assert of_officer.status == ""


def test_the_attended(duty, of_officer, of_volunteer, officer):
    for status, counts in (
        (PRESENT, True),
        (LATE, True),
        (REPLACEMENT, True),
        (EXCUSED, False),
        (ABSENT, False),
    ):
        mark_attendance(attendance=of_volunteer, status=status, by=officer)
        assert (of_volunteer in Attendance.objects.attended()) is counts


# Signing oneself in


def test_a_volunteer_signs_in(of_volunteer, volunteer):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=volunteer)
    of_volunteer.refresh_from_db()
    assert (of_volunteer.status, of_volunteer.marked_by) == (PRESENT, volunteer)


def test_from_two_hours_before_the_apel_until_the_end(duty, of_volunteer, volunteer, officer):
    def sign_in_at(now):
        mark_attendance(attendance=of_volunteer, status=PRESENT, by=volunteer, now=now)
        clear_attendance(attendance=of_volunteer, by=officer)

    hour, second = timedelta(hours=1), timedelta(seconds=1)
    apel_at = duty.starts_at - hour
    Duty.objects.update(apel_at=apel_at)
    for closed in (apel_at - timedelta(days=10), apel_at - 2 * hour - second, duty.ends_at):
        with pytest.raises(ValidationError):
            sign_in_at(closed)
    sign_in_at(apel_at - 2 * hour)
    start_duty(duty=duty, by=officer)
    sign_in_at(duty.ends_at + hour)  # still running
    end_duty(duty=duty, by=officer)
    with pytest.raises(ValidationError):
        sign_in_at(duty.ends_at)


def test_a_second_tap_of_a_volunteer_keeps_the_first_time(of_volunteer, volunteer):
    for minutes in (0, 25):
        now = NOW + timedelta(minutes=minutes)
        mark_attendance(attendance=of_volunteer, status=PRESENT, by=volunteer, now=now)
    of_volunteer.refresh_from_db()
    assert of_volunteer.at == NOW


def test_a_volunteer_takes_no_mark_back(of_volunteer, volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=PRESENT, by=volunteer)
    with pytest.raises(PermissionDenied):
        clear_attendance(attendance=of_volunteer, by=volunteer)


@pytest.mark.parametrize("status", ["", LATE, EXCUSED, ABSENT, REPLACEMENT])
def test_but_not_as_anything_else(of_volunteer, volunteer, status):
    with pytest.raises(PermissionDenied):
        mark_attendance(attendance=of_volunteer, status=status, by=volunteer)


def test_nor_over_what_has_been_marked(of_volunteer, volunteer, officer):
    mark_attendance(attendance=of_volunteer, status=ABSENT, by=officer)
    with pytest.raises(PermissionDenied):
        mark_attendance(attendance=of_volunteer, status=PRESENT, by=volunteer)


@pytest.mark.parametrize("gone", ["member", "group"])
def test_nor_after_leaving_the_group(duty, of_volunteer, volunteer, units, gone):
    # Posted to the unit, so that the duty itself stays visible.
    make.make_posting(volunteer, units.polsek, Role.ADMIN)
    row = of_volunteer.member if gone == "member" else of_volunteer.member.group
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    user = User.objects.get(pk=volunteer.pk)
    assert roll_of(duty).of(user) is None
    with pytest.raises(PermissionDenied):
        mark_attendance(attendance=of_volunteer, status=PRESENT, by=user)


def test_nor_for_somebody_else(of_officer, volunteer):
    with pytest.raises(PermissionDenied):
        mark_attendance(attendance=of_officer, status=PRESENT, by=volunteer)


def test_an_officer_lent_for_the_night_signs_in(units, duty, neighbour):
    row = make.make_attendance(duty, officer=neighbour)
    mark_attendance(attendance=row, status=PRESENT, by=neighbour)
    row.refresh_from_db()
    assert row.status == PRESENT


# Adding and taking out


def test_a_guest(duty, officer):
    row = add_guest(duty=duty, name=" Serka Budi ", agency=" Koramil ", by=officer, now=NOW)
    row.refresh_from_db()
    assert (row.guest_name, row.guest_agency) == ("Serka Budi", "Koramil")
    assert (row.status, row.expected, row.at) == (PRESENT, False, NOW)
    assert str(row) == "Serka Budi"


@pytest.mark.parametrize("name", ["Pak RT", "Budi"])
@pytest.mark.parametrize("agency", ["RT 03", ""])
def test_two_guests_of_one_name_are_two(duty, officer, name, agency):
    first = add_guest(duty=duty, name=name, agency=agency, by=officer)
    assert add_guest(duty=duty, name=name, agency=agency, by=officer) != first
    assert duty.attendances.filter(guest_name=name).count() == 2


def test_a_form_sent_again_adds_a_guest_once(duty, officer):
    form = {"name": "Pak RT", "agency": "RT 03", "sent": Sent()}
    first = add_guest(duty=duty, by=officer, now=NOW, **form)
    again = add_guest(duty=duty, by=officer, now=LATER, **{**form, "name": " Pak RT "})
    assert (again, again.at) == (first, NOW)


@pytest.mark.parametrize("other", [{"name": "Bu RT"}, {"agency": "RT 04"}, {"duty": "other"}])
def test_a_form_with_another_guest_is_a_conflict(units, duty, officer, other):
    form = {"duty": duty, "name": "Pak RT", "agency": "RT 03", "sent": Sent()}
    first = add_guest(by=officer, **form)
    if "duty" in other:
        other = {"duty": make.make_duty(units.polsek)}
    with pytest.raises(AttendanceConflict) as caught:
        add_guest(by=officer, **{**form, **other})
    assert caught.value.stored == first


@pytest.mark.parametrize("who", ["officer", "member"])
def test_a_form_sent_again_adds_a_person_once(duty, group, officer, operator, who):
    sent = Sent()
    member = make.make_member(group)

    def add():
        if who == "officer":
            return add_officer(duty=duty, officer=operator, sent=sent, by=officer)
        return add_member(duty=duty, member=member, sent=sent, by=officer)

    assert add() == add()


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_adds_a_guest_once(duty, officer):
    form = {"name": "Pak RT", "sent": Sent()}
    assert in_threads(5, lambda number: add_guest(duty=duty, by=officer, **form)) == {}
    assert duty.attendances.filter(guest_name="Pak RT").count() == 1


@pytest.mark.parametrize(
    ("name", "agency"), [("", ""), ("  ", "TNI"), ("x" * 101, ""), ("A", "x" * 61)]
)
def test_guests_that_cannot_be(duty, officer, name, agency):
    with pytest.raises(ValidationError):
        add_guest(duty=duty, name=name, agency=agency, by=officer)


@pytest.mark.parametrize(("replaces", "status"), [(False, PRESENT), (True, REPLACEMENT)])
def test_another_officer(units, duty, officer, operator, replaces, status):
    row = add_officer(duty=duty, officer=operator, replaces=replaces, by=officer)
    assert (row.officer, row.status, row.expected) == (operator, status, False)
    with pytest.raises(ValidationError):
        add_officer(duty=duty, officer=operator, by=officer)


def test_an_officer_who_is_expected_elsewhere_may_still_come(units, duty, officer, operator):
    other = make.make_duty(units.polsek, starts_at=duty.starts_at)
    make.make_attendance(other, officer=operator)
    assert add_officer(duty=duty, officer=operator, by=officer)


# Before the roll call


@pytest.fixture
def ahead(units, officer):
    """A duty of tomorrow night, which a schedule has made."""
    schedule = make.make_schedule(units.polsek, officers=[officer])
    starts_at = NOW + timedelta(days=1)
    return make.make_duty(units.polsek, "Besok", starts_at=starts_at, schedule=schedule)


ADD = {
    "officer": lambda duty, by, who: add_officer(duty=duty, officer=who["operator"], by=by),
    "replacing": lambda duty, by, who: add_officer(
        duty=duty, officer=who["operator"], replaces=True, by=by
    ),
    "member": lambda duty, by, who: add_member(duty=duty, member=who["member"], by=by),
    "guest": lambda duty, by, who: add_guest(duty=duty, name="Pak RT", by=by),
}


@pytest.fixture
def who(operator, group):
    return {"operator": operator, "member": make.make_member(group)}


@pytest.mark.parametrize("act", list(ADD))
def test_added_to_a_future_duty_nobody_is_present_now(ahead, officer, who, act):
    row = ADD[act](ahead, officer, who)
    row.refresh_from_db()
    assert (row.status, row.at, row.marked_by, row.expected) == ("", None, None, True)
    assert roll_of(ahead).turnout == Turnout(1, 0, 0)
    refresh_duties(ahead.schedule)
    assert ahead.attendances.filter(pk=row.pk).exists()  # its schedule leaves it alone
    remove_attendance(attendance=row, by=officer)
    assert not ahead.attendances.filter(pk=row.pk).exists()


@pytest.mark.parametrize("act", list(ADD))
def test_from_two_hours_before_the_apel_the_added_are_present(ahead, officer, who, act):
    Duty.objects.filter(pk=ahead.pk).update(apel_at=ahead.starts_at - timedelta(minutes=15))
    opens = ahead.starts_at - timedelta(hours=2, minutes=15)
    assert Duty.objects.get(pk=ahead.pk).is_ahead(opens - timedelta(seconds=1))
    assert not Duty.objects.get(pk=ahead.pk).is_ahead(opens)
    with time_machine.travel(opens, tick=False):
        row = ADD[act](ahead, officer, who)
    assert (row.status in ATTENDED, row.at, row.expected) == (True, opens, False)


@pytest.mark.parametrize("act", ["officer", "member"])
def test_who_is_expected_elsewhere_is_not_added_to_a_future_duty(units, ahead, officer, who, act):
    starts_at = ahead.starts_at + timedelta(hours=1)
    other = make.make_duty(units.polsek, "Pos Besok", starts_at=starts_at)
    person = {"officer": who["operator"]} if act == "officer" else {"member": who["member"]}
    make.make_attendance(other, **person)
    with pytest.raises(BusyElsewhere) as caught:
        ADD[act](ahead, officer, who)
    [found] = caught.value.found
    assert (found.duty, found.row) == (other, other.attendances.get())
    assert "Pos Besok" in str(found)
    assert "23.00–02.00 WIB" in str(found)
    assert not ahead.attendances.exists()


def test_whom_a_future_duty_expects_and_who_is_marked_stays_in_the_roll(ahead, officer, operator):
    row = add_officer(duty=ahead, officer=operator, by=officer)
    mark_attendance(attendance=row, status=EXCUSED, by=officer)
    with pytest.raises(PermissionDenied):
        remove_attendance(attendance=row, by=officer)


# On another running duty


@pytest.fixture
def elsewhere(units, operator):
    """A running duty on which the operator is present."""
    other = make.make_duty(units.polsek, "Pos Jalan", state="running", started_at=NOW)
    make.make_attendance(other, officer=operator, status=PRESENT)
    return other


def test_who_is_present_on_a_running_duty_is_asked_about(duty, elsewhere, officer, operator):
    with pytest.raises(BusyElsewhere) as caught:
        add_officer(duty=duty, officer=operator, by=officer)
    assert [found.duty for found in caught.value.found] == [elsewhere]
    assert add_officer(duty=duty, officer=operator, despite=True, by=officer)


@pytest.mark.django_db(transaction=True)
def test_who_is_added_to_many_running_duties_at_once_is_on_one(units, officer, operator):
    duties = [make.make_duty(units.polsek, state="running", started_at=NOW) for _number in range(4)]

    def add(number):
        add_officer(duty=duties[number], officer=operator, by=officer)

    assert in_threads(4, add) == {"BusyElsewhere": 3}


@pytest.mark.parametrize("status", [EXCUSED, ABSENT])
def test_who_is_away_from_a_running_duty_is_free(duty, elsewhere, officer, operator, status):
    elsewhere.attendances.update(status=status)
    assert add_officer(duty=duty, officer=operator, by=officer)


def test_only_officers_posted_here_or_below(units, duty, officer, neighbour, nobody, volunteer):
    below = make.make_user(
        unit=make.make_unit(UnitKind.SUBSEKTOR, parent=units.polsek), role=Role.OFFICER
    )
    assert add_officer(duty=duty, officer=below, by=officer)
    inactive = make.make_user(unit=units.polsek, role=Role.OFFICER, is_active=False)
    for user in (neighbour, nobody, volunteer, inactive):
        with pytest.raises(ValidationError) as caught:
            add_officer(duty=duty, officer=user, by=officer)
        assert "officer" in caught.value.message_dict


@pytest.mark.parametrize(("replaces", "status"), [(False, PRESENT), (True, REPLACEMENT)])
def test_another_member(duty, group, officer, replaces, status):
    row = add_member(duty=duty, member=make.make_member(group), replaces=replaces, by=officer)
    assert (row.status, row.expected) == (status, False)


def test_members_of_groups_in_sight_of_the_unit_above_or_below(units, duty, officer, chief):
    above, beside = make.make_group(units.polres), make.make_group(units.polsek_neighbour)
    assert add_member(duty=duty, member=make.make_member(above), by=chief)
    below = make.make_group(make.make_unit(UnitKind.SUBSEKTOR, parent=units.polsek))
    assert add_member(duty=duty, member=make.make_member(below), by=officer)
    closed = make.make_group(units.polsek, is_active=False)
    for group, by in ((above, officer), (beside, officer), (beside, chief), (closed, officer)):
        with pytest.raises(ValidationError) as caught:
            add_member(duty=duty, member=make.make_member(group), by=by)
        assert "member" in caught.value.message_dict


def test_the_added_are_taken_out_the_expected_stay(duty, of_volunteer, officer):
    guest = add_guest(duty=duty, name="Pak RT", by=officer)
    remove_attendance(attendance=guest, by=officer)
    assert not Attendance.objects.filter(pk=guest.pk).exists()
    with pytest.raises(PermissionDenied):
        remove_attendance(attendance=of_volunteer, by=officer)


# When and who

ACTS = {
    "mark": lambda duty, row, by: mark_attendance(attendance=row, status=ABSENT, by=by),
    "all": lambda duty, row, by: mark_all_present(duty=duty, by=by),
    "guest": lambda duty, row, by: add_guest(duty=duty, name="Pak RT", by=by),
    "officer": lambda duty, row, by: add_officer(
        duty=duty,
        officer=make.make_user(unit=duty.unit, role=Role.OFFICER),
        by=by,
    ),
    "member": lambda duty, row, by: add_member(
        duty=duty, member=make.make_member(row.member.group), by=by
    ),
    "clear": lambda duty, row, by: clear_attendance(attendance=row, by=by),
    "remove": lambda duty, row, by: remove_attendance(
        attendance=make.make_attendance(duty, guest_name="Tamu", expected=False), by=by
    ),
}


@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("state", list(DutyState))
def test_the_roll_is_open_but_for_cancelled_duties(duty, of_volunteer, officer, act, state):
    fields = {"state": state}
    if state in (DutyState.RUNNING, DutyState.ENDED):
        fields["started_at"] = NOW
    if state == DutyState.ENDED:
        fields["ended_at"] = NOW
    Duty.objects.update(**fields)
    if state == DutyState.CANCELLED:
        with pytest.raises(ValidationError):
            ACTS[act](duty, of_volunteer, officer)
    else:
        ACTS[act](duty, of_volunteer, officer)


@pytest.mark.parametrize("act", list(ACTS))
def test_the_roll_of_an_approved_log_is_closed(duty, of_volunteer, officer, commander, act):
    ended = end_duty(duty=start_duty(duty=duty, by=officer), by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    with pytest.raises(ValidationError):
        ACTS[act](duty, of_volunteer, officer)


MAY = {"officer", "commander", "operator", "chief", "superuser"}
INSIDE = {*MAY, "admin_user", "volunteer"}


@pytest.mark.parametrize("who", [*sorted(INSIDE), "neighbour", "officer_east", "nobody"])
def test_who_may(request, duty, of_volunteer, who):
    user = User.objects.get(pk=request.getfixturevalue(who).pk)
    before = duty.attendances.count()
    for act in ACTS.values():
        if who in MAY:
            act(duty, of_volunteer, user)
        else:
            with pytest.raises(PermissionDenied if who in INSIDE else Duty.DoesNotExist):
                act(duty, of_volunteer, user)
    if who in MAY:
        return
    assert duty.attendances.exclude(guest_name="Tamu").count() == before
    assert not duty.attendances.filter(status=ABSENT).exists()


# The database


@pytest.mark.parametrize(
    "people",
    [
        (),
        ("officer", "member"),
        ("officer", "guest_name"),
        ("member", "guest_name"),
        ("officer", "member", "guest_name"),
    ],
)
def test_exactly_one_person_a_row(units, operator, group, people):
    duty = make.make_duty(units.polsek)
    values = {"officer": operator, "member": make.make_member(group), "guest_name": "Pak RT"}
    row = Attendance(duty=duty, **{name: values[name] for name in people})
    with pytest.raises(ValidationError):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_once_in_a_roll(units, duty, officer, volunteer):
    for person in ({"officer": officer}, {"member": volunteer.membership}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.make_attendance(duty, **person, expected=False)
    make.make_attendance(duty, guest_name="Pak RT")
    make.make_attendance(duty, guest_name="Pak RT")  # two of that name


def test_a_status_has_its_time(units, operator):
    for fields in ({"status": PRESENT}, {"at": NOW}):
        duty = make.make_duty(units.polsek)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.create(duty=duty, officer=operator, **fields)


def test_names_in_the_roll(units, of_officer, of_volunteer, duty):
    assert (str(of_officer), str(of_volunteer)) == ("Bhabin A", "Relawan A")


def test_a_roll_moved_in_time_stays_free_of_clashes(units, officer, duty):
    other = make.make_duty(units.polsek, starts_at=duty.ends_at)
    make.make_attendance(other, officer=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(ends_at=duty.ends_at + timedelta(minutes=1))


@pytest.mark.parametrize("typed", ["siti-aminah.", "Siti\u00a0Aminah", "“aminah”"])
def test_line_9_people_are_found_however_their_names_are_typed(officer, units, running_duty, typed):
    member = make.make_member(make.make_group(units.polsek), "Siti Aminah")
    person = make.make_user("Hj. Siti Aminah", units.polsek, "officer")
    make.make_user("Lain", units.polsek, "officer")
    found = candidates_for(running_duty, roll_of(running_duty), officer, typed)
    assert (found.officers, found.members) == ([person], [member])
