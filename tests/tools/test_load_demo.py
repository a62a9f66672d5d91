"""The demo: refused where it does not belong, the same from the same seed, and believable."""

import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from unittest import mock

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.test import override_settings

from accounts.models import User
from accounts.roles import Action
from partners.models import ConfirmationState, GroupMember, PartnerGroup
from patrols.models import Attendance, Checkpoint, Duty, LogEntry, Mark, Schedule
from patrols.services.schedules import make_duties
from reports.models import Handover, Report, ReportContact, ReportEvent
from reports.workflow import ReportState
from territory.models import Area, AreaLevel, Unit
from tools.demo import ACCOUNTS, PASSWORD, TRACKED_CODE, scale, scale_reports, setting
from tools.demo.phrases import texts

UNTIL = date(2026, 1, 16)  # a Friday night; the demo's clock stands at 23.30 then
PATROL = "Patroli gabungan malam Tambora"
POST = "Pos pantau dini hari Tambora"


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def fingerprint():
    """Everything but keys, of which each run takes new ones."""
    digest = hashlib.sha256()
    for rows in (
        Duty.objects.order_by("night", "unit__code", "name").values_list(
            "name", "night", "state", "review", "started_at", "ended_at", "summary", "entry_count"
        ),
        Attendance.objects.order_by(
            "duty__night", "duty__name", "officer__username", "member__name", "guest_name"
        ).values_list("officer__username", "member__name", "guest_name", "status", "at", "note"),
        Report.objects.order_by("client_uuid").values_list(
            *("client_uuid", "code", "state", "text", "reported_at", "due_at", "arrived_at"),
            *("resolved_at", "lat", "lon", "outcome", "rating", "privacy", "unit__code"),
        ),
        ReportEvent.objects.order_by("report__client_uuid", "at", "pk").values_list(
            "kind", "from_state", "to_state", "actor__username", "text", "at"
        ),
        LogEntry.objects.order_by("client_uuid").values_list(
            "client_uuid", "kind", "text", "at", "received_at", "lat", "lon", "marks"
        ),
    ):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.fixture
def demo_mode(settings):
    settings.KAMTIBMAS_DEMO = True


@pytest.fixture(scope="class")
def demo(django_db_setup, django_db_blocker):
    """Seeds and demo, loaded once for the class, and what was said."""
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        transaction.atomic(),
    ):
        call_command("load_seeds", verbosity=0)
        yield load(until=UNTIL)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_rows(demo_mode, monkeypatch):
    week = [replace(plan, nights=7) for plan in setting.PLANS]
    monkeypatch.setattr(setting, "PLANS", week)
    call_command("load_seeds", verbosity=0)
    prints = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            load(until=UNTIL, seed=seed)
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1] != prints[2]


class TestTheDemo:
    @pytest.fixture(autouse=True)
    def _loaded(self, demo):
        self.said = demo

    def test_ninety_nights_of_tambora(self):
        for name in (PATROL, POST):
            past = Duty.objects.filter(schedule__name=name, night__lt=UNTIL)
            assert past.count() == 90
            states = Counter(past.values_list("state", flat=True))
            assert states["ended"] > 75
            assert 0 < states["missed"] + states["cancelled"] < 15
            reviews = Counter(past.values_list("review", flat=True))
            assert reviews["approved"] > 60
            assert reviews["waiting"] > 0

    def test_something_was_sent_back_and_something_dropped(self):
        assert Duty.objects.filter(review="returned").exclude(review_comment="").exists()
        assert Duty.objects.filter(state="missed").exists()
        assert not Duty.objects.filter(state="cancelled", cancel_reason="").exists()

    def test_tonight_as_it_stands_at_half_past_eleven(self):
        tonight = Duty.objects.filter(night=UNTIL)
        states = dict(tonight.values_list("name", "state"))
        assert states[PATROL] == "running"
        assert states[POST] == "planned"
        patrol = tonight.get(name=PATROL)
        assert patrol.entry_count > 1
        assert not patrol.attendances.filter(expected=True, status="").exists()
        assert not LogEntry.objects.filter(received_at__gt=self.now(patrol)).exists()
        assert not Attendance.objects.filter(at__gt=self.now(patrol)).exists()

    @staticmethod
    def now(duty):
        return duty.starts_at.replace(hour=16, minute=30)  # 23.30 WIB

    def test_the_coming_nights_are_planned_with_their_people(self):
        coming = Duty.objects.filter(schedule__name=PATROL, night__gt=UNTIL)
        assert coming.count() >= 14
        assert set(coming.values_list("state", flat=True)) == {"planned"}
        sizes = coming.annotate(people=Count("attendances")).values_list("people", flat=True)
        assert set(sizes) == {15}

    def test_counters_agree_with_the_log(self):
        wrong = Duty.objects.annotate(
            entries_there=Count("entries"), last_there=Max("entries__at")
        ).exclude(
            Q(entry_count=F("entries_there"))
            & (Q(last_entry_at=F("last_there")) | Q(last_entry_at=None, last_there=None))
        )
        assert not wrong.exists()

    def test_a_log_begins_and_ends(self):
        for duty in Duty.objects.filter(state="ended").prefetch_related("entries"):
            kinds = [entry.kind for entry in sorted(duty.entries.all(), key=lambda e: e.at)]
            assert kinds[0] == "start"
            assert kinds[-1] == "end"
            assert duty.summary

    def test_the_roll_has_every_status_and_guests(self):
        statuses = Counter(
            Attendance.objects.filter(duty__state="ended").values_list("status", flat=True)
        )
        assert set(statuses) == {"present", "late", "excused", "absent", "replacement"}
        assert statuses["present"] > 10 * statuses["absent"]
        guests = Attendance.objects.exclude(guest_name="")
        assert {*guests.values_list("guest_agency", flat=True)} == {"TNI", "Satpol PP"}

    def test_odd_entries_are_marked(self):
        marks = Counter(
            mark for marks in LogEntry.objects.values_list("marks") for mark in marks[0]
        )
        assert {Mark.OUTSIDE, Mark.LATE, Mark.CLOCK_OFF, Mark.NO_POSITION} <= set(marks)
        assert marks[Mark.OUTSIDE] < LogEntry.objects.count() / 10
        outside = LogEntry.objects.filter(marks__contains=[Mark.OUTSIDE], checkpoint__isnull=False)
        assert all(entry.distance_m > entry.checkpoint.radius_m for entry in outside)

    def test_texts_are_whole(self):
        assert not LogEntry.objects.filter(text__contains="{").exists()
        assert not Duty.objects.filter(summary__contains="{").exists()
        said = LogEntry.objects.filter(kind__in=["observation", "contact", "warning", "finding"])
        assert not said.filter(text="").exists()
        assert said.values("text").distinct().count() > 500

    def test_every_unit_of_the_seeds_has_a_past(self):
        polseks = Unit.objects.filter(kind="polsek").annotate(
            ended=Count("id", filter=Q(pk__in=Duty.objects.filter(state="ended").values("unit")))
        )
        assert polseks.count() == 7
        assert all(polsek.ended for polsek in polseks)

    def test_people_are_roles_and_examples_say_so(self):
        assert not User.objects.filter(is_demo=False).exists()
        for name in GroupMember.objects.values_list("name", flat=True):
            assert re.fullmatch(r"(Anggota|Warga) [A-Za-z 0-9]+ \d\d", name)
        assert not PartnerGroup.objects.exclude(confirmation_number="").exclude(
            confirmation_number__startswith="CONTOH"
        )
        assert not Duty.objects.exclude(order_number__contains="CONTOH").exists()

    def test_accounts_open_with_the_password(self):
        for username, about in ACCOUNTS:
            assert authenticate(None, username=username, password=PASSWORD), username
            assert about
        assert User.objects.get(username="admin").is_superuser
        assert User.objects.get(username="admin.tambora").is_staff
        assert Action.REVIEW in User.objects.get(username="kapolsek.tambora").scope.actions
        bhabin = User.objects.get(username="bhabin.tambora")
        assert [v.name for v in bhabin.postings.get().villages.all()] == ["Jembatan Lima"]

    def test_the_volunteer_has_only_own_duties(self):
        volunteer = User.objects.get(username="relawan.tambora")
        duties = Duty.objects.visible_to(volunteer)
        assert not volunteer.scope.grants
        assert set(duties.values_list("schedule__name", flat=True)) == {PATROL}
        assert duties.filter(night=UNTIL).exists()
        assert LogEntry.objects.filter(author=volunteer).exists()

    def test_a_group_in_every_state_of_its_pengukuhan(self):
        for state in ConfirmationState.values:
            assert PartnerGroup.objects.with_confirmation(state, today=UNTIL).exists(), state

    def test_finest_areas(self):
        rt = Area.objects.get(code="31.73.04.1008-005-012")
        assert rt.level == AreaLevel.RT
        assert Unit.objects.of_area(rt).code == "polsek-tambora"
        assert not Checkpoint.objects.filter(lat=None).exists()

    def test_the_planner_knows_how_many_rows_there_are(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples FROM pg_class WHERE oid = 'reports_reportevent'::regclass"
            )
            assert cursor.fetchone()[0] == ReportEvent.objects.count()

    def test_loading_again_changes_nothing(self):
        before = fingerprint()
        assert "here already" in load(until=UNTIL)
        assert fingerprint() == before

    def test_planning_again_changes_nothing(self):
        before = fingerprint()
        now = self.now(Duty.objects.get(night=UNTIL, name=PATROL))
        assert make_duties(now=now) == (0, [])
        assert fingerprint() == before

    def test_what_was_said(self):
        assert re.match(
            r"duties: \d{3}, attendances: \d{4}, entries: \d{4}, reports: 2000", self.said
        )


@pytest.mark.django_db
class TestRefused:
    def test_outside_a_demo(self):
        with pytest.raises(CommandError, match="KAMTIBMAS_DEMO is off"):
            load()

    def test_accounts_too(self):
        with pytest.raises(CommandError, match="KAMTIBMAS_DEMO is off"):
            load(accounts=True)

    def test_beside_real_people(self, demo_mode):
        User.objects.create_user("somebody", name="Somebody")
        with pytest.raises(CommandError, match="not of a demo"):
            load()
        assert User.objects.count() == 1

    def test_without_seeds(self, demo_mode):
        with pytest.raises(CommandError, match="load_seeds"):
            load()
        assert not User.objects.exists()


def test_accounts_are_printed(demo_mode):
    said = load(accounts=True)
    assert "bhabin.tambora" in said
    assert PASSWORD in said
    assert said.rstrip().endswith(TRACKED_CODE)


def test_phrases_fit_their_kinds():
    for scene in ("kampung", "post", "bridge", "market", "village", "cyber"):
        for kind in ("check_in", "observation", "contact", "warning", "finding", "note", "summary"):
            assert texts(scene, kind), (scene, kind)
    for kind in ("late", "excused", "cancelled", "returned", "approved"):
        assert texts("any", kind)


def indexes():
    """Indexes by name, and keys, of the tables of reports."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, '' FROM pg_indexes WHERE tablename LIKE 'reports_%' "
            "UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid::regclass::text LIKE 'reports_%' ORDER BY 1, 2"
        )
        return cursor.fetchall()


@pytest.fixture(scope="class")
def scaled(django_db_setup, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        transaction.atomic(),
        # Few units and a short past: what 200 units add is time.
        mock.patch.object(setting, "PLANS", [replace(plan, nights=3) for plan in setting.PLANS]),
        mock.patch.object(scale, "POLSEKS", [(*row[:2], 4) for row in scale.POLSEKS]),
        mock.patch.object(scale_reports, "QUIET_SECTORS", 6),
    ):
        call_command("load_seeds", verbosity=0)
        load(until=UNTIL)
        last = Report.objects.latest("pk").pk
        before = LogEntry.objects.count(), last, indexes()
        yield before, load(until=UNTIL, scale=1500)
        transaction.set_rollback(True)


def test_about_two_hundred_units():
    assert sum(count for _, _, count in scale.POLSEKS) == 175  # and the Polres above them
    assert scale_reports.QUIET_SECTORS == 200


class TestScale:
    def test_exactly_as_many_entries_as_asked_for(self, scaled):
        (entries, last, _), said = scaled
        assert LogEntry.objects.count() - entries == 1500
        assert Report.objects.filter(pk__gt=last).count() == 1500
        assert "1500 entries, 1500 reports" in said
        assert Unit.objects.filter(code__startswith="contoh-", kind="polsek").count() == 12 + 6
        assert Unit.objects.filter(kind="polsek").values("polda").distinct().count() == 4

    def test_indexes_and_keys_are_as_before(self, scaled):
        assert indexes() == scaled[0][2]

    def test_reports_are_whole(self, scaled):
        reports = Report.objects.filter(pk__gt=scaled[0][1])
        assert not reports.filter(polda=None).exists()
        assert not reports.exclude(is_sealed=F("category__is_sealed")).exists()
        for report in reports.prefetch_related("timeline"):
            events = list(report.timeline.all())
            assert events[0].kind == "received"
            assert events[-1].to_state == report.state
            assert report.arrived_at in {None, *(e.at for e in events if e.kind == "arrived")}
        assert Handover.objects.filter(report__in=reports).exists()
        contacts = ReportContact.objects.filter(report__in=reports).select_related("report")
        assert {contact.report.privacy for contact in contacts} == {"sealed", "officers"}
        assert contacts[0].phone.startswith("+6281100")
        assert {ReportState.CLOSED, ReportState.REFERRED} <= {
            *reports.values_list("state", flat=True)
        }

    def test_three_years_of_them_and_a_quiet_polda(self, scaled):
        reports = Report.objects.filter(pk__gt=scaled[0][1]).order_by("pk")
        times = list(reports.values_list("reported_at", flat=True))
        assert times == sorted(times)
        assert timedelta(days=1090) < times[-1] - times[0] < timedelta(days=1100)
        quiet = reports.filter(polda__code=scale_reports.QUIET_POLDA)
        assert 0 < quiet.count() < 10
        latest = Report.objects.filter(polsek=scale_reports.sleeping_sector()).latest("reported_at")
        assert times[-1] - latest.reported_at > timedelta(days=730)

    def test_rows_are_whole(self, scaled):
        duties = Duty.objects.filter(unit__code__startswith="contoh-")
        wrong = duties.annotate(there=Count("entries"), last=Max("entries__at")).exclude(
            Q(entry_count=F("there")) & (Q(last_entry_at=F("last")) | Q(there=0))
        )
        assert not wrong.exists()
        assert not duties.filter(polsek=None).exists()
        assert not LogEntry.objects.filter(polsek=None).exists()
        assert not Attendance.objects.filter(during=None).exists()
        assert {"ended", "missed"} <= {*duties.values_list("state", flat=True)}

    def test_new_duties_take_the_next_numbers(self, scaled):
        highest = Duty.objects.aggregate(top=Max("pk"))["top"]
        unit = Unit.objects.get(code="polsek-tambora")
        start = Duty.objects.get(pk=highest).starts_at
        duty = Duty.objects.create(
            unit=unit, name="X", night=UNTIL, starts_at=start, ends_at=start + timedelta(hours=1)
        )
        assert duty.pk > highest
        duty.delete()

    def test_schedules_plan_on(self, scaled):
        schedule = Schedule.objects.filter(unit__code__startswith="contoh-").first()
        assert schedule.officers.exists()
        assert schedule.groups.exists()
        assert schedule.leader in schedule.officers.all()
        assert schedule.duties.filter(night__gt=UNTIL, state="planned").count() == 28

    def test_twice_is_refused(self, scaled):
        with pytest.raises(CommandError, match="scaled already"):
            load(until=UNTIL, scale=10)
