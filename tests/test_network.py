import socket

import pytest


def test_a_test_cannot_leave_this_machine():
    with socket.socket() as attempt, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        attempt.connect(("192.0.2.1", 80))
