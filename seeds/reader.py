"""CSV rows with their file and line, so that an error names the place of the mistake."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Never


class SeedError(Exception):
    """A mistake in a CSV file. The message has the file, the line and what is wrong."""


@dataclass(frozen=True)
class Row:
    """One row. The methods read a cell; on a bad value they raise SeedError."""

    file: Path
    line: int
    values: dict[str, str]

    def fail(self, message: str) -> Never:
        raise SeedError(f"{self.file}:{self.line}: {message}")

    def text(self, column: str) -> str:
        return self.values[column]

    def need(self, column: str) -> str:
        return self.values[column] or self.fail(f"{column} is empty")

    def integer(self, column: str) -> int | None:
        value = self.values[column]
        try:
            return int(value) if value else None
        except ValueError:
            self.fail(f"{column}: {value!r} is not a whole number")

    def number(self, column: str) -> float | None:
        value = self.values[column]
        try:
            return float(value) if value else None
        except ValueError:
            self.fail(f"{column}: {value!r} is not a number")

    def yes(self, column: str) -> bool:
        value = self.values[column]
        if value not in ("yes", "no"):
            self.fail(f"{column}: {value!r} is neither yes nor no")
        return value == "yes"

    def time(self, column: str) -> time | None:
        value = self.values[column]
        try:
            return time.fromisoformat(value) if value else None
        except ValueError:
            self.fail(f"{column}: {value!r} is not a time such as 22:00")

    def date(self, column: str) -> date | None:
        value = self.values[column]
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.fail(f"{column}: {value!r} is not a date such as 2024-11-11")

    def parts(self, column: str) -> list[str]:
        """Values divided by bars."""
        return [part for part in self.values[column].split("|") if part]


def read(path: Path, columns: str) -> Iterator[Row]:
    """Rows of a UTF-8 CSV file. Its header must be `columns`: names divided by spaces."""
    expected = columns.split()
    try:
        file = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}") from error
    with file:
        reader = csv.reader(file)
        header = next(reader, [])
        if header != expected:
            raise SeedError(f"{path}:1: the columns must be {','.join(expected)}")
        for values in reader:
            if not values:
                continue
            if len(values) != len(expected):
                raise SeedError(
                    f"{path}:{reader.line_num}: {len(values)} values instead of {len(expected)}"
                )
            stripped = (value.strip() for value in values)
            yield Row(path, reader.line_num, dict(zip(expected, stripped, strict=True)))
