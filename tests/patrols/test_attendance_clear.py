"""Taking a mark back: a step of its own, which asks."""

import re

import pytest
from django.urls import reverse

from patrols.services.duties import cancel_duty
from patrols.services.rollcall import mark_attendance
from tests import factories as make


def url(row):
    return reverse("patrols:attendance_clear", args=[row.pk])


@pytest.fixture
def marked(duty, officer, volunteer):
    row = duty.attendances.get(member=volunteer.membership)
    return mark_attendance(attendance=row, status="present", by=officer)


def test_the_button_stands_folded_behind_a_question(sign_in, officer, duty, marked):
    roll = reverse("patrols:duty_rollcall", args=[duty.pk])
    html = sign_in(officer).get(roll).content.decode()
    [folded] = [
        part
        for part in re.findall(r"<details.*?</details>", html, re.DOTALL)
        if url(marked) in part
    ]
    assert "<details open" not in folded
    assert "Salah tandai? “hadir”" in folded
    assert "Ya, cabut tandanya" in folded


def test_a_mark_is_taken_back(sign_in, officer, duty, marked):
    answer = sign_in(officer).post(url(marked), follow=True)
    roll = reverse("patrols:duty_rollcall", args=[duty.pk])
    assert answer.redirect_chain == [(f"{roll}#row-{marked.pk}", 302)]
    assert "Relawan A: tandanya sudah dicabut." in answer.content.decode()
    marked.refresh_from_db()
    assert (marked.status, marked.at, marked.marked_by) == ("", None, None)
    kept = marked.events.order_by("pgh_id").last()
    assert kept.status == "present"


def test_nobody_unmarked_and_no_guest_is_offered_it(sign_in, officer, duty, volunteer):
    guest = make.make_attendance(duty, guest_name="Pak RT", expected=False, status="present")
    row = duty.attendances.get(member=volunteer.membership)
    roll = reverse("patrols:duty_rollcall", args=[duty.pk])
    html = sign_in(officer).get(roll).content.decode()
    assert url(row) not in html
    assert url(guest) not in html
    assert reverse("patrols:attendance_remove", args=[guest.pk]) in html


def test_a_cancelled_duty_keeps_its_marks(sign_in, officer, commander, duty, marked):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    answer = sign_in(officer).post(url(marked), follow=True)
    assert "sudah ditutup" in answer.content.decode()
    marked.refresh_from_db()
    assert marked.status == "present"


def test_volunteers_take_no_mark_back(sign_in, volunteer, marked):
    assert sign_in(volunteer).post(url(marked)).status_code == 403
    marked.refresh_from_db()
    assert marked.status == "present"
