"""The demo's reports: believable, in every state, and with timelines that hold together."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from statistics import median

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test import override_settings

from accounts.models import User
from accounts.roles import Action
from patrols.models import FindingReport
from reports.models import (
    Category,
    ContactAccess,
    EventKind,
    Handover,
    Hotspot,
    Privacy,
    Report,
    ReportContact,
    ReportEvent,
    Source,
)
from reports.rights import may_open_contact
from reports.services.reporter import dispute_outcome
from reports.workflow import AWAITED, CHANGES, ENDED, OPEN, Outcome, ReportState
from territory.models import Unit
from tests.roles import owner_role
from toolkit.geo.points import cell_of
from tools.demo import patrol_setting
from tools.demo.phrases import texts
from tools.demo.report_plans import KINDS, SECTORS
from tools.demo.reports import TRACKED_CODE

UNTIL = date(2026, 1, 16)
CHANGE_OF = {
    EventKind.VERIFIED: "verify",
    EventKind.DISPATCHED: "dispatch",
    EventKind.RECALLED: "recall",
    EventKind.ARRIVED: "arrive",
    EventKind.RESOLVED: "resolve",
    EventKind.CLOSED: "close",
    EventKind.REJECTED: "reject",
    EventKind.MERGED: "merge",
    EventKind.REFERRED: "refer",
    EventKind.REOPENED: "reopen",
}
CHANGING = {*CHANGE_OF, EventKind.OVERRIDDEN}


@pytest.fixture(scope="class")
def output(django_db_setup, django_db_blocker):
    """Seeds and a demo of many reports and few duties, and what the command printed."""
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        pytest.MonkeyPatch.context() as patch,
        owner_role(),
        transaction.atomic(),
    ):
        plans = [replace(plan, nights=20) for plan in patrol_setting.PLANS]
        patch.setattr(patrol_setting, "PLANS", plans)
        call_command("load_seeds", verbosity=0)
        out = StringIO()
        call_command("load_demo", until=UNTIL, stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(scope="class")
def timelines(output, django_db_blocker):
    """Events of every report, in order."""
    found = defaultdict(list)
    with django_db_blocker.unblock():
        for event in ReportEvent.objects.select_related("actor").order_by("at", "pk"):
            found[event.report_id].append(event)
    return found


def _row(unit):
    return Report(unit=unit, polda=unit.polda, polres=unit.polres, polsek=unit.polsek)


@pytest.mark.django_db
def test_every_category_of_the_seeds_has_words():
    call_command("load_seeds", verbosity=0)
    assert set(KINDS) == set(Category.objects.values_list("code", flat=True))
    for code in KINDS:
        assert texts("told", code)


class TestTheReports:
    @pytest.fixture(autouse=True)
    def _loaded(self, output):
        pass

    def test_two_thousand_of_ninety_days(self, output):
        assert "reports: 2000" in output
        assert TRACKED_CODE in output
        assert Report.objects.exclude(source=Source.COMMUNITY).count() == 2000
        days = Report.objects.datetimes("reported_at", "day")
        assert 85 <= len(days) <= 92
        assert UNTIL - timedelta(days=91) <= min(days).date() <= max(days).date() <= UNTIL

    def test_numbers_follow_time(self):
        rows = Report.objects.exclude(source=Source.COMMUNITY)  # made of an issue of some days ago
        times = list(rows.order_by("pk").values_list("reported_at", flat=True))
        assert times == sorted(times)

    def test_every_state_source_and_outcome(self):
        states = Counter(Report.objects.values_list("state", flat=True))
        assert set(states) == set(ReportState)
        assert sum(states[state] for state in ENDED) > 1300
        assert 10 < sum(states[state] for state in OPEN) < 100
        assert set(Report.objects.values_list("source", flat=True)) == set(Source)
        assert {*Report.objects.values_list("outcome", flat=True)} == {"", *Outcome}
        assert set(Report.objects.values_list("privacy", flat=True)) == set(Privacy)
        assert {*ReportEvent.objects.values_list("kind", flat=True)} == {*EventKind} - {
            EventKind.CLASSIFIED,
            EventKind.CODE_RENEWED,
        }

    def test_some_are_late(self):
        tambora = Report.objects.filter(unit__code="polsek-tambora")
        now = max(Report.objects.values_list("reported_at", flat=True))
        assert 0 < tambora.overdue(now).count() < 40
        assert tambora.unassigned().exists()

    def test_night_heavy(self):
        bands = Counter(
            at.astimezone(Unit(timezone="Asia/Jakarta").zone).hour // 4
            for at in Report.objects.values_list("reported_at", flat=True)
        )
        assert bands[5] + bands[0] > 850
        assert bands[1] == min(bands.values())

    def test_few_places_carry_most(self):
        with_place = Report.objects.exclude(place="").exclude(source=Source.PATROL)
        places = Counter(with_place.values_list("unit__code", "place"))
        top = {(sector.unit, place.name) for sector in SECTORS for place in sector.places}
        # What went to another unit has its place's name there.
        here = sum(count for key, count in places.items() if key in top)
        assert here > 0.7 * sum(places.values())
        assert places["polsek-tambora", SECTORS[0].places[0].name] > 60

    def test_positions_and_cells(self):
        placed = Report.objects.exclude(lat=None).select_related("village")
        assert 500 < placed.count() < 1200
        for report in placed:
            assert report.h3_cell == cell_of(report.lat, report.lon)
            if report.village:
                assert abs(report.lat - report.village.lat) < 0.02
                assert abs(report.lon - report.village.lon) < 0.02

    def test_texts_are_whole(self):
        assert not Report.objects.filter(Q(text="") | Q(text__contains="{")).exists()
        assert not ReportEvent.objects.filter(text__contains="{").exists()
        assert Report.objects.values("text").distinct().count() > 800

    def test_a_timeline_leads_to_the_state(self, timelines):
        for report in Report.objects.all():
            events = timelines[report.pk]
            assert events[0].kind == EventKind.RECEIVED
            assert events[0].at == report.reported_at
            state = ""
            for event in events:
                if not event.to_state:
                    continue
                assert event.from_state == state, (report.pk, event.kind)
                if event.kind in CHANGE_OF:
                    change = CHANGES[CHANGE_OF[event.kind]]
                    assert state in change.from_states, (event.kind, state)
                    assert event.to_state == change.to_state
                state = event.to_state
            assert state == report.state

    def test_times_stand_beside_their_events(self, timelines):
        for report in Report.objects.all():
            events = timelines[report.pk]
            by_staff = [e.at for e in events if e.kind in CHANGING and e.actor]
            arrived = [e.at for e in events if e.kind == EventKind.ARRIVED]
            assert report.first_response_at == (by_staff[0] if by_staff else None)
            assert report.arrived_at == (arrived[0] if arrived else None)
            ends = [e.at for e in events if e.to_state == ReportState.RESOLVED]
            closes = [e.at for e in events if e.to_state == ReportState.CLOSED]
            assert report.resolved_at == (ends[-1] if report.state in ENDED else None)
            assert report.closed_at == (closes[-1] if report.state == ReportState.CLOSED else None)

    def test_who_has_come_has_no_due_time_when_reopened(self):
        awaited = Report.objects.filter(state__in=AWAITED)
        assert not awaited.exclude(arrived_at=None).exclude(due_at=None).exists()

    def test_nothing_is_of_the_future(self):
        now = ReportEvent.objects.order_by("-at").values_list("at", flat=True)[0]
        assert now.hour == 16  # 23.30 WIB
        assert now.date() == UNTIL

    def test_who_worked_on_it_had_the_right(self, timelines):
        people = {user.pk: user for user in User.objects.prefetch_related("postings__unit")}
        units = {unit.pk: unit for unit in Unit.objects.all()}
        for events in timelines.values():
            for event in events:
                if event.actor_id and event.kind in CHANGE_OF:
                    needs = CHANGES[CHANGE_OF[event.kind]].needs
                    unit = units[event.unit_id]
                    assert people[event.actor_id].may(needs, _row(unit)), (event.kind, unit)

    def test_mostly_in_time_and_slower_at_night(self):
        waits = defaultdict(list)
        first = Report.objects.exclude(arrived_at=None).filter(category__code="street_racing")
        for report in first.filter(handovers=None):
            waits[report.category_id].append(report.response_time.total_seconds() / 60)
        target = Category.objects.get(code="street_racing").target_minutes
        (minutes,) = waits.values()
        assert 0.5 * target < median(minutes) < 1.3 * target
        late = sum(wait > target for wait in minutes)
        assert 0.1 < late / len(minutes) < 0.6

    def test_sealed_and_about_police(self):
        sealed = Report.objects.filter(is_sealed=True)
        assert 100 < sealed.count() < 500
        about = Report.objects.exclude(about_unit=None)
        assert about.count() > 10
        assert not about.exclude(category__is_about_police=True).exists()
        assert not about.exclude(unit=F("about_unit__parent")).exists()
        for report in about.exclude(assignee=None).select_related("assignee"):
            assert report.about_unit_id not in {g.unit_id for g in report.assignee.scope.grants}

    def test_outcomes_the_law_forbids(self):
        mediated = Report.objects.filter(outcome=Outcome.MEDIATED)
        assert mediated.exists()
        assert not mediated.filter(category__allows_mediation=False).exists()
        assert not Report.objects.filter(outcome=Outcome.POLICE_REPORT, lp_number="").exists()
        assert (
            not Report.objects.exclude(lp_number="").exclude(lp_number__contains="CONTOH").exists()
        )

    def test_contacts_are_of_nobody(self):
        contacts = list(ReportContact.objects.select_related("report"))
        assert 300 < len(contacts) < 1000
        for contact in contacts:
            assert contact.report.privacy != Privacy.ANONYMOUS
            assert contact.phone.startswith("+6286000")
            assert (contact.name or "Pelapor").startswith("Pelapor")
        named = Report.objects.exclude(privacy=Privacy.ANONYMOUS)
        assert not named.filter(contact=None).exists()

    def test_openings_were_allowed(self):
        openings = list(ContactAccess.objects.select_related("report", "by"))
        assert len(openings) > 10
        assert all(opening.reason for opening in openings)
        for opening in openings:
            assert opening.report.privacy != Privacy.ANONYMOUS
            if opening.by_id == opening.report.assignee_id:
                assert may_open_contact(opening.by, opening.report)

    def test_handed_over_to_another_unit(self):
        handovers = Handover.objects.select_related("report")
        assert handovers.count() > 20
        for handover in handovers:
            assert handover.to_unit_id == handover.report.unit_id != handover.unit_id
            event = handover.report.timeline.get(kind=EventKind.HANDED_OVER)
            assert event.unit_id == handover.unit_id
            assert event.at == handover.at

    def test_merged_with_an_earlier_one_of_the_same_kind(self):
        merged = Report.objects.exclude(duplicate_of=None).select_related("duplicate_of")
        assert merged.count() > 30
        for report in merged:
            first = report.duplicate_of
            assert first.reported_at < report.reported_at
            assert (first.category_id, first.village_id) == (report.category_id, report.village_id)
            assert first.state != ReportState.DUPLICATE

    def test_ratings(self):
        rated = Report.objects.exclude(rating=None)
        assert rated.count() > 80
        assert not rated.exclude(timeline__kind=EventKind.RATED).exists()

    def test_findings_of_patrols_became_reports(self):
        findings = FindingReport.objects.select_related("entry__duty", "report")
        assert findings.count() > 3
        for finding in findings:
            report = finding.report
            assert report.source == Source.PATROL
            assert (report.lat, report.lon) == (finding.entry.lat, finding.entry.lon)
            assert report.text == finding.entry.text
            assert report.timeline.first().text == str(finding.entry.duty)

    def test_hotspots_stand_where_most_is_reported(self):
        bridge = Hotspot.objects.get(name="Jembatan Kali Pasir")
        assert bridge.lat
        spots = Hotspot.objects.filter(name__endswith="(contoh)").annotate(
            kinds=Count("categories")
        )
        assert spots.count() == 4
        assert all(spot.lat and spot.risky_from and spot.advice and spot.kinds for spot in spots)

    def test_the_code_for_trying_out(self):
        report = Report.objects.held_by(TRACKED_CODE).get()
        assert report.state == ReportState.RESOLVED
        assert not report.is_sealed
        with transaction.atomic():
            assert dispute_outcome(code=TRACKED_CODE, reason="x").state == ReportState.VERIFIED
            transaction.set_rollback(True)

    def test_who_opens_sealed_reports(self):
        may = {user.username for user in User.objects.all() if Action.UNSEAL in user.scope.actions}
        assert {"kapolsek.tambora", "kapolsek.menteng", "kapolres.jakbar"} <= may
        assert not {"kapolda.metro", "kanit.binmas.tambora", "admin", "operator.tambora"} & may

    def test_new_reports_take_the_next_numbers(self):
        highest = Report.objects.order_by("-pk").values_list("pk", flat=True)[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('reports_report', 'id'))")
            assert cursor.fetchone()[0] > highest
