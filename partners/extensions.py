"""What partner pages ask of the apps above."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from toolkit.extensions import Hook


class MemberAttendance(Protocol):
    """Duties a member came to and was expected on, and the minutes spent."""

    @property
    def came(self) -> int: ...

    @property
    def expected(self) -> int: ...

    @property
    def minutes(self) -> int: ...


# For ids of members, since that night, by id. Members without any duty are missing.
member_attendance: Hook[[Iterable[int], date], Mapping[int, MemberAttendance]] = Hook(
    "partners.extensions.member_attendance"
)
