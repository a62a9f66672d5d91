"""Which fields change together with a report's state."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.models import Report
from reports.workflow import AWAITED, ReportState, consequences

EARLIER = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
NOW = EARLIER + timedelta(hours=1)


@pytest.mark.parametrize(("is_response", "noted"), [(True, NOW), (False, None)])
def test_only_a_response_is_noted_as_the_first_one(is_response, noted):
    values = consequences(Report(), "verified", NOW, is_response=is_response)
    assert values.get("first_response_at") == noted


def test_the_first_response_and_arrival_stay():
    report = Report(first_response_at=EARLIER, arrived_at=EARLIER)
    values = consequences(report, "on_scene", NOW, is_response=True)
    assert not {"first_response_at", "arrived_at"} & set(values)


@pytest.mark.parametrize("state", AWAITED)
def test_after_an_arrival_nothing_is_due_any_more(state):
    arrived = consequences(Report(arrived_at=EARLIER), state, NOW, is_response=True)
    assert arrived["due_at"] is None
    assert "due_at" not in consequences(Report(), state, NOW, is_response=True)


def test_closing_keeps_the_time_of_the_resolution():
    values = consequences(Report(resolved_at=EARLIER), "closed", NOW, is_response=True)
    assert (values["resolved_at"], values["closed_at"]) == (EARLIER, NOW)


@pytest.mark.parametrize("state", ReportState.values)
def test_an_outcome_stays_only_where_the_report_has_ended(state):
    report = Report(outcome="handled", resolved_at=EARLIER, closed_at=EARLIER)
    values = consequences(report, state, NOW, is_response=True)
    ended = state in ("resolved", "closed")
    assert ("outcome" in values) == (not ended)
    assert bool(values["resolved_at"]) == ended
    assert bool(values["closed_at"]) == (state == "closed")
