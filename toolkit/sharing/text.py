"""Texts that leave the house: templates in braces, as units write them (``Dasar: {sprin}``), and
the removal of telephone numbers, NIK and every other number of seven digits or more.

Amounts, dates, hours and the numbers of reports and orders stay. What can be read both ways goes: a
lost date does less harm than a number that stays.
"""

import re
from collections.abc import Mapping

MASK = "…"

# What may stand between the digits of one number: no line end, comma or slash.
_GAP = r"(?:(?!\n)[\s.·_*~()\[\]\-‐‑‒–—―−－\u00ad\u200b-\u200f\u2060\ufeff]){0,6}"
_TO = r"\s?[-–—]\s?"


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


def _range(pattern: str) -> str:
    return f"{pattern}(?:{_TO}{pattern})?"


# 22.15, 22:15:30
_HOUR = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?::[0-5]\d)?(?![.:]?\d)"

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = _any(
    *(rf"{_DAY}{sep}{_MONTH}{sep}(?:{_YEAR}|\d\d)" for sep in (r"\.", "-", "/")),
    rf"{_DAY} {_MONTH} {_YEAR}",
    rf"{_DAY} [-–] {_MONTH} [-–] {_YEAR}",
    rf"{_YEAR}-\d\d-\d\d",
)
_DATE = rf"(?:{_DAY}{_TO})?{_DATE}(?![./\-]?\d)"

# After what stays there is no digit that could belong to it, or plainly something else begins: a
# telephone number, an hour, a count such as "4 orang".
_TELEPHONE = r"[+＋]\d|\(\s?[+0]|0[2-9]\d\d?"
_END = _any(
    rf"(?!{_GAP}\d)",
    rf"(?=[\s)]+{_any(_TELEPHONE, _HOUR)})",
    r"(?=[\s)\-–]+\d{1,3}\s?[^\W\d_])",
)
_MOMENT = rf"(?<!\d){_any(_range(_DATE), _range(_HOUR))}{_END}"

_CURRENCY = r"(?<!\w)(?:Rp|IDR|USD|US\$)\.?\s?"
_GROUPED = r"[1-9]\d{0,2}(?:[.,\s]\d{3}){1,4}(?!\d)(?:,\d\d?(?!\d))?(?:,-)?"
_PLAIN = r"(?!628)[1-9]\d{0,10}(?!\d|\s\d{4})"
_ROUND = r"(?:[1-9]\d?(?:\.\d{3}){2,3}|[1-9]\d\d\.\d{3}\.000)(?!\d)"
_AMOUNT = _any(
    _range(rf"{_CURRENCY}{_any(_GROUPED, _PLAIN)}"),
    rf"{_CURRENCY}{_range(_GROUPED)}",
    rf"(?<![\d+＋]){_any(_GROUPED, _PLAIN)}(?=\s?(?:rupiah|perak)\b)",
    # Groups of three without a currency: of telephone numbers the last group is longer.
    rf"(?<![\d+＋]){_range(_ROUND)}",
)
_KEPT = _any(
    rf"{_AMOUNT}{_END}",
    _MOMENT,
    rf"(?<!\d){_range(_YEAR)}(?!\d){_END}",
    rf"(?<!\w)LK[\s.\-‐‑–]{{0,3}}\d{{6,9}}(?!\d){_END}",
    rf"(?<!\w)(?:LP|LPA|LI|STPL|Sprin\w*)[\s.:/\-]{{1,3}}\d{{1,5}}[\s\-]{_YEAR}(?!\d){_END}",
    r"(?<!\w)R[TW][\s./]{0,3}\d{1,3}(?!\d)",
)

_DIGIT = rf"{_GAP}(?!(?<=\s){_MOMENT})\d"
_START = r"(?:\(\s?[+＋]?(?:\d\s?){1,4}\)|[+＋]?\d)"
_NUMBER = _any(
    # After a bracket of up to four digits; the shortest are of seven with them.
    rf"(?<!\d){_START}(?:{_DIGIT}){{6,}}(?:/\d\d?(?!\d))?",
    rf"(?<!\d)\(\s?0\d\d\d?\s?\)(?:{_DIGIT}){{5,}}",
    r"(?<!\d)0\d{2,3}/\d{5,}",
    r"(?<!\d)08\d\d?(?:[,/]\d{3,4}){2,}",
)
_CALLED = (
    r"(?P<word>(?<!\w)(?:telp?|tlpn?|telepon|telpon|hp|wa|whatsapp|kontak|hubungi)\b[\s.:]{0,4})"
    rf"(?!{_KEPT})(?!1[12]\d\b){_START}(?:{_DIGIT}){{5,}}"
)
_COORDINATES = _any(
    r"(?<![\d.,])[-−]?\d{1,2}[.,]\d{4,}[^\d\n]{1,12}\d{2,3}[.,]\d{4,}°?",
    r"(?<!\d)\d{1,3}\s?°\s?\d{1,2}\s?['’′]\s?\d{1,2}(?:[.,]\d+)?\s?(?:[\"”″]|''|’’)?",
)


def _pattern(kept: str) -> re.Pattern[str]:
    return re.compile(_any(f"(?P<kept>{kept})", _COORDINATES, _CALLED, _NUMBER), re.IGNORECASE)


_WITHOUT_COORDINATES = _pattern(_KEPT)
_WITH_COORDINATES = _pattern(_any(_COORDINATES, _KEPT))


def without_numbers(text: str, *, keep_coordinates: bool = False) -> str:
    """`text` with MASK in place of each number that leads to a person.

    Coordinates lead to a home; `keep_coordinates` is for where a patrol was.
    """
    pattern = _WITH_COORDINATES if keep_coordinates else _WITHOUT_COORDINATES
    return pattern.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    if found["kept"] is not None:
        return found[0]
    return f"{found['word'] or ''}{MASK}"


PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# The value of a placeholder that has none: its line is left out.
NOTHING = "–"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def fill_template(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders filled, without lines such as ``Dasar: {sprin}`` of no value.

    Lines are dropped before the values are filled in, because a person may have written "–" too.
    An unknown placeholder stays, so that whoever reads the text sees it.
    """
    empty = tuple(f": {{{name}}}" for name, word in words.items() if word == NOTHING)
    kept = "\n".join(line for line in text.split("\n") if not line.endswith(empty))
    return PLACEHOLDER.sub(lambda match: words.get(match[1], match[0]), kept)
