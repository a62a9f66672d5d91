"""The changing code of an apel: it names a duty and a minute, signed, and is soon worth nothing.

A QR carries it. Who holds it has seen the leader's screen in this minute or the one before.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer

MINUTE = 60  # seconds
# How many minutes after its own a code opens the page, and how many its button works: a phone with
# a weak signal may need a minute between the two.
OPENS, COUNTS = 1, 2


@dataclass(frozen=True)
class ApelCode:
    """What a genuine code says: the duty's id and the minute since 1970 in which it was shown."""

    duty: int
    minute: int

    def is_fresh(self, now: datetime, *, minutes: int = OPENS) -> bool:
        """Whether it was shown in this minute or the `minutes` before."""
        return 0 <= _minute_of(now) - self.minute <= minutes


def _signer() -> Signer:
    return Signer(salt="patrols.codes")


def _minute_of(now: datetime) -> int:
    return int(now.timestamp()) // MINUTE


def make_code(duty: int, now: datetime) -> str:
    return _signer().sign(f"{duty}.{_minute_of(now)}")


def read_code(code: str) -> ApelCode | None:
    """None for what this site has not signed."""
    try:
        duty, minute = _signer().unsign(code).split(".")
    except BadSignature:
        return None
    return ApelCode(int(duty), int(minute))
