import io
import logging
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.services.access import make_link
from tests import factories as make

PASSWORDS = {"password1": "Tugas-malam-77", "password2": "Tugas-malam-77"}


def url_of(person, token):
    return reverse("accounts:password_link", args=[person.pk, token])


@pytest.fixture
def link(officer, admin_user):
    return url_of(officer, make_link(person=officer, by=admin_user))


def test_it_sets_a_password_once(client, link, officer, settings):
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200  # a chat that shows a preview uses nothing up
    answer = client.post(link, PASSWORDS, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_login")
    assert "Kata sandi Anda sudah dibuat" in answer.content.decode()
    assert authenticate(None, username=officer.username, password="Tugas-malam-77") == officer
    assert client.get(link).status_code == 404
    again = client.post(link, {"password1": "Lain-sekali-88", "password2": "Lain-sekali-88"})
    assert again.status_code == 404
    assert authenticate(None, username=officer.username, password="Tugas-malam-77") == officer


@pytest.mark.parametrize("who", ["commander", "operator", "neighbour", "officer"])
def test_only_who_manages_the_unit_makes_one(request, units, who):
    """Asked of the service, which no page may have to guard."""
    colleague = make.make_user("Bripka Baru", units.polsek)
    with pytest.raises(PermissionDenied):
        make_link(person=colleague, by=request.getfixturevalue(who))


def test_an_administrator_makes_none_for_another_unit(units):
    admin = make.make_user("Admin Polsek", units.polsek, Role.ADMIN)
    for place in (units.polsek_other, None):
        with pytest.raises(PermissionDenied):
            make_link(person=make.make_user("Orang Lain", place), by=admin)
    assert make_link(person=make.make_user("Orang Sendiri", units.polsek), by=admin)


def test_sessions_of_before_end(client, officer, admin_user):
    client.force_login(officer)
    officer.refresh_from_db()
    more = reverse("accounts:more")
    assert client.get(more).status_code == 200
    type(client)().post(url_of(officer, make_link(person=officer, by=admin_user)), PASSWORDS)
    assert client.get(more).status_code == 302


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"password1": "a", "password2": "a"}, "password2"),
        ({"password1": "Tugas-malam-77", "password2": "lain"}, "password2"),
        ({"password1": "12345678", "password2": "12345678"}, "password2"),
        ({}, "password1"),
    ],
)
def test_a_bad_password_is_refused_beside_its_field(client, link, officer, typed, field):
    answer = client.post(link, typed)
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert client.get(link).status_code == 200


def test_who_signs_in_with_the_old_password_ends_it(client, link, officer):
    client.login(username=officer.username, password=make.PASSWORD)
    assert type(client)().get(link).status_code == 404


def test_a_newer_link_ends_it(client, link, officer, admin_user):
    newer = url_of(officer, make_link(person=officer, by=admin_user))
    assert client.get(link).status_code == 404
    assert client.get(newer).status_code == 200


def test_it_ends_with_time(client, officer, admin_user, monkeypatch, settings):
    link = url_of(officer, make_link(person=officer, by=admin_user))
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link).status_code == 404


def test_it_is_of_one_person_and_no_other(client, officer, commander, admin_user):
    token = make_link(person=officer, by=admin_user)
    make_link(person=commander, by=admin_user)
    for wrong in (url_of(commander, token), url_of(officer, "x-y"), url_of(officer, token + "0")):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, PASSWORDS).status_code == 404
    officer.is_active = False
    officer.save()
    assert client.get(url_of(officer, token)).status_code == 404


def test_the_account_says_who_made_it(client, sign_in, link, officer, admin_user):
    client.post(link, PASSWORDS)
    officer.refresh_from_db()
    page = sign_in(officer).get(reverse("accounts:more")).content.decode()
    assert admin_user.name in page
    assert "menunggu dikonfirmasi" in page


def test_a_person_without_an_own_password_comes_in_by_the_link(client, admin_user, units):
    made = make.make_user("Baru", units.polsek, "officer", username="baru")
    made.set_unusable_password()
    made.save()
    assert timezone.now() - made.date_joined < timedelta(minutes=1)
    client.post(url_of(made, make_link(person=made, by=admin_user)), PASSWORDS)
    assert authenticate(None, username="baru", password="Tugas-malam-77") == made


def test_the_log_does_not_show_it(client, link, monkeypatch):
    """As where a chat has put a sign behind the link, or the database is away."""
    log = io.StringIO()
    [terminal] = [one for one in logging.getLogger().handlers if one.get_name() == "terminal"]
    monkeypatch.setattr(terminal, "stream", log)
    assert client.get(f"{link})/").status_code == 404
    token = link.strip("/").rpartition("/")[2]
    assert "Not Found: /accounts/link/" in log.getvalue()
    assert token not in log.getvalue()
