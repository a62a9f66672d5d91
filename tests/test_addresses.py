"""Where somebody was is kept nowhere: not in a row, not in the cache, not in a line of the log."""

import hashlib
import io
import logging

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.reports.test_history import columns_containing
from tests.test_reports_secrecy import decoded_rows
from toolkit.limits.models import Count

ADDRESS, OWN_PROXY = "203.0.113.77", "198.51.100.42"


@pytest.fixture
def terminal():
    (handler,) = (one for one in logging.getLogger().handlers if one.name == "terminal")
    stream, handler.stream = handler.stream, io.StringIO()
    yield handler.stream
    handler.stream = stream


@pytest.fixture
def stranger(settings):
    """``stranger()`` is a browser behind our proxy; ADDRESS is what the proxy has seen."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def browser(**options):
        return Client(
            raise_request_exception=False,
            REMOTE_ADDR=OWN_PROXY,
            HTTP_X_FORWARDED_FOR=f"10.0.0.1, {ADDRESS}",
            HTTP_X_REAL_IP=ADDRESS,
            HTTP_FORWARDED=f"for={ADDRESS}",
            **options,
        )

    return browser


def sign_in(browser, handle, password=make.PASSWORD):
    return browser.post(reverse("account_login"), {"login": handle, "password": password})


@pytest.mark.django_db
def test_issue_8_line_9_no_address_stays(stranger, officer, settings, terminal):
    cache.clear()
    settings.MAX_BODY_BYTES = 100_000
    browser = stranger()
    for _ in range(7):
        sign_in(stranger(), officer.username, "salah")
        sign_in(stranger(), "tidak.ada", "salah")
    browser.post(reverse("reports:report_track"), {"code": "LW-0000-0000-0000"})
    browser.post(reverse("reports:report_fill"), {"step": "send", "text": "x"})
    # What Django warns of.
    stranger(enforce_csrf_checks=True).post(reverse("reports:report_track"), {"code": "x"})
    browser.get("/", HTTP_HOST="somewhere.else")
    browser.get("/nowhere/")
    browser.post("/", b"x" * 200_000, content_type="text/plain")
    browser.post("/accounts/theme/", b"--x\r\n", content_type="multipart/form-data; boundary=x")
    Count.objects.all().update(number=0)
    assert sign_in(browser, officer.username).status_code == 302
    assert browser.get(reverse("patrols:my_day")).status_code == 200

    assert Count.objects.filter(kind="sign-in address").exists()
    assert "Sign-in refused" in terminal.getvalue()
    assert "Not Found" in terminal.getvalue()
    words = [ADDRESS, OWN_PROXY]
    words += [
        getattr(hashlib, kind)(address.encode()).hexdigest()
        for kind in ("md5", "sha1", "sha256")
        for address in (ADDRESS, OWN_PROXY)
    ]
    held = b"\n".join(decoded_rows())
    for word in words:
        assert columns_containing(word) == set(), word
        assert word.encode() not in held
        assert word not in terminal.getvalue()


@pytest.mark.django_db
def test_the_search_finds_what_is_there(officer):
    """Else the test above would pass whatever is stored."""
    cache.set(f"ip:{ADDRESS}", ADDRESS, 60)
    assert ADDRESS.encode() in b"\n".join(decoded_rows())
    assert columns_containing(ADDRESS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0]
