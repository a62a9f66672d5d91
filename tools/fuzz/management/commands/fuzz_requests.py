from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from tools.fuzz.people import demo_roles
from tools.fuzz.run import fuzz


class Command(BaseCommand):
    help = "Sends odd requests to every page of a demo as six people. Nothing they store stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=30_000)
        parser.add_argument("--seed", type=int, default=1, help="the same number, same requests")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            roles = demo_roles()
        except User.DoesNotExist as error:
            raise CommandError("The people are those of the demo: run load_demo first.") from error
        outcome = fuzz(roles, requests=options["requests"], seed=options["seed"])
        statuses = ", ".join(f"{n} × {status}" for status, n in sorted(outcome.statuses.items()))
        self.stdout.write(f"{outcome.sent} requests to {len(outcome.names)} addresses: {statuses}")
        if outcome.failures:
            raise CommandError(f"{len(outcome.failures)} failures\n{outcome.told()}")
