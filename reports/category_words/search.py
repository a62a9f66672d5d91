"""Finds the categories that typed words may mean, while somebody types and for the button Search.

A text speaks for a category by each of its cues: the synonyms an administrator gave it, its label,
and the phrases of everyday speech. The more words a cue has, and the closer they stand in the text,
the more it says; words that mean many categories say less. What one cue has used, another may not.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Generic

from reports.category_words.everyday import Cue, Heard, Lexicon, everyday_cues
from reports.category_words.kinds import Kind, phrases_of, words_in_labels

MOST_WORDS = 120
MOST_FOUND = 6
# A score below FAR_BEHIND of the best is noise.
FAR_BEHIND = 0.2
TOGETHER = 0.5  # what each further word of a cue adds beside its own weight
APART = 0.03  # what each word between them takes away
UNSURE_WEIGHT = 0.4
PARTLY = 0.12  # of a word that is only part of a synonym or a label
# A word of so many more categories weighs less.
COMMON = 0.25
MOST_PLACES = 4


@dataclass(frozen=True)
class Match(Generic[Kind]):
    """A category and how much speaks for it. `is_said` where a whole cue does, and not only a word
    that is part of a synonym."""

    category: Kind
    score: float
    is_said: bool


def match_categories(text: str, categories: Iterable[Kind]) -> list[Kind]:
    """The categories that the words may mean, the likeliest first."""
    return [match.category for match in matches(text, categories)]


def matches(text: str, categories: Iterable[Kind]) -> list[Match[Kind]]:
    """The likeliest first, at most MOST_FOUND."""
    offered = list(categories)
    labels = words_in_labels(offered)
    own = tuple(
        Cue(row.code, phrase, is_own=True) for row in offered for phrase in phrases_of(row, labels)
    )
    lexicon, weights = _lexicon(own, frozenset(row.code for row in offered))
    heard = lexicon.hear(text, MOST_WORDS)
    scores = _scores(heard, lexicon.cues, weights)
    found = [Match(row, *scores[row.code]) for row in offered if row.code in scores]
    found.sort(key=lambda match: (-match.score, match.category.order, match.category.pk))
    return [match for match in found if match.score > found[0].score * FAR_BEHIND][:MOST_FOUND]


@lru_cache(maxsize=4)
def _lexicon(own: tuple[Cue, ...], codes: frozenset[str]) -> tuple[Lexicon, dict[str, float]]:
    """Built anew only where an administrator has changed the categories."""
    everyday = [cue for cue in everyday_cues() if cue.code in codes]
    cues = tuple({(cue.code, cue.words): cue for cue in (*everyday, *own)}.values())
    meant: dict[str, set[str]] = defaultdict(set)
    for cue in cues:
        for word in cue.words:
            meant[word].add(cue.code)
    return Lexicon(cues), {word: len(codes) ** -COMMON for word, codes in meant.items()}


def _scores(
    heard: dict[str, list[Heard]], cues: Iterable[Cue], weights: dict[str, float]
) -> dict[str, tuple[float, bool]]:
    """By the code of a category its score, and whether a whole cue was said."""
    whole: dict[str, list[tuple[float, frozenset[int]]]] = defaultdict(list)
    parts: dict[str, dict[frozenset[int], float]] = defaultdict(dict)
    for cue in cues:
        found = [heard[word] for word in cue.words if word in heard]
        if len(found) == len(cue.words) and (fit := _fit(cue, found, weights)):
            whole[cue.code].append(fit)
        elif found and cue.is_own:
            for word in cue.words:
                for place in heard.get(word, ()):
                    score = PARTLY * weights[word] * place.likeness
                    parts[cue.code][place.at] = max(score, parts[cue.code].get(place.at, 0))
    scores: dict[str, tuple[float, bool]] = {}
    for code in whole.keys() | parts.keys():
        total = 0.0
        used: set[int] = set()
        for score, at in sorted(whole[code], key=lambda fit: (-fit[0], sorted(fit[1]))):
            total += score * len(at - used) / len(at)
            used |= at
        total += sum(score for at, score in parts[code].items() if not at & used)
        scores[code] = (round(total, 6), bool(whole[code]))
    return scores


def _fit(
    cue: Cue, found: list[list[Heard]], weights: dict[str, float]
) -> tuple[float, frozenset[int]] | None:
    """How well the cue fits where its words stand closest, and where that is."""
    best: tuple[float, frozenset[int]] | None = None
    own = [weights[word] for word in cue.words]
    for places in product(*(sorted(p, key=lambda h: -h.likeness)[:MOST_PLACES] for p in found)):
        at = frozenset().union(*(place.at for place in places))
        if len(at) < sum(len(place.at) for place in places):
            continue
        between = max(at) - min(at) + 1 - len(at)
        score = sum(w * place.likeness for w, place in zip(own, places, strict=True))
        score += TOGETHER * (len(cue.words) - 1) * min(place.likeness for place in places)
        score *= max(0.3, 1 - APART * between)
        score *= 1 if cue.is_sure else UNSURE_WEIGHT
        if best is None or score > best[0]:
            best = (score, at)
    return best
