"""What `make run`, `dev`, `stop`, `reset` and `manage` do: the site on this machine.

    python -m tools.launcher.run run|dev|stop|reset
    python -m tools.launcher.run manage <Django command> …

Without DATABASE_URL it starts a PostgreSQL of its own and stops it at the end. It is a demo over
plain HTTP unless the environment says otherwise (KAMTIBMAS_DEMO=0, KAMTIBMAS_PLAIN_HTTP=0).
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

import django
import psycopg2
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, execute_from_command_line
from django.db import OperationalError

from toolkit.database.roles import as_owner
from toolkit.startup import prove_start
from tools.launcher.postgres import CHECKOUT, EmbeddedPostgres, PostgresError
from tools.launcher.processes import (
    STOP_SECONDS,
    Child,
    child_process,
    is_locked,
    signal_group,
    watch,
)

VAR = CHECKOUT / "var"
# Commands of `make manage` that make tables or databases; the others have the site's role.
AS_OWNER = (
    ["bench"],
    ["bench_outbox"],
    ["bench_sends"],
    ["load_demo"],
    ["load_scale"],
    ["migrate"],
)


class StartError(Exception):
    """The site does not start; the message is one sentence for the person at the terminal."""


def main(arguments: Sequence[str]) -> int:
    """The exit status of the program."""
    what, *rest = arguments or ["run"]
    try:
        if what == "stop":
            stop()
        elif what == "reset":
            reset()
        elif what == "manage":
            with contextlib.ExitStack() as stack:
                with turn_to_prepare():
                    prepare_environment(debug=False)
                    stack.enter_context(database())
                if rest[:1] in AS_OWNER and os.environ.get("DATABASE_OWNER_URL"):
                    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
                execute_from_command_line(["manage.py", *rest])
        elif what in {"run", "dev"}:
            serve(debug=what == "dev")
        else:
            raise StartError(f"{what} is not known here: it takes run, dev, stop, reset or manage.")
    except (StartError, PostgresError, ImproperlyConfigured, CommandError) as error:
        print(error, file=sys.stderr)
        return 1
    except (OperationalError, psycopg2.OperationalError) as error:
        print(f"The database does not answer: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    except OSError as error:
        print(explain(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def explain(error: OSError) -> str:
    """One sentence about what is not the site's fault: nowhere to write, or no room."""
    where = error.filename or CHECKOUT
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return f"{where} may not be written: copy the folder to a place of your own, start there."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"There is no room left for {where}: make room, then start again."
    if "temporary directory" in str(error):
        return "There is no room in /tmp: make room there or name another folder, TMPDIR=…."
    return f"It does not start: {error}"


def serve(*, debug: bool) -> None:
    """Starts everything, serves until Ctrl-C or SIGTERM, and stops everything again."""
    host, port = os.environ.get("HOST") or "127.0.0.1", read_port()
    refuse_taken_port(host, port)
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell ignores SIGINT for background jobs
        signal.signal(number, _interrupt)
    with contextlib.ExitStack() as stack:
        turn = stack.enter_context(turn_to_prepare())
        prepare_environment(debug=debug, host=host)
        postgres = stack.enter_context(database())
        file = stack.enter_context(pid_file(port))
        prepare_site(debug=debug)
        server = stack.enter_context(child_process(server_command(host, port, debug=debug), file))
        wait_for_answer(host, port, server)
        turn.close()
        jobs = [sys.executable, "manage.py", "run_jobs", "--forever"]
        with child_process(jobs, file) as running_jobs:
            print_welcome(host, port)
            try:
                status = watch(server, running_jobs, postgres)
            except KeyboardInterrupt:
                print("\nStopping.", flush=True)
            else:
                if status not in {0, -signal.SIGTERM}:  # not by `make stop`
                    raise StartError(f"The web server ended with status {status}.")


def stop() -> None:
    """Stops every server of this checkout, and its PostgreSQL."""
    for path in VAR.glob("run-*.pid"):
        deadline = time.monotonic() + STOP_SECONDS
        while is_locked(path) and time.monotonic() < deadline:
            for pid in path.read_text().split():
                signal_group(int(pid))
            time.sleep(0.2)
        if is_locked(path):
            raise StartError(f"The server of {path.name} does not stop; end it by hand.")
        path.unlink(missing_ok=True)
    EmbeddedPostgres().stop()
    print("Stopped.")


def reset() -> None:
    """Stops everything and deletes the database of this checkout's own PostgreSQL, and uploads."""
    if os.environ.get("DATABASE_URL"):
        raise StartError("DATABASE_URL is set: empty that database yourself.")
    stop()
    for folder in (EmbeddedPostgres().home, VAR / "media"):
        shutil.rmtree(folder, ignore_errors=True)
    print("The data are gone; `make run` begins anew.")


def read_port() -> int:
    """PORT; 8000 if it is missing."""
    word = os.environ.get("PORT") or "8000"
    if not word.isdecimal() or not 0 < int(word) < 65536:
        raise StartError(f"PORT is {word!r}: it takes a number from 1 to 65535.")
    return int(word)


def refuse_taken_port(host: str, port: int) -> None:
    """Checked before anything is started."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except socket.gaierror as error:
            raise StartError(f"HOST is {host!r}: it takes an address of this machine.") from error
        except OSError as error:
            raise StartError(
                f"Port {port} on {host} is taken or not allowed: `make stop` ends a server of this "
                f"folder, or choose another port, `make run PORT={port + 1}`."
            ) from error


def prepare_environment(*, debug: bool, host: str = "127.0.0.1") -> None:
    """Sets the variables that settings.py needs, but none that the caller has set."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    names = ["localhost", "127.0.0.1", host if host != "0.0.0.0" else lan_address()]  # noqa: S104
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamtibmas_site.settings")
    os.environ.setdefault("ALLOWED_HOSTS", ",".join(dict.fromkeys(names)))
    os.environ.setdefault("KAMTIBMAS_DEMO", "1")
    os.environ.setdefault("KAMTIBMAS_PLAIN_HTTP", "1")
    os.environ["DEBUG"] = "1" if debug else "0"


@contextmanager
def turn_to_prepare() -> Iterator[IO[str]]:
    """A lock, because two starts of a fresh checkout would both make its keys, tables and rows.

    The file that is given is closed where the turn is over.
    """
    VAR.mkdir(mode=0o700, exist_ok=True)
    with (VAR / "preparing").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start prepares this folder; waiting for it …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def database() -> Iterator[EmbeddedPostgres | None]:
    """The database of DATABASE_URL, or a PostgreSQL that runs until the block ends."""
    if os.environ.get("DATABASE_URL"):
        make_keys()
        yield None
        return
    server = EmbeddedPostgres()
    server.start()
    os.environ["DATABASE_URL"] = server.url()
    os.environ["DATABASE_OWNER_URL"] = server.owner_url()
    try:
        make_keys()
        yield server
    finally:
        if server.started_here and not any(is_locked(path) for path in VAR.glob("run-*.pid")):
            server.stop()


def make_keys() -> None:
    """Writes the keys that are missing, but none beside a database that was made with others."""
    files = {"SECRET_KEY": VAR / "secret_key", "CONTACT_KEYS": VAR / "contact_key"}
    missing = [
        file
        for name, file in files.items()
        if not os.environ.get(name) and not (file.exists() and file.read_text().strip())
    ]
    if not missing:
        return
    link = psycopg2.connect(os.environ["DATABASE_URL"])
    with contextlib.closing(link), link.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        is_old = cursor.fetchone() != (None,)
    if is_old:
        names = " and ".join(str(file) for file in missing)
        raise StartError(
            f"The database is there and its keys are not: put {names} back, or begin anew without"
            " these data (`make reset`)."
        )
    for file in missing:
        new = file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(60))
        new.rename(file)


def prepare_site(*, debug: bool) -> None:
    """Migrates, loads reference rows and (into an empty database) the demo, runs due jobs, collects
    static files."""
    django.setup()
    with as_owner():  # older data give the site's role nothing yet
        prove_start()
    step("Tables", lambda: call_command("prepare_database", verbosity=0))
    os.environ.pop("DATABASE_OWNER_URL", None)  # what serves has no way to the owner's role
    step("Reference data", lambda: call_command("load_seeds", verbosity=0))
    if settings.KAMTIBMAS_DEMO and not get_user_model()._base_manager.exists():
        with as_owner():  # who may ANALYZE between the steps
            step("Demo data", lambda: call_command("load_demo", verbosity=0))
    step("Jobs", lambda: call_command("run_jobs"))
    if not debug:
        step("Static files", collect_static)


def collect_static() -> None:
    """Collects and compresses static files if one has changed: it takes seconds."""
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            state.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if mark.exists() and mark.read_text() == state.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(state.hexdigest())


def step(name: str, work: Callable[[], object]) -> None:
    """Do a part of the preparation and say how long it took."""
    started = time.monotonic()
    work()
    print(f"  {name:<16}{time.monotonic() - started:5.1f} s", flush=True)


def server_command(host: str, port: int, *, debug: bool) -> list[str]:
    """The site's web server, or Django's own for development."""
    if debug:
        return [sys.executable, "manage.py", "runserver", f"{host}:{port}"]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:kamtibmas_site.server"]
    return [*command, "--bind", f"{host}:{port}", "kamtibmas_site.wsgi"]


@contextmanager
def pid_file(port: int) -> Iterator[IO[str]]:
    """var/run-<port>.pid, open and locked. The lock ends with the processes, however they end."""
    path = VAR / f"run-{port}.pid"
    # Not "w": it would empty the file of a server that runs, before the lock is ours.
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(
                f"This folder serves port {port} already, on another address: `make stop` first, "
                f"or `make run PORT={port + 1}`."
            ) from error
        file.truncate(0)
        try:
            yield file
        finally:
            path.unlink(missing_ok=True)


def wait_for_answer(host: str, port: int, server: Child) -> None:
    """Returns once the port answers."""
    while server.process.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise StartError("The web server ended at once; its reason stands above.")


def print_welcome(host: str, port: int) -> None:
    """Prints the address, the demo accounts, and warnings if other devices may connect."""
    is_open = host == "0.0.0.0"  # noqa: S104
    print(f"\n  Kamtibmas: http://{'127.0.0.1' if is_open else host}:{port}/", flush=True)
    if is_open:
        print(f"  In this network: http://{lan_address()}:{port}/")
    if settings.KAMTIBMAS_DEMO:
        call_command("load_demo", "--accounts")
    if host not in {"127.0.0.1", "localhost"}:
        print(
            "\n  Anyone who reaches this address can sign in with the demo passwords above.\n"
            "  Over plain HTTP other devices get no location, no sharing of photos, no install:\n"
            "  those need HTTPS (docs/deployment.md)."
        )
    print("\n  Ctrl-C stops it; the data stay.", flush=True)


def lan_address() -> str:
    """This machine's address in the local network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
