"""Which category a text names without doubt. Only the words of the category itself count here, and
not what people everywhere say: what is sure may seal a report, which hides it from the unit."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

from reports.category_words.kinds import CategoryWords, Kind, phrases_of, words_in_labels
from reports.category_words.likeness import ROOT, SHORTHAND, likeness, words

MOST_WORDS = 120  # of a longer text only so many different words are read
MOST_FOUND = 6
# PARTLY weighs words that are only part of a phrase. A score below FAR_BEHIND of the best is noise.
PARTLY, FAR_BEHIND = 0.5, 0.34
_SENTENCES, _CLAUSES = re.compile(r"[.;!?]\s|\n"), re.compile(r",")
_DENIED = re.compile(r"\b(?:nihil|tanpa|tdk|tidak) (?:ada|di\w+|ter\w+)|\bnihil\b", re.IGNORECASE)


@dataclass(frozen=True)
class Match(Generic[Kind]):
    """A category and how well the words fit it. `is_clear` where the text has a whole phrase of
    the category, so that nobody has to ask which category was meant."""

    category: Kind
    score: float
    is_clear: bool


def sure_category(text: str, categories: Iterable[Kind]) -> Kind | None:
    """The category whose whole phrase stands in one sentence, if no other fits as well.

    Clauses that deny something («tidak ada ajakan tawuran») are left out.
    """
    offered = list(categories)
    sure: list[Match[Kind]] = []
    for sentence in _SENTENCES.split(text):
        claimed = ",".join(
            clause for clause in _CLAUSES.split(sentence) if not _DENIED.search(clause)
        )
        whole = [match for match in matches(claimed, offered) if match.is_clear]
        if whole and (len(whole) == 1 or whole[0].score > whole[1].score):
            sure.append(whole[0])
    return max(sure, key=lambda match: match.score).category if sure else None


def matches(text: str, categories: Iterable[Kind]) -> list[Match[Kind]]:
    """The likeliest first, at most MOST_FOUND."""
    said = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    if not said:
        return []
    offered = list(categories)
    labels = words_in_labels(offered)
    fits = [_fit(category, said, labels) for category in offered]
    shared = Counter(word for fit in fits for word in fit.parts)
    found = [
        Match(fit.category, score, fit.is_clear) for fit in fits if (score := fit.score(shared))
    ]
    found.sort(key=lambda match: (-match.score, match.category.order, match.category.pk))
    return [match for match in found if match.score > found[0].score * FAR_BEHIND][:MOST_FOUND]


@dataclass(frozen=True)
class _Fit(Generic[Kind]):
    """How a text fits one category. `whole` has the likeness of each phrase that the text contains;
    `parts` has the likeness by word, for words of phrases that it does not contain."""

    category: Kind
    whole: list[float]
    parts: dict[str, float]
    is_clear: bool

    def score(self, shared: Counter[str]) -> float:
        """`shared` counts in how many categories a word is a part."""
        ranked = enumerate(sorted(self.whole, reverse=True))
        whole = sum(fit * math.pow(PARTLY, rank) for rank, fit in ranked)
        parts = sum(PARTLY * fit / math.sqrt(shared[word]) for word, fit in self.parts.items())
        return round(whole + parts, 6)


def _fit(category: Kind, said: list[str], labels: Counter[str]) -> _Fit[Kind]:
    phrases = phrases_of(category, labels)
    best: dict[str, tuple[float, str]] = {
        word: max((likeness(spoken, word), spoken) for spoken in said)
        for phrase in phrases
        for word in phrase
    }
    whole = [phrase for phrase in phrases if _is_said({word: best[word] for word in phrase})]
    heard = {best[word][1] for phrase in whole for word in phrase}
    parts: dict[str, float] = {}
    for like, spoken in best.values():
        if like and spoken not in heard:
            parts[spoken] = max(like, parts.get(spoken, 0))
    return _Fit(
        category,
        [sum(best[word][0] for word in phrase) for phrase in whole],
        parts,
        any(_is_clear(category, {word: best[word] for word in phrase}) for phrase in whole),
    )


def _is_said(phrase: dict[str, tuple[float, str]]) -> bool:
    """Whether the text contains all words of the phrase.

    A phrase of a single word needs more than the same root: "pukul" is also the hour, and many
    things are "hilang" without being a "kehilangan".
    """
    if len(phrase) > 1:
        return all(like for like, _spoken in phrase.values())
    [(word, (like, spoken))] = phrase.items()
    return bool(like) and (like != ROOT or word in spoken or word.startswith(spoken))


def _is_clear(category: CategoryWords, phrase: dict[str, tuple[float, str]]) -> bool:
    """Whether the phrase means this category for sure, so that nobody has to ask."""
    # A typo must not seal a report, because sealing hides it from the unit.
    enough = ROOT if category.is_sealed else SHORTHAND
    if any(like < enough for like, _spoken in phrase.values()):
        return False
    # A single word of the label is not enough: not every "motor" was stolen.
    [word] = phrase if len(phrase) == 1 else [""]
    return word not in words(category.label) or word in map(str.casefold, category.synonyms)
