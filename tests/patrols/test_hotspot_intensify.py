import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from patrols.models import Duty, Schedule
from patrols.services.duties import start_duty
from patrols.services.rounds import rounds_at
from tests import factories as make


@pytest.fixture(autouse=True)
def evening(time_machine):
    """Before the first round begins: what has begun is not taken back."""
    time_machine.move_to(datetime(2026, 11, 28, 13, tzinfo=UTC), tick=True)


@pytest.fixture
def hotspot(units):
    return make.make_hotspot(
        units.polsek, "Jembatan", lat=-6.15, lon=106.8, risky_from=time(23), risky_until=time(4)
    )


@pytest.fixture
def path(hotspot):
    return reverse("patrols:hotspot_intensify", args=[hotspot.pk])


def sent(**fields):
    first = {"count": "7", "start": "23:00", "end": "04:00", "client_uuid": str(uuid.uuid4())}
    return first | fields


def test_the_page_names_nights_and_hours_before_anything_is_planned(sign_in, commander, path):
    page = sign_in(commander).get(path)
    assert "7 malam, 23.00–04.00 WIB" in page.content.decode()
    assert len(page.context["nights"]) == 7
    assert not Schedule.objects.exists()


def test_one_tap_plans_seven_nights_and_the_same_form_no_second_set(
    sign_in, commander, path, hotspot
):
    client, form = sign_in(commander), sent()
    for _ in range(3):
        answer = client.post(path, form)
        assert answer.url == reverse("patrols:hotspot_detail", args=[hotspot.pk])
    [rounds] = Schedule.objects.all()
    assert rounds.hotspot == hotspot
    duties = Duty.objects.filter(schedule=rounds)
    assert duties.count() == 7
    assert {duty.hotspot for duty in duties} == {hotspot}
    html = client.get(answer.url).content.decode()
    assert "Patroli tambahan 7 malam" in html


def test_another_form_for_the_same_nights_is_refused(sign_in, commander, path):
    client = sign_in(commander)
    client.post(path, sent())
    answer = client.post(path, sent())
    assert answer.status_code == 200
    assert "Sudah ada patroli tambahan" in answer.content.decode()
    assert Schedule.objects.count() == 1


def test_taking_back_drops_the_nights_and_they_can_be_planned_again(
    sign_in, commander, path, hotspot
):
    client = sign_in(commander)
    client.post(path, sent())
    rounds = Schedule.objects.get()
    back = reverse("patrols:rounds_withdraw", args=[rounds.pk])
    for _ in range(2):
        assert client.post(back).url == reverse("patrols:hotspot_detail", args=[hotspot.pk])
    assert not Duty.objects.exists()
    client.post(path, sent())
    assert Duty.objects.count() == 7
    assert Schedule.objects.count() == 2


def test_what_somebody_has_begun_stays(sign_in, commander, path):
    client = sign_in(commander)
    client.post(path, sent(leader=str(commander.pk)))
    first = Duty.objects.order_by("night").first()
    start_duty(duty=first, by=commander)
    rounds = Schedule.objects.get()
    client.post(reverse("patrols:rounds_withdraw", args=[rounds.pk]))
    assert list(Duty.objects.all()) == [first]


def test_who_is_busy_is_named_and_can_be_left_out(sign_in, commander, officer, path, units):
    busy = make.make_schedule(units.polsek, "Jaga", officers=[officer], start=time(23), end=time(2))
    from patrols.services.schedules import refresh_duties

    refresh_duties(busy)
    client, form = sign_in(commander), sent(officers=[str(officer.pk)])
    answer = client.post(path, form)
    assert answer.status_code == 200
    assert officer.name in answer.content.decode()
    assert Schedule.objects.count() == 1
    answer = client.post(path, form | {"leave_out": answer.context["form"].clashing_people})
    assert answer.status_code == 302
    assert Duty.objects.filter(hotspot__isnull=False).count() == 7


def test_a_retired_hotspot_gets_no_rounds(sign_in, commander, path, hotspot):
    type(hotspot).objects.update(is_active=False)
    answer = sign_in(commander).post(path, sent())
    assert answer.url == reverse("patrols:hotspot_detail", args=[hotspot.pk])
    assert not Schedule.objects.exists()


def test_early_hours_are_after_midnight(sign_in, commander, path):
    sign_in(commander).post(path, sent(start="01:00", end="05:00", count="3"))
    rounds = Schedule.objects.get()
    assert rounds.after_midnight
    assert rounds.valid_until - rounds.valid_from == timedelta(days=2)


def test_the_look_plans_nothing(sign_in, commander, path):
    page = sign_in(commander).post(path, sent(count="14", preview="1"))
    assert len(page.context["nights"]) == 14
    assert not Schedule.objects.exists()


def test_bad_hours_stand_beside_the_field(sign_in, commander, path):
    page = sign_in(commander).post(path, sent(end="23:00"))
    assert page.context["form"].errors["end"]
    assert not Schedule.objects.exists()


def test_the_duty_shows_the_hotspot_it_is_for(sign_in, commander, path):
    client = sign_in(commander)
    client.post(path, sent(leader=str(commander.pk)))
    duty = Duty.objects.order_by("night").first()
    html = client.get(reverse("patrols:duty_detail", args=[duty.pk])).content.decode()
    assert "Titik rawan di jalur" in html or "Jembatan</b>" in html


def test_the_round_of_a_night_that_is_over_is_none_of_the_next_nights(hotspot):
    """At 05.00 the night of the 11th is still on, but its round until 04.00 is over."""

    def first(hour, minute):
        now = datetime(2026, 11, 12, hour, minute, tzinfo=hotspot.unit.zone)
        rounds = rounds_at(hotspot, nights=3, start=time(23), end=time(4), now=now)
        assert (rounds.valid_until - rounds.valid_from).days == 2
        return rounds.valid_from.day

    assert first(3, 59) == 11
    assert first(4, 0) == 12
    assert first(6, 0) == 12


def test_taken_back_twice_no_page_counts_nought_nights(sign_in, commander, path):
    client = sign_in(commander)
    client.post(path, sent())
    back = reverse("patrols:rounds_withdraw", args=[Schedule.objects.get().pk])
    client.post(back)
    html = client.post(back, follow=True).content.decode()
    assert "Tidak ada malam lagi untuk dibatalkan" in html


def test_what_was_changed_since_the_page_was_shown_is_shown_first(
    sign_in, commander, officer, path, hotspot
):
    client, form = sign_in(commander), sent()
    form["shown"] = client.get(path).context["shown"]
    assert f'name="shown" value="{form["shown"]}"' in client.get(path).content.decode()
    changes = ({"count": "14"}, {"start": "22:00"}, {"officers": [str(officer.pk)]})
    for change in changes:
        page = client.post(path, {**form, **change})
        assert "Daftar malamnya sudah diperbarui. Periksa, lalu rencanakan." in (
            page.content.decode()
        )
        assert not Schedule.objects.exists()
    page = client.post(path, {**form, "count": "14"})
    assert len(page.context["nights"]) == 14
    again = {**form, "count": "14", "shown": page.context["shown"]}
    assert client.post(path, again).status_code == 302
    assert Duty.objects.filter(hotspot=hotspot).count() == 14


def test_as_it_was_shown_it_is_planned_at_once(sign_in, commander, path, hotspot):
    client = sign_in(commander)
    shown = client.get(path).context["shown"]
    assert client.post(path, sent(shown=shown)).status_code == 302
    assert Duty.objects.filter(hotspot=hotspot).count() == 7
