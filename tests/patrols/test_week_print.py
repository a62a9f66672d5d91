from datetime import timedelta

import pytest
from django.urls import reverse

from patrols.services.teams import TeamDraft, save_teams
from tests import factories as make
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_people_who_left import TODAY, clock, planned  # noqa: F401


def test_it_shows_who_stands_where_from_monday(client, units, officer, operator):
    group = make.make_group(units.polsek, "Pokdar Uji")
    make.make_member(group, "Nama Warga")
    people = [make.make_user(f"Anggota {word}", units.polsek, "officer") for word in "AB"]
    schedule = planned(units.polsek, officer, leader=officer, groups=[group], valid_from=TODAY)
    drafts = [TeamDraft(person.name, None, [person]) for person in people]
    save_teams(schedule=schedule, teams=drafts, turn_nights=1, by=operator)
    make.make_absence(people[0], TODAY, TODAY)
    shown = page_of(client, officer, "week_print")
    assert "Pokdar Uji (1)" in shown
    assert "Nama Warga" not in shown  # a list on a wall names no residents
    [line] = client.get(reverse("patrols:week_print")).context["lines"]
    names = [[name for cell in cells for name in cell.people] for cells in line.nights]
    assert names[:2] == [[], []]  # Monday and Tuesday, before its first night
    assert names[3] == [officer.titled_name, people[1].titled_name, "Pokdar Uji (1)"]
    assert "cuti sampai 11 Nov" in shown


@pytest.mark.parametrize("asked", ["x", "2026-13-01", "9999-01-01", ""])
def test_an_odd_week_is_this_week(client, officer, asked):
    client.force_login(officer)
    answer = client.get(reverse("patrols:week_print"), {"from": asked})
    assert answer.context["first"] == TODAY - timedelta(days=TODAY.weekday())


@pytest.mark.parametrize("count", [1, 6])
def test_statements_do_not_grow(client, units, officer, django_assert_max_num_queries, count):
    for _ in range(count):
        planned(units.polsek, make.make_user("", units.polsek, "officer"))
    client.force_login(officer)
    with django_assert_max_num_queries(7):
        client.get(reverse("patrols:week_print"))
