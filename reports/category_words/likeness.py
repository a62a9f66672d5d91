"""How like a typed word is to another: typos, prefixes and suffixes, words without vowels."""

import re
import unicodedata
from functools import lru_cache

EXACT, ROOT, SHORTHAND, BEGUN, TYPO = 1.0, 0.95, 0.85, 0.75, 0.6

VOWELS = frozenset("aiueo")
FILLERS = frozenset(
    re.findall(
        r"\w+",
        """ada adalah akan aku aman anda atas atau bang banyak baru berada bisa buat dalam dan
        dari dengan depan deket dekat di dia diduga dl dong gak ga ini itu jadi juga jg kak kami kan
        karena ke kita lagi lalu mas mau mohon nih nya oleh pada pak para saat saja sama sampai saya
        sdh sebuah sedang sekitar seorang sudah sy tadi td tersebut tolong untuk utk yang yg""",
    )
)
# Phrases that contain a word of trouble but mean no trouble.
HARMLESS = re.compile(
    r"\b(?:kereta|gunung) api\b|\bapi unggun\b|\bbandar (?:udara|lampung)\b|\bpukul (?=\d)"
)
DRAWN_OUT = re.compile(r"([a-z])\1+$")
# Everyday words that are one letter away from a word of trouble. They are no typos.
OWN = frozenset(
    re.findall(
        r"\w+",
        """barang bayar beras besar bandara bukan dompet ganda harta hotel jalan jatuh kabar kamar
        kampung lampu makan malam malang malas mandi masuk minta motor mobil pagar pagi pasar parah
        pulang punya rumah rusak siang sore tanah tangan terang terus warga warung""",
    )
)
PREFIXES = (
    *("di", "ter", "ber", "ke", "se", "per", "ng"),
    *("me", "mem", "men", "meng", "meny", "menge", "pe", "pem", "pen", "peng", "peny"),
)
SUFFIXES = ("nya", "kan", "an", "in", "i")
# A nasal stands for the consonant it swallowed: mukul is pukul, nyuri is curi.
SWALLOWED = (("ny", "s"), ("ny", "c"), ("ng", "k"), ("m", "p"), ("n", "t"))


def plain_letters(text: str) -> str:
    """Small letters without accents, and without phrases that mean no trouble."""
    letters = text.casefold()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return HARMLESS.sub(" ", letters)


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    found = re.findall(r"[a-z0-9]+", plain_letters(text))
    return tuple(not_drawn_out(word) for word in found if word not in FILLERS)


def not_drawn_out(word: str) -> str:
    """«tolonggg» is "tolong"."""
    return DRAWN_OUT.sub(r"\1", word) if word[-1:] == word[-2:-1] else word


@lru_cache(maxsize=8192)
def likeness(spoken: str, word: str) -> float:
    """From 0 (another word) to 1 (the same), for a typed word and a word of a phrase."""
    if spoken == word:
        return EXACT
    if roots(spoken) & roots(word):
        return ROOT
    if min(len(spoken), len(word)) < 3:
        return 0
    if _is_shorthand(spoken, word):
        return SHORTHAND
    if len(spoken) >= 5 and word.startswith(spoken) and spoken not in OWN:
        return BEGUN
    if spoken in OWN or min(len(spoken), len(word)) < 5:
        return 0
    slips = 2 if min(len(spoken), len(word)) >= 11 else 1
    return TYPO if spoken[:1] == word[:1] and _is_near(spoken, word, slips) else 0


@lru_cache(maxsize=4096)
def roots(word: str) -> frozenset[str]:
    """What the word may be without prefix and suffix; at least four letters."""
    bare = {word, *(word[len(head) :] for head in PREFIXES if word.startswith(head))}
    bare |= {
        root[: -len(tail)]
        for root in bare
        for tail in SUFFIXES
        # Cutting a short suffix from a short word would turn "mengintai" into "minta".
        if root.endswith(tail) and len(root) - len(tail) > (4 if tail in ("in", "i") else 3)
    }
    bare |= {
        first + root[len(nasal) :]
        for root in bare
        for nasal, first in SWALLOWED
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
    return "".join(letter for letter in word if letter not in VOWELS)


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
