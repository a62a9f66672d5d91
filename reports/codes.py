"""What people type: the reporter's code, LW- and 12 characters of Crockford's base 32 in groups to
read aloud, and the number by which officers name a report."""

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
    """The code as it is stored, from what a person typed; None where it cannot be one.

    Small letters, spaces and missing hyphens are fine; O is read as 0, I and L as 1.
    """
    letters = re.sub(r"[\s\-–—._]", "", text.upper())
    if len(letters) == 14 and letters.startswith("LW"):
        letters = letters[2:]
    letters = letters.translate(_ALIKE)
    if len(letters) != 12 or any(letter not in ALPHABET for letter in letters):
        return None
    return _written(letters)


def read_number_of(text: str) -> int | None:
    """The key of a report from its number as people write it: ``LK-000123``, ``lk 123``, ``123``.

    A bare number of more digits is somebody's telephone.
    """
    found = NUMBER.fullmatch(text.strip())
    return int(found[1] or found[2]) if found else None


def _written(letters: str) -> str:
    return "-".join(["LW", letters[:4], letters[4:8], letters[8:]])
