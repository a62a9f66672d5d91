import pytest
from django.contrib.auth import authenticate

from accounts.backends import HandleBackend
from tests import factories as make


@pytest.fixture
def person(db):
    return make.make_user("Andi", username="bhabin.tambora", nrp="80010001")


@pytest.mark.parametrize(
    "handle", ["80010001", "bhabin.tambora", "Bhabin.Tambora", "  80010001 ", "BHABIN.TAMBORA"]
)
def test_signs_in_by_either_handle(person, handle):
    assert authenticate(None, username=handle, password=make.PASSWORD) == person


@pytest.mark.parametrize(
    ("handle", "password"),
    [
        ("80010001", "salah"),
        ("80010002", make.PASSWORD),
        ("relawan", make.PASSWORD),
        ("", make.PASSWORD),
        (None, make.PASSWORD),
        ("80010001", None),
        ("80010001", ""),
        ("²", make.PASSWORD),
        ("bhabin.tambora' or '1'='1", make.PASSWORD),
    ],
)
def test_does_not_sign_in(person, handle, password):
    assert authenticate(None, username=handle, password=password) is None


def test_an_inactive_person_neither_signs_in_nor_stays(person):
    person.is_active = False
    person.save()
    assert authenticate(None, username="80010001", password=make.PASSWORD) is None
    assert HandleBackend().get_user(person.pk) is None


def test_an_unusable_password_opens_nothing(person):
    person.set_unusable_password()
    person.save()
    for password in ("", person.password, make.PASSWORD):
        assert authenticate(None, username="80010001", password=password) is None


def test_a_session_s_person_comes_with_the_unit(units, officer, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert HandleBackend().get_user(officer.pk).unit == units.polsek
    assert HandleBackend().get_user(0) is None


def test_an_unknown_name_costs_a_hash_as_a_known_one_does(person, monkeypatch):
    """The time of an answer must not reveal who has an account."""
    hashed = []
    monkeypatch.setattr(
        "accounts.models.User.set_password", lambda self, password: hashed.append(password)
    )
    authenticate(None, username="tidak.ada", password="rahasia")
    assert hashed == ["rahasia"]
