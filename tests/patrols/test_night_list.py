from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import Duty
from patrols.services.duties import cancel_duty
from tests import factories as make

URL = "/patrols/nights/"
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def page(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def in_days(days):
    return timezone.now() + timedelta(days=days)


def test_fourteen_nights_with_their_holes(sign_in, units, commander, officer, duty):
    make.make_duty(units.polsek, "Lusa", in_days(2))
    make.make_duty(units.polsek, "Dua minggu", in_days(14))
    response = page(sign_in(commander))
    roster = response.context["roster"]
    assert [line.first.duty.name for line in roster.lines] == ["Patroli A", "Lusa"]
    assert [night.day for night in roster.empty] == [12, *range(14, 25)]
    html = response.content.decode()
    assert "Rab 11/11" in html
    assert 'title="Malam 11–12 Nov"' in html
    assert "12 malam tanpa tugas" in html
    assert "23.40–02.40 WIB" in html
    assert "2 orang" in html
    assert "Bhabin A" in html
    assert "Dua minggu" not in html
    # «Lusa» has nobody yet, and nobody to lead it.
    assert "belum ada ketua tim" in html


def test_one_duty_over_many_nights_is_one_line(sign_in, units, commander, officer, operator):
    made = [make.make_duty(units.polsek, "Pos", in_days(day), leader=officer) for day in range(14)]
    for one in made:
        make.make_attendance(one, officer=officer)
    make.make_duty(units.polsek, "Pos", in_days(3) + timedelta(hours=1), leader=officer)
    cancel_duty(duty=made[5], by=commander, reason="Banjir")
    Duty.objects.filter(pk=made[7].pk).update(leader=operator)
    response = page(sign_in(commander))
    lines = response.context["roster"].lines
    assert [[row.duty.night.day for row in line.rows] for line in lines] == [
        [day for day in range(11, 25) if day not in (16, 18)],
        [16],
        [18],
        [14],
    ]
    html = response.content.decode()
    for one in made:
        assert f'href="{reverse("patrols:duty_detail", args=[one.pk])}"' in html
    assert html.count('data-label="Jam"') == 4


def test_a_cancelled_duty_stays_visible(sign_in, commander, duty):
    cancel_duty(duty=duty, by=commander, reason="Banjir")
    html = page(sign_in(commander)).content.decode()
    assert "Banjir" in html
    assert "Dibatalkan" in html


def test_the_fortnights_before_and_after(sign_in, units, commander):
    make.make_duty(units.polsek, "Dua minggu", in_days(14))
    client = sign_in(commander)
    html = page(client).content.decode()
    assert 'href="?from=2026-11-25"' in html
    assert 'href="?from=2026-10-28"' in html
    assert "Dua minggu" in page(client, "?from=2026-11-25").content.decode()


@pytest.mark.parametrize(
    "asked", ["kapan", "2026-13-45", "0001-01-01", "9999-12-31", "", "%00", "2026-11-11T00:00"]
)
def test_a_night_that_cannot_be_is_tonight(sign_in, commander, asked):
    assert page(sign_in(commander), f"?from={asked}").context["first"] == date(2026, 11, 11)


def test_closed_to_people_without_a_posting(sign_in, volunteer, nobody):
    for person in (volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403


def test_an_officer_reads_it_and_plans_nothing(sign_in, officer, commander, duty):
    assert reverse("patrols:schedule_add") not in page(sign_in(officer)).content.decode()
    assert reverse("patrols:schedule_add") in page(sign_in(commander)).content.decode()


def test_foreign_units_are_not_found(sign_in, units, neighbour, duty):
    assert "Patroli A" not in page(sign_in(neighbour)).content.decode()
    assert sign_in(neighbour).get(f"{URL}?unit={units.polsek.pk}").status_code == 404


def test_the_east_names_its_own_night(sign_in, clock, units, officer_east):
    clock.move_to(datetime(2026, 11, 11, 21, 30, tzinfo=UTC), tick=False)  # 06.30 on the 12th, WIT
    make.make_duty(units.polsek_east, "Patroli Timur")
    response = page(sign_in(officer_east))
    assert response.context["first"] == date(2026, 11, 12)
    assert "06.40–09.40 WIT" in response.content.decode()


def make_duties(unit, nights, each):
    Duty.objects.bulk_create(
        Duty(
            unit=unit,
            name=f"Tugas {night}-{number}",
            night=date(2026, 11, 11) + timedelta(days=night),
            starts_at=in_days(night),
            ends_at=in_days(night) + timedelta(hours=2),
        )
        for night in range(nights)
        for number in range(each)
    )


def test_too_much_to_name_is_counted_by_unit(sign_in, units, chief):
    make_duties(units.polsek, 13, 24)
    make.make_duty(units.polda, "Tugas Polda")
    client = sign_in(chief)
    response = page(client)
    assert response.context["roster"] is None
    lines = [(line.unit and line.unit.name, line.counts) for line in response.context["lines"]]
    assert lines == [
        ("Polres A", [24] * 13 + [0]),
        ("Polres B", [0] * 14),
        (None, [1] + [0] * 13),
    ]
    html = response.content.decode()
    assert f'href="?unit={units.polres.pk}&amp;from=2026-11-11"' in html
    assert "Tugas Polda" in page(client, "?own=1").content.decode()
    below = page(client, f"?unit={units.polres.pk}").context["lines"]
    assert [line.unit.name for line in below] == ["Polsek A", "Polsek Tetangga"]
    html = page(client, f"?unit={units.polsek.pk}").content.decode()
    assert "Terlalu banyak tugas" in html


@pytest.mark.parametrize("each", [1, 10])
def test_statements_do_not_grow(sign_in, units, chief, django_assert_max_num_queries, each):
    make_duties(units.polsek, 14, each)
    client = sign_in(chief)
    with django_assert_max_num_queries(8):
        page(client, f"?unit={units.polsek.pk}")
    make_duties(units.polsek, 14, 20)
    with django_assert_max_num_queries(8):
        page(client, f"?unit={units.polres.pk}")


def test_whoever_has_no_unit_signs_with_the_date_alone(sign_in, superuser, commander):
    def signed(person):
        html = page(sign_in(person)).content.decode()
        return html.partition('<div class="sign">')[2].partition("<p>")[2].partition("</p>")[0]

    superuser.unit = None
    superuser.save()
    assert signed(superuser) == "11 November 2026"
    assert signed(commander) == "A, 11 November 2026<br>Kapolsek A"
