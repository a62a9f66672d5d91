"""The reporter's code and the officers' number of a report, written and read.

A code is ``LW-`` and 12 characters of Crockford's base 32, in groups of four for reading aloud.
"""

import re
import secrets
from urllib.parse import unquote

from toolkit.characters import plain_characters

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = rf"^LW(-[{ALPHABET}]{{4}}){{3}}$"
_ALIKE = str.maketrans("OIL", "011")
_LETTER = f"[{ALPHABET}OIL]"
_GROUP = f"({_LETTER}{{4}})"
# Between the groups may stand anything but letters: spaces, line ends, WhatsApp's asterisks.
_NEXT_GROUP = rf"\W{{0,6}}{_GROUP}"
_WITH_PREFIX = re.compile(rf"(?<!\w)(?<!LW-)[LI1]W{_NEXT_GROUP * 3}(?!\w)")
_WITHOUT_PREFIX = re.compile(rf"(?<![\w-]){_GROUP}-?{_GROUP}-?{_GROUP}(?![\w-])")
_WHOLE = re.compile(rf"(?:[LI1]W)?({_LETTER}{{12}})")
_BETWEEN_LETTERS = re.compile(r"[\s\-.*~'>]")
_LINES = re.compile(r"[\n:;,()]")
_NUMBER = re.compile(r"LK[\s.-]*([0-9]{1,18})|([0-9]{1,9})", re.IGNORECASE)
_NUMBER_IN_TEXT = re.compile(r"(?<!\w)LK[\s.-]{0,3}([0-9]{6,18})(?!\w)", re.IGNORECASE)


def new_code() -> str:
    """60 random bits, such as ``LW-7F3K-92QX-4MPD``."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(12)))


def read_code(text: str) -> str | None:
    """The code as it is stored, found in what a person typed or pasted.

    None where there is none, or two that differ. Small letters, spaces and missing hyphens are
    fine; O is read as 0, I and L as 1. Inside other words a code counts with its LW; without it
    only on a line of its own or in one piece, with letters and digits.
    """
    plain = _pasted(text).upper()
    found = [*map("".join, _WITH_PREFIX.findall(plain))] or _alone(plain)
    if not found:
        loose = [*map("".join, _WITHOUT_PREFIX.findall(plain))]
        for line in _LINES.split(plain):
            loose += _alone(line)
        # Words have no digits, telephone numbers no letters.
        found = [letters for letters in loose if not letters.isalpha() and not letters.isdigit()]
    codes = {_written(letters.translate(_ALIKE)) for letters in found}
    return codes.pop() if len(codes) == 1 else None


def read_number_of(text: str) -> int | None:
    """The key of a report from its number: ``LK-000123``, ``lk 123``, ``123``, or the only number
    written in full in a text.

    None for anything else, such as a telephone number, which has more than nine digits.
    """
    plain = _pasted(text)
    whole = _NUMBER.fullmatch(plain.strip(" \t\r\n*~'\"#().,:;-"))
    if whole:
        return int(whole[1] or whole[2])
    found = {int(digits) for digits in _NUMBER_IN_TEXT.findall(plain)}
    return found.pop() if len(found) == 1 else None


def _pasted(text: str) -> str:
    """From a link too. Underscores are WhatsApp's italics, no letters."""
    return plain_characters(unquote(text)).replace("_", " ")


def _alone(text: str) -> list[str]:
    """The letters of the code, where the text holds nothing else."""
    whole = _WHOLE.fullmatch(_BETWEEN_LETTERS.sub("", text))
    return [whole[1]] if whole else []


def _written(letters: str) -> str:
    return "-".join(["LW", letters[:4], letters[4:8], letters[8:]])
