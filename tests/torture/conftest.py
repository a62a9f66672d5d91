import pytest

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
