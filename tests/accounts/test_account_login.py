import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.factories import PASSWORD

LOGIN = "account_login"


@pytest.fixture(autouse=True)
def _clear_throttle(db):
    cache.clear()


def sign_in_with(client, handle, password=PASSWORD, **more):
    return client.post(reverse(LOGIN), {"login": handle, "password": password, **more})


@pytest.mark.parametrize("handle", ["80010001", "bhabin.a", " Bhabin.A "])
def test_nrp_or_username_opens(client, officer, handle):
    response = sign_in_with(client, handle)
    assert response.status_code == 302
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_wrong_password_keeps_the_name_and_says_so(client, officer):
    response = sign_in_with(client, "bhabin.a", "salah")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="bhabin.a"' in page
    assert "salah" not in page.replace("ada yang salah", "")
    assert 'role="alert"' in page
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("handle", ["tidak.ada", "99999999", "", "\0", "a" * 500])
def test_unknown_names_are_answered_alike(client, officer, handle):
    response = sign_in_with(client, handle)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_inactive_does_not_get_in(client, officer):
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    response = sign_in_with(client, "bhabin.a")
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_too_many_tries_are_slowed_down(client, officer):
    pages = [sign_in_with(client, "bhabin.a", "salah") for _ in range(7)]
    last = pages[-1].content.decode()
    assert "Terlalu banyak" in last, last[last.find('role="alert"') :][:600]
    assert sign_in_with(client, "bhabin.a").status_code != 302


def test_goes_on_to_the_page_that_was_asked_for(client, officer):
    more = reverse("accounts:more")
    answer = client.get(more)
    assert answer.url == f"{reverse(LOGIN)}?next={more}"
    assert sign_in_with(client, "bhabin.a", next=more).url == more
    client.logout()
    assert sign_in_with(client, "bhabin.a", next="https://jahat.example/").url == "/"


def test_demo_shows_its_accounts_and_says_it_is_one(client, db, settings):
    settings.KAMTIBMAS_DEMO = True
    page = client.get(reverse(LOGIN)).content.decode()
    assert "CONTOH, tidak dibaca polisi" in page
    assert "bhabin.tambora" in page
    settings.KAMTIBMAS_DEMO = False
    page = client.get(reverse(LOGIN)).content.decode()
    assert "CONTOH" not in page
    assert "bhabin.tambora" not in page


def test_no_public_sign_up_nor_password_mail(client, db):
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert client.get(path).status_code in (302, 404)
        assert (
            client.get(path, follow=True).redirect_chain[-1:] == []
            or "login" in client.get(path, follow=True).redirect_chain[-1][0]
        )


def test_many_tries_from_one_address_get_our_own_error_page(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in_with(client, "bhabin.a", "salah")
    response = sign_in_with(client, "bhabin.a", "salah")
    assert response.status_code == 429
    assert "Terlalu banyak" in response.content.decode()
    assert "110" in response.content.decode()


def test_the_first_page_does_not_greet(client, officer):
    sign_in_with(client, "bhabin.a")
    assert 'class="messages' not in client.get(reverse("accounts:more")).content.decode()
