"""What officers carry, side by side, and moving of it: villages and open reports."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence
from accounts.services.served_areas import move_area
from programs.selectors.workload import workload_of
from reports.services.changes import arrive_at_report, dispatch_report
from territory.models import UnitArea
from tests import factories as make
from toolkit.workflow import ChangeRefused

URL = "/programs/workload/"


@pytest.fixture
def villages(units):
    """Two of the unit's kecamatan: one with RW and people, one without."""
    one = make.make_area("31.73.04.1001", "Tambora", population=9000, population_year=2025)
    two = make.make_area("31.73.04.1002", "Krendang")
    UnitArea.objects.create(unit=units.polsek, area=one.parent)
    for number, people in ((1, 700), (2, 800)):
        code = f"{two.code}-{number:03}"
        make.make_area(code, f"RW {number:02}", population=people, population_year=2025)
    return one, two


@pytest.fixture
def other(units):
    return make.make_user("Bhabin B", units.polsek, "officer")


@pytest.fixture
def served(officer, villages):
    officer.postings.get().villages.set([villages[0]])
    return officer.postings.get()


def loads(unit, user):
    found = workload_of(unit, user, now=timezone.now())
    return {load.person.name: load for load in found.officers}, found.vacant


def move_url(unit):
    return reverse("programs:workload_move", args=[unit.pk])


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
    """A Polisi RW: the village is not without an officer then."""
    rw = make.make_area(f"{villages[1].code}-001")
    officer.postings.get().villages.set([rw])
    found, vacant = loads(units.polsek, commander)
    assert [area.name for area in found[officer.name].areas] == ["RW 01 Krendang"]
    assert found[officer.name].rw_count == 1
    assert [area.name for area in vacant] == ["Tambora"]


def test_the_page_is_in_the_order_of_names(client, units, officer, other, commander, served):
    client.force_login(commander)
    html = client.get(URL).content.decode()
    assert html.index(officer.name) < html.index("Bhabin B")
    assert "Krendang" in html
    assert "bukan peringkat" in html
    assert f"{move_url(units.polsek)}?area=" in html


def test_a_larger_unit_chooses_one_below(client, units, chief, served):
    client.force_login(chief)
    html = client.get(URL).content.decode()
    assert f'href="?unit={units.polres.pk}"' in html
    assert client.get(URL, {"unit": units.polsek.pk}).context["workload"].officers


def test_a_move_is_shown_before_it_is_done(client, units, other, commander, villages, served):
    client.force_login(commander)
    form = client.get(move_url(units.polsek), {"area": villages[0].pk}).context["form"]
    area = f"{villages[0].pk}:{served.pk}"
    assert form.initial["area"] == area
    taker = other.postings.get()
    chosen = {"area": area, "taker": taker.pk}
    answer = client.get(move_url(units.polsek), chosen)
    assert [(c.areas, c.population) for c in answer.context["changes"]] == [
        ((1, 0), (9000, 0)),
        ((0, 1), (0, 9000)),
    ]
    assert "tidak memegang desa lagi" in answer.content.decode()
    assert list(served.villages.all()) == [villages[0]]
    for _twice in range(2):
        answer = client.post(move_url(units.polsek), chosen, follow=True)
        assert "Tambora sekarang dipegang Bhabin B" in answer.content.decode()
        assert list(served.villages.all()) == []
        assert list(taker.villages.all()) == [villages[0]]


def test_a_village_without_an_officer_is_given_and_taken_back(
    client, units, commander, villages, served
):
    client.force_login(commander)
    chosen = {"area": f"{villages[1].pk}:", "taker": served.pk}
    client.post(move_url(units.polsek), chosen)
    assert set(served.villages.all()) == set(villages)
    chosen = {"area": f"{villages[1].pk}:{served.pk}", "taker": "none"}
    client.post(move_url(units.polsek), chosen)
    assert list(served.villages.all()) == [villages[0]]


def test_who_was_slower_is_told(client, units, other, commander, villages, served):
    third = make.make_user("Bhabin C", units.polsek, "officer")
    move_area(
        area=villages[0],
        unit=units.polsek,
        giver=served,
        taker=other.postings.get(),
        by=commander,
    )
    client.force_login(commander)
    chosen = {"area": f"{villages[0].pk}:{served.pk}", "taker": third.postings.get().pk}
    html = client.post(move_url(units.polsek), chosen).content.decode()
    assert "sudah memindahkannya" in html
    assert list(other.postings.get().villages.all()) == [villages[0]]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"area": "x", "taker": "y"},
        {"area": "1:", "taker": "none"},
        {"area": "\x00", "taker": "9" * 30},
    ],
)
def test_what_no_page_sends_is_refused_beside_its_field(client, units, commander, served, data):
    client.force_login(commander)
    answer = client.post(move_url(units.polsek), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_who_may_not_move(units, officer, operator, commander, villages, served):
    elsewhere = make.make_area("32.01.01.2001", "Jauh")
    for by, area in ((officer, villages[0]), (operator, villages[0]), (commander, elsewhere)):
        with pytest.raises(PermissionDenied):
            move_area(area=area, unit=units.polsek, giver=served, taker=None, by=by)


def test_somebody_of_another_unit_takes_nothing(units, neighbour, commander, villages, served):
    with pytest.raises(ChangeRefused):
        move_area(
            area=villages[0],
            unit=units.polsek,
            giver=served,
            taker=neighbour.postings.get(),
            by=commander,
        )


def test_reports_are_shared_out(client, units, officer, other, commander, served):
    reports = [make.make_report(units.polsek, f"Ribut {number}") for number in range(3)]
    for report in reports:
        dispatch_report(report=report, by=commander, assignee=officer)
    arrive_at_report(report=reports[2], by=officer)
    client.force_login(commander)
    url = reverse("programs:workload_share", args=[served.pk])
    page = client.get(url)
    keys = [key for key, _words in page.context["form"].fields["reports"].choices]
    assert len(keys) == 2
    assert reports[2].number in page.content.decode()
    sent = {"reports": keys, "taker": other.pk}
    answer = client.post(url, sent, follow=True)
    assert "2 laporan diberikan kepada Bhabin B" in answer.content.decode()
    for report in reports[:2]:
        report.refresh_from_db()
        assert report.assignee == other
    again = client.post(url, sent)
    assert "sudah berubah" in again.content.decode()


def test_nothing_to_share_out_is_said(client, commander, served):
    client.force_login(commander)
    html = client.get(reverse("programs:workload_share", args=[served.pk])).content.decode()
    assert "Tidak ada yang dibagi" in html


def test_statements_do_not_grow(client, units, commander, villages, django_assert_max_num_queries):
    for number in range(12):
        person = make.make_user(f"Bhabin {number}", units.polsek, "officer")
        person.postings.get().villages.set([villages[number % 2]])
    client.force_login(commander)
    with django_assert_max_num_queries(16):
        client.get(URL)
