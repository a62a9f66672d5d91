"""What officers and citizens write in the demo: phrases.csv beside this file. It names no person.

`kind` says what the text is for: a kind of log entry, a step of a report, a reporter's words.
`about` is the setting of a duty, or the category, outcome or rating of a report; "any" fits all.

Slots: {place} a checkpoint, place or village, {rt} and {rw} numbers, {n} and {n2} people, {clock}
a time with {zone}, {points} checkpoints visited, {entries} lines written.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random


@cache
def _phrases() -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with Path(__file__).with_name("phrases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"], row["about"]].append(row["text"])
    return {key: tuple(texts) for key, texts in found.items()}


def texts(kind: str, about: str = "any") -> tuple[str, ...]:
    """Every text of a kind, with its slots; empty where there is none."""
    return _phrases().get((kind, about), ())


def pick_text(random: Random, kind: str, about: str = "any", **slots: object) -> str:
    """One of the texts about this, or of those that fit all where there is none; filled in."""
    choices = texts(kind, about) or texts(kind)
    return random.choice(choices).format(n2=random.randint(1, 3), **slots)


def pick_report_text(random: Random, kind: str, about: str, place: str, clock: str) -> str:
    """What a reporter writes about a category."""
    return pick_text(
        random,
        kind,
        about,
        place=place,
        clock=clock,
        rt=f"{random.randint(1, 12):02}",
        rw=f"{random.randint(1, 9):02}",
        n=random.randint(3, 15),
    )
