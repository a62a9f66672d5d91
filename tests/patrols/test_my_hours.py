"""The hours somebody has served in a month."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from patrols.models import Attendance
from patrols.selectors.hours import hours_of, month_after, month_before
from patrols.selectors.member_attendance import member_attendance
from tests import factories as make

STARTS = datetime(2026, 11, 11, 15, 15, tzinfo=UTC)  # 22.15 in Jakarta
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon of 20 November 2026 in Jakarta."""
    time_machine.move_to(datetime(2026, 11, 20, 5, 0, tzinfo=UTC), tick=False)
    return time_machine


def held(unit, name="Patroli A", starts_at=STARTS, state="ended", hours=3, **fields):
    """A duty that was held as planned."""
    times = {"started_at": starts_at}
    if state == "ended":
        times |= {"ended_at": starts_at + timedelta(hours=hours), "review": "waiting"}
    return make.make_duty(unit, name, starts_at, state=state, **times, **fields)


def came(duty, person, status="present", after=timedelta(), **fields):
    """The person's row, marked so long after the start."""
    at = duty.started_at + after if status else None
    who = {"member": person.membership} if hasattr(person, "membership") else {"officer": person}
    return make.make_attendance(duty, status=status, at=at, **who, **fields)


def served(user, month=MONTH):
    hours = hours_of(Attendance.objects.of(user), month)
    return [row.served for row in hours.rows], hours.total


@pytest.mark.parametrize(
    ("row", "minutes"),
    [
        ({}, 180),
        # The roll was called half an hour after the start: who was expected was there.
        ({"after": timedelta(minutes=30)}, 180),
        ({"status": "late", "after": timedelta(minutes=40)}, 140),
        ({"status": "replacement", "after": timedelta(minutes=20), "expected": False}, 160),
        # Scanned the changing code, which says when they came.
        ({"after": timedelta(minutes=50), "by_code": True}, 130),
        ({"after": timedelta(minutes=-15), "by_code": True}, 180),
        # Moved from another duty.
        ({"after": timedelta(minutes=60), "expected": False}, 120),
        # Came to the apel before the start.
        ({"status": "late", "after": timedelta(minutes=-15)}, 180),
        ({"left_at": STARTS + timedelta(minutes=90)}, 90),
        # Left before the start, or came after the end: never less than nothing.
        ({"after": timedelta(hours=-1), "left_at": STARTS - timedelta(minutes=30)}, 0),
        ({"status": "late", "after": timedelta(hours=5)}, 0),
    ],
)
def test_the_part_of_a_duty_that_somebody_served(units, officer, row, minutes):
    came(held(units.polsek), officer, **row)
    assert served(officer)[1] == timedelta(minutes=minutes)


@pytest.mark.parametrize("status", ["excused", "absent", ""])
def test_who_did_not_come_has_no_hours(units, officer, status):
    came(held(units.polsek), officer, status)
    assert served(officer) == ([], timedelta())


@pytest.mark.parametrize("state", ["planned", "missed", "cancelled"])
def test_what_was_not_held_counts_for_nobody(units, officer, state):
    duty = held(units.polsek)
    came(duty, officer)
    type(duty).objects.filter(pk=duty.pk).update(state=state, ended_at=None, review="")
    assert served(officer) == ([], timedelta())


def test_a_running_duty_is_shown_and_counts_later(client, units, officer):
    came(held(units.polsek, "Sedang jalan", state="running"), officer)
    assert served(officer) == ([timedelta()], timedelta())
    client.force_login(officer)
    page = client.get(reverse("patrols:my_hours")).content.decode()
    assert "Sedang jalan" in page
    assert "Surat keterangan" not in page


def test_a_month_is_that_of_its_nights(units, officer):
    """The night of 31 October ends in November and is October's."""
    last = datetime(2026, 10, 31, 15, 15, tzinfo=UTC)
    came(held(units.polsek, starts_at=last), officer)
    assert served(officer) == ([], timedelta())
    assert served(officer, date(2026, 10, 15))[1] == timedelta(hours=3)
    assert (month_before(MONTH), month_after(MONTH)) == (date(2026, 10, 1), date(2026, 12, 1))
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_before(date(2027, 1, 31)) == date(2026, 12, 1)


def test_a_volunteer_sees_the_own_hours_alone(client, units, officer, volunteer):
    duty = held(units.polsek)
    came(duty, volunteer, status="late", after=timedelta(minutes=45))
    came(held(units.polsek, "Patroli lain", STARTS + timedelta(days=1)), officer)
    client.force_login(volunteer)
    page = client.get(reverse("patrols:my_hours")).content.decode()
    assert "2 jam 15 mnt" in page
    assert "Patroli lain" not in page
    assert reverse("patrols:my_hours") in client.get(reverse("patrols:my_day")).content.decode()


def test_a_volunteer_who_signs_in_late_has_not_served_from_the_start(units, officer, volunteer):
    late = timedelta(minutes=100)
    row = came(held(units.polsek), volunteer, after=late, marked_by=volunteer)
    assert served(volunteer)[1] == timedelta(minutes=80)
    Attendance.objects.filter(pk=row.pk).update(marked_by=officer)
    assert served(volunteer)[1] == timedelta(minutes=180)


@pytest.mark.parametrize(("written", "minutes"), [(None, 120), (60, 120), (200, 200)])
def test_an_end_that_was_forgotten_adds_no_hours(units, officer, written, minutes):
    """The duty was to last two hours; somebody ended it the next noon."""
    duty = held(units.polsek, hours=14, ends_at=STARTS + timedelta(hours=2))
    came(duty, officer)
    if written:
        make.make_entry(duty, officer, now=STARTS + timedelta(minutes=written))
    assert served(officer)[1] == timedelta(minutes=minutes)


def test_hours_stay_with_who_has_left(client, units, officer):
    came(held(units.polsek), officer)
    officer.postings.update(ends_on=date(2026, 11, 15))
    client.force_login(officer)
    html = client.get(reverse("patrols:my_hours")).content.decode()
    assert "Patroli A" in html
    assert "/patrols/duties/" not in html


def test_a_letter_adds_up_to_its_total(units, officer):
    """Each length is that between the minutes on the clock that stand beside it."""
    for n in range(2):
        late = timedelta(seconds=5)  # 22.15.55 until 01.16.50, printed as 22.15–01.16
        duty = held(units.polsek, starts_at=STARTS + timedelta(days=n, seconds=50))
        type(duty).objects.filter(pk=duty.pk).update(ended_at=duty.ended_at + timedelta(minutes=1))
        came(duty, officer, status="late", after=late)
    lengths, total = served(officer)
    assert lengths == [timedelta(hours=3, minutes=1)] * 2
    assert total == timedelta(hours=6, minutes=2)


def test_the_list_of_members_counts_the_same(units, volunteer):
    duty = held(units.polsek)
    came(duty, volunteer, status="late", after=timedelta(minutes=45))
    pk = volunteer.membership.pk
    assert member_attendance([pk], MONTH)[pk].minutes == 135


def test_more_than_two_days_stay_hours(client, units, officer):
    for n in range(18):
        came(held(units.polsek, starts_at=STARTS - timedelta(days=n - 7)), officer)
    client.force_login(officer)
    assert "54 jam 0 mnt" in client.get(reverse("patrols:my_hours")).content.decode()


def test_paging_by_month(client, units, officer):
    came(held(units.polsek, starts_at=STARTS - timedelta(days=40)), officer)
    client.force_login(officer)
    page = client.get(reverse("patrols:my_hours"))
    assert "Tidak ada tugas pada bulan ini" in page.content.decode()
    assert "?month=2026-10" in page.content.decode()
    assert "?month=2026-12" not in page.content.decode()
    assert b"3 jam" in client.get(reverse("patrols:my_hours"), {"month": "2026-10"}).content


@pytest.mark.parametrize("odd", ["", "x", "2026-13", "2027-01", "1900-01", "2026-11-05", "\0"])
def test_an_odd_month_is_this_one(client, officer, odd):
    client.force_login(officer)
    answer = client.get(reverse("patrols:my_hours"), {"month": odd})
    assert answer.context["month"] == MONTH


def test_a_month_of_hours_takes_few_statements(
    client, units, officer, django_assert_max_num_queries
):
    for n in range(10):
        came(held(units.polsek, starts_at=STARTS - timedelta(days=n)), officer)
    client.force_login(officer)
    # session, person, postings, hours, which duties open
    with django_assert_max_num_queries(5):
        client.get(reverse("patrols:my_hours"))
