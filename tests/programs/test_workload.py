"""What officers carry, side by side."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Absence
from programs.selectors.workload import workload_of
from reports.services.changes import dispatch_report
from territory.models import UnitArea
from tests import factories as make

URL = "/programs/workload/"


def loads(unit, user):
    found = workload_of(unit, user, now=timezone.now())
    return {load.person.name: load for load in found.officers}, found.vacant


def test_each_officer_with_what_comes_with_the_villages(
    units, officer, other, commander, villages, served
):
    report = make.make_report(units.polsek)
    type(report).objects.filter(pk=report.pk).update(village=villages[0])
    dispatch_report(report=report, by=commander, assignee=other)
    make.make_activity(units.polsek, officer)
    duty = make.make_duty(units.polsek, "Ronda")
    make.make_attendance(duty, officer=other)
    today = units.polsek.today()
    Absence.objects.create(
        user=other, kind="leave", starts_on=today, ends_on=today + timedelta(days=2)
    )
    found, vacant = loads(units.polsek, commander)
    mine, theirs = found[officer.name], found["Bhabin B"]
    assert [area.name for area in mine.areas] == ["Tambora"]
    assert (mine.population, mine.in_areas, mine.open_reports) == (9000, 1, 0)
    assert (mine.activities, mine.duties, mine.away) == (1, 0, None)
    assert (theirs.open_reports, theirs.duties, theirs.activities) == (1, 1, 0)
    assert theirs.away.ends_on == today + timedelta(days=2)
    assert [area.name for area in vacant] == ["Krendang"]
    assert (vacant[0].rw_count, vacant[0].population) == (2, 1500)


def test_an_rw_is_served_by_itself(units, officer, commander, villages):
    """A Polisi RW: of its village the other RW are without an officer."""
    rw = make.make_area(f"{villages[1].code}-001")
    officer.postings.get().villages.set([rw])
    found, vacant = loads(units.polsek, commander)
    assert [area.name for area in found[officer.name].areas] == ["RW 01 Krendang"]
    assert found[officer.name].rw_count == 1
    assert [area.name for area in vacant] == ["Tambora", "RW 02 Krendang"]


def test_reports_of_the_village_are_those_of_its_rw(officer, villages):
    officer.postings.get().villages.set([make.make_area(f"{villages[1].code}-001")])
    (posting,) = type(officer).objects.get(pk=officer.pk).postings_held()
    assert posting.served == [villages[1].pk]


def test_a_village_of_a_subsektor_is_not_of_the_polsek(units, commander, villages):
    below = make.make_unit("subsektor", "Subsektor A", units.polsek)
    UnitArea.objects.create(unit=below, area=villages[1])
    for unit, name in ((units.polsek, "Tambora"), (below, "Krendang")):
        _found, vacant = loads(unit, commander)
        assert [area.name for area in vacant] == [name]


def test_who_is_excused_carries_no_duty(units, officer, commander):
    duty = make.make_duty(units.polsek, "Ronda")
    make.make_attendance(duty, officer=officer, status="excused")
    found, _vacant = loads(units.polsek, commander)
    assert found[officer.name].duties == 0


def test_the_unit_posted_to_is_shown(client, units, officer):
    """An account of one unit, whose posting is in another."""
    person = make.make_user("Kapolsek Baru", units.polsek_neighbour, None)
    make.make_posting(user=person, unit=units.polsek, role="commander")
    client.force_login(person)
    assert client.get(URL).context["unit"] == units.polsek


def test_the_page_is_in_the_order_of_names(client, units, officer, other, commander, served):
    client.force_login(commander)
    html = client.get(URL).content.decode()
    assert html.index(officer.name) < html.index("Bhabin B")
    assert "Krendang" in html
    assert "bukan peringkat" in html
    assert f"/programs/workload/units/{units.polsek.pk}/move/?area=" in html


def test_a_larger_unit_chooses_one_below(client, units, chief, served):
    client.force_login(chief)
    html = client.get(URL).content.decode()
    assert f'href="?unit={units.polres.pk}"' in html
    assert client.get(URL, {"unit": units.polsek.pk}).context["workload"].officers


def test_statements_do_not_grow(client, units, commander, villages, django_assert_max_num_queries):
    for number in range(12):
        person = make.make_user(f"Bhabin {number}", units.polsek, "officer")
        person.postings.get().villages.set([villages[number % 2]])
    client.force_login(commander)
    with django_assert_max_num_queries(17):
        client.get(URL)
