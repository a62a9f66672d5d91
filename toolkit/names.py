"""Names as people type them, brought to one form: of people, groups, units and places.

The database finds a name by its key: `name_key()` and the SQL function of that name give the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.characters import plain_characters


def plain_name(text: str) -> str:
    """``jembatan lima`` from "JEMBATAN-LIMA.": small letters, digits and single spaces.

    Apostrophes are left out; every other sign parts words. Letters other than Latin are lost.
    """
    letters = plain_characters(text).lower().replace("'", "")
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def name_key(text: str) -> str:
    """``jembatanlima``: people part words as they like. Empty where no letter is Latin."""
    return plain_name(text).replace(" ", "")


@dataclass(frozen=True)
class RtRw:
    """What is left of a text without its RT and RW, and their numbers."""

    name: str
    rt: int | None = None
    rw: int | None = None


_ROMAN = {
    tens + ones: 10 * len(tens) + number
    for tens in ("", "x", "xx")
    for number, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if tens + ones
}
_RT, _RW = r"(?:rt|rukun\s+tetangga)\W{0,3}", r"(?:rw|rukun\s+warga)\W{0,3}"
_NUMBER = rf"(?:\d{{1,3}}[a-z]?|{'|'.join(_ROMAN)})(?=\W|_|$|r[tw]\W{{0,3}}\d)"
_ONE = (
    rf"(?<![^\W\d])(?:{_RT}{_RW}(?P<rt>{_NUMBER})\W{{1,3}}(?P<rw>{_NUMBER})"  # RT/RW 05/03
    rf"|{_RT}(?P<rt_alone>{_NUMBER})(?:\s?/\s?(?P<rw_behind>{_NUMBER}))?"  # RT 05, RT 05/03
    rf"|{_RW}(?P<rw_alone>{_NUMBER}))"
)
_RT_OR_RW = re.compile(_ONE, re.IGNORECASE)
_WITH_SIGNS = re.compile(
    rf"(?:[\W_]{{0,5}}{re.sub(r'P<.*?>', ':', _ONE)})+[\W_]{{0,5}}", re.IGNORECASE
)


def split_rt_rw(text: str) -> RtRw:
    """The name apart from the RT and RW that people write behind or before it, such as
    "RT 05/RW 03", "rw.3", "RT/RW 005/003". The first of each counts."""
    rts: list[int] = []
    rws: list[int] = []
    for found in _RT_OR_RW.finditer(text):
        rts += _numbers(found["rt"], found["rt_alone"])
        rws += _numbers(found["rw"], found["rw_behind"], found["rw_alone"])
    name = _WITH_SIGNS.sub(lambda found: ", " if "," in found[0] else " ", text)
    if name != text:
        name = name.strip(" ,")
    return RtRw(name.strip(), next(iter(rts), None), next(iter(rws), None))


def _numbers(*written: str | None) -> Iterator[int]:
    for number in filter(None, written):
        yield _ROMAN.get(number.lower()) or int(re.sub(r"\D", "", number))


# What people write before the name of a place, and the level of the area.
_TITLES = {
    **dict.fromkeys(("kelurahan", "kel", "desa", "ds"), "village"),
    **dict.fromkeys(("kecamatan", "kec"), "district"),
    **dict.fromkeys(("kabupaten", "kab", "kotamadya", "kodya"), "regency"),
    **dict.fromkeys(("provinsi", "prov"), "province"),
}
# Alone it says nothing about the level: many villages begin with it.
_CITY = "kota"
_OF_CITY = frozenset({"administrasi", "adm"})
MOST_TITLES = 3


@dataclass(frozen=True)
class Place:
    """`names` may all be meant: with what looks like a title, then without; the first that is
    found is the one. `around` names larger areas it lies in, without titles. `level` is what a
    title said: village, district, regency, province, else empty. All names are plain."""

    names: tuple[str, ...]
    around: tuple[str, ...] = ()
    level: str = ""
    rt: int | None = None
    rw: int | None = None


def read_place(text: str) -> Place:
    """Of "Kel. Jembatan Lima RT 05/RW 03, Kec. Tambora" the village, the district, RT and RW.

    Where a village comes with its title it counts, wherever it stands; else the first name.
    """
    spoken = split_rt_rw(text)
    lines = re.split(r"[,;\n]", spoken.name)
    parts = [_without_titles(part) for line in lines for part in _parts(line)]
    parts.sort(key=lambda part: part.level != "village")
    if not parts:
        return Place((), rt=spoken.rt, rw=spoken.rw)
    first, *others = parts
    around = tuple(part.names[-1] for part in others)
    return Place(first.names, around, first.level, spoken.rt, spoken.rw)


def _parts(line: str) -> Iterator[list[str]]:
    """The words of each name: a title between two names begins the next."""
    words = plain_name(line).split()
    part: list[str] = []
    has_name = False
    for word, after in zip(words, [*words[1:], ""], strict=False):
        is_title = word in _TITLES or (word == _CITY and after in _OF_CITY)
        if is_title and has_name and after and after not in _TITLES:
            yield part
            part, has_name = [], False
        part.append(word)
        has_name = has_name or word not in _TITLES
    if part:
        yield part


def _without_titles(words: list[str]) -> Place:
    """The words as they are, then without each title in front, as long as a name is left."""
    names, level = [" ".join(words)], ""
    for _title in range(MOST_TITLES):
        if len(words) < 2 or (words[0] not in _TITLES and words[0] != _CITY):
            break
        is_city = words[0] == _CITY and words[1] in _OF_CITY
        level = level or ("regency" if is_city else _TITLES.get(words[0], ""))
        words = words[2:] if is_city else words[1:]
        if any(word not in _TITLES for word in words):
            names.append(" ".join(words))
    return Place(tuple(names), level=level if len(names) > 1 else "")
