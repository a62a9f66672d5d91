"""Which fields of a report change together with its state."""

from datetime import datetime
from typing import Any, Protocol

from reports.workflow import AWAITED, ENDED, ReportState


class ReportTimes(Protocol):
    """The fields that decide, before the change. A `Report` has them, stored or not."""

    @property
    def first_response_at(self) -> datetime | None: ...

    @property
    def arrived_at(self) -> datetime | None: ...

    @property
    def resolved_at(self) -> datetime | None: ...


def consequences(
    report: ReportTimes, state: str, at: datetime, *, is_response: bool
) -> dict[str, Any]:
    """The new values by field name, `state` included, for a report that enters `state` at `at`.

    `is_response`: an officer worked on the report. Handing it over is no response, and neither is
    what the reporter does.
    """
    values: dict[str, Any] = {"state": state, "closed_at": None}
    if is_response and report.first_response_at is None:
        values["first_response_at"] = at
    if state == ReportState.ON_SCENE and report.arrived_at is None:
        values["arrived_at"] = at
    if state in AWAITED and report.arrived_at is not None:
        # The target was about the first arrival.
        values["due_at"] = None
    if state in ENDED:
        values["resolved_at"] = report.resolved_at or at
    else:
        values |= {"resolved_at": None, "outcome": "", "outcome_reason": ""}
    if state == ReportState.CLOSED:
        values["closed_at"] = at
    if state != ReportState.DUPLICATE:
        values["duplicate_of"] = None
    if state != ReportState.REFERRED:
        values["referred_to"] = ""
    return values
