import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.factories import PASSWORD

CHANGE = reverse("account_change_password")
NEW = "jembatan-lima-malam-hari"


@pytest.fixture(autouse=True)
def _clear_throttle(db):
    cache.clear()


def change(client, old=PASSWORD, new=NEW, again=NEW):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again})


def test_changes_it_and_stays_signed_in(sign_in, officer):
    client = sign_in(officer)
    assert change(client).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert client.get(reverse("accounts:more")).status_code == 200


@pytest.mark.parametrize(
    "fields", [{"old": "salah"}, {"again": "lain-lagi-12345"}, {"new": "12345", "again": "12345"}]
)
def test_says_beside_the_field_what_is_wrong(sign_in, officer, fields):
    response = change(sign_in(officer), **fields)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_goes_back_to_the_own_page_and_says_so(sign_in, officer):
    client = sign_in(officer)
    response = change(client)
    assert response.url == reverse("accounts:more")
    assert "Kata sandi Anda sudah diganti." in client.get(response.url).content.decode()


def test_labels_stand_outside_the_fields(sign_in, officer):
    page = sign_in(officer).get(CHANGE).content.decode()
    assert "placeholder" not in page
    assert "Paling sedikit 8 karakter" in page
