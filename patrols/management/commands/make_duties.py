from typing import Any

from django.core.management.base import BaseCommand

from patrols.services.duties import mark_missed
from patrols.services.schedules import make_duties


class Command(BaseCommand):
    help = "Makes the duties of the next 28 nights and marks missed ones, as run_jobs does hourly."

    def handle(self, *args: Any, **options: Any) -> None:
        made, trouble = make_duties()
        missed = mark_missed()
        self.stdout.write(f"duties made: {made}, marked as missed: {missed}")
        for line in trouble:
            self.stderr.write(line)
