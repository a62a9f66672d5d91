"""Finds the categories that typed words may mean, while somebody types and for the button Search.

A text speaks for a category by each of its cues: the synonyms an administrator gave it, its label,
and the phrases of everyday speech. The more words a cue has, and the closer they stand in the text,
the more it says; words that mean many categories say less. What one cue has used, another may not.
Beside the cues counts how much more often each word stands in examples of this category than in
others: that decides between categories, and finds what no cue names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import log
from typing import Generic

from reports.category_words.everyday import Cue, Heard, Lexicon, everyday_cues, everyday_examples
from reports.category_words.kinds import Kind, phrases_of, words_in_labels

MOST_WORDS = 120
MOST_FOUND = 6
LEAST_FOUND = 3  # however far the others are behind: the words may be new
# A score below FAR_BEHIND of the best is noise.
FAR_BEHIND = 0.1
TOGETHER = 0.5  # what each further word of a cue adds beside its own weight
APART = 0.03  # what each word between them takes away
UNSURE_WEIGHT = 0.4
PARTLY = 0.12  # of a word that is only part of a synonym or a label
# A word of so many more categories weighs less.
COMMON = 0.25
MOST_PLACES = 4
LEANING = 0.08  # of the logarithm that says how much more often a word stands with a category
PRIOR, RARE = 2.5, 0.02
ALONE = 12.0  # what the leanings must add up to where no cue was said
LEAST_LEANING = -2  # one word that never stood with a category may not outweigh the others
# What cannot wait outranks what can: "mabuk pukul istri" is violence before it is drink.
URGENT, URGENT_MINUTES = 1.2, 10


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
    speech = _speech(own, frozenset(row.code for row in offered))
    heard = speech.lexicon.hear(text, MOST_WORDS)
    scores = _scores(heard, speech.lexicon.cues, speech.weights)
    leanings = speech.leanings(heard)
    if not scores and max(leanings.values(), default=0) < ALONE:
        return []
    found = []
    for row in offered:
        score, is_said = scores.get(row.code, (0.0, False))
        if row.target_minutes and row.target_minutes <= URGENT_MINUTES:
            score *= URGENT
        total = round(score + LEANING * leanings.get(row.code, 0), 6)
        found.append(Match(row, total, is_said))
    found.sort(key=lambda match: (-match.score, match.category.order, match.category.pk))
    near = [match for match in found if match.score > found[0].score * FAR_BEHIND]
    return found[: max(LEAST_FOUND, min(len(near), MOST_FOUND))]


@dataclass(frozen=True)
class _Speech:
    """All cues and examples of one list of categories. `weights` has what a word of a cue weighs,
    `leaning` by word and category how much more often it stands with it, as a logarithm."""

    lexicon: Lexicon
    weights: dict[str, float]
    leaning: dict[str, dict[str, float]]

    def leanings(self, heard: Iterable[str]) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for word in heard:
            for code, leaning in self.leaning.get(word, {}).items():
                sums[code] += max(leaning, LEAST_LEANING)
        return sums


@lru_cache(maxsize=4)
def _speech(own: tuple[Cue, ...], codes: frozenset[str]) -> _Speech:
    """Built anew only where an administrator has changed the categories."""
    everyday = [cue for cue in everyday_cues() if cue.code in codes]
    cues = tuple({(cue.code, cue.words): cue for cue in (*everyday, *own)}.values())
    meant: dict[str, set[str]] = defaultdict(set)
    for cue in cues:
        for word in cue.words:
            meant[word].add(cue.code)
    weights = {word: len(found) ** -COMMON for word, found in meant.items()}
    lexicon = Lexicon(cues)
    return _Speech(lexicon, weights, _leaning(lexicon, codes))


def _leaning(lexicon: Lexicon, codes: frozenset[str]) -> dict[str, dict[str, float]]:
    """Counted in the examples, and in the cues, each of which is a short example."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(sorted(codes), 0.0))
    sizes = dict.fromkeys(sorted(codes), 1.0)
    for code, text in everyday_examples():
        if code in codes:
            sizes[code] += 1
            for word in lexicon.hear(text, MOST_WORDS, guess=False):
                counts[word][code] += 1
    for cue in lexicon.cues:
        sizes[cue.code] += 1
        for word in cue.words:
            counts[word][cue.code] += 1 / len(cue.words)
    everything = sum(sizes.values())
    leaning: dict[str, dict[str, float]] = {}
    for word, by_code in counts.items():
        share = sum(by_code.values()) / everything
        leaning[word] = {
            code: log((count + PRIOR * share + RARE) / sizes[code] / (share + RARE / everything))
            for code, count in by_code.items()
        }
    return leaning


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
