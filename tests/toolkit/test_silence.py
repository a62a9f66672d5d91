"""PostgreSQL is stopped, as a network that swallows packets would make it seem: pages say so."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connections
from psycopg2 import extensions

from tests.postgres_plugin import new_home, remove
from tests.server import ask, is_well, running_server
from toolkit.database import silence
from tools.launcher.postgres import EmbeddedPostgres

WORDS = "Suami saya memukul lagi"
TOKEN = "a" * 32
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": f"csrftoken={TOKEN}; sessionid={TOKEN}",
}
FORM = urlencode({"csrfmiddlewaretoken": TOKEN, "step": "send", "category": "x", "text": WORDS})


class Stoppable(EmbeddedPostgres):
    """A server of this test alone, without tables: a stopped one is not asked for any."""

    def send(self, number):
        mother = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{mother}/task/{mother}/children").read_text().split()
        for pid in (mother, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


@pytest.fixture(scope="module")
def postgres():
    if not Path("/proc/self/task").exists():
        pytest.skip("The processes of the server are found in /proc.")
    server = Stoppable(new_home(), throwaway=True)
    try:
        server.start()
        yield server
        server.send(signal.SIGCONT)
    finally:
        remove(server)


@contextlib.contextmanager
def stopped(postgres):
    # So that who waits without end fails the test, and does not hang it.
    end = threading.Timer(60, postgres.send, [signal.SIGCONT])
    end.start()
    postgres.send(signal.SIGSTOP)
    try:
        yield
    finally:
        end.cancel()
        postgres.send(signal.SIGCONT)


@pytest.fixture
def site(postgres, tmp_path):
    address = {"DATABASE_URL": postgres.url(), "DATABASE_OWNER_URL": postgres.owner_url()}
    with running_server(tmp_path / "log", **address, CONN_MAX_AGE="600") as site:
        yield site


def fill(site):
    return ask(site, "/lapor/isi/", FORM, headers=HEADERS)


def at_once(count, act):
    """What `act()` gave in so many threads."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(act())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_stopped_postgresql_is_told_within_seconds(site, postgres):
    at_once(8, lambda: is_well(site))  # each thread has its connection
    assert is_well(site)
    began = time.monotonic()
    with stopped(postgres):
        answer, text, seconds = ask(site, "/healthz")
        assert (answer.status, text) == (503, "no database\n")
        assert answer.headers["Retry-After"] == "30"
        assert seconds < 2
        # More than there are threads: the first wait at length, and nobody waits behind them.
        answers = at_once(40, lambda: fill(site))
        assert len(answers) == 40
        for answer, text, seconds in answers:
            assert answer.status == 503
            assert WORDS in text
            assert seconds < 10
        # From then on most are answered at once.
        assert sorted(fill(site)[2] for _ in range(5))[3] < 1
        assert ask(site, "/healthz")[2] < 2
    assert is_well(site)
    seconds = time.monotonic() - began
    lines = [line for line in site.log.read_text().splitlines() if "database" in line]
    assert 1 <= len(lines) <= 1 + seconds
    assert "Traceback" not in site.log.read_text()


# In this process


@pytest.fixture
def link(postgres, monkeypatch):
    """A connection as a process that serves has it."""
    monkeypatch.setattr(silence, "_next_at_length", 0.0)
    settings = connections.settings["default"]
    monkeypatch.setitem(settings, "OPTIONS", dict(settings["OPTIONS"]))
    silence.give_up_on_silence()
    try:
        options = settings["OPTIONS"]["options"]
        with contextlib.closing(psycopg2.connect(postgres.url(), options=options)) as link:
            link.autocommit = True
            yield link
    finally:
        extensions.set_wait_callback(None)


def seconds_of(act):
    began = time.monotonic()
    with pytest.raises(psycopg2.OperationalError):
        act()
    return time.monotonic() - began


def run(link, statement):
    with link.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_a_slow_statement_is_ended_by_the_server_first(link):
    assert run(link, "SELECT current_setting('statement_timeout'), 1") == ("4s", 1)
    assert silence.STATEMENT_SECONDS < silence.SILENT_SECONDS
    seconds = seconds_of(lambda: run(link, "SELECT pg_sleep(9)"))
    assert silence.STATEMENT_SECONDS - 0.1 < seconds < silence.SILENT_SECONDS
    assert run(link, "SELECT 2") == (2,)  # the connection is still good


def test_one_waits_at_length_and_others_do_not(link, postgres, monkeypatch):
    monkeypatch.setattr(silence, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(silence, "PAUSE_SECONDS", 1.0)
    with stopped(postgres):
        assert 0.9 < seconds_of(lambda: run(link, "SELECT 1")) < 1.5
        assert link.closed
        connect = [seconds_of(lambda: psycopg2.connect(postgres.url())) for _ in range(3)]
        assert max(connect) < 0.6
        time.sleep(1)
        seconds = sorted(at_once(5, lambda: seconds_of(lambda: psycopg2.connect(postgres.url()))))
        assert seconds[-2] < 0.6 < seconds[-1]
    psycopg2.connect(postgres.url()).close()
    assert silence._next_at_length == 0


def test_who_is_in_a_hurry_waits_less_and_tells_nobody(link, postgres):
    with stopped(postgres), silence.hurry(0.3):
        assert 0.2 < seconds_of(lambda: run(link, "SELECT 1")) < 0.6
        assert seconds_of(lambda: psycopg2.connect(postgres.url())) < 0.1
    assert silence._next_at_length == 0
    assert run(psycopg2.connect(postgres.url()), "SELECT 1") == (1,)
