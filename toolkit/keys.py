"""Keys of rows as they arrive in addresses and hidden fields."""

from uuid import UUID

LONGEST = 18  # digits; every such number fits PostgreSQL's bigint


def row_key(text: object) -> int | None:
    """The key of a row; None where the text cannot be one."""
    word = str(text)
    return int(word) if word.isdecimal() and len(word) <= LONGEST else None


def read_key(text: str) -> int | UUID | None:
    """The key of a row that a phone may have made: its number, or its UUID; None for neither."""
    key = row_key(text)
    if key is not None:
        return key
    try:
        return UUID(text)
    except ValueError:
        return None
