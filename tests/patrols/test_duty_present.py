"""The code of an apel, which changes every minute, and the button of who scans it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from patrols.codes import make_code, read_code
from patrols.models import Attendance
from patrols.services.duties import cancel_duty, end_duty, review_duty, start_duty
from patrols.services.rollcall import (
    clear_attendance,
    mark_all_present,
    mark_attendance,
    sign_in_by_code,
)
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent

TEN = datetime(2026, 11, 11, 15, 0, 20, tzinfo=UTC)  # 22.00.20 in Jakarta


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(TEN, tick=False)
    return time_machine


@pytest.fixture
def apel(clock, units, officer, volunteer):
    """The duty of an apel at 22.00, with the officer who leads and the volunteer."""
    duty = make.make_duty(
        units.polsek, "Patroli A", TEN + timedelta(minutes=15), leader=officer, apel_at=TEN
    )
    make.make_attendance(duty, officer=officer)
    make.make_attendance(duty, member=volunteer.membership)
    return duty


def row_of(duty, user):
    return next(row for row in duty.attendances.select_related("member__group") if row.is_of(user))


def address(duty, at=None):
    return reverse("patrols:duty_present", args=[make_code(duty.pk, at or timezone.now())])


def shown(client, path, user=None, status=200):
    if user:
        client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_scanned_code_marks_who_taps_the_button(client, apel, volunteer):
    path = address(apel)
    assert "Saya hadir" in shown(client, path, volunteer)
    assert row_of(apel, volunteer).status == ""  # opening it marks nobody: cameras preview it
    answer = client.post(path, follow=True)
    assert answer.redirect_chain == [(reverse("patrols:duty_detail", args=[apel.pk]), 302)]
    assert "Anda tercatat hadir pukul 22.00" in answer.content.decode()
    row = row_of(apel, volunteer)
    assert (row.status, row.at, row.marked_by, row.by_code) == ("present", TEN, volunteer, True)
    assert row.events.count() == 1  # the history has the row as it was


def test_shown_at_ten_and_tried_two_minutes_later(client, apel, volunteer, clock):
    path = address(apel)
    clock.move_to(TEN + timedelta(seconds=99), tick=False)  # 22.01.59
    assert "Saya hadir" in shown(client, path, volunteer)
    clock.move_to(TEN + timedelta(seconds=100), tick=False)  # 22.02.00
    page = shown(client, path, volunteer, 410)
    assert "sudah tidak berlaku" in page
    assert "Pindai lagi" in page
    assert "Saya hadir" not in page
    # The page that was opened in time still has a minute for the tap on a weak signal.
    assert client.post(path).status_code == 302
    assert row_of(apel, volunteer).status == "present"


def test_yesterdays_screenshot_is_refused(client, apel, volunteer, clock):
    path = address(apel)
    clock.move_to(TEN + timedelta(days=1), tick=False)
    assert "sudah tidak berlaku" in shown(client, path, volunteer, 410)
    assert client.post(path).status_code == 410
    assert row_of(apel, volunteer).status == ""


def test_a_button_tapped_too_late_is_refused(client, apel, volunteer, clock):
    path = address(apel)
    clock.move_to(TEN + timedelta(minutes=3), tick=False)
    client.force_login(volunteer)
    assert client.post(path).status_code == 410
    assert row_of(apel, volunteer).status == ""


def test_an_old_code_says_that_this_duty_has_the_person(client, apel, volunteer, clock):
    path = address(apel)
    client.force_login(volunteer)
    client.post(path)
    clock.move_to(TEN + timedelta(hours=1), tick=False)
    page = shown(client, path, status=410)
    assert "sudah tidak berlaku" in page
    assert "Anda sudah tercatat pukul 22.00" in page
    assert "Belum tercatat" not in page  # as Back and a second tap would say


def test_twice_says_when(client, apel, volunteer, clock):
    client.force_login(volunteer)
    client.post(address(apel))
    clock.move_to(TEN + timedelta(minutes=1), tick=False)
    page = shown(client, address(apel))
    assert "Sudah tercatat 22.00" in page
    assert "Saya hadir" not in page
    assert client.post(address(apel)).status_code == 200
    assert row_of(apel, volunteer).at == TEN


def test_nobody_signed_in_signs_in_and_comes_back(client, apel, volunteer, clock):
    path = address(apel)
    answer = client.get(path)
    assert answer.url == f"{reverse('account_login')}?{urlencode({'next': path}, safe='/')}"
    signing_in = {"login": volunteer.username, "password": make.PASSWORD}
    answer = client.post(answer.url, signing_in, follow=True)
    assert answer.redirect_chain[-1][0] == path
    assert "Saya hadir" in answer.content.decode()


def test_who_signs_in_too_slowly_is_asked_to_scan_again(client, apel, volunteer, clock):
    path = address(apel)
    login = client.get(path).url
    clock.move_to(TEN + timedelta(minutes=4), tick=False)
    signing_in = {"login": volunteer.username, "password": make.PASSWORD}
    answer = client.post(login, signing_in, follow=True)
    assert answer.status_code == 410
    assert "Pindai lagi" in answer.content.decode()


def test_who_is_not_in_the_roll_is_sent_to_the_leader(client, apel, neighbour, commander):
    """The page names no duty: who only saw the code learns nothing of it."""
    for person in (neighbour, commander):
        page = shown(client, address(apel), person, 403)
        assert "tidak ada di daftar apel ini" in page
        assert "Temui pemimpin" in page
        assert apel.name not in page
        assert client.post(address(apel)).status_code == 403


def test_who_left_the_group_or_the_unit_is_in_no_roll(client, apel, officer, volunteer):
    volunteer.membership.is_active = False
    volunteer.membership.save()
    officer.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    for person in (volunteer, officer):
        shown(client, address(apel), person, 403)
        client.post(address(apel))
    assert not Attendance.objects.exclude(status="").exists()


@pytest.mark.parametrize("status", ["excused", "absent"])
def test_what_the_leader_has_marked_only_the_leader_changes(
    client, apel, officer, volunteer, status
):
    mark_attendance(attendance=row_of(apel, volunteer), status=status, by=officer)
    page = shown(client, address(apel), volunteer, 409)
    assert officer.name in page
    assert "Saya hadir" not in page
    assert client.post(address(apel)).status_code == 409
    row = row_of(apel, volunteer)
    assert (row.status, row.by_code) == (status, False)
    # Nor does the officer undo by code what somebody else has marked of them.
    with pytest.raises(ValidationError):
        sign_in_by_code(attendance=row, by=volunteer)


def test_a_closed_roll_takes_nobody(client, apel, officer, volunteer, commander, operator, clock):
    cancelled = make.make_duty(apel.unit, "Batal", TEN + timedelta(minutes=15))
    make.make_attendance(cancelled, member=volunteer.membership, expected=False)
    cancel_duty(duty=cancelled, by=operator, reason="Hujan")
    assert "ditutup" in shown(client, address(cancelled), volunteer, 409)
    duty = start_duty(duty=apel, by=officer)
    duty = end_duty(duty=duty, by=officer)
    clock.move_to(TEN + timedelta(hours=3), tick=False)
    shown(client, address(apel), volunteer, 409)  # ended
    review_duty(duty=duty, by=commander, action="approve")
    assert "ditutup" in shown(client, address(apel), volunteer, 409)
    assert client.post(address(apel)).status_code == 409


def test_a_forged_code_is_none(client, apel, volunteer):
    client.force_login(volunteer)
    genuine = make_code(apel.pk, timezone.now())
    number, _colon, signature = genuine.partition(":")
    for code in (
        f"{apel.pk + 1}.{number.partition('.')[2]}:{signature}",
        f"{apel.pk}.{int(number.partition('.')[2]) + 60}:{signature}",
        "x",
        "1.2:",
        genuine[:-1],
    ):
        assert read_code(code) is None
        path = reverse("patrols:duty_present", args=[code])
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert "Ini bukan kode apel" in client.get(path).content.decode()


def test_a_code_of_a_later_minute_is_not_fresh(apel):
    later = read_code(make_code(apel.pk, TEN + timedelta(minutes=5)))
    assert not later.is_fresh(TEN)


def test_all_present_sent_later_by_the_leaders_phone_leaves_the_mark(
    apel, officer, volunteer, clock
):
    """So do marks that the leader made before and whose phone had no signal."""
    clock.move_to(TEN + timedelta(minutes=1), tick=False)
    row = sign_in_by_code(attendance=row_of(apel, volunteer), by=volunteer)
    clock.move_to(TEN + timedelta(minutes=30), tick=False)
    earlier = Sent(device_at=TEN, sent_at=timezone.now())
    assert mark_all_present(duty=apel, by=officer, sent=earlier) == 1  # the officer
    older = Sent(device_at=TEN, sent_at=timezone.now())
    mark_attendance(attendance=row, status="absent", by=officer, sent=older)
    row.refresh_from_db()
    assert (row.status, row.marked_by) == ("present", volunteer)
    assert row.at == TEN + timedelta(minutes=1)


def test_the_leader_may_still_change_it(apel, officer, volunteer):
    row = sign_in_by_code(attendance=row_of(apel, volunteer), by=volunteer)
    row = mark_attendance(attendance=row, status="late", by=officer)
    assert (row.status, row.by_code) == ("late", False)
    row = clear_attendance(attendance=row, by=officer)
    assert (row.status, row.by_code) == ("", False)


def test_nobody_signs_in_another(apel, officer, volunteer):
    with pytest.raises(PermissionDenied):
        sign_in_by_code(attendance=row_of(apel, volunteer), by=officer)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_mark_once(units, officer, volunteer):
    duty = make.make_duty(units.polsek, leader=officer)
    make.make_attendance(duty, member=volunteer.membership)
    row = row_of(duty, volunteer)

    def tap(_number):
        sign_in_by_code(attendance=row, by=volunteer)

    assert in_threads(2, tap) == {}
    row.refresh_from_db()
    assert row.status == "present"
    assert row.events.count() == 1
