"""Counts of a month for the sets that units send up, and the own month of an officer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from programs.models import Activity
from tests import factories as make

URL = "/programs/activities/month/"


@pytest.fixture
def month(units, officer, commander, neighbour):
    """Of the month before this one: two visits, one of them of the commander, and a talk."""
    zone = units.polsek.zone
    first = timezone.now().astimezone(zone).replace(day=1, hour=0, minute=0, second=0)
    last = first.replace(microsecond=0) - timedelta(minutes=1)
    visit = make.make_activity_kind("visit", "Sambang", counted_as="DDS/sambang")
    other = make.make_activity_kind("face", "Tatap muka", counted_as="DDS/sambang")
    talk = make.make_activity_kind("talk", "Binluh")
    make.make_activity_kind("rare", "Negosiator")

    def write(unit, by, kind, at, people):
        row = make.make_activity(unit, by, kind=kind, people_count=people)
        Activity.objects.filter(pk=row.pk).update(at=at)
        return row

    write(units.polsek, officer, visit, last, 3)
    write(units.polsek, commander, other, last - timedelta(days=2), 2)
    write(units.polsek, officer, talk, last - timedelta(days=3), 40)
    write(units.polsek_neighbour, neighbour, talk, last - timedelta(days=3), 7)
    write(units.polsek, officer, talk, last + timedelta(minutes=2), 5)
    taken = write(units.polsek, officer, talk, last, 99)
    Activity.objects.filter(pk=taken.pk).update(withdrawn_at=timezone.now())
    return f"{last:%Y-%m}"


def lines(answer):
    return {line.name: (line.count, line.people) for line in answer.context["lines"]}


def test_of_a_unit(client, commander, month):
    client.force_login(commander)
    answer = client.get(URL, {"month": month})
    assert lines(answer) == {"DDS/sambang": (2, 5), "Binluh": (1, 40), "Negosiator": (0, 0)}
    assert (answer.context["count"], answer.context["people"]) == (3, 45)
    assert answer.context["rows"] == []


def test_of_an_officer_it_is_the_own_one_by_one(client, officer, month):
    client.force_login(officer)
    answer = client.get(URL, {"month": month, "whose": "all"})
    assert lines(answer)["DDS/sambang"] == (1, 3)
    assert [row.kind.code for row in answer.context["rows"]] == ["talk", "visit"]


def test_a_commander_may_see_the_own(client, commander, month):
    client.force_login(commander)
    assert lines(client.get(URL, {"month": month, "whose": "mine"}))["DDS/sambang"] == (1, 2)


@pytest.mark.parametrize("asked", ["x", "2999-01", "1999-01", "2026-13", ""])
def test_an_odd_month_is_this_one(client, commander, month, asked):
    client.force_login(commander)
    answer = client.get(URL, {"month": asked})
    assert answer.context["month"] == timezone.localdate().replace(day=1)


def test_a_unit_outside_the_scope(client, commander, units):
    client.force_login(commander)
    assert client.get(URL, {"unit": units.polsek_neighbour.pk}).status_code == 404


def test_as_many_statements_for_many_rows(client, officer, month, django_assert_num_queries):
    client.force_login(officer)
    client.get(URL, {"month": month})
    with django_assert_num_queries(6):
        client.get(URL, {"month": month})


def test_the_month_ends_by_the_clocks_of_the_unit(client, units, officer_east):
    """At 01.30 in Jayapura a new month has begun; in Jakarta it is the old one still."""
    row = make.make_activity(units.polsek_east, officer_east)
    at = datetime(2026, 11, 1, 1, 30, tzinfo=units.polsek_east.zone)
    Activity.objects.filter(pk=row.pk).update(at=at)
    client.force_login(officer_east)
    assert client.get(URL, {"month": "2026-10"}).context["count"] == 0
