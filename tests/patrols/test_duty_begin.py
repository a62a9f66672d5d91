import time_machine
from django.urls import reverse

from accounts.roles import Role
from patrols.models import AttendanceStatus, Duty, PatrolKind
from patrols.workflow import DutyState
from tests import factories as make

URL = "/patrols/duties/begin/"


def test_one_tap_begins_a_patrol(sign_in, officer, units):
    client = sign_in(officer)
    assert 'name="kind"' in client.get(URL).content.decode()
    response = client.post(URL, {"unit": units.polsek.pk, "kind": "patrol"})
    duty = Duty.objects.get()
    assert response["Location"] == reverse("patrols:duty_detail", args=[duty.pk])
    assert (duty.state, duty.leader, duty.unit) == (DutyState.RUNNING, officer, units.polsek)
    assert duty.schedule is None
    assert duty.attendances.get().status == AttendanceStatus.PRESENT


def test_the_second_tap_begins_no_second(sign_in, officer, units):
    client = sign_in(officer)
    for _ in range(2):
        client.post(URL, {"unit": units.polsek.pk})
    assert Duty.objects.count() == 1


def key_of(client):
    return client.get(URL).context["form"]["client_uuid"].value()


def test_a_form_sent_again_leads_to_its_patrol(sign_in, officer, units):
    client = sign_in(officer)
    data = {"unit": units.polsek.pk, "client_uuid": key_of(client)}
    answers = [client.post(URL, data) for _tap in range(2)]
    duty = Duty.objects.get()
    detail = reverse("patrols:duty_detail", args=[duty.pk])
    assert [answer["Location"] for answer in answers] == [detail, detail]


def test_a_second_patrol_within_a_minute_is_not_swallowed(sign_in, officer, units):
    client = sign_in(officer)
    client.post(URL, {"unit": units.polsek.pk, "name": "Pasar", "client_uuid": key_of(client)})
    data = {"unit": units.polsek.pk, "name": "Terminal", "client_uuid": key_of(client)}
    asked = client.post(URL, data)
    html = asked.content.decode()
    assert "Bhabin A adalah ketua tim “Pasar”" in html
    assert "Terminal" in html  # what was typed stays
    assert reverse("patrols:duty_detail", args=[Duty.objects.get().pk]) in html
    for _tap in range(2):
        answer = client.post(URL, {**data, "elsewhere": "move"})
    second = Duty.objects.get(name="Terminal")
    assert answer["Location"] == reverse("patrols:duty_detail", args=[second.pk])
    first = Duty.objects.get(name="Pasar")
    assert (first.leader, second.leader) == (None, officer)
    assert first.attendances.get().left_at
    assert second.attendances.get().left_at is None


def test_one_may_stay_on_both(sign_in, officer, units, running_duty):
    client = sign_in(officer)
    client.post(URL, {"unit": units.polsek.pk, "elsewhere": "keep"})
    assert Duty.objects.running().filter(leader=officer).count() == 2


def test_a_form_sent_again_with_another_name_asks(sign_in, officer, units):
    client = sign_in(officer)
    data = {"unit": units.polsek.pk, "name": "Pasar", "client_uuid": key_of(client)}
    client.post(URL, data)
    answer = client.post(URL, {**data, "name": "Terminal"})
    assert answer.status_code == 409
    assert "“Pasar” sudah dimulai dari formulir ini" in answer.content.decode()
    assert answer.context["form"]["name"].value() == "Terminal"
    assert answer.context["form"]["client_uuid"].value() != data["client_uuid"]


def test_with_name_kind_and_route(sign_in, officer, units):
    route = make.make_route(units.polsek, "Rute B")
    data = {"unit": units.polsek.pk, "kind": "dialogue", "name": "Pasar", "route": route.pk}
    sign_in(officer).post(URL, data)
    duty = Duty.objects.get()
    assert (duty.name, duty.kind, duty.route) == ("Pasar", PatrolKind.DIALOGUE, route)


def test_a_route_and_a_post_are_one_too_many(sign_in, officer, units):
    route, post = make.make_route(units.polsek), make.make_post(units.polsek)
    data = {"unit": units.polsek.pk, "name": "Tetap di sini", "route": route.pk, "post": post.pk}
    response = sign_in(officer).post(URL, data)
    assert response.context["form"].errors["post"]
    assert "Tetap di sini" in response.content.decode()
    assert not Duty.objects.exists()


def test_places_and_units_of_others_are_no_choice(sign_in, officer, units):
    client = sign_in(officer)
    foreign = make.make_route(units.polsek_neighbour, "Rute tetangga")
    assert "Rute tetangga" not in client.get(URL).content.decode()
    response = client.post(URL, {"unit": units.polsek.pk, "route": foreign.pk})
    assert response.context["form"].errors["route"]
    assert not Duty.objects.exists()
    # The only unit of the person is no choice: whatever is sent, it is that one.
    client.post(URL, {"unit": units.polsek_neighbour.pk})
    assert Duty.objects.get().unit == units.polsek


def test_two_postings_choose_the_unit(sign_in, officer, units):
    make.make_posting(officer, units.polsek_neighbour, Role.OFFICER)
    route = make.make_route(units.polsek, "Rute A")
    client = sign_in(officer)
    assert "Polsek Tetangga" in client.get(URL).content.decode()
    response = client.post(URL, {"unit": units.polsek_neighbour.pk, "route": route.pk})
    assert response.context["form"].errors["route"]


def test_volunteers_and_admins_may_not(sign_in, volunteer, admin_user):
    assert sign_in(volunteer).get(URL).status_code == 403
    assert sign_in(admin_user).post(URL).status_code == 403


@time_machine.travel("2026-11-11T20:00:00+00:00", tick=False)  # 05.00 of the 12th in Jayapura
def test_the_night_is_that_of_the_unit(sign_in, officer_east, units):
    sign_in(officer_east).post(URL, {"unit": units.polsek_east.pk})
    assert Duty.objects.get().night.isoformat() == "2026-11-11"
