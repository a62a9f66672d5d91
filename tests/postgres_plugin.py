"""Starts one PostgreSQL for the whole test run, before pytest-django reads the settings.

With DATABASE_URL set, the tests use that server instead: the role needs CREATEDB. Workers of
pytest-xdist inherit the variable and so share the server; pytest-django gives each a database of
its own.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tools.launcher.postgres import CHECKOUT, EmbeddedPostgres

PREFIX = "kamtibmas-tests-"
# What the tests rely on, whatever the shell they are started from has set.
ENVIRONMENT = {
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CONN_MAX_AGE": "0",
    "CONTACT_KEYS": "sealed-in-the-tests-" * 4,
    "DEBUG": "0",
    "KAMTIBMAS_DEMO": "0",
    "KAMTIBMAS_HASHED_STATIC": "0",
    "KAMTIBMAS_PLAIN_HTTP": "1",
    "KAMTIBMAS_PROXIES": "0",
    "KAMTIBMAS_TOOLS": "1",
    "SECRET_KEY": "only-for-the-tests-" * 4,
}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    os.environ.update(ENVIRONMENT)
    # WhiteNoise warns where it is missing, and `make run` may not have made it yet.
    (CHECKOUT / "staticfiles").mkdir(exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        _remove_left_over()
        server = EmbeddedPostgres(new_home(), throwaway=True)
        atexit.register(remove, server)
        server.start()
        os.environ["DATABASE_URL"] = server.owner_url()
        os.environ["TESTS_POSTGRES_HOME"] = str(server.home)
    return (yield)


def new_home():
    """Not below pytest's own folder, which the account of the server may not enter."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def remove(server):
    with contextlib.suppress(Exception):
        server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


def _remove_left_over():
    """Servers of runs that were killed before they could stop their own."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = home.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdecimal() and not _is_alive(int(pid)) and os.access(home, os.W_OK):
            remove(EmbeddedPostgres(home, throwaway=True))


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
