import pytest

from toolkit.photos import apart, clean


@pytest.fixture(autouse=True)
def _photos_decoded_apart(monkeypatch):
    """As a server does it."""
    monkeypatch.setattr(clean, "shrink_apart", apart.shrink_apart)
