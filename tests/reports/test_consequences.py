"""Which fields change together with a report's state."""

from datetime import UTC, datetime, timedelta

import pytest

from reports.models import Report
from reports.workflow import AWAITED, ReportState, consequences

EARLIER = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
NOW = EARLIER + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "by_police", "noted"),
    [("verified", True, NOW), ("verified", False, None), ("received", True, None)],
)
def test_only_a_response_is_noted_as_the_first_one(state, by_police, noted):
    """The reporter does not respond to a report, and neither does who hands it over."""
    values = consequences(Report(), state, NOW, by_police=by_police)
    assert values.get("first_response_at") == noted


@pytest.mark.parametrize("state", ReportState.values)
def test_only_some_states_keep_the_assigned_officer(state):
    values = consequences(Report(), state, NOW, by_police=True)
    keeps = state in ("dispatched", "on_scene", "resolved", "closed")
    assert ("assignee" in values) == (not keeps)
    assert values.get("assignee") is None


def test_the_first_response_and_arrival_stay():
    report = Report(first_response_at=EARLIER, arrived_at=EARLIER)
    values = consequences(report, "on_scene", NOW, by_police=True)
    assert not {"first_response_at", "arrived_at"} & set(values)


@pytest.mark.parametrize("state", AWAITED)
def test_after_an_arrival_nothing_is_due_any_more(state):
    arrived = consequences(Report(arrived_at=EARLIER), state, NOW, by_police=True)
    assert arrived["due_at"] is None
    assert "due_at" not in consequences(Report(), state, NOW, by_police=True)


def test_closing_keeps_the_time_of_the_resolution():
    values = consequences(Report(resolved_at=EARLIER), "closed", NOW, by_police=True)
    assert (values["resolved_at"], values["closed_at"]) == (EARLIER, NOW)


@pytest.mark.parametrize("state", ReportState.values)
def test_an_outcome_stays_only_where_the_report_has_ended(state):
    report = Report(outcome="handled", resolved_at=EARLIER, closed_at=EARLIER)
    values = consequences(report, state, NOW, by_police=True)
    ended = state in ("resolved", "closed")
    assert ("outcome" in values) == (not ended)
    assert bool(values["resolved_at"]) == ended
    assert bool(values["closed_at"]) == (state == "closed")
