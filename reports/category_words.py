"""Finds the category that everyday words mean: «mtr ilang», «suami mukul».

Words may have typos, prefixes and suffixes, or be written without vowels. Pure: no query.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

MOST_WORDS = 120  # of a longer text only so many different words are read
MOST_FOUND = 6
EXACT, ROOT, SHORTHAND, BEGUN, TYPO = 1.0, 0.95, 0.85, 0.75, 0.6
# PARTLY weighs words that are only part of a phrase. A score below FAR_BEHIND of the best is noise.
PARTLY, FAR_BEHIND = 0.5, 0.34

_VOWELS = frozenset("aiueo")
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """ada adalah akan aku aman anda atas atau bang banyak baru berada bisa buat dalam dan
        dari dengan depan deket dekat di dia diduga dl dong gak ga ini itu jadi juga jg kak kami kan
        karena ke kita lagi lalu mas mau mohon nih nya oleh pada pak para saat saja sama sampai saya
        sdh sebuah sedang sekitar seorang sudah sy tadi td tersebut tolong untuk utk yang yg""",
    )
)
# Phrases that contain a word of trouble but mean no trouble.
_HARMLESS = re.compile(
    r"\b(?:kereta|gunung) api\b|\bapi unggun\b|\bbandar (?:udara|lampung)\b|\bpukul (?=\d)"
)
_SENTENCES, _CLAUSES = re.compile(r"[.;!?]\s|\n"), re.compile(r",")
_DENIED = re.compile(r"\b(?:nihil|tanpa|tdk|tidak) (?:ada|di\w+|ter\w+)|\bnihil\b", re.IGNORECASE)
_DRAWN_OUT = re.compile(r"([a-z])\1+$")
# Everyday words that are one letter away from a word of trouble. They are no typos.
_OWN = frozenset(
    re.findall(
        r"\w+",
        """barang bayar beras besar bandara bukan dompet ganda harta hotel jalan jatuh kabar kamar
        kampung lampu makan malam malang malas mandi masuk minta motor mobil pagar pagi pasar parah
        pulang punya rumah rusak siang sore tanah tangan terang terus warga warung""",
    )
)
_PREFIXES = (
    *("di", "ter", "ber", "ke", "se", "per", "ng"),
    *("me", "mem", "men", "meng", "meny", "menge", "pe", "pem", "pen", "peng", "peny"),
)
_SUFFIXES = ("nya", "kan", "an", "in", "i")
# A nasal stands for the consonant it swallowed: mukul is pukul, nyuri is curi.
_SWALLOWED = (("ny", "s"), ("ny", "c"), ("ng", "k"), ("m", "p"), ("n", "t"))


class CategoryWords(Protocol):
    """What the matcher reads of a category. The model `Category` has it."""

    @property
    def pk(self) -> Any: ...

    @property
    def label(self) -> str: ...

    @property
    def synonyms(self) -> list[str]: ...

    @property
    def is_sealed(self) -> bool: ...

    @property
    def order(self) -> int: ...


Kind = TypeVar("Kind", bound=CategoryWords)


@dataclass(frozen=True)
class Match(Generic[Kind]):
    """A category and how well the words fit it. `is_clear` where the text has a whole phrase of
    the category, so that nobody has to ask which category was meant."""

    category: Kind
    score: float
    is_clear: bool


def match_categories(text: str, categories: Iterable[Kind]) -> list[Kind]:
    """The categories that the words may mean, the likeliest first."""
    return [match.category for match in matches(text, categories)]


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
    said = list(dict.fromkeys(_words(text)))[:MOST_WORDS]
    if not said:
        return []
    offered = list(categories)
    labels = Counter(word for category in offered for word in set(_words(category.label)))
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
    phrases = _phrases(category, labels)
    best: dict[str, tuple[float, str]] = {
        word: max((_likeness(spoken, word), spoken) for spoken in said)
        for phrase in phrases
        for word in phrase
    }
    whole = [phrase for phrase in phrases if _is_said({word: best[word] for word in phrase})]
    heard = {best[word][1] for phrase in whole for word in phrase}
    parts: dict[str, float] = {}
    for likeness, spoken in best.values():
        if likeness and spoken not in heard:
            parts[spoken] = max(likeness, parts.get(spoken, 0))
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
        return all(likeness for likeness, _spoken in phrase.values())
    [(word, (likeness, spoken))] = phrase.items()
    return bool(likeness) and (likeness != ROOT or word in spoken or word.startswith(spoken))


def _is_clear(category: CategoryWords, phrase: dict[str, tuple[float, str]]) -> bool:
    """Whether the phrase means this category for sure, so that nobody has to ask."""
    # A typo must not seal a report, because sealing hides it from the unit.
    enough = ROOT if category.is_sealed else SHORTHAND
    if any(likeness < enough for likeness, _spoken in phrase.values()):
        return False
    # A single word of the label is not enough: not every "motor" was stolen.
    [word] = phrase if len(phrase) == 1 else [""]
    return word not in _words(category.label) or word in map(str.casefold, category.synonyms)


def _phrases(category: CategoryWords, labels: Counter[str]) -> list[tuple[str, ...]]:
    """The words of each everyday phrase, and of the label split at "atau". A part of the label that
    is a single word counts only if no other label has that word."""
    named = [_words(part) for part in re.split(r"\batau\b", category.label)]
    named = [words for words in named if len(words) > 1 or (words and labels[words[0]] == 1)]
    everyday = [_words(text) for text in category.synonyms]
    return [words for words in dict.fromkeys([*everyday, *named]) if words]


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", _HARMLESS.sub(" ", letters))
    return tuple(_DRAWN_OUT.sub(r"\1", word) for word in words if word not in _FILLERS)


@lru_cache(maxsize=8192)
def _likeness(spoken: str, word: str) -> float:
    """From 0 (another word) to 1 (the same), for a typed word and a word of a phrase."""
    if spoken == word:
        return EXACT
    if _roots(spoken) & _roots(word):
        return ROOT
    if min(len(spoken), len(word)) < 3:
        return 0
    if _is_shorthand(spoken, word):
        return SHORTHAND
    if len(spoken) >= 5 and word.startswith(spoken) and spoken not in _OWN:
        return BEGUN
    if spoken in _OWN or min(len(spoken), len(word)) < 5:
        return 0
    slips = 2 if min(len(spoken), len(word)) >= 11 else 1
    return TYPO if spoken[:1] == word[:1] and _is_near(spoken, word, slips) else 0


@lru_cache(maxsize=4096)
def _roots(word: str) -> frozenset[str]:
    """What the word may be without prefix and suffix; at least four letters."""
    bare = {word, *(word[len(head) :] for head in _PREFIXES if word.startswith(head))}
    bare |= {
        root[: -len(tail)]
        for root in bare
        for tail in _SUFFIXES
        # Cutting a short suffix from a short word would turn "mengintai" into "minta".
        if root.endswith(tail) and len(root) - len(tail) > (4 if tail in ("in", "i") else 3)
    }
    bare |= {
        first + root[len(nasal) :]
        for root in bare
        for nasal, first in _SWALLOWED
        if root.startswith(nasal)
    }
    bare |= {root[1:] for root in bare if root.startswith("h")}
    return frozenset(root for root in bare if len(root) >= 4)


def _is_shorthand(spoken: str, word: str) -> bool:
    """Whether letters were left out, vowels first: «mtr» for motor, «org» for orang."""
    if len(spoken) >= len(word) or len(spoken) * 2 < len(word):
        return False
    if spoken[0] != word[0] or spoken[-1] != word[-1]:
        return False
    consonants = _without_vowels(spoken[1:])
    if consonants != spoken[1:] and consonants != _without_vowels(word[1:]):
        return False
    letters = iter(word)
    return all(letter in letters for letter in spoken)


def _without_vowels(word: str) -> str:
    return "".join(letter for letter in word if letter not in _VOWELS)


def _is_near(one: str, other: str, slips: int) -> bool:
    """Whether at most `slips` letters are wrong, missing, added or swapped."""
    if abs(len(one) - len(other)) > slips:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1] <= slips
