import time
from collections import Counter
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from toolkit.photos.apart import WALL_SECONDS
from toolkit.photos.clean import clean_photo
from tools.fuzz.pictures import broken_pictures


class Command(BaseCommand):
    help = "Decodes pictures that are broken on purpose, each as an upload would be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pictures", type=int, default=5000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        ends: Counter[str] = Counter()
        took: list[tuple[float, str]] = []
        for name, data in broken_pictures(options["pictures"], options["seed"]):
            begun = time.monotonic()
            try:
                ends["missing" if clean_photo(BytesIO(data)).is_missing else "taken"] += 1
            except ValidationError as error:
                ends[str(error.code)] += 1
            except Exception as error:
                raise CommandError(f"{name}: {error!r}") from error
            took.append((time.monotonic() - begun, name))
        slowest, its_name = max(took)
        self.stdout.write(f"{dict(ends)}; the slowest {slowest:.2f} s ({its_name})")
        if ends["missing"] or slowest > WALL_SECONDS + 1:
            raise CommandError("A picture took more than its time.")
