"""Board, duty page, roll call, log and review count the same people as present."""

import re
from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from patrols.models import Attendance, Duty
from patrols.selectors.board import board_duties, figures_by
from patrols.selectors.roll import Turnout, roll_of, turnout_of, with_turnout
from patrols.services.duties import end_duty
from patrols.workflow import ATTENDED
from tests import factories as make

NAMES = ("duty_detail", "duty_rollcall", "duty_end", "duty_log", "duty_review")


def text_of(response):
    """What the page says, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def full_duty(running_duty, units, group):
    """15 expected, of whom 11 came, and 3 besides them."""
    running_duty.attendances.all().delete()
    statuses = ["present"] * 9 + ["late", "replacement", "excused", "absent", "absent", ""]
    for status in statuses:
        make.make_attendance(running_duty, member=make.make_member(group), status=status)
    for status in ("present", "late", "replacement", "absent"):
        make.make_attendance(running_duty, guest_name="Tamu", expected=False, status=status)
    return running_duty


def test_eleven_of_fifteen_and_three_besides_everywhere(sign_in, commander, full_duty):
    client = sign_in(commander)
    board = text_of(client.get(reverse("patrols:tonight")))
    assert "11/15 +3 tambahan" in board
    for name in NAMES[:4]:
        page = text_of(client.get(reverse(f"patrols:{name}", args=[full_duty.pk])))
        assert "11 dari 15 hadir +3 tambahan" in page, name
    end_duty(duty=full_duty, by=commander)
    page = text_of(client.get(reverse("patrols:duty_review", args=[full_duty.pk])))
    assert "11 dari 15 hadir +3 tambahan" in page


def test_the_figures_of_the_board_are_the_sum_of_its_duties(full_duty, units, commander, group):
    second = make.make_duty(units.polsek, starts_at=full_duty.ends_at + timedelta(hours=1))
    make.make_attendance(second, member=make.make_member(group), status="present")
    make.make_attendance(second, member=make.make_member(group))
    Duty.objects.filter(pk=second.pk).update(state="running", started_at=second.starts_at)
    found = turnout_of(with_turnout(Duty.objects.all()))
    assert found == {full_duty.pk: Turnout(15, 11, 3), second.pk: Turnout(2, 1, 0)}
    assert roll_of(full_duty).turnout == found[full_duty.pk]
    duties = board_duties(commander, Q(), now=timezone.now())
    total, [line] = figures_by(duties, "polsek", now=timezone.now())
    assert (total.came, total.expected, total.short) == (line.came, line.expected, 2) == (12, 17, 2)


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("status", ["present", "late", "excused", "absent", "replacement", ""])
def test_one_person_of_each_kind(duty, expected, status):
    duty.attendances.all().delete()
    make.make_attendance(duty, guest_name="Tamu", expected=expected, status=status)
    came = int(status in ATTENDED)
    wanted = Turnout(1, came, 0) if expected else Turnout(0, 0, came)
    assert turnout_of(with_turnout(Duty.objects.all())) == {duty.pk: wanted}
    assert roll_of(duty).turnout == wanted


def test_a_patrol_on_the_spot_has_one_present(sign_in, officer, units):
    client = sign_in(officer)
    client.post(reverse("patrols:duty_begin"), {"unit": units.polsek.pk})
    duty = Attendance.objects.get(officer=officer).duty
    assert "1 hadir" in text_of(client.get(reverse("patrols:duty_detail", args=[duty.pk])))
    page = text_of(client.get(reverse("patrols:tonight")))
    assert "1 hadir" in page
    assert "0/0" not in page
