"""The page that moves a person from one duty to another."""

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.services.rollcall import mark_attendance
from tests import factories as make


def url(row):
    return reverse("patrols:attendance_move", args=[row.pk])


@pytest.fixture
def post(units):
    return make.make_duty(units.polsek, "Pos B")


@pytest.fixture
def row(duty, operator):
    return make.make_attendance(duty, officer=operator)


def test_it_names_both_duties_with_their_hours(sign_in, officer, duty, post, row):
    html = sign_in(officer).get(url(row), {"to": post.pk}).content.decode()
    hours = f"{duty.starts_at.astimezone(duty.unit.zone):%H.%M}"
    assert "Pindahkan Operator A" in html
    assert f"{hours}–" in html
    assert "Patroli A" in html
    assert f"Pos B · {post.night_name}" in html
    assert f'value="{post.pk}"' in html
    assert "checked" in html


def test_one_step_moves(sign_in, officer, duty, post, row):
    answer = sign_in(officer).post(url(row), {"to": post.pk}, follow=True)
    roll = reverse("patrols:duty_rollcall", args=[duty.pk])
    assert answer.redirect_chain == [(roll, 302)]
    assert "Operator A sekarang di “Pos B”." in answer.content.decode()
    assert post.attendances.get().officer == row.officer


def test_the_roll_links_to_it_and_says_who_has_left(
    sign_in, units, officer, operator, running_duty
):
    there = make.make_duty(units.polsek, "Pos B", state="running", started_at=timezone.now())
    row = make.make_attendance(running_duty, officer=operator, status="present")
    client = sign_in(officer)
    roll = reverse("patrols:duty_rollcall", args=[running_duty.pk])
    assert url(row) in client.get(roll).content.decode()
    html = client.post(url(row), {"to": there.pk}, follow=True).content.decode()
    assert "Pindah ke tugas lain." in html
    assert url(row) not in html


def test_whoever_leads_chooses_who_leads_then(sign_in, officer, operator, duty, post, row):
    own = duty.attendances.get(officer=officer)
    client = sign_in(officer)
    assert "leader" not in client.get(url(row)).context["form"].fields
    choices = client.get(url(own)).context["form"].fields["leader"].choices
    assert [key for key, _label in choices] == ["", str(operator.pk)]
    client.post(url(own), {"to": post.pk, "leader": operator.pk})
    duty.refresh_from_db()
    assert duty.leader == operator


@pytest.mark.parametrize("to", ["", "x", "0", "neighbour"])
def test_a_duty_that_is_no_choice_is_refused(sign_in, units, officer, duty, post, row, to):
    if to == "neighbour":
        to = make.make_duty(units.polsek_neighbour).pk
    answer = sign_in(officer).post(url(row), {"to": to})
    assert answer.context["form"].errors["to"]
    assert duty.attendances.filter(pk=row.pk).exists()


def test_a_clash_names_the_third_duty(sign_in, units, officer, operator, duty, row):
    late = make.make_duty(units.polsek, "Malam", starts_at=duty.ends_at)
    third = make.make_duty(units.polsek, "Pos C", starts_at=duty.ends_at)
    make.make_attendance(third, officer=operator)
    html = sign_in(officer).post(url(row), {"to": late.pk}).content.decode()
    assert "Operator A bertugas di “Pos C”" in html


def test_without_another_duty_it_says_so(sign_in, officer, row):
    html = sign_in(officer).get(url(row)).content.decode()
    assert "Tidak ada tugas lain" in html


def test_an_old_page_moves_nobody_twice(sign_in, units, officer, duty, post, row):
    client = sign_in(officer)
    client.post(url(row), {"to": post.pk})
    assert client.post(url(row), {"to": post.pk}).status_code == 404


def test_others_may_not(sign_in, duty, post, row, volunteer, neighbour):
    assert sign_in(volunteer).get(url(row)).status_code == 403
    assert sign_in(volunteer).post(url(row), {"to": post.pk}).status_code == 403
    assert sign_in(neighbour).get(url(row)).status_code == 404


def test_a_person_who_is_lent_is_moved_back_to_a_duty_of_the_own_unit(
    sign_in, units, chief, neighbour, duty
):
    """Only to duties of the units the person is posted to, however far the one who moves sees."""
    lent = make.make_attendance(duty, officer=neighbour)
    home = make.make_duty(units.polsek_neighbour, "Rumah")
    make.make_duty(units.polsek, "Lain")
    form = sign_in(chief).get(url(lent)).context["form"]
    assert list(form.duties) == [str(home.pk)]


def test_a_member_is_moved(sign_in, officer, volunteer, duty, post):
    row = duty.attendances.get(member=volunteer.membership)
    mark_attendance(attendance=row, status="present", by=officer)
    sign_in(officer).post(url(row), {"to": post.pk})
    assert post.attendances.get().status == "present"
