from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from reports.models import Hotspot, HotspotProposal, Report
from reports.services.proposals import accept_proposal, decline_proposal, propose_hotspots
from tests import factories as make
from tests.patrols.places import LAT, LON, METRE, report_at
from toolkit.schema import past_rows
from toolkit.workflow import ChangeRefused


@pytest.fixture
def five(units):
    return [report_at(units.polsek, metres) for metres in (0, 20, 40, 60, 80)]


def test_five_reports_near_each_other_are_proposed_once(five, units):
    assert propose_hotspots() == 1
    proposal = HotspotProposal.objects.get()
    assert (proposal.unit, proposal.report_count, proposal.state) == (units.polsek, 5, "waiting")
    assert proposal.lat == pytest.approx(LAT + 40 * METRE, abs=2e-5)
    assert propose_hotspots() == 0
    assert HotspotProposal.objects.count() == 1
    assert not past_rows(HotspotProposal).exists(), "nothing was written again"


def test_four_are_not_enough_and_far_ones_do_not_count(units):
    for metres in (0, 20, 40, 60, 2000):
        report_at(units.polsek, metres)
    assert propose_hotspots() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"days": 91},
        {"source": "patrol"},
        {"source": "cyber"},
        {"state": "rejected"},
        {"state": "referred", "referred_to": "PLN"},
    ],
)
def test_what_does_not_count(five, units, fields):
    report = five[0]
    fields = dict(fields)
    days = fields.pop("days", 1)
    reported = timezone.now() - timedelta(days=days)
    Report.objects.filter(pk=report.pk).update(reported_at=reported, **fields)
    assert propose_hotspots() == 0


def test_sealed_kinds_and_vague_positions_do_not_count(five, units):
    category = make.make_category("domestic_violence", is_sealed=True)
    Report.objects.filter(pk=five[0].pk).update(category=category)
    assert Report.objects.get(pk=five[0].pk).is_sealed
    assert propose_hotspots() == 0
    report_at(units.polsek, 10)
    Report.objects.filter(pk=five[1].pk).update(accuracy_m=900)
    assert propose_hotspots() == 0


def test_a_hotspot_covers_its_surroundings_until_it_is_retired(five, units):
    spot = make.make_hotspot(units.polsek_neighbour, lat=LAT - 100 * METRE, lon=LON, radius_m=100)
    assert propose_hotspots() == 0
    Hotspot.objects.filter(pk=spot.pk).update(is_active=False)
    assert propose_hotspots() == 1


def test_across_the_border_the_unit_with_most_reports_is_asked(units):
    for number in range(6):
        unit = units.polsek if number < 2 else units.polsek_neighbour
        report_at(unit, number * 10)
    propose_hotspots()
    proposal = HotspotProposal.objects.get()
    assert (proposal.unit, proposal.report_count) == (units.polsek_neighbour, 6)


def test_a_waiting_one_grows_and_lapses(five, units):
    propose_hotspots()
    report_at(units.polsek, 50)
    propose_hotspots()
    proposal = HotspotProposal.objects.get()
    assert proposal.report_count == 6
    Report.objects.filter(pk__in=[report.pk for report in five]).update(
        reported_at=timezone.now() - timedelta(days=120)
    )
    propose_hotspots()
    proposal.refresh_from_db()
    assert proposal.state == "lapsed"


def test_a_declined_one_comes_back_when_it_grows_or_after_90_days(five, units, commander):
    propose_hotspots()
    first = HotspotProposal.objects.get()
    decline_proposal(proposal=first, by=commander, reason="Satu keributan, banyak pelapor")
    assert propose_hotspots() == 0
    for number in range(4):
        report_at(units.polsek, number * 20)
    assert propose_hotspots() == 0, "nine: not as many again"
    report_at(units.polsek, 30)
    assert propose_hotspots() == 1
    assert HotspotProposal.objects.filter(state="waiting").get().report_count == 10
    HotspotProposal.objects.exclude(pk=first.pk).update(state="lapsed")
    Report.objects.filter(pk__gt=five[-1].pk).update(source="patrol")
    assert propose_hotspots() == 0
    HotspotProposal.objects.filter(pk=first.pk).update(
        decided_at=timezone.now() - timedelta(days=91)
    )
    assert propose_hotspots() == 1


def test_only_whoever_heads_the_unit_decides_and_only_once(units, commander, operator, neighbour):
    proposal = make.make_proposal(units.polsek)
    for person in (operator, neighbour):
        with pytest.raises(PermissionDenied):
            decline_proposal(proposal=proposal, by=person, reason="x")
    with pytest.raises(ValidationError):
        decline_proposal(proposal=proposal, by=commander, reason="  ")
    hotspot = make.make_hotspot(units.polsek)
    accept_proposal(proposal=proposal, hotspot=hotspot, by=commander)
    with pytest.raises(ChangeRefused):
        decline_proposal(proposal=proposal, by=commander, reason="Terlambat")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.hotspot, proposal.decided_by) == (
        "accepted",
        hotspot,
        commander,
    )
    assert [row.state for row in past_rows(HotspotProposal)] == ["waiting"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "accepted"},
        {"state": "declined"},
        {"reason": "tanpa keputusan"},
        {"state": "odd"},
        {"report_count": 0},
    ],
)
def test_the_database_refuses_half_a_decision(units, fields):
    proposal = make.make_proposal(units.polsek)
    with pytest.raises(IntegrityError), transaction.atomic():
        HotspotProposal.objects.filter(pk=proposal.pk).update(**fields)


def test_statements_do_not_grow_with_reports(five, units, django_assert_max_num_queries):
    for number in range(30):
        report_at(units.polsek, number * 2)
    with django_assert_max_num_queries(14):
        propose_hotspots()
