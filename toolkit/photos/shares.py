"""Who sends many pictures that take long to decode lets others go first.

The time of the processor is counted and not the pictures: neighbours behind the address of a
mobile carrier send many, which take a fifth of a second each.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from toolkit.limits.counts import Counter, counter, has_room, take

# Together with the picture that is being decoded, less than LONGEST_WAIT: until an address has used
# it up, the others wait.
SHARE_MILLISECONDS = 4000
SECONDS = 60


def has_used_its_share(sender: str) -> bool:
    """`sender` is an address. It is empty for people who have signed in: they are known."""
    return bool(sender) and not has_room(_share_of(sender))


@contextmanager
def counted(sender: str) -> Iterator[None]:
    """Counts what is decoded during the block, in which this thread has the turn."""
    before = _spent()
    try:
        yield
    finally:
        if sender:
            take(_share_of(sender), amount=_spent() - before)


def _share_of(sender: str) -> Counter:
    return counter("photos", sender, SHARE_MILLISECONDS, SECONDS)


def _spent() -> int:
    """Milliseconds of the processor that ended children of this process took. Only who has the
    turn starts any."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1000)
