"""What every test may use. The people and units are in cast.py."""

import functools
import gc
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management.commands import flush as flush_command
from django.db import connection
from django.db.backends.signals import connection_created
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import expect

from tests.roles import owner_role
from toolkit.database.roles import grant_site_role
from toolkit.photos import clean, decoder
from toolkit.photos.anatomy import NotAPhoto
from tools.launcher.roles import SITE

pytest_plugins = ["tests.cast"]

# The headless shell is Chromium without a window to draw: a page opens in half the time.
CHROMIUM_NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
# The browser makes no calls of its own, each of which would fail slowly. Only this machine's name
# resolves.
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


# The same inputs in every run, and no failure because the machine is busy.
hypothesis_settings.register_profile("suite", derandomize=True, database=None, deadline=None)
hypothesis_settings.load_profile("suite")
expect.set_options(timeout=30_000)


def pytest_configure(config):
    # Tests do not write to the uploads of the site.
    uploads = tempfile.TemporaryDirectory(prefix="kamtibmas-media-")
    config.add_cleanup(uploads.cleanup)
    settings.MEDIA_ROOT = uploads.name
    settings.PHOTO_LOCK = Path(uploads.name, "photo.lock")
    # Argon2 is slow by design.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each test client would list every file of staticfiles/ anew.
    settings.WHITENOISE_AUTOREFRESH = True
    # The models of 50 migrations are many objects, and few are ever garbage.
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True)
def nothing_kept():
    """What one test has read is not shown in the next."""
    caches["process"].clear()


@functools.lru_cache(maxsize=100)
def shrink_here(data, anatomy):
    """In this process: one for each photo of each test would take most of the time of all tests."""
    try:
        return decoder.shrink(data[: anatomy.length], anatomy)
    except Exception as error:
        raise NotAPhoto from error


@pytest.fixture(scope="session", autouse=True)
def _photos_decoded_here():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clean, "shrink_apart", shrink_here)
        yield


def pytest_generate_tests(metafunc):
    """Refuse cases from a set: their order differs between the workers of one run."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if isinstance(mark.args[1], set | frozenset):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: give the cases sorted().")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The owner has made the test database; tests use it with the site's role, as pages do.

    On a server of yours without that role, everything is done by the role of DATABASE_URL.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [SITE])
        if cursor.fetchone() == (0,):
            yield
            return
        grant_site_role(SITE)
        connection.close()
    # After a test that commits Django empties all tables, which only the owner may.
    flush = flush_command.Command.handle

    def flush_as_owner(self, **options):
        with owner_role():
            return flush(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush_command.Command, "handle", flush_as_owner)
        connection_created.connect(_take_site_role)
        yield
        connection_created.disconnect(_take_site_role)
        connection.close()


def _take_site_role(connection, **options):
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {SITE}")


@pytest.fixture(scope="session", autouse=True)
def _no_network():
    """Sockets reach this machine only, so that no test depends on another server."""
    connect = socket.socket.connect

    def guarded(self, address):
        outside = self.family in {socket.AF_INET, socket.AF_INET6} and not (
            address[0].startswith("127.") or address[0] in {"localhost", "::1"}
        )
        if outside:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def chromium():
    """The path of the machine's Chromium. On CI a missing one is a failure, elsewhere a skip."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM_NAMES)), None
    )
    if not found:
        reason = (
            f"No Chromium: install it, or set CHROMIUM (looked for {', '.join(CHROMIUM_NAMES)})."
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium):
    # Playwright's synchronous calls run in an event loop, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []  # Chromium refuses its sandbox to root
    return {"executable_path": chromium, "args": CHROMIUM_ARGUMENTS + sandbox}


@pytest.fixture(scope="session")
def browser_context_args():
    """A phone of 360 px, for which the pages are designed first."""
    return {
        "viewport": {"width": 360, "height": 740},
        "locale": "en-US",
        "timezone_id": "Asia/Jakarta",
    }
