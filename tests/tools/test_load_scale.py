"""load_scale: exactly as many rows as asked for, whole, and the database's indexes as before."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q
from django.test import override_settings

from patrols.models import Attendance, Duty, LogEntry, Schedule
from reports.models import Handover, Report, ReportContact
from reports.workflow import ReportState
from territory.models import Unit
from tests.roles import owner_role
from tools.bench import scale_units
from tools.bench.copying import Table
from tools.demo import patrol_setting

UNTIL = date(2026, 1, 16)


def load_scale(size):
    out = StringIO()
    call_command("load_scale", size, until=UNTIL, stdout=out)
    return out.getvalue()


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
    """What there was before, and what the command printed."""
    # Few units and a short past: what 200 units add is time.
    short = [replace(plan, nights=3) for plan in patrol_setting.PLANS]
    few = [(*row[:2], 4) for row in scale_units.POLSEKS]
    with (
        django_db_blocker.unblock(),
        override_settings(KAMTIBMAS_DEMO=True),
        owner_role(),
        transaction.atomic(),
        mock.patch.object(patrol_setting, "PLANS", short),
        mock.patch.object(scale_units, "POLSEKS", few),
        mock.patch.object(scale_units, "QUIET_SECTORS", 6),
    ):
        call_command("load_seeds", verbosity=0)
        call_command("load_demo", until=UNTIL, verbosity=0)
        last = Report.objects.latest("pk").pk
        before = LogEntry.objects.count(), last, indexes()
        yield before, load_scale(1500)
        transaction.set_rollback(True)


def test_about_two_hundred_units():
    assert sum(count for _, _, count in scale_units.POLSEKS) == 175  # and the Polres above them
    assert scale_units.QUIET_SECTORS == 200


class TestScale:
    def test_exactly_as_many_entries_as_asked_for(self, scaled):
        (entries, last, _), output = scaled
        assert LogEntry.objects.count() - entries == 1500
        assert Report.objects.filter(pk__gt=last).count() == 1500
        assert "1500 entries, 1500 reports" in output
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
        quiet = reports.filter(polda__code=scale_units.QUIET_POLDA)
        assert 0 < quiet.count() < 10
        latest = Report.objects.filter(polsek=scale_units.sleeping_sector()).latest("reported_at")
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
            load_scale(10)


@pytest.mark.django_db
class TestRefused:
    def test_outside_a_demo(self):
        with pytest.raises(CommandError, match="KAMTIBMAS_DEMO is off"):
            load_scale(10)

    def test_without_the_demo(self, settings):
        settings.KAMTIBMAS_DEMO = True
        call_command("load_seeds", verbosity=0)
        with pytest.raises(CommandError, match="load_demo first"):
            load_scale(10)


@pytest.mark.django_db
class TestTable:
    """Rows on their way into COPY."""

    @pytest.mark.parametrize("model", [Duty, Attendance, LogEntry, Report, ReportContact, Handover])
    def test_columns_are_those_of_the_model(self, model):
        numbered = Table(model, numbered=True)
        # A column with a default of the database's own is left to it.
        columns = [field for field in model._meta.concrete_fields if not field.has_db_default()]
        assert list(numbered.defaults) == [field.name for field in columns]
        assert list(Table(model).defaults) == list(numbered.defaults)[1:]

    def test_what_is_left_out_takes_the_default_of_the_model(self):
        defaults = Table(LogEntry).defaults
        assert defaults["text"] == ""
        assert defaults["marks"] == []
        assert defaults["checkpoint"] is None
        assert defaults["client_uuid"] is None  # each row needs one of its own
        assert Table(Attendance).defaults["expected"] is True

    def test_a_name_that_is_no_field_is_refused(self):
        with pytest.raises(TypeError, match="LogEntry has no field words"):
            Table(LogEntry).add(words="Aman")

    def test_odd_characters_arrive_as_they_are(self):
        text = "Baris 1\nBaris 2\tdan \\N"
        table = Table(Unit)
        table.add(code="x", name=text, kind="mabes", timezone="Asia/Jakarta")
        table.send()
        assert Unit.objects.get(code="x").name == text
