"""What citizens and officers write in the demo's reports: report_phrases.csv beside this file.

Slots: {place}, {rt} and {rw} numbers, {n} and {n2} people, {clock} a time. No person is named.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random


@cache
def phrases() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Texts by kind and what they are about."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with Path(__file__).with_name("report_phrases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"], row["about"]].append(row["text"])
    return {key: tuple(texts) for key, texts in found.items()}


def says(random: Random, kind: str, about: str = "any", **slots: object) -> str:
    """One of the texts, of what is said anywhere where nothing is special."""
    choices = phrases().get((kind, about)) or phrases()[kind, "any"]
    return random.choice(choices).format(n2=random.randint(1, 3), **slots)


def tells(random: Random, kind: str, about: str, place: str, clock: str) -> str:
    """A reporter's words."""
    return says(
        random,
        kind,
        about,
        place=place,
        clock=clock,
        rt=f"{random.randint(1, 12):02}",
        rw=f"{random.randint(1, 9):02}",
        n=random.randint(3, 15),
    )
