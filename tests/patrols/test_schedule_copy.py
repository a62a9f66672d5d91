"""A schedule is copied with its people and teams; the preview shows the holes of its nights."""

from datetime import timedelta

from django.urls import reverse

from patrols.models import Schedule, Team
from patrols.services.schedules import refresh_duties
from tests import factories as make
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_people_who_left import NIGHTS, TODAY, clock, nights_of, planned  # noqa: F401

PATH = "patrols:schedule_add"


def copy_of(client, schedule, **changes):
    path = f"{reverse(PATH)}?copy={schedule.pk}"
    form = client.get(path).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return client.post(path, {k: v for k, v in (sent | changes).items() if v not in (None, False)})


def test_the_copy_has_the_people_and_the_teams(client, units, officer, operator):
    people = [make.make_user("", units.polsek, "officer") for _ in "AB"]
    schedule = planned(units.polsek, officer, name="Pos", every=2, valid_from=TODAY)
    make.make_teams(schedule, *[[person] for person in people], turn_nights=3)
    refresh_duties(schedule)
    client.force_login(operator)
    sent = {"start": "10:00", "end": "12:00", "name": "Pos siang"}
    assert copy_of(client, schedule, **sent).status_code == 302
    new = Schedule.objects.get(name="Pos siang")
    assert (new.every, new.team_count, new.turn_nights) == (2, 2, 3)
    assert [list(team.officers.all()) for team in Team.objects.filter(schedule=new)] == [
        [person] for person in people
    ]
    assert nights_of(people[0], new)[0] == TODAY + timedelta(days=2)  # today at 10 is over
    assert schedule.teams.count() == 2


def test_who_of_the_teams_is_busy_is_left_out(client, units, operator):
    person = make.make_user("Regu Satu", units.polsek, "officer")
    schedule = planned(units.polsek, name="Pos", valid_from=TODAY)
    make.make_teams(schedule, [person])
    refresh_duties(schedule)
    client.force_login(operator)
    assert copy_of(client, schedule, name="Pos dua").status_code == 302
    new = Schedule.objects.get(name="Pos dua")
    assert new.duties.count() == NIGHTS
    assert nights_of(person, new) == []
    assert "Regu Satu" in page_of(client, operator, "schedule_list")


def test_a_foreign_schedule_is_not_copied(client, units, operator):
    foreign = make.make_schedule(units.polsek_other)
    client.force_login(operator)
    assert client.get(reverse(PATH), {"copy": foreign.pk}).status_code == 404


def test_the_preview_shows_the_holes_of_its_nights(client, units, officer, operator):
    make.make_absence(officer, TODAY + timedelta(days=2), TODAY + timedelta(days=3))
    client.force_login(operator)
    sent = {
        "name": "Pos",
        "kind": "joint",
        "nights": "every",
        "start": "20:00",
        "end": "22:00",
        "valid_from": TODAY.isoformat(),
        "officers": [officer.pk],
        "preview": "1",
    }
    answer = client.post(reverse(PATH), sent)
    preview = answer.context["preview"]
    nights = [night for night, _duty, holes in preview.nights if holes]
    assert nights == [TODAY + timedelta(days=2), TODAY + timedelta(days=3)]
    assert "cuti sampai 14 Nov" in answer.content.decode()
