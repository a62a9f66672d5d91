"""When a phone did something: its clock may be wrong, and its signal may come hours later."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from toolkit.ui.fields import read_moment

# By how much a phone's clock may be wrong and is still believed.
CLOCK_TOLERANCE = timedelta(minutes=5)
LATE_AFTER = timedelta(minutes=30)
# How long a phone may wait with sending. One with a wrong clock is believed for less: the longer it
# waits, the likelier its clock was set in between.
LONGEST_WAIT = timedelta(days=30)
MAX_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class Believed:
    """`at` is never later than the server's time. `is_late`: it arrived long after it was done."""

    at: datetime
    is_late: bool = False
    is_clock_off: bool = False


def believed_time(device_at: datetime | None, sent_at: datetime | None, now: datetime) -> Believed:
    """When it was done. Both times are those of the phone's clock, `now` is the server's.

    The phone's time counts while its clock is right within 5 minutes. Else it was done as long
    before `now` as the phone waited with sending it; where even that is unknown, now.
    """
    if device_at is None:
        return Believed(now)
    clock_error = now - sent_at if sent_at else timedelta()
    wait = (sent_at or now) - device_at
    if abs(clock_error) <= CLOCK_TOLERANCE and -CLOCK_TOLERANCE <= wait <= LONGEST_WAIT:
        at, is_clock_off = min(device_at, now), False
    else:
        # A wrong clock still measures the wait, unless it was set in between.
        wait_is_known = sent_at is not None and timedelta() <= wait <= MAX_WAIT
        at, is_clock_off = (now - wait if wait_is_known else now), True
    return Believed(at, now - at > LATE_AFTER, is_clock_off)


@dataclass(frozen=True)
class Sent:
    """What a phone says of a deed: its UUID, and the phone's clock at the deed and at sending."""

    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)
    device_at: datetime | None = None
    sent_at: datetime | None = None

    def believed(self, now: datetime) -> Believed:
        return believed_time(self.device_at, self.sent_at, now)

    @classmethod
    def read(cls, data: Mapping[str, str]) -> "Sent | None":
        """From the fields of a form. None where it has no UUID, as without script."""
        try:
            client_uuid = uuid.UUID(data.get("client_uuid", ""))
        except ValueError:
            return None
        moments = (read_moment(data.get(name, "")) for name in ("device_at", "sent_at"))
        return cls(client_uuid, *moments)


def done_at(sent: Sent | None, now: datetime) -> Believed:
    """When a deed was done: now, where a page without script sent it."""
    return sent.believed(now) if sent else Believed(now)
