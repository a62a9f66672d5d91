import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from patrols.models import Attendance, Duty, Schedule
from patrols.services.schedules import refresh_duties
from tests import factories as make

URL = "/patrols/schedules/add/"
NOW = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # Wednesday noon in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def form_data(**changes):
    return {
        "name": "Patroli gabungan",
        "kind": "joint",
        "nights": "every",
        "apel": "22:00",
        "start": "22:15",
        "end": "01:00",
        "valid_from": "2026-11-11",
        **changes,
    }


def error_beside(response, field):
    """The error beside a field of the form that is shown again."""
    assert response.status_code == 200
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    return " ".join(response.context["form"].errors[field])


def test_the_form_offers_the_units_own_people_and_places(
    sign_in, units, commander, officer, neighbour, group
):
    make.make_route(units.polsek, "Rute A")
    make.make_route(units.polsek, "Rute lama", retired_on=date(2026, 1, 1))
    make.make_post(units.polsek, "Pos A")
    make.make_route(units.polsek_neighbour, "Rute tetangga")
    make.make_group(units.polsek_neighbour, "Kelompok tetangga")
    make.make_group(units.polsek, "Kelompok bubar", is_active=False)
    make.make_member(group)
    html = sign_in(commander).get(URL).content.decode()
    for word in ("Bhabin A", "Kapolsek A", "Rute A", "Pos A", "Citra A (1 anggota)", "(WIB)"):
        assert word in html
    for word in ("Bhabin Tetangga", "Rute tetangga", "Kelompok tetangga", "Rute lama", "bubar"):
        assert word not in html


def test_saves_and_says_which_nights_were_made(sign_in, units, commander, officer, volunteer):
    route = make.make_route(units.polsek, "Rute A")
    group = volunteer.membership.group
    response = sign_in(commander).post(
        URL,
        form_data(
            order_number="Sprin/12/XI/2026",
            route=route.pk,
            leader=officer.pk,
            officers=[officer.pk, commander.pk],
            groups=[group.pk],
        ),
        follow=True,
    )
    assert response.redirect_chain == [(reverse("patrols:schedule_list"), 302)]
    assert "Jadwal Patroli gabungan disimpan. 29 malam dibuat." in response.content.decode()
    schedule = Schedule.objects.get()
    assert schedule.unit == units.polsek
    assert (schedule.route, schedule.leader) == (route, officer)
    assert schedule.order_number == "Sprin/12/XI/2026"
    assert set(schedule.officers.all()) == {officer, commander}
    assert list(schedule.groups.all()) == [group]
    duty = Duty.objects.get(night=date(2026, 11, 11))
    assert duty.starts_at == datetime(2026, 11, 11, 15, 15, tzinfo=UTC)
    assert duty.attendances.count() == 3


def test_the_look_ahead_saves_nothing(sign_in, units, commander):
    response = sign_in(commander).post(
        URL, form_data(nights="some", weekdays=["4", "5"], preview="1")
    )
    assert not Schedule.objects.exists()
    html = response.content.decode()
    assert "4 tugas dalam 14 malam" in html
    assert "Jumat 13–14 Nov" in html
    assert "22.15–01.00 WIB" in html
    assert 'value="Patroli gabungan"' in html
    nights = response.context["preview"].nights
    assert len(nights) == 14
    assert [night.day for night, duty, _holes in nights if duty] == [13, 14, 20, 21]


def test_the_look_ahead_begins_with_the_first_night(sign_in, commander):
    response = sign_in(commander).post(URL, form_data(valid_from="2026-12-24", preview="1"))
    assert response.context["preview"].nights[0][0] == date(2026, 12, 24)


def test_the_look_ahead_waits_for_the_hours(sign_in, commander):
    response = sign_in(commander).post(URL, form_data(start="", name="", preview="1"))
    assert response.context["preview"] is None
    assert "Isi malam, jam mulai dan jam selesai" in response.content.decode()
    # The preview needs no name.
    response = sign_in(commander).post(URL, form_data(name="", preview="1"))
    assert response.context["preview"].count == 14


def test_after_midnight_the_night_keeps_its_name(sign_in, commander):
    form = form_data(after_midnight="on", apel="", start="01:00", end="05:00", nights="some")
    sign_in(commander).post(URL, form | {"weekdays": ["2"]})
    duty = Duty.objects.order_by("night").first()
    assert duty.night == date(2026, 11, 11)
    assert duty.starts_at == datetime(2026, 11, 11, 18, 0, tzinfo=UTC)  # 01.00 on the 12th


def test_the_east_plans_in_its_own_zone(sign_in, units):
    planner = make.make_user("Kapolsek Timur", units.polsek_east, Role.COMMANDER)
    html = sign_in(planner).get(URL).content.decode()
    assert "(WIT)" in html
    sign_in(planner).post(URL, form_data())
    assert Duty.objects.order_by("night").first().starts_at == datetime(
        2026, 11, 11, 13, 15, tzinfo=UTC
    )


def make_busy(unit, officer, name="Pos RW 05"):
    schedule = make.make_schedule(unit, name, officers=[officer], weekdays=[2])
    refresh_duties(schedule)
    return schedule


def test_a_clash_names_person_duty_and_night_beside_the_field(
    sign_in, units, commander, officer, volunteer
):
    make_busy(units.polsek, officer)
    client = sign_in(commander)
    response = client.post(URL, form_data(officers=[officer.pk]))
    words = error_beside(response, "officers")
    assert "Bhabin A" in words
    assert "Pos RW 05" in words
    assert "Malam 11–12 Nov" in words
    # The other Wednesdays are only counted.
    assert "4 malam lain" in words
    assert len(response.context["form"].errors["officers"]) == 1
    assert f'value="{officer.pk}"' in response.content.decode()
    assert response.context["form"]["officers"].value() == [str(officer.pk)]
    assert "Bhabin A" in error_beside(client.post(URL, form_data(leader=officer.pk)), "leader")
    assert Schedule.objects.count() == 1
    looked = client.post(URL, form_data(officers=[officer.pk], preview="1"))
    assert "Pos RW 05" in str(looked.context["preview"].clashes[0])
    assert "Ada yang sudah bertugas di tempat lain" in looked.content.decode()


def test_a_clash_of_a_member_stands_beside_the_groups(sign_in, units, commander, volunteer):
    group = volunteer.membership.group
    refresh_duties(make.make_schedule(units.polsek, "Pos RW 05", groups=[group]))
    words = error_beside(sign_in(commander).post(URL, form_data(groups=[group.pk])), "groups")
    assert "Relawan A" in words


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "kosong"),
        ({"name": "x" * 101}, "name", "100"),
        ({"kind": "perang"}, "kind", "perang"),
        ({"nights": "some"}, "weekdays", "satu malam"),
        ({"nights": "some", "weekdays": ["9"]}, "weekdays", "9"),
        ({"nights": "every", "weekdays": ["1", "2"]}, "nights", "malam tertentu"),
        ({"start": ""}, "start", "kosong"),
        ({"start": "25:00"}, "start", "valid"),
        ({"end": "22:15"}, "end", "setelah jam mulai"),
        ({"apel": "23:00"}, "apel", "sebelum jam mulai"),
        ({"valid_from": "kapan"}, "valid_from", "valid"),
        ({"valid_from": "0001-01-01"}, "valid_from", "tahun"),
        ({"valid_until": "9999-12-31"}, "valid_until", "tahun"),
        ({"valid_until": "2026-11-10"}, "valid_until", "malam pertama"),
        ({"route": "99999"}, "route", "99999"),
        ({"leader": "x"}, "leader", "x"),
        ({"officers": ["99999"]}, "officers", "99999"),
        ({"order_number": "x" * 81}, "order_number", "80"),
    ],
)
def test_bad_input_is_said_beside_its_field(sign_in, commander, changes, field, words):
    response = sign_in(commander).post(URL, form_data(**changes))
    assert words in error_beside(response, field)
    assert not Schedule.objects.exists()
    form = response.context["form"]
    assert form["end"].value() == changes.get("end", "01:00")
    assert form["name"].value() == changes.get("name", "Patroli gabungan")


def test_a_nul_byte_is_an_error_of_the_field(sign_in, commander):
    response = sign_in(commander).post(URL, form_data(name="a\x00b"))
    assert error_beside(response, "name")


def test_a_route_and_a_post_are_one_too_many(sign_in, units, commander):
    route, post = make.make_route(units.polsek), make.make_post(units.polsek)
    response = sign_in(commander).post(URL, form_data(route=route.pk, post=post.pk))
    assert "jangan keduanya" in error_beside(response, "post")


def test_a_name_that_is_taken(sign_in, units, commander):
    make.make_schedule(units.polsek, "Patroli gabungan", valid_from=date(2026, 11, 11))
    response = sign_in(commander).post(URL, form_data())
    assert "sudah punya jadwal" in error_beside(response, "name")


def test_people_of_other_units_cannot_be_picked(sign_in, units, commander, neighbour):
    response = sign_in(commander).post(URL, form_data(officers=[neighbour.pk]))
    assert error_beside(response, "officers")
    route = make.make_route(units.polsek_neighbour)
    assert error_beside(sign_in(commander).post(URL, form_data(route=route.pk)), "route")


def test_people_without_the_right(sign_in, officer, volunteer, nobody):
    for person in (officer, volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403
        assert sign_in(person).post(URL, form_data()).status_code == 403
    assert not Schedule.objects.exists()


def test_a_polres_says_first_for_which_unit(sign_in, units):
    planner = make.make_user("Kabag Ops A", units.polres, Role.OPERATOR)
    client = sign_in(planner)
    html = client.get(URL).content.decode()
    assert "Untuk kesatuan mana?" in html
    assert "Polsek A" in html
    assert "Polsek B" not in html
    assert "Patroli" not in html
    html = client.get(f"{URL}?unit={units.polsek_neighbour.pk}").content.decode()
    assert "Polsek Tetangga" in html
    client.post(URL, form_data(unit=units.polsek_neighbour.pk))
    assert Schedule.objects.get().unit == units.polsek_neighbour


@pytest.mark.parametrize("asked", ["x", "999999", "%00"])
def test_a_unit_that_is_not_the_planners(sign_in, units, asked):
    planner = make.make_user("Kabag Ops A", units.polres, Role.OPERATOR)
    html = sign_in(planner).get(f"{URL}?unit={asked}").content.decode()
    assert "Untuk kesatuan mana?" in html
    sign_in(planner).post(URL, form_data(unit=units.polsek_other.pk))
    assert not Schedule.objects.exists()


def test_where_somebody_only_looks_they_do_not_plan(sign_in, units, commander):
    make.make_posting(commander, units.polsek_neighbour, Role.OFFICER)
    html = sign_in(commander).get(URL).content.decode()
    assert "Untuk kesatuan mana?" not in html
    sign_in(commander).post(URL, form_data(unit=units.polsek_neighbour.pk))
    assert Schedule.objects.get().unit == units.polsek


@pytest.mark.parametrize("error", [IntegrityError("exclusion"), OperationalError("deadlock")])
def test_somebody_saved_at_the_same_moment(sign_in, units, commander, officer, monkeypatch, error):
    def fail(**_):
        raise error

    monkeypatch.setattr("patrols.views.schedules.save_schedule", fail)
    response = sign_in(commander).post(URL, form_data(officers=[officer.pk]))
    assert response.status_code == 200
    assert "pada saat yang sama" in response.content.decode()
    make_busy(units.polsek, officer)
    response = sign_in(commander).post(URL, form_data(officers=[officer.pk]))
    assert "Pos RW 05" in error_beside(response, "officers")


@pytest.mark.django_db(transaction=True)
def test_two_planners_want_the_same_officer_at_once(units, commander, operator, officer):
    ready = threading.Barrier(2)
    answers = []

    def save(person, name):
        try:
            client = Client()
            client.force_login(person)
            ready.wait(timeout=10)
            answers.append(client.post(URL, form_data(name=name, officers=[officer.pk])))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=save, args=(person, name))
        for person, name in ((commander, "Satu"), (operator, "Dua"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    fail = next(answer for answer in answers if answer.status_code == 200)
    assert "Bhabin A" in error_beside(fail, "officers")
    assert Schedule.objects.count() == 1
    assert Attendance.objects.filter(officer=officer).count() == 29


@pytest.mark.parametrize("people", [1, 20])
def test_statements(sign_in, units, commander, django_assert_max_num_queries, people):
    for _ in range(people):
        make.make_user("", units.polsek, Role.OFFICER)
        make.make_member(make.make_group(units.polsek))
        make.make_route(units.polsek)
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        client.get(URL)
