"""While the database is away every page says so with 503, and nothing that was typed is lost."""

import io
import logging
import re
from html import unescape
from itertools import product
from uuid import uuid4

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError, connection
from django.test import Client
from django.urls import get_resolver, reverse

from kamtibmas_site.views import bad_request
from patrols.models import LogEntry
from tests import factories as make
from tests.pictures import jpeg
from toolkit.outage import SECONDS_BETWEEN_LINES, is_database_away

SIGNED_IN = {"sessionid": "a" * 32}


WORDS = "Suami saya <memukul> lagi & lagi"


@pytest.fixture
def cut_off(django_db_blocker):
    """``cut_off()`` loses the connection; the next finds nobody at the port."""
    kept = connection.settings_dict

    def cut():
        if connection.connection is not None:
            connection.connection.close()
        connection.settings_dict = {**kept, "HOST": "127.0.0.1", "PORT": "1"}

    yield cut
    connection.settings_dict = kept
    connection.close()


@pytest.fixture
def away(django_db_blocker, cut_off):
    with django_db_blocker.unblock():
        connection.close()
        cut_off()
        yield
        connection.close()


@pytest.fixture
def phone(away):
    client = Client(raise_request_exception=False)
    client.cookies.load(SIGNED_IN)
    return client


@pytest.fixture
def terminal():
    """What the site writes to its terminal."""
    (handler,) = (one for one in logging.getLogger().handlers if one.name == "terminal")
    stream, handler.stream = handler.stream, io.StringIO()
    yield handler.stream
    handler.stream = stream


def every_address(patterns=None, start="/"):
    for one in patterns or get_resolver().url_patterns:
        address = start + re.sub(r"<(?:int:|path:|str:)?\w+>", "1", str(one.pattern))
        if hasattr(one, "url_patterns"):
            yield from every_address(one.url_patterns, address)
        elif "(" not in address:  # the admin's last pattern takes whatever is left
            yield address


def is_away(answer):
    assert answer.status_code == 503, answer.status_code
    assert answer.headers["Retry-After"] == "30"
    return True


@pytest.mark.parametrize("is_demo", [True, False])
def test_issue_8_line_14_every_page_of_whoever_is_signed_in(phone, settings, is_demo):
    settings.KAMTIBMAS_DEMO = is_demo
    addresses = list(every_address())
    assert len(addresses) > 100
    asked = []
    for address, ask in product(addresses, (phone.get, phone.post)):
        phone.cookies.load(SIGNED_IN)  # the way out takes them
        asked.append((ask(address), address))
    # Some need neither the person nor the database: the manifest, the way out, a redirect.
    failed = [(answer, address) for answer, address in asked if answer.status_code >= 400]
    failed = [(answer, address) for answer, address in failed if answer.status_code != 405]
    assert len(failed) > 100
    for answer, address in failed:
        assert is_away(answer), address


def test_health(away):
    answer = Client().get(reverse("healthz"))
    assert is_away(answer)
    assert answer.content == b"no database\n"


def test_the_quick_exit_leads_away_all_the_same(phone):
    answer = phone.post(reverse("reports:report_leave"))
    assert (answer.status_code, answer.url) == (303, "https://www.bmkg.go.id/")
    assert answer.cookies["sessionid"].value == ""


def fields_of(page):
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


@pytest.mark.parametrize("name", ["reports:report_fill", "reports:track_note"])
def test_what_was_sent_can_be_sent_again(away, name):
    sent = {"text": WORDS, "category": "domestic_violence", "privacy": "sealed", "step": "send"}
    client = Client(raise_request_exception=False)
    client.cookies.load(SIGNED_IN)
    answer = client.post(reverse(name), sent)
    assert is_away(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    page = answer.content.decode()
    assert fields_of(page) == sent
    assert "<pre" in page
    assert WORDS in unescape(page.partition("<pre")[2])
    assert "<memukul>" not in page
    assert "Foto" not in page


def test_photos_have_to_be_chosen_again(phone):
    page = phone.post(reverse("reports:report_fill"), {"text": WORDS, "photos": [jpeg()]})
    assert "Foto harus dipilih ulang" in page.content.decode()
    assert "Kirim lagi tanpa foto" in page.content.decode()


def test_a_password_stands_on_no_page(phone):
    sent = {"login": "bhabin.a", "password": make.PASSWORD}
    page = phone.post(reverse("account_login"), sent).content.decode()
    assert make.PASSWORD not in page
    assert "bhabin.a" not in page


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"a=" + b"%ff" * 9, b""])
def test_a_broken_body_is_answered_too(phone, body):
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        assert is_away(phone.post(reverse("reports:report_fill"), body, content_type=kind))


def test_issue_8_line_14_an_outage_writes_a_line_now_and_then(phone, terminal, time_machine):
    time_machine.move_to("2026-11-11T10:00:00+00:00")
    for _ in range(20):
        phone.get("/")
        phone.get(reverse("healthz"))
        phone.post(reverse("reports:report_fill"), {"text": WORDS})
    lines = terminal.getvalue().splitlines()
    assert len(lines) <= 1 + 60 / SECONDS_BETWEEN_LINES
    assert all(len(line) < 120 for line in lines), lines


def test_other_failures_keep_their_traceback(terminal):
    try:
        raise ValueError("a slip")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /")
    assert "Traceback" in terminal.getvalue()


@pytest.mark.django_db(transaction=True)
def test_gone_in_the_middle_of_a_request(client, running_duty, officer, cut_off):
    """The connection is lost at the first statement, the second, and so on."""
    client.raise_request_exception = False
    client.force_login(officer)
    add, login = reverse("patrols:entry_add", args=[running_duty.pk]), reverse("account_login")
    requests = [
        lambda: client.get(reverse("patrols:my_day")),
        lambda: client.get(reverse("patrols:duty_log", args=[running_duty.pk])),
        lambda: client.post(add, {"kind": "note", "text": WORDS, "client_uuid": str(uuid4())}),
        lambda: Client(raise_request_exception=False).post(
            login, {"login": officer.username, "password": make.PASSWORD}
        ),
    ]
    for number, ask in enumerate(requests):
        for spared in range(60):
            left = [spared]

            def cut_at_last(execute, sql, params, many, context, left=left):
                if not left[0]:
                    cut_off()
                left[0] -= 1
                return execute(sql, params, many, context)

            settings_before = connection.settings_dict
            with connection.execute_wrapper(cut_at_last):
                answer = ask()
            connection.settings_dict = settings_before
            connection.close()
            if left[0] >= 0:
                assert answer.status_code in {200, 302}
                break
            assert is_away(answer), (number, spared)
        assert spared > 2
    assert LogEntry.objects.filter(text=WORDS).exists()


def raised(first, second):
    try:
        try:
            raise first("gone")
        except first as error:
            raise second("a consequence") from error
    except second as error:
        return error


def test_a_session_that_cannot_be_stored_is_no_bad_request(rf):
    lost = raised(OperationalError, SessionInterrupted)
    assert is_away(bad_request(rf.post("/", {"text": WORDS}), lost))
    assert not is_database_away(raised(ValueError, SessionInterrupted))
    assert not is_database_away(None)
