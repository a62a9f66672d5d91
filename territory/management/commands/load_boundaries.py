import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from territory.models import Area
from territory.services.boundaries import set_boundaries
from toolkit.geo.shapes import Shape, read_shape, thin


class Command(BaseCommand):
    help = (
        "Loads outlines of areas from a GeoJSON file, plain or .gz. The id of a feature is its"
        " Kemendagri code. What cannot be loaded is named; the rest is loaded. Running it twice"
        " changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--source", default="", help="whose file it is, and of which day; 200 characters"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"].strip()
        if len(source) > 200:
            raise CommandError("--source is longer than 200 characters.")
        features = _features(options["file"])
        known = set(Area.objects.values_list("code", flat=True))
        shapes: dict[str, Shape] = {}
        refused = 0
        for number, feature in enumerate(features, start=1):
            code = feature.get("id") if isinstance(feature, dict) else None
            try:
                if not isinstance(code, str) or code not in known:
                    raise ValueError("no area has this id as its code")
                if code in shapes:
                    raise ValueError("an earlier feature has the same id")
                shapes[code] = thin(read_shape(feature.get("geometry")))
            except ValueError as error:
                refused += 1
                self.stderr.write(f"Feature {number} ({str(code)[:40]}): {error}.")
        loaded = set_boundaries(shapes, source=source, now=timezone.now())
        self.stdout.write(
            f"Boundaries: {loaded.added} added, {loaded.changed} changed, {loaded.kept} kept."
        )
        if refused:
            raise CommandError(f"{refused} of {len(features)} features were not loaded.")


def _features(path: Path) -> list[Any]:
    """Raises CommandError where the file is no GeoJSON FeatureCollection."""
    try:
        data = path.read_bytes()
        content = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise CommandError(f"{path} holds no FeatureCollection.")
    return features
