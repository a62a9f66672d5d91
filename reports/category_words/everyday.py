"""What people say instead of the words of a category, in the speech of Jakarta, Palembang, Jambi,
Java and Sunda: three tables of seeds/, which an administrator of the server extends.

everyday_words.csv gives a word its meaning: «laki aku» is "suami", and "suami" is "keluarga".
everyday_phrases.csv names what means a category: "keluarga pukul" is domestic_violence.
everyday_examples.csv has whole sentences and what they are about. All are read once.
A category that an administrator adds is found by its own synonyms.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reports.category_words.likeness import (
    BEGUN,
    FILLERS,
    OWN,
    ROOT,
    likeness,
    not_drawn_out,
    plain_letters,
    roots,
)

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
WORDS, PHRASES = SEEDS / "everyday_words.csv", SEEDS / "everyday_phrases.csv"
EXAMPLES = SEEDS / "everyday_examples.csv"
UNSURE = "?"
# A meaning of a meaning says less: "mesum" is "telanjang", which a cable may be, too.
STEP = 0.8
# Where a word is known itself, of what others of its root say: "sendirian" for "sendiri".
KNOWN = 0.5
# Further words may stand between the words of one meaning: «laki [nian] aku».
BETWEEN = 1
SHORTEST = 3  # letters of a word that is only begun
# An unknown word is compared with hundreds of known ones, and anybody may search.
MOST_GUESSED = 12
# Of what a word says where it is part of such a meaning: the "mati" of «nomornya mati».
JOINED = 0.5
_TWICE = re.compile(r"\b([a-z]{2,})[ -]+\1\b")
# What the languages of the regions put before and after a word, and Indonesian does not.
_HEADS = ("nge", "ka", "be", "te", "n", "ny", "ng", "di", "ke", "m")
_TAILS = (
    *("nyo", "nye", "nya", "ku", "mu", "ne", "ke", "keun", "na", "e", "ake"),
    *("an", "i", "in", "no"),
)


@dataclass(frozen=True)
class Cue:
    """Words that mean a category where they stand together, in any order."""

    code: str
    words: tuple[str, ...]
    is_sure: bool = True
    is_own: bool = False  # of the category itself, and not of everyday speech


@dataclass(frozen=True)
class Heard:
    """Where a word was said, in its own or in other words."""

    at: frozenset[int]
    likeness: float


def said_words(text: str) -> list[str]:
    """The words in their order. A doubled word is one: «bapak-bapak» is "bapak2"."""
    if text.isascii() and text.isalpha():
        return [not_drawn_out(text.lower())]
    plain = _TWICE.sub(r"\g<1>2", plain_letters(text))
    return [not_drawn_out(word) for word in re.findall(r"[a-z0-9]+", plain)]


class Lexicon:
    """The words that mean something, for one list of cues."""

    def __init__(self, cues: tuple[Cue, ...]) -> None:
        self.cues = cues
        self._single: dict[str, set[str]] = defaultdict(set)
        self._many: list[tuple[tuple[str, ...], str]] = []
        self._meanings = {means for _said, means in everyday_words()}
        self._known = {word for cue in cues for word in cue.words}
        for said, means in everyday_words():
            self._add(tuple(said_words(said)), means)
        for parts in _long_meanings():
            self._add(parts, " ".join(parts))
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        self._by_root: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            self._by_letter[word[0]].append(word)
            for root in roots(word):
                self._by_root[root].add(word)
        self._many_by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for parts, means in self._many:
            self._many_by_first[parts[0]].append((parts, means))
        self.recognised = lru_cache(maxsize=4096)(self._recognised)

    def _add(self, said: tuple[str, ...], means: str) -> None:
        self._known.update((*said, means) if means else said)
        if len(said) > 1:
            self._many.append((said, means))
        elif said:
            self._single[said[0]].add(means)

    def hear(self, text: str, most: int, *, guess: bool = True) -> dict[str, list[Heard]]:
        """Each known word that the text says, with the places where it does. `guess` looks for
        what may be mistyped or half typed, too."""
        said = said_words(text)[:most]
        spoken = [self.recognised(word, False) for word in said]
        if guess and spoken:
            unknown = [at for at, word in enumerate(said) if not spoken[at] and _is_typed(word)]
            for at in unknown[:MOST_GUESSED]:
                spoken[at] = self.recognised(said[at], True)
            spoken[-1] = spoken[-1] or self._begun(said[-1])
        heard: dict[str, list[Heard]] = defaultdict(list)
        silent: set[int] = set()
        meant: list[tuple[str, Heard]] = []
        for start, first in enumerate(spoken):
            near = {word for words in spoken[start + 1 : start + 2 + BETWEEN] for word in words}
            for word in first:
                for parts, means in self._many_by_first.get(word, ()):
                    if parts[1] in near and (at := _said_from(start, parts, spoken)):
                        like = min(spoken[i][part] for i, part in zip(at, parts, strict=True))
                        meant.append((means, Heard(frozenset(at), like)))
                        if not means:
                            silent.update(at)
        for means, place in meant:
            for word, like in self._all_meanings({means: place.likeness}).items():
                heard[word].append(Heard(place.at, like))
        joined = {index for means, place in meant if means for index in place.at}
        for index, words in enumerate(spoken):
            alone = JOINED if index in joined else 1
            for word, like in words.items():
                heard[word].append(Heard(frozenset((index,)), like * alone))
        return {
            word: kept
            for word, places in heard.items()
            if word and (kept := [place for place in places if not place.at & silent])
        }

    def _begun(self, spoken: str) -> dict[str, float]:
        """What the last word may become: it may be half typed."""
        if len(spoken) < SHORTEST or spoken in FILLERS or spoken in OWN:
            return {}
        words = self._by_letter.get(spoken[0], ())
        return self._all_meanings({word: BEGUN for word in words if word.startswith(spoken)})

    def _recognised(self, spoken: str, guess: bool) -> dict[str, float]:
        """The known words that a typed word may be, and what these mean."""
        return self._all_meanings(self._known_words(spoken, guess))

    def _known_words(self, spoken: str, guess: bool) -> dict[str, float]:
        bare = spoken.rstrip("2") if spoken[:1].isalpha() else spoken
        for word in dict.fromkeys((spoken, bare)):
            if word in self._single or word in self._meanings:
                return {word: 1.0}
            if word in self._known:
                root = {near: like * KNOWN for near, like in self._of_its_root(word).items()}
                return root | {word: 1.0}
        if not _is_typed(bare):
            return {}
        near = self._of_its_root(bare)
        if near or not guess:
            return near
        found = {word: likeness(bare, word) for word in self._by_letter.get(bare[:1], ())}
        best = max(found.values(), default=0)
        return {word: like for word, like in found.items() if like and like >= best}

    def _of_its_root(self, spoken: str) -> dict[str, float]:
        near = {word: ROOT for root in roots(spoken) for word in self._by_root.get(root, ())}
        return near | {word: ROOT for word in _regional(spoken) if word in self._known}

    def _all_meanings(self, words: dict[str, float]) -> dict[str, float]:
        meanings = dict(words)
        waiting = list(words)
        while waiting:
            word = waiting.pop()
            for meaning in self._single.get(word, ()):
                if meanings[word] * STEP > meanings.get(meaning, 0):
                    meanings[meaning] = meanings[word] * STEP
                    waiting.append(meaning)
        return meanings


def _is_typed(word: str) -> bool:
    """Whether it may be a known word that was mistyped, and is no filler or everyday word."""
    bare = word.rstrip("2")
    return bare not in FILLERS and bare not in OWN and bare.isalpha()


def _said_from(
    start: int, parts: tuple[str, ...], spoken: list[dict[str, float]]
) -> tuple[int, ...]:
    """The places of the parts in their order, from `start` on; empty if one is missing."""
    at = [start]
    for part in parts[1:]:
        near = range(at[-1] + 1, min(at[-1] + 2 + BETWEEN, len(spoken)))
        place = next((index for index in near if part in spoken[index]), None)
        if place is None:
            return ()
        at.append(place)
    return tuple(at)


def _regional(word: str) -> set[str]:
    """What the word is without the prefixes and suffixes of the regions."""
    bare = {word}
    bare |= {word[len(head) :] for head in _HEADS if word.startswith(head)}
    bare |= {part[: -len(tail)] for part in bare for tail in _TAILS if part.endswith(tail)}
    # Palembang says «biso» and «bawak» for "bisa" and "bawa", Jakarta «ade» for "ada".
    bare |= {part[:-1] + "a" for part in bare if part[-1:] in ("o", "e")}
    bare |= {part[:-1] for part in bare if part.endswith("k")}
    return {part for part in bare if len(part) >= 4}


@lru_cache(maxsize=1)
def everyday_words() -> tuple[tuple[str, str], ...]:
    """What is said, and what it means; nothing where it must not be taken for trouble."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((said, row["means"]) for row in rows for said in row["said"].split("|"))


@lru_cache(maxsize=1)
def everyday_cues() -> tuple[Cue, ...]:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Cue(row["category"], _with_meanings(words), not phrase.endswith(UNSURE))
        for row in rows
        for phrase in row["phrases"].split("|")
        if (words := said_words(phrase))
    )


def _with_meanings(words: list[str]) -> tuple[str, ...]:
    """The words of a phrase, where "tengah malam" is one word because it is one meaning."""
    found: list[str] = []
    while words:
        longest = next((size for size in (3, 2) if tuple(words[:size]) in _long_meanings()), 1)
        found.append(" ".join(words[:longest]))
        words = words[longest:]
    return tuple(found)


@lru_cache(maxsize=1)
def _long_meanings() -> frozenset[tuple[str, ...]]:
    meanings = (tuple(said_words(means)) for means in {means for _said, means in everyday_words()})
    return frozenset(meaning for meaning in meanings if len(meaning) > 1)


@lru_cache(maxsize=1)
def everyday_examples() -> tuple[tuple[str, str], ...]:
    """The code of a category, and a sentence about it."""
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return tuple((row["category"], row["text"]) for row in csv.DictReader(file))
