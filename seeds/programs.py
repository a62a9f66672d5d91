"""Loads activity_kinds.csv, sheets.csv and sheet_lines.csv."""

from pathlib import Path

from programs.models import ActivityKind, Sheet, SheetLine
from seeds.reader import Row, read
from seeds.sync import Tally, sync

KIND_COLUMNS = "code label counted_as is_common has_outcome"
SHEET_COLUMNS = "code name system kinds refuses_same_text note"
LINE_COLUMNS = "sheet order panel label source words is_required fewest"


def load_activity_kinds(folder: Path, *, update: bool) -> Tally:
    """In the order of the file."""

    def kind(row: Row) -> ActivityKind:
        return ActivityKind(
            code=row.need("code"),
            label=row.need("label"),
            counted_as=row.text("counted_as"),
            is_common=row.yes("is_common"),
            has_outcome=row.yes("has_outcome"),
            order=row.line * 10,
        )

    return sync(
        ActivityKind,
        ((row, kind(row)) for row in read(folder / "activity_kinds.csv", KIND_COLUMNS)),
        key=["code"],
        fields=["label", "counted_as", "is_common", "has_outcome", "order"],
        update=update,
    )


def load_sheets(folder: Path, *, update: bool) -> Tally:
    """In the order of the file."""
    kinds = dict(ActivityKind.objects.values_list("code", "pk"))
    before = set(Sheet.objects.values_list("code", flat=True))
    kinds_of: dict[str, list[int]] = {}

    def sheet(row: Row) -> Sheet:
        kinds_of[row.need("code")] = [
            kinds.get(code) or row.fail(f"no kind of activity {code!r}")
            for code in row.parts("kinds")
        ]
        return Sheet(
            code=row.need("code"),
            name=row.need("name"),
            system=row.text("system"),
            refuses_same_text=row.yes("refuses_same_text"),
            note=row.text("note"),
            order=row.line * 10,
        )

    tally = sync(
        Sheet,
        ((row, sheet(row)) for row in read(folder / "sheets.csv", SHEET_COLUMNS)),
        key=["code"],
        fields=["name", "system", "refuses_same_text", "note", "order"],
        update=update,
    )
    for found in Sheet.objects.filter(code__in=kinds_of):
        if update or found.code not in before:
            found.kinds.set(kinds_of[found.code])
    return tally


def load_sheet_lines(folder: Path, *, update: bool) -> Tally:
    sheets = dict(Sheet.objects.values_list("code", "pk"))

    def line(row: Row) -> SheetLine:
        code = row.need("sheet")
        return SheetLine(
            sheet_id=sheets.get(code) or row.fail(f"no sheet {code!r}"),
            order=row.integer("order") or row.fail("order is empty"),
            panel=row.text("panel"),
            label=row.need("label"),
            source=row.need("source"),
            words=row.text("words"),
            is_required=row.yes("is_required"),
            fewest=row.integer("fewest") or 0,
        )

    return sync(
        SheetLine,
        ((row, line(row)) for row in read(folder / "sheet_lines.csv", LINE_COLUMNS)),
        key=["sheet_id", "order"],
        fields=["panel", "label", "source", "words", "is_required", "fewest"],
        update=update,
    )
