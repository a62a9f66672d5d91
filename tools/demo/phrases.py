"""Texts of the demo's logs, by setting of the duty and kind of entry: phrases.csv beside this file.

Slots: {place} a checkpoint or village, {rt} and {rw} numbers, {n} people, {clock} a time with
{zone}, {points} checkpoints visited, {entries} lines written. No person is named anywhere.
"""

import csv
from functools import cache
from pathlib import Path


@cache
def texts(setting: str, kind: str) -> tuple[str, ...]:
    with Path(__file__).with_name("phrases.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            row["text"]
            for row in csv.DictReader(file)
            if row["setting"] == setting and row["kind"] == kind
        )
