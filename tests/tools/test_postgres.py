"""The server of one's own. Each test starts one beside that of the test run; none touches that."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psycopg2
import pytest

from tools.launcher import postgres
from tools.launcher.postgres import EmbeddedPostgres, PostgresError


@pytest.fixture(scope="module")
def server():
    home = Path(tempfile.mkdtemp(prefix="kamtibmas-launcher-"))  # short, and open above it
    server = EmbeddedPostgres(home, throwaway=True)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home)


def ask(server, *statements, address=""):
    connection = psycopg2.connect(address or server.url())
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


ROLES = """
SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls, rolcreatedb,
    has_database_privilege(current_database(), 'CREATE')
FROM pg_roles WHERE rolname = current_user
"""


def test_the_owner_makes_databases_and_the_site_s_role_nothing(server):
    assert ask(server, ROLES) == (False, False, False)
    assert ask(server, ROLES, address=server.owner_url()) == (False, True, True)


def test_data_of_an_older_release_get_two_roles(server):
    """There was one role, which owned everything and could make databases."""
    old = "ALTER ROLE kamtibmas CREATEDB; ALTER DATABASE kamtibmas OWNER TO kamtibmas"
    ask(server, f"{old}; SELECT 1", address=server.superuser_url())
    made = "CREATE TABLE old (n int); CREATE EXTENSION IF NOT EXISTS citext; SELECT 1"
    ask(server, f"CREATE SCHEMA s; {made}")
    ask(server, "CREATE DATABASE measured")
    server.start()
    assert ask(server, ROLES) == (False, False, False)
    owned = """
        SELECT relowner::regrole::text, extowner::regrole::text, datdba::regrole::text
        FROM pg_class, pg_extension, pg_database
        WHERE relname = 'old' AND extname = 'citext' AND datname = 'measured'
    """
    assert ask(server, owned) == ("kamtibmas_owner",) * 3


@pytest.mark.parametrize("extension", ["btree_gist", "pg_trgm", "unaccent"])
def test_extensions_install_without_a_superuser(server, extension):
    found = ask(
        server,
        f"CREATE EXTENSION {extension}",
        f"SELECT count(*) FROM pg_extension WHERE extname = '{extension}'",
        address=server.owner_url(),
    )
    assert found == (1,)


def test_it_listens_on_a_socket_only(server):
    assert ask(server, "SHOW listen_addresses") == ("",)
    assert server.data.stat().st_mode & 0o077 == 0


def test_started_twice_is_started_once(server):
    second = EmbeddedPostgres(server.home, throwaway=True)
    second.start()
    assert not second.started_here


def test_committed_rows_survive_a_restart(server):
    table = "CREATE TABLE kept (n int)", "GRANT SELECT ON kept TO kamtibmas"
    ask(server, *table, "INSERT INTO kept VALUES (7)", address=server.owner_url())
    server.stop()
    server.start()
    assert ask(server, "SELECT n FROM kept") == (7,)


def wait_for(server):
    """Returns once the server answers again after a crash."""
    for _ in range(100):
        with contextlib.suppress(psycopg2.OperationalError):
            return psycopg2.connect(server.url()).close()
        time.sleep(0.1)
    raise AssertionError("The server does not answer.")


def test_a_server_process_that_is_killed_leaves_no_words_in_the_log(server):
    connection = psycopg2.connect(server.url())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        timer = threading.Timer(0.5, os.kill, [pid, signal.SIGKILL])
        timer.start()
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute("SELECT pg_sleep(20), 'kenari sungsang'")
    timer.join()
    connection.close()
    wait_for(server)
    log = server.log.read_text()
    assert f"(PID {pid}) was terminated by signal 9" in log
    assert "kenari" not in log


@pytest.fixture
def stranger(server):
    """A process of the server's account that is no PostgreSQL."""
    account = server.account.pw_uid if server.account else None
    with subprocess.Popen(["sleep", "60"], user=account) as process:
        yield process.pid
        process.kill()


def test_a_lock_file_that_names_another_process_does_not_stop_it(server, stranger, monkeypatch):
    """After a reboot anybody may have the number. The other lines are PostgreSQL's interlock."""
    server.stop()
    lock = server.data / "postmaster.pid"
    left = f"{server.data}\n1764380000\n5432\n{server.home}\n\n  5432001         7\n"
    lock.write_text(f"{stranger}\n{left}")
    (server.home / ".s.PGSQL.5432.lock").write_text(f"{stranger}\n{left}")
    found = []
    start = server._start_once

    def look_and_start():
        found.append(lock.read_text().partition("\n"))
        start()

    monkeypatch.setattr(server, "_start_once", look_and_start)
    server.start()
    assert ask(server, "SELECT 1") == (1,)
    ((pid, _, rest),) = found
    assert int(pid) != stranger
    assert rest == left


def test_it_waits_for_what_is_left_of_a_killed_server(server):
    server.start()
    connection = psycopg2.connect(server.url())
    left = connection.info.backend_pid
    os.kill(left, signal.SIGSTOP)  # as if it were busy
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    timer = threading.Timer(1, os.kill, [left, signal.SIGCONT])
    timer.start()
    server.start()
    timer.join()
    assert ask(server, "SELECT 1") == (1,)
    connection.close()


def test_it_says_what_the_log_says(server, monkeypatch):
    server.stop()
    settings = server.data / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("shared_buffers = 'kenari'\n")
    with pytest.raises(PostgresError, match=r"auto\.conf.* contains errors"):
        server.start()
    settings.write_text(before)
    server.start()


def test_a_long_home_gets_a_short_socket_folder(tmp_path):
    server = EmbeddedPostgres(tmp_path / ("long" * 30))
    folder = server._socket_folder()
    assert len(str(folder)) < 90
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def test_a_failing_program_is_reported_in_one_sentence(tmp_path, monkeypatch):
    server = EmbeddedPostgres(tmp_path / "home", throwaway=True)
    monkeypatch.setattr(server, "_install_programs", lambda: Path("/usr/bin"))
    monkeypatch.setattr(server, "_programs", Path("/nowhere"))
    (tmp_path / "failing").write_text("#!/bin/sh\necho no space >&2; exit 1\n")
    (tmp_path / "failing").chmod(0o755)
    monkeypatch.setattr(server, "_programs", tmp_path)
    monkeypatch.setattr(server, "account", None)
    with pytest.raises(PostgresError, match="no space"):
        server._run("failing")


def test_without_the_package_the_remedy_is_reported(monkeypatch):
    monkeypatch.setattr(postgres, "PACKAGE", "no-such-package")
    with pytest.raises(PostgresError, match="DATABASE_URL"):
        postgres._package_folder()


def test_root_needs_an_account_to_run_it_as(monkeypatch):
    def missing(name):
        raise KeyError(name)

    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", missing)
    with pytest.raises(PostgresError, match="nobody"):
        postgres._server_account()


def test_an_ordinary_user_needs_no_account(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert postgres._server_account() is None
    assert EmbeddedPostgres().home == postgres.CHECKOUT / "var" / "postgres"
