"""What a cell says: a choice, a number, a telephone number, several things at once."""

import re
from collections.abc import Iterable, Mapping

from phonenumber_field.phonenumber import to_python

from toolkit.names import name_key


def choice_of(text: str, words: Mapping[str, str]) -> str | None:
    """The value whose word the cell says, however it is written; None for a word of no value."""
    return words.get(name_key(text))


def choice_words(values: Iterable[str], **also: str) -> dict[str, str]:
    """For `choice_of`: the values themselves, and other words by their value, with spaces between
    them: ``officer="petugas bhabin"``."""
    said = [(value, value) for value in values]
    said += [(word, value) for value, words in also.items() for word in words.split()]
    return {name_key(word): value for word, value in said}


def parts_of(text: str) -> list[str]:
    """Several things in one cell, with a comma, semicolon, bar or "dan" between them."""
    found = (part.strip() for part in re.split(r"[,;|]|\bdan\b", text))
    return [part for part in found if part]


def whole_number(text: str) -> int | None:
    """``12`` or ``1.250``; None for anything else."""
    digits = re.sub(r"(?<=\d)[. ](?=\d{3}(\D|$))", "", text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def digits_of(text: str) -> str:
    """A number that is a name, such as an NRP, without the signs that spreadsheets put in."""
    return re.sub(r"[ .'’-]", "", text)


def phone_of(text: str) -> str | None:
    """The number as it is stored, also where a spreadsheet has dropped the zero in front; "" of an
    empty cell, None where it is no telephone number."""
    if not text:
        return ""
    if not re.fullmatch(r"[\d\s()+./'-]+", text):
        return None
    number = to_python(text.lstrip("'"))
    return str(number) if number is not None and number.is_valid() else None
