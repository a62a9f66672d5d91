from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from accounts.roles import Role
from patrols.models import Duty, Schedule
from patrols.selectors import planning
from patrols.services.duties import cancel_duty
from patrols.services.schedules import end_schedule, refresh_duties
from tests import factories as make
from tests.two_people import client_of, sent_fields, words_of

NOW = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # Wednesday noon in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def schedule(units, officer, group):
    schedule = make.make_schedule(
        units.polsek,
        "Patroli gabungan",
        officers=[officer],
        groups=[group],
        leader=officer,
        route=make.make_route(units.polsek, "Rute A"),
        apel=time(22),
        weekdays=[2, 5],
        order_number="Sprin/1",
        valid_from=date(2026, 11, 1),
    )
    refresh_duties(schedule)
    return schedule


def url(schedule):
    return reverse("patrols:schedule_edit", args=[schedule.pk])


def form_data(schedule, **changes):
    """What the form sends unchanged, but for `changes`."""
    return {
        "name": schedule.name,
        "kind": schedule.kind,
        "order_number": schedule.order_number,
        "nights": "some",
        "weekdays": [str(day) for day in schedule.weekdays],
        "apel": "22:00",
        "start": "22:15",
        "end": "01:00",
        "valid_from": str(schedule.valid_from),
        "valid_until": str(schedule.valid_until or ""),
        "route": str(schedule.route_id or ""),
        "leader": str(schedule.leader_id or ""),
        "officers": [str(row.pk) for row in schedule.officers.all()],
        "groups": [str(row.pk) for row in schedule.groups.all()],
        **changes,
    }


def test_the_form_holds_what_is_stored(sign_in, commander, officer, group, schedule):
    response = sign_in(commander).get(url(schedule))
    form = response.context["form"]
    assert form["nights"].value() == "some"
    assert form["weekdays"].value() == [2, 5]
    assert form["leader"].value() == str(officer.pk)
    assert form["officers"].value() == [str(officer.pk)]
    assert form["groups"].value() == [str(group.pk)]
    html = response.content.decode()
    assert 'value="22:15"' in html
    assert 'value="2026-11-01"' in html
    assert "Sprin/1" in html
    assert reverse("patrols:schedule_end", args=[schedule.pk]) in html


def test_unchanged_it_changes_nothing(sign_in, commander, schedule):
    response = sign_in(commander).post(url(schedule), form_data(schedule), follow=True)
    assert "Malamnya tidak berubah." in response.content.decode()


def test_says_what_became_of_the_nights(sign_in, commander, schedule):
    saturday = Duty.objects.get(schedule=schedule, night=date(2026, 11, 14))
    cancel_duty(duty=saturday, by=commander, reason="Hujan")
    mine = Duty.objects.get(schedule=schedule, night=date(2026, 11, 21))
    mine.is_edited = True
    mine.save()
    response = sign_in(commander).post(
        url(schedule), form_data(schedule, weekdays=["2", "6"], start="23:00"), follow=True
    )
    html = response.content.decode()
    assert "4 malam dibuat." in html
    assert "5 malam diubah." in html
    assert "2 malam dihapus: 28–29 Nov, 5–6 Des." in html
    assert "1 malam tetap, karena sudah diubah orang: 21–22 Nov." in html
    duty = Duty.objects.get(schedule=schedule, night=date(2026, 11, 11))
    assert duty.starts_at == datetime(2026, 11, 11, 16, 0, tzinfo=UTC)


def test_every_night_is_read_back_as_every_night(sign_in, commander, schedule):
    client = sign_in(commander)
    client.post(url(schedule), form_data(schedule, nights="every", weekdays=[]))
    assert Schedule.objects.get().weekdays == [0, 1, 2, 3, 4, 5, 6]
    form = client.get(url(schedule)).context["form"]
    assert form["nights"].value() == "every"
    assert form["weekdays"].value() == []


def test_what_it_has_can_stay_though_it_is_gone(sign_in, units, commander, officer, schedule):
    """An officer who moved on, a retired route, a closed group: shown until somebody unticks."""
    officer.postings.update(ends_on=date(2026, 11, 2))
    schedule.route.retired_on = date(2026, 11, 2)
    schedule.route.save()
    schedule.groups.update(is_active=False)
    response = sign_in(commander).post(url(schedule), form_data(schedule), follow=True)
    assert "disimpan" in response.content.decode()
    schedule.refresh_from_db()
    assert schedule.route.name == "Rute A"
    assert list(schedule.officers.all()) == [officer]


def test_a_clash_keeps_what_was_typed(sign_in, units, commander, operator, schedule):
    other = make.make_schedule(units.polsek, "Pos RW 05", officers=[operator], weekdays=[5])
    refresh_duties(other)
    form = form_data(schedule, name="Nama baru", officers=[str(operator.pk)])
    response = sign_in(commander).post(url(schedule), form)
    assert response.status_code == 200
    words = " ".join(response.context["form"].errors["officers"])
    assert "Operator A" in words
    assert "Pos RW 05" in words
    assert "Malam 14–15 Nov" in words
    assert 'value="Nama baru"' in response.content.decode()
    schedule.refresh_from_db()
    assert schedule.name == "Patroli gabungan"
    assert operator not in schedule.officers.all()
    # Mended: without the Saturday there is no clash.
    response = sign_in(commander).post(url(schedule), form | {"weekdays": ["2"]}, follow=True)
    assert "disimpan" in response.content.decode()
    assert operator in Schedule.objects.get(pk=schedule.pk).officers.all()


def test_its_own_duties_are_no_clash(sign_in, commander, officer, schedule):
    response = sign_in(commander).post(
        url(schedule), form_data(schedule, start="22:30", preview="1")
    )
    assert response.context["preview"].clashes == []
    schedule.refresh_from_db()
    assert schedule.start == time(22, 15)


def test_bad_input_is_said_beside_its_field(sign_in, commander, schedule):
    response = sign_in(commander).post(url(schedule), form_data(schedule, end="", name="Baru"))
    html = response.content.decode()
    assert 'id="id_end_error"' in html
    assert 'value="Baru"' in html


def test_only_planners_of_the_unit(sign_in, officer, volunteer, neighbour, nobody, schedule):
    for person in (officer,):
        assert sign_in(person).get(url(schedule)).status_code == 403
        assert sign_in(person).post(url(schedule), form_data(schedule)).status_code == 403
    for person in (volunteer, neighbour, nobody):
        assert sign_in(person).get(url(schedule)).status_code == 404
        assert sign_in(person).post(url(schedule), form_data(schedule)).status_code == 404


def test_planning_elsewhere_does_not_count(sign_in, units, officer, schedule):
    make.make_posting(officer, units.polsek_neighbour, Role.COMMANDER)
    assert sign_in(officer).get(url(schedule)).status_code == 403


@pytest.mark.parametrize("people", [1, 15])
def test_statements(sign_in, units, commander, schedule, django_assert_max_num_queries, people):
    for _ in range(people):
        schedule.officers.add(make.make_user("", units.polsek, Role.OFFICER))
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        client.get(url(schedule))


# Two people edit one schedule (line 5)


@pytest.fixture
def two_forms(commander, operator, schedule):
    """The page of the schedule as two people have opened it: their clients and its fields."""
    first, second = client_of(operator), client_of(commander)
    forms = [sent_fields(c.get(url(schedule)).context["form"]) for c in (first, second)]
    return first, forms[0], second, forms[1]


def test_line_5_the_second_of_two_is_told_and_decides(units, schedule, operator, two_forms):
    """Also where the first has chosen somebody whom the second's form did not offer."""
    first, form, second, form_2 = two_forms
    away = make.make_user("Bhabin Baru", units.polsek, Role.OFFICER)
    theirs = {"officers": [str(away.pk)], "weekdays": ["2"], "leader": "", "name": "Patroli RW"}
    assert first.post(url(schedule), form | theirs).status_code == 302
    away.postings.update(ends_on=date(2026, 11, 2))
    answer = second.post(url(schedule), form_2 | {"start": "23:00", "name": "Patroli kota"})
    assert answer.status_code == 409
    text = words_of(answer)
    assert "Patroli gabungan → Patroli RW" in text
    assert "+ Bhabin Baru, − Bhabin A" in text
    assert "Rabu, Sabtu → Rabu" in text
    assert operator.name in text
    schedule.refresh_from_db()
    assert (schedule.start, schedule.name) == (time(22, 15), "Patroli RW")
    again = sent_fields(answer.context["form"])
    assert again["name"] == "Patroli kota"
    assert second.post(url(schedule), again).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.start, schedule.name) == (time(23), "Patroli kota")
    assert (schedule.weekdays, schedule.leader) == ([2], None)
    assert list(schedule.officers.all()) == [away]


def test_line_5_ending_a_schedule_counts_as_a_change(schedule, operator, two_forms):
    _first, _form, second, form_2 = two_forms
    end_schedule(schedule=schedule, last_night=date(2026, 11, 21), by=operator)
    answer = second.post(url(schedule), form_2 | {"name": "Patroli kota"})
    assert answer.status_code == 409
    assert "21 Nov 2026" in words_of(answer)
    assert answer.context["form"]["valid_until"].value() == date(2026, 11, 21)


def test_line_5_the_same_form_sent_twice_is_no_conflict(schedule, group, two_forms):
    first, form, *_rest = two_forms
    changed = form | {"name": "Baru", "groups": [], "weekdays": ["2", "3"], "route": ""}
    assert [first.post(url(schedule), changed).status_code for _ in range(2)] == [302, 302]
    assert first.post(url(schedule), changed | {"start": "23:00"}).status_code == 302


def test_line_5_a_look_ahead_keeps_the_stamp(schedule, two_forms):
    first, form, second, form_2 = two_forms
    assert first.post(url(schedule), form | {"name": "Patroli RW"}).status_code == 302
    looked = second.post(url(schedule), form_2 | {"start": "23:00", "preview": "1"})
    again = sent_fields(looked.context["form"])
    assert second.post(url(schedule), again).status_code == 409


def test_what_it_has_stays_where_the_unit_has_more_than_the_form_offers(
    sign_in, units, commander, officer, operator, group, schedule, monkeypatch
):
    """A Polres has more people than a form can show: those of the schedule come first."""
    monkeypatch.setattr(planning, "MOST_PEOPLE", 2)
    for number in range(3):
        make.make_user(f"Aan {number}", units.polsek, Role.OFFICER)
        make.make_group(units.polsek, f"Anggota {number}")
    schedule.leader = operator
    schedule.save()
    client = sign_in(commander)
    form = client.get(url(schedule)).context["form"]
    assert {officer.pk, operator.pk} == {int(key) for key in form.picks.people}
    assert [str(group.pk)] == form["groups"].value()
    client.post(url(schedule), form_data(schedule, order_number="Sprin/2"))
    schedule.refresh_from_db()
    assert (schedule.order_number, schedule.leader) == ("Sprin/2", operator)
    assert list(schedule.officers.all()) == [officer]
    assert list(schedule.groups.all()) == [group]
