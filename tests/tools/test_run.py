"""`make run`: what it refuses at once, and one whole life of the site as a process of its own."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from django.db import connection

from tools.launcher import install, processes, run
from tools.launcher.postgres import CHECKOUT, PostgresError


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def var(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VAR", tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_a_taken_port_is_reported(monkeypatch, capsys, free_port):
    with socket.create_server(("127.0.0.1", free_port)):
        monkeypatch.setenv("PORT", str(free_port))
        assert run.main(["run"]) == 1
    output = capsys.readouterr().err
    assert output.startswith(f"Port {free_port} on 127.0.0.1 is taken")
    assert f"`make run PORT={free_port + 1}`" in output
    assert "`make stop`" in output


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eight"), ("PORT", "70000"), ("HOST", "no such host")]
)
def test_a_bad_address_is_reported(monkeypatch, capsys, name, value):
    monkeypatch.setenv(name, value)
    assert run.main(["run"]) == 1
    assert capsys.readouterr().err.startswith(f"{name} is ")


def test_an_unknown_word_is_reported(capsys):
    assert run.main(["walk"]) == 1
    assert "run, dev, stop, reset or manage" in capsys.readouterr().err


@pytest.fixture
def no_keys(var, monkeypatch):
    for name in ("SECRET_KEY", "CONTACT_KEYS"):
        monkeypatch.delenv(name)
    run.prepare_environment(debug=False)
    return [var / "secret_key", var / "contact_key"]


def test_keys_are_made_once(no_keys):
    run.make_keys()
    first = [key.read_text() for key in no_keys]
    assert all(len(text) >= 50 for text in first)
    assert not any(key.stat().st_mode & 0o077 for key in no_keys)
    run.make_keys()
    assert [key.read_text() for key in no_keys] == first


@pytest.mark.parametrize("left", [0, 1])
def test_no_key_is_made_beside_an_old_database(no_keys, monkeypatch, db, left):
    """As where the checkout was deleted and cloned anew, and the database lies elsewhere."""
    before, _, after = os.environ["DATABASE_URL"].partition("?")
    old = f"{before.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{after}"
    no_keys[left].write_text("kept-from-a-backup-" * 4)
    monkeypatch.setenv("DATABASE_URL", old)
    with pytest.raises(run.StartError, match=no_keys[1 - left].name):
        run.make_keys()
    assert not no_keys[1 - left].exists()
    monkeypatch.setenv("SECRET_KEY", "of-the-environment-" * 4)
    monkeypatch.setenv("CONTACT_KEYS", "of-the-environment-" * 4)
    run.make_keys()


def test_what_the_caller_has_set_stays(var, monkeypatch):
    monkeypatch.setenv("KAMTIBMAS_DEMO", "0")
    monkeypatch.delenv("KAMTIBMAS_PLAIN_HTTP")
    monkeypatch.delenv("ALLOWED_HOSTS")
    monkeypatch.setattr(run, "lan_address", lambda: "192.168.0.9")
    run.prepare_environment(debug=True, host="0.0.0.0")
    assert os.environ["KAMTIBMAS_DEMO"] == "0"
    assert os.environ["KAMTIBMAS_PLAIN_HTTP"] == "1"
    assert os.environ["DEBUG"] == "1"
    assert "192.168.0.9" in os.environ["ALLOWED_HOSTS"].split(",")


def test_an_absent_database_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "tools.launcher.run", "manage", "migrate"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer")
    assert len(done.stderr.splitlines()) == 1


def test_stop_without_anything_to_stop(var, monkeypatch, capsys, tmp_path):
    var.mkdir()
    (var / "run-1.pid").write_text("")  # left by a machine that was switched off
    monkeypatch.setattr(run.EmbeddedPostgres, "stop", lambda self: None)
    assert run.main(["stop"]) == 0
    assert not list(var.iterdir())
    assert capsys.readouterr().out == "Stopped.\n"


@pytest.fixture
def empty_database():
    url = os.environ["DATABASE_URL"]
    name = f"run_{os.getpid()}"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        before, _, after = url.partition("?")
        yield f"{before.rpartition('/')[0]}/{name}?{after}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def jobs_run_in(url):
    """Names of the jobs that have run on a database."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM jobs_jobrecord WHERE last_run_at IS NOT NULL")
        return {name for (name,) in cursor.fetchall()}


def test_from_an_empty_database_to_the_sign_in_page_and_down(empty_database, free_port):
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.launcher.run", "run"],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DATABASE_URL": empty_database,
            "KAMTIBMAS_DEMO": "1",
            "KAMTIBMAS_HASHED_STATIC": "1",
            "PORT": str(free_port),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output = ""
        for line in process.stdout:
            output += line
            if "Ctrl-C stops it" in line:
                break
        assert f"http://127.0.0.1:{free_port}/" in output
        assert "bhabin.tambora" in output
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz") as answer:
            assert answer.read() == b"ok\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/") as answer:
            page = answer.read().decode()
        assert "tel:110" in page
        assert "CONTOH" in page
        pids = (CHECKOUT / "var" / f"run-{free_port}.pid").read_text().split()
        commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids]
        assert ["gunicorn" in command for command in commands] == [True, False]
        assert ["run_jobs" in command for command in commands] == [False, True]
        jobs = {"free_duties", "make_duties", "mark_missed", "recall_reports"}
        jobs |= {"clear_sessions", "clear_cache", "clear_counts", "clear_receipts"}
        jobs |= {"sweep_photos", "delete_orphan_photos", "propose_hotspots"}
        jobs |= {"escalate_instructions", "forget_residents"}
        assert jobs_run_in(empty_database) == jobs
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=30)[0]
    assert process.returncode == 0, output + rest
    assert not (CHECKOUT / "var" / f"run-{free_port}.pid").exists()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port), timeout=1)


def test_static_files_are_collected_only_when_they_change(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    calls = []

    def collect(*arguments, **options):
        calls.append(arguments)
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)

    monkeypatch.setattr(run, "call_command", collect)
    run.get_finders.__globals__["get_finder"].cache_clear()
    run.collect_static()
    run.collect_static()
    assert len(calls) == 1
    (source / "new.css").write_text("body { margin: 0 }")
    run.collect_static()
    run.get_finders.__globals__["get_finder"].cache_clear()
    assert len(calls) == 2


def test_reset_throws_the_data_away(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    home = tmp_path / "postgres"
    (home / "data-18").mkdir(parents=True)
    (tmp_path / "media" / "entries").mkdir(parents=True)
    monkeypatch.setattr(run, "VAR", tmp_path)
    monkeypatch.setattr(run, "stop", lambda: None)
    monkeypatch.setattr(run, "EmbeddedPostgres", lambda: SimpleNamespace(home=home))
    assert run.main(["reset"]) == 0
    assert not home.exists()
    assert not (tmp_path / "media").exists()
    assert "begins anew" in capsys.readouterr().out


def test_reset_leaves_a_database_of_yours_alone(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/yours")
    assert run.main(["reset"]) == 1
    assert "empty that database yourself" in capsys.readouterr().err


def test_a_port_served_already_is_reported_and_its_number_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VAR", tmp_path)
    with run.pid_file(8000) as file:
        file.write("4711")
        file.flush()
        with pytest.raises(run.StartError, match="already"), run.pid_file(8000):
            pass
        assert (tmp_path / "run-8000.pid").read_text() == "4711"


class Spoken:
    """A process in name only: it ends when its words are used up."""

    def __init__(self, *polls):
        self.polls = list(polls)
        self.process = self
        self.starts = 0

    def wait(self, seconds):
        if len(self.polls) > 1:
            self.polls.pop(0)
            raise subprocess.TimeoutExpired("server", seconds)
        return self.polls[0]

    def poll(self):
        return self.polls.pop(0) if self.polls else None

    def start_again(self):
        self.starts += 1


def test_what_ends_beside_the_web_server_is_started_again(monkeypatch, capsys):
    monkeypatch.setattr(processes, "RESTART_SECONDS", 0)
    running = iter([True, False, False, True])
    tries = []

    def start():
        tries.append("start")
        if len(tries) == 1:
            raise PostgresError("PostgreSQL does not start: no room.")

    postgres = SimpleNamespace(is_running=lambda: next(running), start=start)
    jobs = Spoken(None, 1, None, None)
    assert processes.watch(Spoken(None, None, None, None, 0), jobs, postgres) == 0
    assert len(tries) == 2
    assert jobs.starts == 1
    output = capsys.readouterr().out
    assert "no room" in output
    assert "The jobs have ended with status 1" in output


def test_a_second_start_waits_until_the_first_has_prepared(var, capsys):
    order = []

    def second():
        with run.turn_to_prepare():
            order.append("second")

    with run.turn_to_prepare() as turn:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
        turn.close()
        thread.join(5)
    assert order == ["first", "second"]
    assert "waiting for it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EROFS, "Read-only file system", "/x/var"), "/x/var may not be written"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/var"), "copy the folder"),
        (OSError(errno.ENOSPC, "No space left on device"), "There is no room left for"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in []"), "TMPDIR=…"),
    ],
)
def test_nowhere_to_write_is_one_sentence(monkeypatch, capsys, error, words):
    def fail(**options):
        raise error

    monkeypatch.setattr(run, "serve", fail)
    assert run.main(["run"]) == 1
    output = capsys.readouterr().err
    assert words in output
    assert len(output.splitlines()) == 1


def test_the_packages_are_installed_once(monkeypatch, tmp_path, capsys):
    """Two starts of a fresh checkout at once: the second finds the first one's packages."""
    monkeypatch.setattr(install, "CHECKOUT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path)
    began, may_end, installed = threading.Event(), threading.Event(), []

    def slowly():
        installed.append("packages")
        began.set()
        may_end.wait(5)

    monkeypatch.setattr(install, "install", slowly)
    mark = tmp_path / ".installed-2"
    (tmp_path / ".installed-1").touch()
    both = [threading.Thread(target=install.main, args=[mark]) for _ in range(2)]
    both[0].start()
    began.wait(5)
    both[1].start()
    both[1].join(0.3)
    may_end.set()
    for thread in both:
        thread.join(5)
        assert not thread.is_alive()
    assert installed == ["packages"]
    assert list(tmp_path.glob(".installed-*")) == [mark]
    assert "waiting for it" in capsys.readouterr().out


def test_packages_that_have_no_place_are_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(install, "CHECKOUT", tmp_path)

    def fail():
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(install, "install", fail)
    assert "read-only: copy the folder" in install.main(tmp_path / ".installed-2")


def test_the_number_of_an_ended_process_leaves_the_pid_file(tmp_path):
    """`make stop` would end whoever has the number then."""
    with (tmp_path / "run-1.pid").open("a+") as file:
        file.write("4711\n")
        child = processes.Child([sys.executable, "-S", "-c", ""], file)
        ended = child.process
        ended.wait(10)
        child.start_again()
        child.process.wait(10)
        assert (tmp_path / "run-1.pid").read_text() == f"4711\n{child.process.pid}\n"
        assert child.process.pid != ended.pid
