"""Cancelling a duty, and `patrols:duty_restore`, which undoes it."""

import pytest
from django.urls import reverse

from patrols.models import Duty
from patrols.services.duties import cancel_duty
from patrols.workflow import DutyState
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_cancel", args=[duty.pk])


def restore(duty):
    return reverse("patrols:duty_restore", args=[duty.pk])


def state_of(duty):
    return Duty.objects.get(pk=duty.pk).state


def test_asks_before_it_cancels(sign_in, commander, duty):
    html = sign_in(commander).get(url(duty)).content.decode()
    assert "Patroli A" in html
    assert "Mengapa dibatalkan?" in html
    assert state_of(duty) == DutyState.PLANNED


def test_cancels_with_a_reason(sign_in, operator, duty):
    response = sign_in(operator).post(url(duty), {"reason": "Hujan lebat"})
    assert response.status_code == 302
    assert response["Location"] == reverse("patrols:duty_detail", args=[duty.pk])
    cancelled = Duty.objects.get(pk=duty.pk)
    assert cancelled.state == DutyState.CANCELLED
    assert cancelled.cancel_reason == "Hujan lebat"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_a_missing_or_long_reason_is_said_beside_the_field(sign_in, commander, duty, reason):
    response = sign_in(commander).post(url(duty), {"reason": reason})
    assert response.status_code == 200
    assert response.context["form"].errors["reason"]
    assert 'id="id_reason_error"' in response.content.decode()
    assert reason.strip() in response.content.decode()
    assert state_of(duty) == DutyState.PLANNED


def test_a_running_duty_cannot_be_cancelled(sign_in, commander, running_duty):
    for response in (
        sign_in(commander).get(url(running_duty), follow=True),
        sign_in(commander).post(url(running_duty), {"reason": "Salah"}, follow=True),
    ):
        assert "Tugas ini sudah berjalan." in response.content.decode()
    assert state_of(running_duty) == DutyState.RUNNING


def test_a_colleague_was_faster_and_the_reason_is_kept(sign_in, commander, running_duty):
    response = sign_in(commander).post(url(running_duty), {"reason": "Hujan sejak sore"})
    assert response.status_code == 200
    html = response.content.decode()
    assert "Hujan sejak sore" in html
    assert "Tugas ini sudah berjalan." in html


def test_only_planners(sign_in, officer, volunteer, duty):
    for person in (officer, volunteer):
        assert sign_in(person).get(url(duty)).status_code == 403
        assert sign_in(person).post(url(duty), {"reason": "x"}).status_code == 403
        assert sign_in(person).post(restore(duty)).status_code == 403


def test_outside_it_is_not_found(sign_in, neighbour, nobody, duty):
    for person in (neighbour, nobody):
        assert sign_in(person).get(url(duty)).status_code == 404
        assert sign_in(person).post(restore(duty)).status_code == 404


def test_restored_by_post_only(sign_in, commander, duty):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    client = sign_in(commander)
    assert client.get(restore(duty)).url == reverse("patrols:duty_detail", args=[duty.pk])
    assert state_of(duty) == DutyState.CANCELLED
    response = client.post(restore(duty), follow=True)
    assert "Tugas direncanakan lagi." in response.content.decode()
    assert state_of(duty) == DutyState.PLANNED


def test_a_restore_names_who_is_busy_by_now(sign_in, units, commander, officer, duty):
    cancel_duty(duty=duty, by=commander, reason="Hujan")
    other = make.make_duty(units.polsek, "Pos pengganti")
    make.make_attendance(other, officer=officer)
    response = sign_in(commander).post(restore(duty), follow=True)
    html = response.content.decode()
    assert "Bhabin A" in html
    assert "Pos pengganti" in html
    assert state_of(duty) == DutyState.CANCELLED


def test_restoring_what_is_planned_is_said(sign_in, commander, duty):
    response = sign_in(commander).post(restore(duty), follow=True)
    assert "Tugas ini sudah direncanakan." in response.content.decode()
