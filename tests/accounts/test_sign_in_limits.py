"""Wrong passwords of others do not keep a person out (issue 7, line 14)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.adapter import TRIES_OF_AN_ADDRESS
from tests.factories import PASSWORD
from toolkit.limits.models import Count

LOGIN = reverse("account_login")
TOO_MANY = "Terlalu banyak"


@pytest.fixture(autouse=True)
def _clear_counts(db):
    cache.clear()


def attempt(address, handle="bhabin.a", password="salah", client=None):
    sent = {"login": handle, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address)


def opens(answer):
    return answer.status_code == 302


def is_refused(answer):
    return TOO_MANY in answer.content.decode()


def count_hundred(handle="bhabin.a"):
    """A hundred wrong passwords, five from each address."""
    for number in range(100):
        answer = attempt(f"198.51.100.{number // 5}", handle)
        assert not is_refused(answer), number


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        return cursor.fetchall()


def test_line_14_five_wrong_passwords_lock_out_only_their_own_address(officer):
    for _ in range(5):
        assert not is_refused(attempt("198.51.100.1"))
    assert is_refused(attempt("198.51.100.1", password=PASSWORD))
    assert is_refused(attempt("198.51.100.1", officer.nrp, PASSWORD))  # the same account
    assert opens(attempt("198.51.100.2", password=PASSWORD))


def test_36_tries_do_not_lock_everybody_behind_an_address(officer, commander):
    for number in range(36):
        attempt("198.51.100.1", f"nama{number}")
    assert opens(attempt("198.51.100.1", password=PASSWORD))


def test_a_hundred_an_hour_from_anywhere(officer, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    count_hundred()
    assert is_refused(attempt("203.0.113.1", password=PASSWORD))
    time_machine.shift(timedelta(hours=1, seconds=1))
    assert opens(attempt("203.0.113.1", password=PASSWORD))


def test_right_passwords_do_not_count(officer):
    for _ in range(12):
        assert opens(attempt("198.51.100.1", password=PASSWORD))


def test_a_known_device_passes_and_is_told(client, officer):
    assert opens(attempt("198.51.100.200", password=PASSWORD, client=client))
    (name,) = (name for name in client.cookies if name.startswith("perangkat_"))
    cookie = client.cookies[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", LOGIN)
    assert int(cookie["max-age"]) == timedelta(days=365).total_seconds()
    client.logout()
    client.cookies[name] = cookie.value  # logout of the test client drops all cookies
    count_hundred()
    for _ in range(5):
        attempt("198.51.100.0")  # refused tries count too
    assert is_refused(attempt("203.0.113.1", password=PASSWORD))
    # The same address as the attacker's, and the account's limit is used up.
    assert opens(attempt("198.51.100.0", password=PASSWORD, client=client))
    page = client.get(reverse("accounts:more")).content.decode()
    assert "Ada 106 percobaan masuk" in page
    assert "Ada 106" not in client.get(reverse("accounts:more")).content.decode()


def test_a_known_device_has_a_limit_of_its_own(client, officer):
    attempt("198.51.100.1", password=PASSWORD, client=client)
    kept = {name: cookie.value for name, cookie in client.cookies.items()}
    client.logout()
    client.cookies.load({name: word for name, word in kept.items() if name != "sessionid"})
    answers = [attempt(f"203.0.113.{number}", client=client) for number in range(6)]
    assert [is_refused(answer) for answer in answers] == [False] * 5 + [True]


def test_a_device_is_known_to_one_account_until_its_password_changes(client, officer, commander):
    attempt("198.51.100.1", password=PASSWORD, client=client)
    (name,) = (name for name in client.cookies if name.startswith("perangkat_"))
    word = client.cookies[name].value
    officer.set_password("jembatan-lima-malam-hari")
    officer.save()
    count_hundred()
    count_hundred(commander.username)
    for handle, password in (
        ("bhabin.a", "jembatan-lima-malam-hari"),
        (commander.username, PASSWORD),
    ):
        stranger = Client()
        stranger.cookies[name] = word
        assert is_refused(attempt("203.0.113.1", handle, password, stranger)), handle
        forged = Client()
        forged.cookies[name] = "kenal:1abc:xyz"
        assert is_refused(attempt("203.0.113.1", handle, password, forged)), handle


def test_few_failures_are_not_told(client, officer):
    for _ in range(4):
        attempt("198.51.100.1")
    attempt("198.51.100.2", password=PASSWORD, client=client)
    assert "percobaan masuk" not in client.get(reverse("accounts:more")).content.decode()


def test_unknown_names_are_slowed_alike(officer):
    answers = [attempt("198.51.100.1", "tidak.ada") for _ in range(6)]
    assert [is_refused(answer) for answer in answers] == [False] * 5 + [True]


def test_issue_8_line_8_a_flood_from_the_carrier_locks_no_known_device_out(client, officer):
    attempt("198.51.100.1", password=PASSWORD, client=client)
    kept = {name: cookie.value for name, cookie in client.cookies.items()}
    client.logout()
    client.cookies.load({name: word for name, word in kept.items() if name != "sessionid"})
    Count.objects.filter(kind="sign-in address").update(number=TRIES_OF_AN_ADDRESS[0])
    assert is_refused(attempt("198.51.100.1", "tidak.ada"))
    assert opens(attempt("198.51.100.1", password=PASSWORD, client=client))


def test_a_used_up_address_uses_up_no_account(officer):
    attempt("198.51.100.1", "tidak.ada")
    Count.objects.filter(kind="sign-in address").update(number=TRIES_OF_AN_ADDRESS[0])
    before = Count.objects.filter(kind="sign-in account").count()
    assert is_refused(attempt("198.51.100.1"))
    assert Count.objects.filter(kind="sign-in account").count() == before


def test_issue_8_line_9_no_address_is_stored(officer):
    attempt("198.51.100.77")
    assert "198.51.100" not in str(stored())
    left = [key for key, _value in stored()]
    assert len(left) == 1
    assert f"accounts.tries.{officer.pk}" in left[0]
    assert Count.objects.filter(kind="sign-in pair").exists()
