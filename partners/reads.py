"""What partner pages ask of the apps above, which this app does not know."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class MemberAttendance(Protocol):
    """Duties a member came to and was expected on, and the minutes spent."""

    @property
    def came(self) -> int: ...

    @property
    def expected(self) -> int: ...

    @property
    def minutes(self) -> int: ...


Reader = Callable[[Iterable[int], date], dict[int, MemberAttendance]]


def member_attendance(ids: Iterable[int], since: date) -> dict[int, MemberAttendance]:
    """By id of the member. The setting MEMBER_ATTENDANCE names the function that knows."""
    reader = cast(Reader, import_string(settings.MEMBER_ATTENDANCE))
    return reader(ids, since)
