import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from toolkit.jobs.registry import jobs
from toolkit.jobs.runner import run_due

logger = logging.getLogger(__name__)

SECONDS = 60


class Command(BaseCommand):
    help = "Runs the jobs that are due. Start it every minute: two at once run a job once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forever", action="store_true", help="look every minute until stopped, as `make run`"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forever"]:
            self.run_forever()
        elif failed := run_due(jobs.all()):
            raise CommandError(f"Failed: {', '.join(failed)}. The admin shows where.")

    def run_forever(self) -> None:
        while True:
            close_old_connections()
            try:
                run_due(jobs.all())
            except (DatabaseError, InterfaceError) as error:
                # For example, PostgreSQL was restarted. The next minute gets a new connection.
                logger.warning("The database did not answer: %s", type(error).__name__)
                connection.close()
            time.sleep(SECONDS)
