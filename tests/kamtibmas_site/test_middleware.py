import io

import pytest

pytestmark = pytest.mark.django_db


def test_pages_are_not_kept(client):
    assert "no-store" in client.get("/accounts/login/").headers["Cache-Control"]
    assert "no-store" in client.get("/").headers["Cache-Control"]


def test_a_body_too_large_is_refused_unread(client, settings):
    settings.MAX_BODY_BYTES = 100
    response = client.post("/accounts/login/", {"file": io.BytesIO(b"x" * 200)})
    assert response.status_code == 413


def test_the_policy_stands_on_every_answer(client):
    for address in ("/accounts/login/", "/healthz", "/nowhere/"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
