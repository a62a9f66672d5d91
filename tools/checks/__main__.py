"""Runs every gate and says which failed. `python -m tools.checks lint types` runs those two."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.launcher.postgres import EmbeddedPostgres

PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
GATES = {
    "lint": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "types": [*PYTHON, "mypy", "."],
    "javascript": [str(Path(sys.executable).with_name("oxlint")), "static/js"],
    "templates": [*PYTHON, "djlint", "templates", "--lint", "--quiet"],
    "architecture": [*PYTHON, "pytest", "-q", "--no-header", "tests/test_architecture.py"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "linear": [*MANAGE, "check", "--tag", "models", "--fail-level", "WARNING"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "translations": [*PYTHON, "tools.checks.translations"],
}
# The environment of a server, whatever the developer's shell has set.
PRODUCTION = {
    "ALLOWED_HOSTS": "kamtibmas.example",
    "CONTACT_KEYS": secrets.token_urlsafe(60),
    "DEBUG": "0",
    "KAMTIBMAS_DEMO": "0",
    "KAMTIBMAS_HASHED_STATIC": "1",
    "KAMTIBMAS_PLAIN_HTTP": "0",
    "KAMTIBMAS_PROXIES": "1",
    "KAMTIBMAS_TOOLS": "0",
    "SECRET_KEY": secrets.token_urlsafe(60),
}


def main(names: list[str]) -> int:
    """Returns the exit status: 1 if a gate failed."""
    unknown = [name for name in names if name not in GATES]
    if unknown:
        print(f"No such gate: {', '.join(unknown)}. There are {', '.join(GATES)}.")
        return 1
    with tempfile.TemporaryDirectory(prefix="kamtibmas-check-") as home:
        server = EmbeddedPostgres(Path(home), throwaway=True)
        server.start()
        os.environ.update(PRODUCTION, DATABASE_URL=server.url())
        try:
            failed = [name for name in names or GATES if not passes(name)]
        finally:
            server.stop()
    print(f"Failed: {', '.join(failed)}." if failed else "All gates passed.")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Runs a gate and prints its output if it fails."""
    started = time.monotonic()
    done = subprocess.run(GATES[name], capture_output=True, text=True, check=False)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"  {name:<14}{verdict:<7}{time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
