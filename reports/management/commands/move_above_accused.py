from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.backends import person_of
from reports.services.casework import move_all_above_accused


class Command(BaseCommand):
    help = (
        "Takes reports that lie at the unit they are about, or below it, to the unit above. Only"
        " rows from before migration reports.0008 can."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="NRP or username of who does this")

    def handle(self, *args: Any, by: str, **options: Any) -> None:
        person = person_of(by)
        if person is None:
            raise CommandError(f"There is nobody with the NRP or username {by}.")
        moved = move_all_above_accused(by=person)
        for report in moved:
            self.stdout.write(f"{report.number} is with {report.unit} now.")
        self.stdout.write(f"Reports moved: {len(moved)}.")
