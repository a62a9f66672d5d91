from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from patrols.services.schedules import make_duties
from territory.models import Unit
from tools.bench.scale_patrols import load_patrols
from tools.bench.scale_reports import load_reports
from tools.demo.management.commands.load_demo import demo_night, one_transaction


class Command(BaseCommand):
    help = "Adds N log entries and N reports in 400 units to a demo, for measuring. Once only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("size", type=int, metavar="N")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the night that is tonight; default: tonight"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same number, the same rows")

    def handle(self, *args: Any, **options: Any) -> None:
        until, now = demo_night(options["until"])
        if not User.objects.exists():
            raise CommandError("The rows stand beside those of the demo: run load_demo first.")
        if Unit.objects.filter(code__startswith="contoh-").exists():
            raise CommandError("This database has been scaled already: start from an empty one.")
        say = self.stdout.write if options["verbosity"] else str
        size, seed = options["size"], options["seed"]
        with one_transaction():
            duties = load_patrols(entries=size, until=until, now=now, seed=seed, say=say)
            load_reports(reports=size, now=now, seed=seed, say=say)
        make_duties(now=now)
        say(f"scaled: {duties} duties, {size} entries, {size} reports")
