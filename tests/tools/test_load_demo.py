"""The demo: refused where it does not belong, the same from the same seed, and believable."""

import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.test import override_settings

from accounts.models import User
from accounts.roles import Action
from partners.models import ConfirmationState, GroupMember, PartnerGroup
from patrols.models import Attendance, Checkpoint, Duty, LogEntry, Mark, Swap
from patrols.services.schedules import make_duties
from programs.models import Activity, ResidentIssue
from reports.models import Report, ReportEvent
from territory.models import Area, AreaLevel, Unit
from tests.roles import owner_role
from tools.demo import patrol_roster, patrol_setting
from tools.demo.accounts import PASSWORD, SHOWN
from tools.demo.phrases import texts
from tools.demo.reports import TRACKED_CODE

UNTIL = date(2026, 1, 16)  # a Friday night; the demo's clock stands at 23.30 then
PATROL = "Patroli gabungan malam Tambora"
POST = "Pos pantau dini hari Tambora"


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def fingerprint():
    """Everything but keys and codes, of which each run takes new ones."""
    digest = hashlib.sha256()
    for rows in (
        Duty.objects.order_by("night", "unit__code", "name").values_list(
            "name", "night", "state", "review", "started_at", "ended_at", "summary", "entry_count"
        ),
        Attendance.objects.order_by(
            "duty__night", "duty__name", "officer__username", "member__name", "guest_name"
        ).values_list("officer__username", "member__name", "guest_name", "status", "at", "note"),
        Report.objects.exclude(source="community")
        .order_by("client_uuid")
        .values_list(
            *("client_uuid", "code", "state", "text", "reported_at", "due_at", "arrived_at"),
            *("resolved_at", "lat", "lon", "outcome", "rating", "privacy", "unit__code"),
        ),
        ReportEvent.objects.exclude(report__source="community")
        .order_by("report__client_uuid", "at", "pk")
        .values_list("kind", "from_state", "to_state", "actor__username", "text", "at"),
        LogEntry.objects.order_by("client_uuid").values_list(
            "client_uuid", "kind", "text", "at", "received_at", "lat", "lon", "marks"
        ),
        Activity.objects.order_by("client_uuid").values_list("client_uuid", "text", "at", "rt"),
        ResidentIssue.objects.order_by("client_uuid").values_list("client_uuid", "text", "state"),
    ):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.fixture
def demo_mode(settings):
    settings.KAMTIBMAS_DEMO = True


@pytest.fixture(scope="class")
def demo(django_db_setup, django_db_blocker):
    """Seeds and demo, loaded once for the class, and what the command printed."""
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        owner_role(),
        transaction.atomic(),
    ):
        call_command("load_seeds", verbosity=0)
        yield load(until=UNTIL)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_rows(demo_mode, monkeypatch):
    week = [replace(plan, nights=7) for plan in patrol_setting.PLANS]
    monkeypatch.setattr(patrol_setting, "PLANS", week)
    call_command("load_seeds", verbosity=0)
    prints = []
    for seed in (1, 1, 2):
        with owner_role(), transaction.atomic():
            load(until=UNTIL, seed=seed)
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1] != prints[2]


class TestTheDemo:
    @pytest.fixture(autouse=True)
    def _loaded(self, demo):
        self.output = demo

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

    def test_the_roster_has_teams_in_turn_leave_and_open_swaps(self):
        coming = Duty.objects.filter(schedule__name=patrol_roster.NAME).order_by("night")
        turns = [sorted(d.attendances.values_list("officer__username", flat=True)) for d in coming]
        assert turns[0] == turns[3] != turns[1]
        assert all(len(people) == 2 for people in turns[2::3])
        assert set(Swap.objects.values_list("state", flat=True)) == {"asked", "agreed"}
        for swap in Swap.objects.all():
            assert swap.duty.attendances.filter(officer=swap.asker, expected=True).exists()
            assert not swap.duty.attendances.filter(officer=swap.other).exists()

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
        written = LogEntry.objects.filter(kind__in=["observation", "contact", "warning", "finding"])
        assert not written.filter(text="").exists()
        assert written.values("text").distinct().count() > 500

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
        for username, about in SHOWN:
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

    def test_the_command_prints_how_much_it_made(self):
        assert re.match(
            r"duties: \d{3}, attendances: \d{4}, entries: \d{4}, reports: 2000", self.output
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
    output = load(accounts=True)
    assert "bhabin.tambora" in output
    assert PASSWORD in output
    assert output.rstrip().endswith(TRACKED_CODE)


def test_phrases_fit_their_kinds():
    for scene in ("kampung", "post", "bridge", "market", "village", "cyber"):
        for kind in ("check_in", "observation", "contact", "warning", "finding", "note", "summary"):
            assert texts(kind, scene), (scene, kind)
    for kind in ("late", "excused", "cancelled", "returned", "approved"):
        assert texts(kind)
