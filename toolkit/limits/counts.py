"""Counts what may be done only so often, for all workers together.

Nobody can tell from a count whom it is about: who it was is cut to 20 bits of a keyed digest, which
thousands of addresses share. Two who share one within the same minutes share its limit, which is
rare: a million counts of one kind would have to run at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from toolkit.limits.models import Count

BUCKET_BITS = 20

# One step for each counter, which runs only if the step before it had room. A full count is not
# written: whoever floods costs a look-up.
_STEP = """
step_{number} AS (
    INSERT INTO limits_count AS kept (kind, bucket, ends_at, number)
    SELECT %s, %s, %s, %s {condition}
    ON CONFLICT (kind, bucket) DO UPDATE SET
        number = CASE WHEN kept.ends_at <= %s THEN 0 ELSE kept.number END + excluded.number,
        ends_at = CASE WHEN kept.ends_at <= %s THEN excluded.ends_at ELSE kept.ends_at END
    WHERE kept.ends_at <= %s OR kept.number < %s
    RETURNING 1
)"""


@dataclass(frozen=True)
class Counter:
    """At most `most` within `seconds`, from the first that is counted."""

    kind: str
    bucket: int
    most: int
    seconds: int


def counter(kind: str, who: str, most: int, seconds: int) -> Counter:
    """The counter of `who`: an address, a device, an account."""
    # The day: nobody can follow a bucket over days either.
    text = f"{kind}\n{timezone.localdate()}\n{who}".encode(errors="replace")
    digest = salted_hmac("toolkit.limits", text, algorithm="sha256").digest()
    bucket = int.from_bytes(digest[:4]) >> (32 - BUCKET_BITS)
    return Counter(kind, bucket, most, seconds)


def take(*counters: Counter, amount: int = 1) -> bool:
    """Counts one more on each, in their order, and stops at the first that is used up: then False.
    An `amount` may go beyond what was left.

    Call it outside of a transaction, which would hold others up that share a count. Callers name
    counters in the same order, so that two of them never wait for each other.
    """
    now = timezone.now()
    steps: list[str] = []
    params: list[str | int | datetime] = []
    for number, one in enumerate(counters):
        condition = f"WHERE EXISTS (SELECT FROM step_{number - 1})" if number else ""
        steps.append(_STEP.format(number=number, condition=condition))
        ends_at = now + timedelta(seconds=one.seconds)
        params += [one.kind, one.bucket, ends_at, amount, now, now, now, one.most]
    # No word of a request is in the text, only numbers of steps.
    statement = f"WITH {','.join(steps)} SELECT EXISTS (SELECT FROM step_{len(steps) - 1})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return bool(cursor.fetchone()[0])


def has_room(one: Counter) -> bool:
    """Whether take() would count; counts nothing."""
    running = Count.objects.filter(kind=one.kind, bucket=one.bucket, ends_at__gt=timezone.now())
    return not running.filter(number__gte=one.most).exists()


def give_back(*counters: Counter) -> None:
    """Takes one off each: what was counted did no harm."""
    with connection.cursor() as cursor:
        for one in counters:
            cursor.execute(
                "UPDATE limits_count SET number = number - 1"
                " WHERE kind = %s AND bucket = %s AND number > 0",
                [one.kind, one.bucket],
            )


def delete_ended() -> None:
    Count.objects.filter(ends_at__lte=timezone.now()).delete()
