"""Before a duty starts or goes on whose people are on another running one, a page asks."""

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import Duty
from patrols.services.duties import end_duty, start_duty
from patrols.workflow import DutyState
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_start", args=[duty.pk])


def asking(duty):
    return reverse("patrols:duty_elsewhere", args=[duty.pk])


def detail(duty):
    return reverse("patrols:duty_detail", args=[duty.pk])


@pytest.fixture
def second(units, officer):
    duty = make.make_duty(units.polsek, "Patroli Dua", leader=officer)
    make.make_attendance(duty, officer=officer, expected=False)
    return duty


def test_one_tap_starts(sign_in, officer, duty):
    answer = sign_in(officer).post(url(duty))
    assert answer["Location"] == detail(duty)
    duty.refresh_from_db()
    assert duty.state == DutyState.RUNNING


def test_with_nothing_to_ask_a_get_leads_to_the_duty(sign_in, officer, duty):
    assert sign_in(officer).get(asking(duty))["Location"] == detail(duty)


def test_who_leads_another_running_duty_is_asked(sign_in, officer, running_duty, second):
    client = sign_in(officer)
    answer = client.post(url(second))
    assert answer["Location"] == asking(second)
    html = client.get(asking(second)).content.decode()
    for duty in (running_duty, second):
        hours = [f"{at.astimezone(duty.unit.zone):%H.%M}" for at in (duty.starts_at, duty.ends_at)]
        assert duty.name in html
        assert f"{hours[0]}–{hours[1]} WIB" in html
        assert detail(duty) in html
    own = running_duty.attendances.get(officer=officer)
    move = reverse("patrols:attendance_move", args=[own.pk])
    assert f"{move}?to={second.pk}" in html
    second.refresh_from_db()
    assert second.state == DutyState.PLANNED


@pytest.mark.parametrize(("chosen", "leads_first"), [("move", False), ("keep", True)])
def test_the_choice_starts(sign_in, officer, running_duty, second, chosen, leads_first):
    answer = sign_in(officer).post(url(second), {"elsewhere": chosen}, follow=True)
    assert answer.redirect_chain == [(detail(second), 302)]
    assert "Tugas dimulai" in answer.content.decode()
    second.refresh_from_db()
    running_duty.refresh_from_db()
    assert second.state == DutyState.RUNNING
    assert (running_duty.leader == officer) is leads_first


def test_ending_the_other_duty_is_another_way(sign_in, officer, running_duty, second):
    end_duty(duty=running_duty, by=officer)
    assert sign_in(officer).post(url(second))["Location"] == detail(second)
    second.refresh_from_db()
    assert second.state == DutyState.RUNNING


def test_of_duties_out_of_sight_only_unit_and_hours_are_told(sign_in, units, officer, second):
    other = make.make_duty(
        units.polsek_neighbour, "Pos Tetangga", state="running", started_at=timezone.now()
    )
    twin = make.make_user("Bhabin Kembar", units.polsek, "officer")
    for duty in (other, second):
        make.make_attendance(duty, officer=twin, status="present", expected=False)
    client = sign_in(officer)
    html = client.get(asking(second)).content.decode()
    assert f"Bhabin Kembar bertugas untuk {units.polsek_neighbour}" in html
    assert "Pos Tetangga" not in html
    assert detail(other) not in html
    answer = client.post(url(second), {"elsewhere": "move"}, follow=True)
    assert "Belum semua dapat dipindahkan" in answer.content.decode()
    second.refresh_from_db()
    assert second.state == DutyState.PLANNED


@pytest.mark.parametrize("state", ["running", "ended", "cancelled"])
def test_an_old_page_starts_nothing(sign_in, officer, running_duty, second, state):
    fields = {"started_at": timezone.now()} if state != "cancelled" else {}
    fields |= {"ended_at": timezone.now()} if state == "ended" else {}
    Duty.objects.filter(pk=second.pk).update(state=state, **fields)
    client = sign_in(officer)
    for chosen in ("", "move", "keep"):
        assert client.post(url(second), {"elsewhere": chosen})["Location"] == detail(second)
    if state == "ended":
        assert "Lanjutkan tugas ini?" in client.get(asking(second)).content.decode()
        Duty.objects.filter(pk=second.pk).update(review="approved")
    assert client.get(asking(second))["Location"] == detail(second)
    second.refresh_from_db()
    running_duty.refresh_from_db()
    assert (second.state, running_duty.leader) == (state, officer)


def test_others_may_not(sign_in, volunteer, neighbour, duty):
    for who, status in ((volunteer, 403), (neighbour, 404)):
        assert sign_in(who).get(asking(duty)).status_code == status
        assert sign_in(who).post(url(duty)).status_code == status


def test_whose_people_have_begun_another_duty_is_asked_about(sign_in, units, officer, running_duty):
    end_duty(duty=running_duty, by=officer)
    second = start_duty(duty=make.make_duty(units.polsek, "Dua", leader=officer), by=officer)
    url = reverse("patrols:duty_resume", args=[running_duty.pk])
    client = sign_in(officer)
    assert client.post(url)["Location"] == asking(running_duty)
    html = client.get(asking(running_duty)).content.decode()
    assert f'action="{url}"' in html
    assert "Lanjutkan tugas ini?" in html
    assert "Bhabin A adalah ketua tim “Dua”" in html
    client.post(url, {"elsewhere": "move"})
    running_duty.refresh_from_db()
    second.refresh_from_db()
    assert (running_duty.state, second.leader) == (DutyState.RUNNING, None)


def test_with_nothing_to_ask_it_goes_on(sign_in, officer, running_duty):
    end_duty(duty=running_duty, by=officer)
    url = reverse("patrols:duty_resume", args=[running_duty.pk])
    client = sign_in(officer)
    assert client.get(asking(running_duty))["Location"] == detail(running_duty)
    assert client.post(url)["Location"] == detail(running_duty)
    running_duty.refresh_from_db()
    assert running_duty.state == DutyState.RUNNING
