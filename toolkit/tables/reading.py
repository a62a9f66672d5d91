"""Reads text as a spreadsheet copies it (tabs) or a CSV file holds it (commas or semicolons)."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from toolkit.names import name_key

MOST_TEXT = 120_000  # characters; Python’s csv takes a few more in one cell
MOST_LINES = 500
MOST_COLUMNS = 60
SHOWN = 120  # characters of a line that are shown beside what is wrong with it
# The numbers of lines that people put in front; nothing reads them.
NUMBERS = frozenset({"no", "nomor", "nourut", "nomorurut", "number"})
# What a spreadsheet shows where it could not calculate, or where the column is too narrow.
FAILED = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)")


@dataclass(frozen=True)
class Column:
    """`words` are headings by which it is recognised, besides its label; only their Latin letters
    and digits count."""

    name: str
    label: str | Promise
    words: tuple[str, ...] = ()
    help: str | Promise = ""
    required: bool = False
    most: int = 100  # characters

    @property
    def other_words(self) -> list[str]:
        """The headings to tell people of, besides the label."""
        return [word for word in self.words if name_key(word) != name_key(str(self.label))]

    def is_headed(self, key: str) -> bool:
        return key in {name_key(word) for word in (self.name, str(self.label), *self.words)}


@dataclass(frozen=True)
class TableSpec:
    """The columns in the order in which they are read without a heading; a line to copy."""

    columns: tuple[Column, ...]
    example: tuple[str, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def headed(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.is_headed(key)), None)


@dataclass(frozen=True)
class Line:
    """A line of the table. `cells` has every column, with "" where nothing stands."""

    number: int
    text: str
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells[name]


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a line, and what to do. `column` is a heading, or "" for the whole line."""

    line: int
    text: str
    column: str
    words: str


@dataclass
class Table:
    """The lines that can be read, and what is wrong with the others."""

    spec: TableSpec
    lines: list[Line] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    number: int
    cells: list[str]

    @property
    def text(self) -> str:
        whole = " · ".join(filter(None, map(plain_cell, self.cells)))
        return whole if len(whole) <= SHOWN else f"{whole[: SHOWN - 1]}…"


def plain_cell(text: str) -> str:
    """Without invisible characters, and with single spaces, also where they were unbreakable."""
    if not (text.isascii() and text.isprintable()):
        letters = unicodedata.normalize("NFC", text)
        text = "".join(letter for letter in letters if unicodedata.category(letter) != "Cf")
        text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return " ".join(text.split())


def read_table(text: str, spec: TableSpec) -> Table:
    """Reads at most MOST_LINES lines of at most MOST_TEXT characters. A line with a mistake is not
    among the lines."""
    table = Table(spec)
    columns: Sequence[Column | None] | None = None
    read = 0
    for row in _rows(text):
        if columns is None:
            columns = _headings(row, table)
            if columns is not None:
                missing = _missing(row, columns, spec)
                table.mistakes += missing
                if missing:
                    break
                continue
            columns = spec.columns
        read += 1
        if read > MOST_LINES:
            words = _("At most %(n)d lines at once: save these, then paste the rest.")
            table.mistakes.append(Mistake(row.number, row.text, "", words % {"n": MOST_LINES}))
            break
        _read_row(row, columns, table)
    return table


def _rows(text: str) -> Iterator[_Row]:
    """Rows that hold something, each with the number of the line on which it begins."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=_delimiter(lines))
    number = 1
    for cells in reader:
        if any(plain_cell(cell) for cell in cells):
            yield _Row(number, cells)
        number = reader.line_num + 1


def _delimiter(lines: Sequence[str]) -> str:
    """A tab anywhere means a spreadsheet; else the first line tells."""
    if any("\t" in line for line in lines):
        return "\t"
    first = next((line for line in lines if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", first)
    return ";" if ";" in outside else ","


def _headings(row: _Row, table: Table) -> list[Column | None] | None:
    """The column of each cell where the row is a heading, which at least half of its words say."""
    keys = [name_key(cell) for cell in row.cells]
    found = [table.spec.headed(key) if key else None for key in keys]
    said = sum(bool(plain_cell(cell)) for cell in row.cells)
    known = sum(column is not None for column in found)
    if not known or 2 * (known + sum(key in NUMBERS for key in keys)) < said:
        return None
    seen: set[str] = set()
    for cell, key, column in zip(row.cells, keys, found, strict=True):
        name = plain_cell(cell)
        if column is None and name and key not in NUMBERS:
            words = _("No column here is called so. Use one of: %(columns)s, or delete it.")
            listed = ", ".join(str(one.label) for one in table.spec.columns)
            mistake = Mistake(row.number, row.text, name[:SHOWN], words % {"columns": listed})
            table.mistakes.append(mistake)
        if column is not None and column.name in seen:
            words = _("Two columns have this heading. Delete one of them.")
            table.mistakes.append(Mistake(row.number, row.text, name, words))
        seen |= {column.name} if column is not None else set()
    return found


def _missing(row: _Row, columns: Sequence[Column | None], spec: TableSpec) -> list[Mistake]:
    found = {column.name for column in columns if column is not None}
    words = _("This column is missing. Add it with its heading.")
    return [
        Mistake(row.number, row.text, str(column.label), words)
        for column in spec.columns
        if column.required and column.name not in found
    ]


def _read_row(row: _Row, columns: Sequence[Column | None], table: Table) -> None:
    mistakes: list[Mistake] = []
    cells = {column.name: "" for column in table.spec.columns}

    def refuse(column: Column | None, words: str) -> None:
        name = str(column.label) if column is not None else ""
        mistakes.append(Mistake(row.number, row.text, name, words))

    extra = [cell for cell in row.cells[len(columns) :] if plain_cell(cell)]
    if extra or len(row.cells) > MOST_COLUMNS:
        words = _("This line has more cells than the table has columns (%(n)d). Delete the others.")
        refuse(None, words % {"n": len(columns)})
    for column, raw in zip(columns, row.cells, strict=False):
        if column is None:
            continue
        if words := _unreadable(column, raw.strip(" \t\n")):
            refuse(column, words)
        elif not cells[column.name]:
            cells[column.name] = plain_cell(raw)
    for column in table.spec.columns:
        told = {mistake.column for mistake in mistakes}
        if column.required and not cells[column.name] and str(column.label) not in told:
            refuse(column, _("This cell is empty. Fill it in."))
    table.mistakes += mistakes
    if not mistakes:
        table.lines.append(Line(row.number, row.text, cells))


def _unreadable(column: Column, raw: str) -> str:
    """Why the cell cannot be read, else ""."""
    if "\n" in raw:
        return _("This cell goes over several lines: put it on one, or close its quotation mark.")
    if any(unicodedata.category(letter) == "Cc" and letter != "\t" for letter in raw):
        return _("This cell holds characters that no keyboard types. Type it anew.")
    if FAILED.fullmatch(raw):
        return _("The spreadsheet shows an error here. Mend it there and copy again.")
    if len(plain_cell(raw)) > column.most:
        return _("This is too long: at most %(n)d characters.") % {"n": column.most}
    return ""
