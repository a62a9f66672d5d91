from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from patrols.models import Duty
from patrols.services.duties import cancel_duty
from patrols.services.schedules import refresh_duties
from tests import factories as make

NOW = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # Wednesday noon in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def schedule(units, officer):
    schedule = make.make_schedule(
        units.polsek, "Patroli Sabtu", officers=[officer], weekdays=[5], valid_from="2026-11-01"
    )
    refresh_duties(schedule)
    return schedule


def url(schedule):
    return reverse("patrols:schedule_end", args=[schedule.pk])


def test_says_which_duties_go_before_it_ends(sign_in, commander, schedule):
    client = sign_in(commander)
    html = client.get(url(schedule)).content.decode()
    assert "4 tugas akan hilang" in html
    assert "Sabtu 14–15 Nov" in html
    assert "Akhiri setelah malam 11–12 Nov" in html
    html = client.get(url(schedule), {"last_night": "2026-11-21"}).content.decode()
    assert "2 tugas akan hilang" in html
    assert "14–15 Nov" not in html
    assert Duty.objects.count() == 4


def test_ends_and_drops_what_is_later(sign_in, commander, schedule):
    response = sign_in(commander).post(url(schedule), {"last_night": "2026-11-21"}, follow=True)
    html = response.content.decode()
    assert "Jadwal Patroli Sabtu berakhir setelah malam 21–22 Nov." in html
    assert "2 malam dihapus: 28–29 Nov, 5–6 Des." in html
    schedule.refresh_from_db()
    assert schedule.valid_until == date(2026, 11, 21)
    assert [duty.night.day for duty in Duty.objects.order_by("night")] == [14, 21]


def test_what_somebody_has_changed_stays(sign_in, commander, schedule):
    mine = Duty.objects.get(night=date(2026, 11, 28))
    mine.is_edited = True
    mine.save()
    off = Duty.objects.get(night=date(2026, 12, 5))
    cancel_duty(duty=off, by=commander, reason="Banjir")
    html = sign_in(commander).get(url(schedule)).content.decode()
    assert "2 tugas akan hilang" in html
    assert "Ini tetap ada" in html
    assert reverse("patrols:duty_detail", args=[mine.pk]) in html
    sign_in(commander).post(url(schedule), {"last_night": "2026-11-11"})
    assert set(Duty.objects.all()) == {mine, off}


def test_nothing_to_lose(sign_in, commander, schedule):
    Duty.objects.all().delete()
    assert "Belum ada tugas untuk malam sesudahnya" in (
        sign_in(commander).get(url(schedule)).content.decode()
    )


@pytest.mark.parametrize(
    ("night", "words"),
    [
        ("", "kosong"),
        ("kapan", "valid"),
        ("2026-10-31", "sebelum malam pertama"),
        ("9999-12-31", "tahun"),
    ],
)
def test_a_night_that_cannot_be(sign_in, commander, schedule, night, words):
    for response in (
        sign_in(commander).get(url(schedule), {"last_night": night}),
        sign_in(commander).post(url(schedule), {"last_night": night}),
    ):
        assert response.status_code == 200
        assert words in " ".join(response.context["form"].errors["last_night"])
        assert 'id="id_last_night_error"' in response.content.decode()
    schedule.refresh_from_db()
    assert schedule.valid_until is None


def test_it_does_not_make_a_schedule_longer(sign_in, commander, schedule):
    schedule.valid_until = date(2026, 11, 20)
    schedule.save()
    response = sign_in(commander).post(url(schedule), {"last_night": "2026-11-21"})
    assert "berakhir lebih awal" in response.content.decode()


def test_a_leap_day(sign_in, clock, commander, schedule):
    clock.move_to(datetime(2028, 2, 29, 5, 0, tzinfo=UTC), tick=False)
    assert sign_in(commander).post(url(schedule), {"last_night": "2028-03-04"}).status_code == 302
    assert sign_in(commander).post(url(schedule), {"last_night": "2101-01-01"}).status_code == 200


def test_it_ends_in_spite_of_a_clash(sign_in, commander, operator, units, schedule):
    """Somebody added to the schedule is expected elsewhere, so its rolls could not be filled."""
    busy = make.make_duty(units.polsek, starts_at=Duty.objects.earliest("night").starts_at)
    make.make_attendance(busy, officer=operator)
    schedule.officers.add(operator)
    response = sign_in(commander).post(url(schedule), {"last_night": "2026-11-21"})
    assert response.status_code == 302
    assert [duty.night.day for duty in schedule.duties.order_by("night")] == [14, 21]


def test_a_refusal_stands_beside_the_night(sign_in, commander, schedule, monkeypatch):
    def refuse(**words):
        raise ValidationError("Belum bisa diakhiri.")

    monkeypatch.setattr("patrols.views.schedules.end_schedule", refuse)
    response = sign_in(commander).post(url(schedule), {"last_night": "2026-11-21"})
    assert response.context["form"].errors["last_night"] == ["Belum bisa diakhiri."]


def test_only_planners_of_the_unit(sign_in, officer, volunteer, neighbour, schedule):
    assert sign_in(officer).get(url(schedule)).status_code == 403
    assert sign_in(officer).post(url(schedule), {"last_night": "2026-11-21"}).status_code == 403
    for person in (volunteer, neighbour):
        assert sign_in(person).get(url(schedule)).status_code == 404
        assert sign_in(person).post(url(schedule)).status_code == 404


def test_the_night_is_that_of_the_unit(sign_in, clock, units, officer_east):
    from accounts.roles import Role

    clock.move_to(datetime(2026, 11, 11, 21, 30, tzinfo=UTC), tick=False)  # 06.30 on the 12th, WIT
    planner = make.make_user("Kapolsek Timur", units.polsek_east, Role.COMMANDER)
    schedule = make.make_schedule(units.polsek_east, "Patroli Timur")
    refresh_duties(schedule)
    html = sign_in(planner).get(url(schedule)).content.decode()
    assert "Akhiri setelah malam 12–13 Nov" in html
    assert "22.15–01.00 WIT" in html


def test_statements(sign_in, commander, schedule, django_assert_max_num_queries):
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        client.get(url(schedule))
