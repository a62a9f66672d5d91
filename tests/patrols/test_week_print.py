from datetime import time, timedelta

import pytest
from django.urls import reverse

from patrols.models import Attendance
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
    # It hangs on a wall, where nobody reads why.
    assert "Tanpa " in shown
    assert "cuti sampai" not in shown


def test_after_midnight_comes_last_and_says_so(client, units, officer, operator):
    early = {"start": time(1), "end": time(5), "after_midnight": True}
    planned(units.polsek, operator, name="Pos dini hari", **early)
    # Its first night is later than that of the post.
    planned(units.polsek, officer, name="Patroli", valid_from=TODAY + timedelta(days=1))
    client.force_login(officer)
    answer = client.get(reverse("patrols:week_print"))
    assert [line.duty.name for line in answer.context["lines"]] == ["Patroli", "Pos dini hari"]
    assert answer.content.decode().count("dini hari berikutnya") == 1


def test_nobody_stands_as_leader_who_does_not_lead(client, units, officer, operator):
    planned(units.polsek, officer, leader=operator)
    Attendance.objects.filter(officer=operator).delete()
    page = page_of(client, officer, "week_print")
    assert officer.titled_name in page
    assert f"<b>{officer.titled_name}</b>" not in page


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
