"""When something was done that a phone sends, perhaps with a wrong clock and hours later."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from toolkit.idempotency.sent import (
    CLOCK_TOLERANCE,
    LATE_AFTER,
    LONGEST_WAIT,
    MAX_WAIT,
    Believed,
    Sent,
    believed_time,
    done_at,
)

NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


DAY, YEAR = timedelta(days=1), timedelta(days=365)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("device_at", "sent_at", "at", "marks"),
    [
        pytest.param(None, None, NOW, "", id="no clock"),
        pytest.param(None, NOW - DAY, NOW, "", id="sent only"),
        pytest.param(NOW - MINUTE, NOW, NOW - MINUTE, "", id="right"),
        pytest.param(NOW - MINUTE, None, NOW - MINUTE, "", id="right, sending unknown"),
        pytest.param(NOW - LATE_AFTER, NOW, NOW - LATE_AFTER, "", id="just not late"),
        pytest.param(NOW - LATE_AFTER - MINUTE, NOW, NOW - LATE_AFTER - MINUTE, "late", id="late"),
        pytest.param(NOW - 20 * DAY, NOW, NOW - 20 * DAY, "late", id="twenty days offline"),
        pytest.param(NOW - 3 * DAY, NOW, NOW - 3 * DAY, "late", id="three days offline"),
        pytest.param(NOW + 4 * MINUTE, NOW + 4 * MINUTE, NOW, "", id="a little fast"),
        pytest.param(NOW - 6 * MINUTE, NOW - 4 * MINUTE, NOW - 6 * MINUTE, "", id="a little slow"),
        pytest.param(NOW + DAY - MINUTE, NOW + DAY, NOW - MINUTE, "off", id="a day fast"),
        pytest.param(NOW - DAY - MINUTE, NOW - DAY, NOW - MINUTE, "off", id="a day slow"),
        pytest.param(NOW + YEAR - MINUTE, NOW + YEAR, NOW - MINUTE, "off", id="a year fast"),
        pytest.param(NOW - YEAR - MINUTE, NOW - YEAR, NOW - MINUTE, "off", id="a year slow"),
        pytest.param(EPOCH, EPOCH + MINUTE, NOW - MINUTE, "off", id="1970"),
        pytest.param(
            NOW - YEAR - 2 * timedelta(hours=1),
            NOW - YEAR,
            NOW - timedelta(hours=2),
            "late off",
            id="a year slow and two hours offline",
        ),
        pytest.param(EPOCH, NOW, NOW, "off", id="1970, set right before sending"),
        pytest.param(EPOCH, None, NOW, "off", id="1970, sending unknown"),
        pytest.param(NOW + YEAR, NOW, NOW, "off", id="fast, set right before sending"),
        pytest.param(NOW + YEAR, None, NOW, "off", id="fast, sending unknown"),
        pytest.param(NOW, EPOCH, NOW, "off", id="fell back to 1970 before sending"),
        pytest.param(NOW - MINUTE, NOW + 9 * DAY, NOW, "off", id="jumped nine days"),
        pytest.param(NOW - LONGEST_WAIT - MINUTE, NOW, NOW, "off", id="longer than anybody waits"),
    ],
)
def test_the_time_believed(device_at, sent_at, at, marks):
    wanted = Believed(at, is_late="late" in marks, is_clock_off="off" in marks)
    assert believed_time(device_at, sent_at, NOW) == wanted


def test_the_time_believed_is_never_ahead_nor_far_behind():
    steps = [timedelta(0), MINUTE, CLOCK_TOLERANCE, LATE_AFTER, DAY, MAX_WAIT, YEAR, 56 * YEAR]
    moments = [NOW + sign * step for step in steps for sign in (1, -1)]
    for device_at in moments:
        for sent_at in (None, *moments):
            believed = believed_time(device_at, sent_at, NOW)
            assert NOW - LONGEST_WAIT - CLOCK_TOLERANCE <= believed.at <= NOW
            if sent_at is not None and abs(sent_at - NOW) > CLOCK_TOLERANCE:
                assert believed.is_clock_off


def test_what_a_form_says():
    key = uuid.uuid4()
    moments = {"device_at": "2026-11-28T14:00:00Z", "sent_at": "2026-11-28T15:00:00Z"}
    sent = Sent.read({"client_uuid": str(key), **moments})
    assert sent == Sent(key, NOW - timedelta(hours=1), NOW)
    assert done_at(sent, NOW) == Believed(NOW - timedelta(hours=1), is_late=True)


@pytest.mark.parametrize("text", ["", "x", "1234"])
def test_without_a_uuid_it_is_a_page_without_script(text):
    assert Sent.read({"client_uuid": text, "device_at": "2026-11-28T14:00:00Z"}) is None
    assert done_at(None, NOW) == Believed(NOW)


def test_a_broken_clock_counts_as_none():
    key = uuid.uuid4()
    assert Sent.read({"client_uuid": str(key), "device_at": "kemarin"}) == Sent(key)
