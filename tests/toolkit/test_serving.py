"""The web server as a process: what slow, large and broken requests do to the others."""

import contextlib
import http.client
import os
import re
import resource
import signal
import socket
import time
from types import SimpleNamespace

import pytest
from django.conf import settings
from waitress.adjustments import Adjustments

from tests.server import ask, children, is_well, running_server
from toolkit.serving import worker
from toolkit.serving.worker import Connection, Request

# As a proxy passes it on: without the second line the site would lead to HTTPS.
HEAD = (
    b"Host: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n"
)
BEHIND_A_PROXY = {
    "ALLOWED_HOSTS": "127.0.0.1",
    "KAMTIBMAS_PLAIN_HTTP": "0",
    "KAMTIBMAS_PROXIES": "1",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server with one process, whose log is in a file."""
    with running_server(tmp_path_factory.mktemp("server") / "log", **BEHIND_A_PROXY) as site:
        yield site


def dial(site, *parts):
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    for part in parts:
        connection.sendall(part)
    return connection


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /lapor/ HTTP/1.1\r\n" + HEAD + b"Content-Length: 70000000\r\n\r\n--x\r\n",
        b"POST /lapor/ HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    ],
    ids=["silent", "slow header", "slow body", "slow chunks"],
)
def test_others_are_answered_beside_20_slow_requests(site, begun):
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(dial(site, begun))
        time.sleep(0.2)
        assert is_well(site)


def test_others_are_answered_beside_600_connections_that_say_nothing(site):
    with contextlib.ExitStack() as stack:
        for _ in range(600):
            stack.enter_context(dial(site, b"GET / HTTP/1.1\r\nX: "))
        assert ask(site, "/healthz")[2] < worker.PATIENCE_SECONDS - 1
        assert is_well(site)


def test_others_are_answered_beside_phones_that_read_a_byte_a_second(site):
    """More phones than threads. Each asks for more than the kernel keeps for it: until the server
    reads no further request."""
    request = b"GET /accounts/login/?next=/" + b"a" * 25_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n"
    with contextlib.ExitStack() as stack:
        readers = []
        for _ in range(6):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reader.settimeout(1)
            reader.connect(("127.0.0.1", site.port))
            with pytest.raises(TimeoutError):
                reader.sendall(request * 1000)
            readers.append(reader)
        for _ in range(3):
            time.sleep(1)
            assert all(reader.recv(1) for reader in readers)
            assert is_well(site)


@pytest.mark.parametrize("expects", [b"", b"Expect: 100-continue\r\n"])
def test_a_body_that_is_too_large_is_refused_in_words_that_arrive(site, expects):
    """A browser sends on while it is refused. Closed at once, it shows an error of its own."""
    length = settings.MAX_BODY_BYTES + 1
    head = b"POST /lapor/ HTTP/1.1\r\n" + HEAD + expects + b"Content-Length: %d\r\n\r\n" % length
    with dial(site, head) as connection:
        time.sleep(0.2)
        for _ in range(8):
            connection.sendall(b"a" * 1_000_000)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert 'lang="id"' in answer.decode()


def test_chunks_that_are_too_many_are_refused_as_they_come(site):
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    head = b"POST /lapor/ HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    with dial(site, head) as connection:
        for _ in range(settings.MAX_BODY_BYTES // 0x100000 + 5):
            connection.sendall(chunk)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.fixture
def no_room(site):
    """As on a disk that is full: nothing is written beyond a size."""
    (worker,) = children(site)
    before = resource.prlimit(worker, resource.RLIMIT_FSIZE, (1_500_000, resource.RLIM_INFINITY))
    yield
    resource.prlimit(worker, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("length", [1_503_000, 5_000_000])
def test_a_body_that_has_no_room_is_refused_in_words_that_arrive(site, no_room, length):
    written = len(site.log.read_text())
    head = b"POST /lapor/ HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % length
    with dial(site, head, b"a" * length) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 507 ")
    assert "Kirim tanpa foto" in answer.decode()
    assert is_well(site)
    (line,) = site.log.read_text()[written:].splitlines()
    assert line.endswith("ERROR django.request Insufficient Storage: /lapor/")


def test_headers_without_end_are_refused(site):
    with dial(site, b"GET / HTTP/1.1\r\n", b"X: " + b"a" * worker.MAX_HEADER_BYTES) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.0 431 ")


def test_the_server_does_not_name_itself(site):
    with dial(site, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as connection:
        assert not re.search(rb"server:|waitress|gunicorn", connection.recv(2000), re.IGNORECASE)


def test_a_killed_process_is_replaced(site):
    (worker,) = children(site)
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if is_well(site):
                return
        time.sleep(0.1)
    pytest.fail("nobody answers any more")


def test_nothing_of_this_is_written_down(site):
    for broken in (b"\x00\x01\r\n\r\n", b"GET kenari\r\n\r\n", b"GET / HTTP/1.1\r\nkenari\r\n\r\n"):
        with dial(site, broken) as connection:
            connection.recv(1000)
    with dial(site, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: kenari\r\n\r\n"):
        pass
    assert is_well(site)
    assert not re.search(r"127\.0\.0\.1|kenari", site.log.read_text())


def test_what_has_begun_is_answered_before_the_server_stops(site):
    with dial(site, b"GET /healthz HTTP/1.1\r\n") as connection:
        time.sleep(0.2)
        site.process.terminate()
        time.sleep(0.5)
        connection.sendall(b"Host: 127.0.0.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    assert site.process.wait(10) == 0


def test_a_failure_of_the_loop_is_written_down_without_the_address(caplog):
    ours, theirs = socket.socketpair()
    server, adj = SimpleNamespace(active_channels={}), Adjustments()
    with theirs:
        connection = Connection(server, ours, ("203.0.113.77", 4711), adj, map={})
        try:
            raise OSError("disk full")
        except OSError:
            connection.handle_error()
    assert "disk full" in caplog.text
    assert "203.0.113.77" not in caplog.text


def request(*, age, headers_finished=False, body=0):
    made = Request(SimpleNamespace())
    made.began = time.monotonic() - age
    made.headers_finished, made.body_bytes_received = headers_finished, body
    return made


@pytest.mark.parametrize(
    ("fields", "is_late"),
    [
        ({"age": worker.HEADER_SECONDS - 1}, False),
        ({"age": worker.HEADER_SECONDS + 1}, True),
        ({"age": worker.HEADER_SECONDS + 1, "headers_finished": True}, False),
        ({"age": 61, "headers_finished": True, "body": 1000}, True),
        ({"age": 1000, "headers_finished": True, "body": 4_000_000}, False),
        ({"age": 2100, "headers_finished": True, "body": 4_000_000}, True),
    ],
)
def test_a_request_may_take_its_time_but_not_for_ever(fields, is_late):
    assert request(**fields).is_late(time.monotonic()) == is_late


def waiting(seconds, *, at_work=False, begun=None):
    """A connection whose phone did something so long ago, and began a request so long ago."""
    connection = Connection.__new__(Connection)
    connection.last_activity = time.time() - seconds
    connection.request = request(age=begun) if begun else None
    connection.requests = ["one"] if at_work else []
    return connection


def test_in_a_crowd_those_go_that_have_kept_others_waiting_longest(monkeypatch):
    monkeypatch.setattr(worker, "CROWDED", 4)
    silent, dripping = waiting(50), waiting(0, begun=40)
    crowd = [waiting(0), waiting(90, at_work=True), dripping, silent, waiting(7), waiting(1)]
    assert worker.too_many(crowd) == [silent, dripping]
    assert worker.too_many(crowd[:4]) == []
    assert worker.too_many([waiting(1)] * 9) == []
