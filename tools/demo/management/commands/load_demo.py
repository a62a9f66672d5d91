from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from patrols.models.schedules import night_of
from patrols.services.schedules import make_duties
from territory.models import Unit
from tools.demo import ACCOUNTS, PASSWORD, TRACKED_CODE
from tools.demo.reports import COUNT, load_reports
from tools.demo.scale import load_scale
from tools.demo.scale_reports import load_report_scale
from tools.demo.story import load_demo, moment_of


@contextmanager
def bulk() -> Iterator[None]:
    """One transaction in which a million rows are no slower a row than ten, analysed at its end.

    Without the setting every trigger of pgtrigger raises and catches an error, and PostgreSQL then
    walks all foreign keys still to be checked: time grows with the square of the rows.

    ANALYZE is needed because autovacuum may visit a table meanwhile. It sees the pages but not the
    uncommitted rows and records "no rows", and the planner then joins whole tables by nested loops:
    a list of all events in 49 s instead of 10 ms. The lock of ANALYZE keeps autovacuum away after.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")
        yield
        cursor.execute("ANALYZE")


class Command(BaseCommand):
    help = "Fills a database without people with invented rows. Only where KAMTIBMAS_DEMO is on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the night that is tonight; default: tonight"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same number, the same rows")
        parser.add_argument(
            "--scale", type=int, metavar="N", help="also N log entries and N reports in 400 units"
        )
        parser.add_argument("--accounts", action="store_true", help="only print the accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KAMTIBMAS_DEMO:
            raise CommandError("This is no demo: KAMTIBMAS_DEMO is off.")
        if options["accounts"]:
            self.print_accounts()
            return
        if User.objects.filter(is_demo=False).exists():
            raise CommandError("There are people in this database who are not of a demo.")
        unit = Unit.objects.filter(code="polsek-tambora").first()
        if unit is None:
            raise CommandError("The demo stands on the seeds: run load_seeds first.")
        now = timezone.now()
        until = options["until"] or night_of(now.astimezone(unit.zone))
        now = moment_of(until, unit, now)
        if User.objects.exists():
            self.stdout.write("The demo is here already.")
        else:
            with bulk():
                made = load_demo(until=until, now=now, seed=options["seed"])
                reports = load_reports(count=COUNT, now=now, seed=options["seed"])
            if options["verbosity"]:
                self.stdout.write(
                    f"duties: {len(made.duties)}, attendances: {len(made.attendances)}, "
                    f"entries: {len(made.entries)}, reports: {reports}"
                )
                self.stdout.write(f"a report to track: {TRACKED_CODE}")
        if options["scale"]:
            self.load_scale(options, until, now)

    def load_scale(self, options: dict[str, Any], until: date, now: datetime) -> None:
        if Unit.objects.filter(code__startswith="contoh-").exists():
            raise CommandError("This database has been scaled already: start from an empty one.")
        say = self.stdout.write if options["verbosity"] else str
        with bulk():
            duties = load_scale(
                entries=options["scale"], until=until, now=now, seed=options["seed"], say=say
            )
            load_report_scale(reports=options["scale"], now=now, seed=options["seed"], say=say)
        make_duties(now=now)
        size = options["scale"]
        say(f"scaled: {duties} duties, {size} entries, {size} reports")

    def print_accounts(self) -> None:
        for username, about in ACCOUNTS:
            self.stdout.write(f"  {username:<22}{about}")
        self.stdout.write(f"  password of all: {PASSWORD}")
        self.stdout.write(f"  a report to track: {TRACKED_CODE}")
