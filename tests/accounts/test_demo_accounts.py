"""Everybody knows the password of the demo accounts: without the demo they are shut."""

import pytest
from django.contrib.auth import authenticate
from django.core.checks import run_checks
from django.db import connection
from django.urls import reverse

from accounts.checks import no_demo_accounts
from tests import factories as make
from tests.roles import owner_role

MORE = reverse("accounts:more")


@pytest.fixture
def demo_chief(units):
    return make.make_user(
        "Kapolsek Contoh", units.polsek, "commander", username="kapolsek.contoh", is_demo=True
    )


def sign_in_by_form(client, username):
    return client.post(
        reverse("account_login"), {"login": username, "password": make.PASSWORD}
    ).status_code


def test_without_the_demo_it_does_not_sign_in(client, demo_chief, commander, settings):
    assert not settings.KAMTIBMAS_DEMO
    assert sign_in_by_form(client, "kapolsek.contoh") == 200
    assert authenticate(None, username="kapolsek.contoh", password=make.PASSWORD) is None
    assert sign_in_by_form(client, commander.username) == 302
    client.logout()
    settings.KAMTIBMAS_DEMO = True
    assert sign_in_by_form(client, "kapolsek.contoh") == 302


def test_its_session_ends_with_the_demo(client, demo_chief, settings):
    settings.KAMTIBMAS_DEMO = True
    assert sign_in_by_form(client, "kapolsek.contoh") == 302
    assert client.get(MORE).status_code == 200
    settings.KAMTIBMAS_DEMO = False
    assert client.get(MORE).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 302


def test_the_deployment_check_names_them(demo_chief, commander, settings):
    [found] = [m for m in run_checks(include_deployment_checks=True) if m.id == "accounts.W001"]
    assert "kapolsek.contoh" in found.msg
    assert commander.username not in found.msg
    settings.KAMTIBMAS_DEMO = True
    assert no_demo_accounts() == []


def test_the_check_is_silent_before_the_first_migration(db):
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO not_yet")
    assert no_demo_accounts() == []
    connection.needs_rollback = False
