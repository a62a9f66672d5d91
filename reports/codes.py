"""The reporter's code and the officers' number of a report, written and read.

A code is ``LW-`` and 12 characters of Crockford's base 32, in groups of four for reading aloud.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = rf"^LW(-[{ALPHABET}]{{4}}){{3}}$"
NUMBER = re.compile(r"lk[\s-]*([0-9]{1,18})|([0-9]{1,9})", re.IGNORECASE)
_ALIKE = str.maketrans("OIL", "011")


def new_code() -> str:
    """60 random bits, such as ``LW-7F3K-92QX-4MPD``."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(12)))


def read_code(text: str) -> str | None:
    """The code as it is stored, from what a person typed; None if it cannot be a code.

    Small letters, spaces and missing hyphens are accepted. O is read as 0, I and L as 1.
    """
    letters = re.sub(r"[\s\-–—._]", "", text.upper())
    if len(letters) == 14 and letters.startswith("LW"):
        letters = letters[2:]
    letters = letters.translate(_ALIKE)
    if len(letters) != 12 or any(letter not in ALPHABET for letter in letters):
        return None
    return _written(letters)


def read_number_of(text: str) -> int | None:
    """The primary key from a number as people write it: ``LK-000123``, ``lk 123``, ``123``.

    None for anything else, such as a telephone number, which has more than nine digits.
    """
    found = NUMBER.fullmatch(text.strip())
    return int(found[1] or found[2]) if found else None


def _written(letters: str) -> str:
    return "-".join(["LW", letters[:4], letters[4:8], letters[8:]])
