from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import Duty, PatrolKind
from patrols.services.duties import cancel_duty, end_duty, start_duty
from tests import factories as make

URL = "/patrols/duties/"
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def page(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def names(response):
    return [duty.name for duty in response.context["page"].rows]


def days_ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def log_books(units, officer, commander):
    """Four nights of Polsek A: planned, ended, cancelled, and one to come."""
    make.make_duty(units.polsek, "Malam ini")
    ended = make.make_duty(units.polsek, "Patroli Angke", days_ago(3), leader=officer)
    start_duty(duty=ended, by=officer, now=ended.starts_at)
    end_duty(duty=ended, by=officer, now=ended.ends_at)
    off = make.make_duty(units.polsek, "Pos RW 05", days_ago(5), kind=PatrolKind.GUARD_POST)
    cancel_duty(duty=off, by=commander, reason="Banjir")
    make.make_duty(units.polsek, "Besok", days_ago(-1))
    return ended


def test_the_newest_night_first_and_nothing_to_come(sign_in, commander, log_books):
    response = page(sign_in(commander))
    assert names(response) == ["Malam ini", "Patroli Angke", "Pos RW 05"]
    html = response.content.decode()
    assert "Malam 8–9 Nov 2026" in html
    assert "Menunggu persetujuan" in html
    assert "2 catatan" in html
    assert reverse("patrols:duty_log", args=[log_books.pk]) in html
    assert reverse("patrols:duty_review", args=[log_books.pk]) in html


def test_an_officer_reads_and_decides_nothing(sign_in, officer, log_books):
    html = page(sign_in(officer)).content.decode()
    assert "Patroli Angke" in html
    assert reverse("patrols:duty_review", args=[log_books.pk]) not in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=angke", ["Patroli Angke"]),
        ("?q=rw+05", ["Pos RW 05"]),
        ("?review=waiting", ["Patroli Angke"]),
        ("?review=approved", []),
        ("?state=cancelled", ["Pos RW 05"]),
        ("?kind=guard_post", ["Pos RW 05"]),
        ("?since=2026-11-08", ["Malam ini", "Patroli Angke"]),
        ("?until=2026-11-08", ["Patroli Angke", "Pos RW 05"]),
        ("?until=2026-12-31", ["Besok", "Malam ini", "Patroli Angke", "Pos RW 05"]),
    ],
)
def test_filters(sign_in, commander, log_books, query, found):
    assert names(page(sign_in(commander), query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "?kind=perang",
        "?state=%00",
        "?review=maybe",
        "?since=kemarin",
        "?until=2026-99-99",
        "?unit=999999",
        "?unit=x",
        "?q=%00",
        "?page=%3Cjunk",
        "?page=%3C2026-11-11~x",
        "?since=99999-01-01",
    ],
)
def test_junk_is_never_an_error(sign_in, chief, commander, log_books, query):
    page(sign_in(commander), query)
    page(sign_in(chief), query)


def test_a_date_that_cannot_be_is_said_beside_its_field(sign_in, commander, log_books):
    html = page(sign_in(commander), "?since=kemarin&q=angke").content.decode()
    assert "Masukkan tanggal yang valid" in html
    assert 'value="kemarin"' in html
    assert 'value="angke"' in html
    assert '<details class="card filter" open>' in html


def test_nothing_found_and_nothing_yet(sign_in, commander, neighbour, log_books):
    html = page(sign_in(commander), "?q=zzz").content.decode()
    assert "Tidak ditemukan" in html
    assert f'href="{URL}"' in html
    html = page(sign_in(neighbour)).content.decode()
    assert "Belum ada buku mutasi" in html


def test_a_unit_above_narrows_to_one_below(sign_in, units, chief, log_books):
    make.make_duty(units.polsek_other, "Patroli B")
    client = sign_in(chief)
    assert names(page(client))[:2] == ["Patroli B", "Malam ini"]
    assert names(page(client, f"?unit={units.polres_other.pk}")) == ["Patroli B"]
    assert "Polsek B" in page(client).content.decode()
    foreign = page(client, f"?unit={units.polsek_east.pk}")
    assert foreign.context["filter"].form.errors["unit"]


def test_mabes_narrows_to_a_polsek_that_was_asked_for(sign_in, units, superuser, log_books):
    client = sign_in(superuser)
    make.make_duty(units.polsek_neighbour, "Tugas tetangga", starts_at=days_ago(2))
    listed = names(page(client, f"?unit={units.polsek.pk}"))
    assert listed
    assert "Tugas tetangga" not in listed
    assert names(page(client, f"?unit={units.polsek_neighbour.pk}")) == ["Tugas tetangga"]


def test_closed_to_people_without_a_posting(sign_in, volunteer, nobody):
    for person in (volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403


def test_hours_are_those_of_the_unit(sign_in, units, officer_east):
    make.make_duty(units.polsek_east, "Patroli Timur", days_ago(1))
    html = page(sign_in(officer_east)).content.decode()
    assert "01.30–04.30 WIT" in html
    assert "Malam 10–11 Nov 2026" in html


def make_duties(unit, count):
    Duty.objects.bulk_create(
        Duty(
            unit=unit,
            name=f"Tugas {number:04}",
            night=(timezone.now() - timedelta(days=number)).date(),
            starts_at=days_ago(number),
            ends_at=days_ago(number) + timedelta(hours=2),
        )
        for number in range(count)
    )


def test_pages_by_key_keep_the_filter(sign_in, units, commander):
    make_duties(units.polsek, 70)
    client = sign_in(commander)
    first = page(client, "?q=tugas")
    assert names(first) == [f"Tugas {number:04}" for number in range(30)]
    older = first.context["page"].older
    assert f"?q=tugas&amp;page={older}".replace("<", "%3C").replace("~", "~") in (
        first.content.decode()
    )
    second = page(client, f"?q=tugas&page={older}")
    assert names(second) == [f"Tugas {number:04}" for number in range(30, 60)]
    back = page(client, f"?q=tugas&page={second.context['page'].newer}")
    assert names(back) == names(first)


def test_the_count_stops_at_a_thousand(sign_in, units, commander):
    make_duties(units.polsek, 1001)
    assert "lebih dari 1.000" in page(sign_in(commander)).content.decode()


@pytest.mark.parametrize("count", [1, 60])
def test_statements_do_not_grow(sign_in, units, chief, django_assert_max_num_queries, count):
    make_duties(units.polsek, count)
    client = sign_in(chief)
    with django_assert_max_num_queries(6):
        page(client, f"?unit={units.polsek.pk}&state=planned")


def test_line_16_past_the_end_the_last_duties_are_shown(sign_in, units, commander):
    make_duties(units.polsek, 40)
    found = page(sign_in(commander), "?q=tugas&page=%3C2020-01-01~1")
    assert names(found) == [f"Tugas {number:04}" for number in range(10, 40)]
    assert "Daftarnya habis di sini" in found.content.decode()


@pytest.mark.parametrize("typed", ["jembatan-lima", "Jembatan Lima.", "Ma’rang", "“Ma'rang”"])
def test_line_9_a_duty_is_found_however_it_is_typed(sign_in, units, commander, typed):
    make.make_duty(units.polsek, name="Jaga Jembatan Lima Ma'rang", night=timezone.localdate())
    make.make_duty(units.polsek, name="Lain", night=timezone.localdate())
    found = sign_in(commander).get(URL, {"q": typed})
    assert names(found) == ["Jaga Jembatan Lima Ma'rang"]
