"""Invented rows for trying the site out, made in this order.

1. demo/accounts.py: who signs in.
2. demo/patrol_plans.py holds groups and schedules as tables, patrol_setting.py makes their rows,
   patrol_nights.py their duties of ninety nights. make_duties() then plans the nights ahead, those
   of the three teams in patrol_roster.py among them.
   patrol_posts.py fills the guard post: since its last handover a radio is missing.
3. demo/report_plans.py says in tables what is reported where, report_setting.py who works on it.
   reports.py makes 2,000 reports, and report_cases.py what became of each.
4. community.py makes the community work of Polsek Tambora.

demo/phrases.py and its CSV file hold every text. The same seed makes the same rows. Rows are stored
many at once, without the services; what a service decides about a row (which unit takes a report,
what changes with a state, whether an entry is late or far away) is asked of the service's own
functions, so that the demo cannot differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from patrols.models.schedules import night_of
from reports.services.proposals import propose_hotspots
from territory.models import Unit
from tools.demo.accounts import PASSWORD, SHOWN, TAMBORA, create_accounts
from tools.demo.community import load_community
from tools.demo.patrol_nights import load_nights
from tools.demo.patrol_posts import load_posts
from tools.demo.reports import COUNT, TRACKED_CODE, load_reports

EVENING = time(23, 30)


def require_demo() -> None:
    """Raises CommandError where the demo is off."""
    if not settings.KAMTIBMAS_DEMO:
        raise CommandError("This is no demo: KAMTIBMAS_DEMO is off.")


def demo_night(until: date | None) -> tuple[date, datetime]:
    """The night that the demo takes for tonight, and the moment that it takes for now.

    Now is the present if `until` is tonight or None, else half past eleven of that night, local
    time. Raises CommandError for a database that is not a demo's.
    """
    require_demo()
    if User.objects.filter(is_demo=False).exists():
        raise CommandError("There are people in this database who are not of a demo.")
    unit = Unit.objects.filter(code=TAMBORA).first()
    if unit is None:
        raise CommandError("The demo stands on the seeds: run load_seeds first.")
    now = timezone.now()
    tonight = night_of(now.astimezone(unit.zone))
    if until is None or until == tonight:
        return tonight, now
    return until, datetime.combine(until, EVENING, tzinfo=unit.zone)


@contextmanager
def one_transaction() -> Iterator[None]:
    """Rows loaded together, analysed at the end.

    ANALYZE is needed because autovacuum may visit a table meanwhile. It sees the pages but not the
    uncommitted rows and records "no rows", and the planner then joins whole tables by nested loops:
    a list of all events in 49 s instead of 10 ms. The lock of ANALYZE keeps autovacuum away after.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        yield
        cursor.execute("ANALYZE")


class Command(BaseCommand):
    help = "Fills a database without people with invented rows. Only where KAMTIBMAS_DEMO is on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the night that is tonight; default: tonight"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same number, the same rows")
        parser.add_argument("--accounts", action="store_true", help="only print the accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            require_demo()
            self.print_accounts()
            return
        until, now = demo_night(options["until"])
        if User.objects.exists():
            self.stdout.write("The demo is here already.")
            return
        with one_transaction():
            users = create_accounts(until)
            nights = load_nights(users=users, until=until, now=now, seed=options["seed"])
            load_posts(users=users, now=now)
            reports = load_reports(count=COUNT, now=now, seed=options["seed"])
            propose_hotspots(now=now)
            activities = load_community(users=users, now=now, seed=options["seed"])
        if options["verbosity"]:
            self.stdout.write(
                f"duties: {len(nights.duties)}, attendances: {len(nights.attendances)}, "
                f"entries: {len(nights.entries)}, reports: {reports}, "
                f"activities: {activities}"
            )
            self.stdout.write(f"a report to track: {TRACKED_CODE}")

    def print_accounts(self) -> None:
        for username, about in SHOWN:
            self.stdout.write(f"  {username:<22}{about}")
        self.stdout.write(f"  password of all: {PASSWORD}")
        self.stdout.write(f"  a report to track: {TRACKED_CODE}")
