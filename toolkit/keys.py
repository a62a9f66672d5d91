"""Keys of rows as they arrive in addresses and hidden fields."""

LONGEST = 18  # digits; every such number fits PostgreSQL's bigint


def row_key(text: object) -> int | None:
    """The key of a row; None where the text cannot be one."""
    word = str(text)
    return int(word) if word.isdecimal() and len(word) <= LONGEST else None
