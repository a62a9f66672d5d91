"""The numbers of RW and RT as a cell writes them."""

import re
from collections.abc import Iterator

MOST = 999
_RW = re.compile(r"(?:rw|rukun\s*warga)?\W{0,3}(\d{1,9})", re.IGNORECASE)
_RT = r"(?:rt|rukun\s*tetangga)?\W{0,3}"
_COUNT = re.compile(r"([1-9]\d{0,8})\s*(?:rt)?", re.IGNORECASE)
_RANGE = re.compile(
    rf"{_RT}(\d{{1,9}})(?:\s*(?:-|–|s\.?\s*/?\s*d\.?|sampai)\s*{_RT}(\d{{1,9}}))?", re.IGNORECASE
)


class NotNumbers(Exception):
    """The cell holds something else."""


class TooHigh(Exception):
    """A number over 999, for which codes have no room, or 0."""


def read_rw(text: str) -> int:
    """``1`` of "RW 01"."""
    found = _RW.fullmatch(text)
    if not found:
        raise NotNumbers
    return _checked(int(found[1]))


def read_rts(text: str) -> list[int]:
    """``[1, 2, 3]`` of "3" or "3 RT", how many there are; of "1-3" or "01, 02, 03", which there
    are. "RT 03" and "003" is one, the third."""
    if not text:
        return []
    count = _COUNT.fullmatch(text)
    if count:
        return list(range(1, _checked(int(count[1])) + 1))
    return sorted({number for part in re.split(r"[,;/|]", text) for number in _range(part)})


def _range(part: str) -> Iterator[int]:
    found = _RANGE.fullmatch(part.strip())
    if not found:
        raise NotNumbers
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise NotNumbers
    yield from range(_checked(first), _checked(last) + 1)


def _checked(number: int) -> int:
    if not 1 <= number <= MOST:
        raise TooHigh
    return number


def spans_of(numbers: list[int]) -> str:
    """``001–012, 014``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return ", ".join("–".join(f"{number:03}" for number in span) for span in spans)
