from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from seeds import partners, patrols, programs, reports, territory
from seeds.reader import SeedError

FILES = {
    "areas": territory.load_areas,
    "units": territory.load_units,
    "unit_areas": territory.load_unit_areas,
    "group_kinds": partners.load_group_kinds,
    "groups": partners.load_groups,
    "categories": reports.load_categories,
    "hotspots": reports.load_hotspots,
    "public_holidays": patrols.load_holidays,
    "routes": patrols.load_routes,
    "checkpoints": patrols.load_checkpoints,
    "guard_posts": patrols.load_guard_posts,
    "schedules": patrols.load_schedules,
    "activity_kinds": programs.load_activity_kinds,
    "sheets": programs.load_sheets,
    "sheet_lines": programs.load_sheet_lines,
}


class Command(BaseCommand):
    help = (
        "Adds the rows of seeds/*.csv that the database lacks; all of them or, on an error, none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="also give rows that are there the values of the files, over edits made since",
        )
        parser.add_argument("--folder", type=Path, default=Path(settings.BASE_DIR) / "seeds")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = []
        try:
            with transaction.atomic():
                for name, load in FILES.items():
                    tally = load(options["folder"], update=options["update"])
                    lines.append(
                        f"{name}: {tally.added} added, {tally.changed} changed, {tally.kept} kept"
                    )
        except SeedError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write("\n".join(lines))
