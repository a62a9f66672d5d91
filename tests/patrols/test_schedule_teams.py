"""Teams of a schedule: their people are expected in turn."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.services.absences import save_absence
from patrols.models import Team
from patrols.selectors.clashes import left_out_before
from patrols.services.leavers import free_duties
from patrols.services.schedules import ScheduleClash, make_duties, refresh_duties, save_schedule
from patrols.services.teams import TeamDraft, TeamsChanged, save_teams, teams_stamp
from tests import factories as make
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_absences import absence_of
from tests.patrols.test_people_who_left import (  # noqa: F401
    NIGHTS,
    TODAY,
    clock,
    duty_of,
    nights_led,
    nights_of,
    planned,
)


@pytest.fixture
def three(units):
    return [make.make_user(f"Regu {word}", units.polsek, "officer") for word in "ABC"]


@pytest.fixture
def schedule(units, officer):
    return planned(units.polsek, officer, valid_from=TODAY, leader=officer)


def in_turn(schedule, people, by, **fields):
    drafts = [TeamDraft(f"Regu {n}", None, [person]) for n, person in enumerate(people)]
    return save_teams(schedule=schedule, teams=drafts, turn_nights=1, by=by, **fields)


def every_third(place):
    return [TODAY + timedelta(days=n) for n in range(NIGHTS) if n % 3 == place]


def test_each_team_is_expected_on_its_nights(schedule, three, officer, operator):
    in_turn(schedule, three, operator)
    assert [nights_of(person) for person in three] == [every_third(n) for n in range(3)]
    assert len(nights_of(officer)) == len(nights_led(officer)) == NIGHTS


def test_the_leader_of_the_team_leads(schedule, three, officer, operator):
    drafts = [TeamDraft("A", three[0]), TeamDraft("B", None, [three[1]])]
    save_teams(schedule=schedule, teams=drafts, turn_nights=7, by=operator)
    assert (
        nights_led(three[0])[:7]
        == nights_of(three[0])[:7]
        == [TODAY + timedelta(days=n) for n in range(7)]
    )
    assert TODAY + timedelta(days=7) in nights_led(officer)


def test_members_of_a_group_come_with_their_team(units, schedule, operator):
    group = make.make_group(units.polsek)
    member = make.make_member(group)
    drafts = [TeamDraft("A", groups=[group]), TeamDraft("B")]
    save_teams(schedule=schedule, teams=drafts, turn_nights=1, by=operator)
    nights = member.attendances.values_list("duty__night", flat=True)
    assert sorted(nights) == [TODAY + timedelta(days=n) for n in range(0, NIGHTS, 2)]


def test_nothing_changes_when_the_job_runs_again(schedule, three, operator):
    in_turn(schedule, three, operator)
    assert make_duties() == (0, [])
    assert refresh_duties(schedule).changed == []
    assert free_duties() == 0
    assert left_out_before(schedule) == set()


def test_a_team_that_goes_is_expected_no_more(schedule, three, operator):
    in_turn(schedule, three, operator)
    in_turn(schedule, three[:1], operator)
    assert len(nights_of(three[0])) == NIGHTS
    assert nights_of(three[1]) == []
    assert Team.objects.count() == 1


def test_only_on_its_nights_a_team_can_clash(units, schedule, three, operator):
    """Two schedules at the same hours, the teams of one a night after those of the other."""
    in_turn(schedule, three, operator)
    other = make.make_schedule(units.polsek, valid_from=TODAY)
    refresh_duties(other)
    in_turn(other, [three[1], three[2], three[0]], operator)
    assert nights_of(three[0], other) == every_third(2)
    with pytest.raises(ScheduleClash) as clash:
        in_turn(other, three, operator)
    assert {line.key[0] for line in clash.value.clashes} <= {person.pk for person in three}


def test_a_clash_with_a_team_keeps_a_schedule_from_being_saved(units, schedule, three, operator):
    make.make_teams(schedule, [three[0]])
    refresh_duties(schedule)
    other = make.make_schedule(units.polsek, start=time(10), end=time(12), valid_from=TODAY)
    make.make_teams(other, [three[0]])
    refresh_duties(other)
    other.start, other.end = schedule.start, schedule.end
    with pytest.raises(ScheduleClash):
        save_schedule(schedule=other, officers=[], groups=[], by=operator)


def test_who_of_the_team_is_on_leave_is_a_hole_on_that_night(
    client, units, schedule, three, operator
):
    in_turn(schedule, three, operator)
    # B's turn is on the 12th: who stands there then, and which nights have a hole?
    save_absence(absence=absence_of(three[1], TODAY, date(2026, 11, 15)), by=operator)
    assert nights_of(three[1]) == [
        night for night in every_third(1) if night.day > 15 or night.month > 11
    ]
    duty = duty_of(schedule, date(2026, 11, 12))
    assert not duty.attendances.filter(officer=three[1]).exists()
    shown = page_of(client, operator, "schedule_list")
    assert "cuti sampai 15 Nov" in shown
    shown = page_of(client, operator, "night_list")
    assert shown.count("cuti sampai 15 Nov") >= 1


def test_another_planner_was_faster(schedule, three, operator, commander):
    stamp = teams_stamp(schedule)
    in_turn(schedule, three, commander, stamp=stamp)
    with pytest.raises(TeamsChanged):
        in_turn(schedule, three[:2], operator, stamp=stamp)
    assert Team.objects.count() == 3


def test_who_may_not_plan_changes_no_team(schedule, three, officer, neighbour):
    for person in (officer, neighbour):
        with pytest.raises(PermissionDenied):
            in_turn(schedule, three, person)


def sent(*teams, turn_nights=1, **fields):
    data = {"turn_nights": turn_nights, **fields}
    for n, (name, officers) in enumerate(teams):
        data |= {f"team{n}-name": name, f"team{n}-officers": [person.pk for person in officers]}
    return data


def test_the_page_saves_teams_and_shows_their_turns(client, schedule, three, operator):
    client.force_login(operator)
    path = reverse("patrols:schedule_teams", args=[schedule.pk])
    stamp = client.get(path).context["turn"].initial["stamp"]
    data = sent(("Regu A", [three[0]]), ("Regu B", [three[1]]), ("", []), stamp=stamp)
    assert client.post(path, data).url == path
    page = client.get(path)
    assert [team.name for _night, team in page.context["nights"]][:3] == [
        "Regu A",
        "Regu B",
        "Regu A",
    ]
    answer = client.post(path, data)  # the old page again
    assert answer.status_code == 409
    assert "Regu B" in answer.content.decode()


def test_people_without_a_name_of_their_team_are_asked_for_it(client, schedule, three, operator):
    client.force_login(operator)
    path = reverse("patrols:schedule_teams", args=[schedule.pk])
    answer = client.post(path, sent(("", [three[0]])))
    assert answer.context["forms"][0].errors["name"]
    assert not Team.objects.exists()


def test_a_clash_is_shown_and_can_be_left_out(client, units, schedule, three, operator):
    in_turn(schedule, three, operator)
    other = make.make_schedule(units.polsek, valid_from=TODAY)
    client.force_login(operator)
    path = reverse("patrols:schedule_teams", args=[other.pk])
    data = sent(("Regu A", [three[0]]))
    answer = client.post(path, data)
    assert answer.context["clashing"] == f"o{three[0].pk}"
    assert client.post(path, data | {"leave_out": answer.context["clashing"]}).status_code == 302
    assert len(nights_of(three[0], other)) == NIGHTS - len(every_third(0))


@pytest.mark.parametrize("number", ["", "0", "61", "x", "9" * 30])
def test_a_bad_length_of_turn_is_refused(client, schedule, three, operator, number):
    client.force_login(operator)
    path = reverse("patrols:schedule_teams", args=[schedule.pk])
    answer = client.post(path, sent(("A", [three[0]]), turn_nights=number))
    assert answer.context["turn"].errors["turn_nights"]
