from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from patrols.models import Schedule
from patrols.services.schedules import refresh_duties
from tests import factories as make

URL = "/patrols/schedules/"
NOW = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # Wednesday noon in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def page(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def test_a_schedule_with_its_people_and_next_night(sign_in, units, commander, officer, group):
    make.make_member(group)
    make.make_member(group)
    make.make_member(group, is_active=False)
    schedule = make.make_schedule(
        units.polsek,
        "Patroli gabungan",
        officers=[officer],
        groups=[group],
        leader=commander,
        weekdays=[4, 5],
        apel="22:00",
    )
    refresh_duties(schedule)
    html = page(sign_in(commander)).content.decode()
    assert "Patroli gabungan" in html
    assert "Jum, Sab" in html
    assert "22.15–01.00 WIB" in html
    assert "Apel 22.00" in html
    assert "Kapolsek A" in html
    # The leader is expected too, though not ticked among the officers.
    assert "2 petugas" in html
    assert "2 anggota" in html
    assert "13–14 Nov" in html
    assert reverse("patrols:schedule_edit", args=[schedule.pk]) in html
    assert reverse("patrols:schedule_end", args=[schedule.pk]) in html


def test_what_lacks_is_said(sign_in, units, commander):
    make.make_schedule(units.polsek, "Tanpa siapa-siapa")
    html = page(sign_in(commander)).content.decode()
    assert "belum ada" in html
    assert "setiap malam" in html
    assert "0 petugas" in html


def test_ended_ones_are_folded(sign_in, units, commander):
    make.make_schedule(units.polsek, "Usai", valid_until=date(2026, 11, 10))
    make.make_schedule(units.polsek, "Segera usai", valid_until=date(2026, 11, 11))
    response = page(sign_in(commander))
    assert [row.schedule.name for row in response.context["schedules"]] == ["Segera usai"]
    html = response.content.decode()
    assert "sampai 11 Nov 2026" in html
    assert html.index("<details") < html.index("Usai")


def test_empty_offers_the_first_step(sign_in, commander):
    html = page(sign_in(commander)).content.decode()
    assert "Belum ada jadwal" in html
    assert reverse("patrols:schedule_add") in html


def test_planners_only(sign_in, officer, volunteer, nobody, operator, admin_user):
    for person in (officer, volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403
    for person in (operator, admin_user):
        assert sign_in(person).get(URL).status_code == 200


def test_other_units_stay_out(sign_in, units, commander, chief):
    make.make_schedule(units.polsek_neighbour, "Jadwal tetangga")
    make.make_schedule(units.polsek, "Jadwal sendiri")
    assert "Jadwal tetangga" not in page(sign_in(commander)).content.decode()
    html = page(sign_in(chief)).content.decode()
    assert "Jadwal tetangga" in html
    assert "Polsek Tetangga" in html


def test_the_east_has_its_own_hours(sign_in, units):
    from accounts.roles import Role

    planner = make.make_user("Kapolsek Timur", units.polsek_east, Role.COMMANDER)
    make.make_schedule(units.polsek_east, "Patroli Timur")
    assert "22.15–01.00 WIT" in page(sign_in(planner)).content.decode()


@pytest.mark.parametrize("junk", ["?page=x", "?page=%3C", "?page=%00", "?page=%3CA~x"])
def test_junk_is_never_an_error(sign_in, commander, junk):
    page(sign_in(commander), junk)


def test_pages_by_name(sign_in, units, commander):
    for number in range(60):
        make.make_schedule(units.polsek, f"Jadwal {number:02}")
    client = sign_in(commander)
    first = page(client)
    assert len(first.context["schedules"]) == 50
    second = page(client, f"?page={first.context['page'].older}")
    assert [row.schedule.name for row in second.context["schedules"]] == [
        f"Jadwal {number}" for number in range(50, 60)
    ]


@pytest.mark.parametrize("count", [1, 20])
def test_statements_do_not_grow(
    sign_in, units, commander, officer, group, django_assert_max_num_queries, count
):
    for number in range(count):
        refresh_duties(make.make_schedule(units.polsek, f"Jadwal {number}", weekdays=[number % 7]))
    assert Schedule.objects.count() == count
    client = sign_in(commander)
    with django_assert_max_num_queries(6):
        page(client)


def test_line_16_past_the_end_the_last_schedules_are_shown(sign_in, units, commander):
    make.make_schedule(units.polsek, "Jadwal A")
    html = page(sign_in(commander), "?page=%3CZz~1").content.decode()
    assert "Jadwal A" in html
    assert "Daftarnya habis di sini" in html
