"""What report pages ask of the apps above."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.extensions import Hook, ListHook

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Origin:
    """The police work a report came from. `url` is empty for people who may not open it."""

    name: str
    url: str


# By id and source of the report, for the person asking. None, without a statement, from an app that
# makes no reports of that source; and where no police work led to the report.
report_origin: "ListHook[[int, str, User], Origin | None]" = ListHook()

# Of these ids of officers, those who are on duty now.
officers_on_duty: Hook[[Iterable[int]], Collection[int]] = Hook(
    "reports.extensions.officers_on_duty"
)
