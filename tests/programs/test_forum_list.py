import pytest
from django.urls import reverse

from programs.services.forums import cancel_forum
from tests import factories as make
from tests.two_people import words_of

URL = reverse("programs:forum_list")


def shown(client, **query):
    return [row.name for row in client.get(URL, query).context["page"].rows]


@pytest.fixture
def three(units, officer, neighbour):
    make.make_forum(units.polsek, officer, "Lama", hours_ago=50)
    make.make_forum(units.polsek_neighbour, neighbour, "Asing")
    cancel_forum(forum=make.make_forum(units.polsek, officer, "Batal"), by=officer)


def test_the_latest_first(sign_in, officer, three):
    client = sign_in(officer)
    assert shown(client) == ["Batal", "Lama"]
    assert shown(client, state="planned") == ["Lama"]


def test_empty(sign_in, officer):
    assert "Belum ada pertemuan" in words_of(sign_in(officer).get(URL))


def test_queries(sign_in, officer, units, django_assert_max_num_queries):
    for number in range(20):
        make.make_forum(units.polsek, officer, f"Curhat {number}")
    client = sign_in(officer)
    with django_assert_max_num_queries(7):
        client.get(URL)
