"""While somebody types the search shows what its button would, and stores nothing."""

import logging

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from reports.category_words import everyday, match_categories
from reports.category_words.search import _speech
from reports.models import Category
from reports.views import throttle
from seeds.reports import load_categories
from tests.reports.citizen import SEND
from toolkit.startup import at_start

pytestmark = pytest.mark.django_db
SEARCH = reverse("reports:category_search")


@pytest.fixture(autouse=True)
def seeded(settings):
    load_categories(settings.BASE_DIR / "seeds", update=True)


def typed(client, words):
    return client.post(SEARCH, {"words": words})


def found(answer):
    return [row.code for row in answer.context["found"]]


@pytest.mark.parametrize(
    "words",
    [
        *("mtr ilang", "laki aku nampar aku", "STNK motor hilang", "xyzzy", "", "anak", "jambr"),
        *("asdf", "1", "👍🙂", "?!...;;", "a " * 1500, 'orang tua, "mbah" & cucu <hilang>'),
    ],
)
def test_typing_shows_what_search_shows(client, words):
    while_typing = typed(client, words)
    searched = client.post(SEND, {"step": "search", "words": words}, follow=True)
    assert found(while_typing) == found(searched)
    for name in ("searched", "helpline"):
        assert while_typing.context[name] == searched.context[name]


def test_it_costs_one_query_and_stores_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = typed(client, "mtr ilang")
    assert found(answer)[0] == "vehicle_theft"
    assert not answer.cookies.keys() - {"csrftoken"}
    assert not Session.objects.exists()


def test_it_counts_for_no_limit(client, monkeypatch):
    """Thousands of phones behind one address type at the same time."""
    monkeypatch.setattr(throttle, "take", lambda *counters: pytest.fail("It was counted."))
    for _letter in range(50):
        assert typed(client, "mtr ilang").status_code == 200


def test_no_address_and_no_log_has_the_words(client, caplog):
    caplog.set_level(logging.DEBUG)
    assert client.get(SEARCH, {"words": "suami mukul"}).headers["Location"] == SEND
    typed(client, "suami mukul")
    assert "mukul" not in caplog.text
    assert Client(enforce_csrf_checks=True).post(SEARCH, {"words": "suami"}).status_code == 403


@pytest.mark.parametrize(
    "words", ["asdf", "1", "👍🙂", "?!...;;", "qwerty uiop", "tes 123", "a" * 80]
)
def test_nonsense_is_not_found(client, words):
    page = typed(client, words)
    assert (found(page), page.context["searched"]) == ([], True)


@pytest.mark.parametrize("words", ["\x00", "a" * 5000, "\ud800".encode("utf-8", "surrogatepass")])
def test_odd_words_find_nothing(client, words):
    answer = typed(client, words)
    assert answer.status_code == 200
    assert found(answer) == []


@pytest.mark.parametrize(
    "words",
    [
        *("suami mukul", "laki aku galak nian nampar aku", "pacar nyebar foto bugil", "diraba"),
        *(
            "nyokap digampar bokap",
            "aq d pkul suami",
            "lakiku nendang perutku",
            "mbakku diantemi bojone",
        ),
        *("pamajikan diteunggeul salakina", "umak ditumbuk bapak", "anak dicubiti bapak tirine"),
        *(
            "adek digrepe di krl",
            "dirudapaksa paman",
            "guruna ngarampa budak",
            "mantan sebar video bugil",
        ),
        *("awewe dirogahala", "aku nak diperkosa kawan", "bocah wedok diremes susune"),
    ],
)
def test_violence_has_its_helpline_beside_110(client, words):
    page = typed(client, words).content.decode()
    assert page.index('href="tel:110"') < page.index('href="tel:129"') < page.index("<button")


@pytest.mark.parametrize("words", ["anak", "mtr ilang", "kebakaran", "rumah", "tawuran"])
def test_other_words_have_not(client, words):
    assert "tel:129" not in typed(client, words).content.decode()


def test_the_first_search_finds_the_words_built():
    _speech.cache_clear()
    at_start()
    built = _speech.cache_info().misses
    assert match_categories("ribut", Category.objects.offered())
    assert (built, _speech.cache_info().misses) == (1, 1)


def test_only_some_unknown_words_are_compared_with_all_known_ones(client, monkeypatch):
    compared = set()

    def likeness(spoken, word):
        compared.add(spoken)
        return 0

    monkeypatch.setattr(everyday, "likeness", likeness)
    typed(client, " ".join(f"b{letter}{letter}xqj" for letter in "acdefghijklmnopqrstuvwxyz"))
    assert len(compared) == everyday.MOST_GUESSED
