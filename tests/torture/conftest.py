import pytest

from patrols.views import installed
from tests.torture.phone import Phone
from tests.torture.signals import Signal


@pytest.fixture
def signal(live_server):
    """Between the phones of a test and the server."""
    made = Signal(live_server.url)
    yield made
    made.close()


@pytest.fixture
def make_phone(playwright, browser_type_launch_args, tmp_path, signal):
    """``make_phone(…)`` gives a phone that is on."""
    phones = []

    def made(**options):
        folder = tmp_path / f"phone-{len(phones)}"
        phone = Phone(playwright, browser_type_launch_args, folder, signal.url, **options)
        phones.append(phone)
        phone.open()
        return phone

    yield made
    for phone in phones:
        phone.close()


@pytest.fixture
def worker(monkeypatch, tmp_path):
    """The script that the server takes for the service worker's."""
    own = tmp_path / "worker.js"
    own.write_text(installed.WORKER.read_text())
    monkeypatch.setattr(installed, "WORKER", own)
    return own


@pytest.fixture
def deploy(monkeypatch, worker):
    """``deploy()`` puts a new build on the server: other copies, another worker."""

    def made():
        for place in ("patrols.views.copies.build", "accounts.views.outbox.build"):
            monkeypatch.setattr(place, lambda: "another-build")
        worker.write_text(worker.read_text() + "\nself.BUILD = 2;\n")

    return made
