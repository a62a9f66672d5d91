"""Processes of `make run`: each in a session of its own, found by `make stop`, started again."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tools.launcher.postgres import CHECKOUT, EmbeddedPostgres, PostgresError

STOP_SECONDS = 20
LOOK_SECONDS = 1
RESTART_SECONDS = 5


class Child:
    """A process in a session of its own: Ctrl-C reaches only the launcher, which ends it in order.

    It inherits the lock on the pid file and its number is added to it, so that `make stop` finds it
    even if the launcher was killed.
    """

    def __init__(self, command: Sequence[str], file: IO[str]) -> None:
        self.command = command
        self.file = file
        self.process = self._begin()

    def start_again(self) -> None:
        ended = str(self.process.pid)
        self.file.seek(0)
        others = [pid for pid in self.file.read().split() if pid != ended]
        self.file.truncate(0)  # the number may belong to anybody now
        self.file.writelines(f"{pid}\n" for pid in others)
        self.process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.command, cwd=CHECKOUT, start_new_session=True, pass_fds=(self.file.fileno(),)
        )
        self.file.write(f"{process.pid}\n")
        self.file.flush()
        return process

    def end(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not leave halves
            signal.signal(number, signal.SIG_IGN)
        signal_group(self.process.pid)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def child_process(command: Sequence[str], file: IO[str]) -> Iterator[Child]:
    child = Child(command, file)
    try:
        yield child
    finally:
        child.end()


def watch(server: Child, jobs: Child, postgres: EmbeddedPostgres | None) -> int:
    """The status of the web server at its end. Until then it starts again what ends beside it."""
    rest_until = 0.0
    while True:
        try:
            return server.process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() < rest_until:
                continue
        if postgres and not postgres.is_running():
            rest_until = time.monotonic() + RESTART_SECONDS
            print("PostgreSQL has ended; it is started again.", flush=True)
            try:
                postgres.start()
            except PostgresError as error:
                print(error, flush=True)
        status = jobs.process.poll()
        if status is not None:
            rest_until = time.monotonic() + RESTART_SECONDS
            print(f"The jobs have ended with status {status}; they are started again.", flush=True)
            jobs.start_again()


def signal_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def is_locked(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
