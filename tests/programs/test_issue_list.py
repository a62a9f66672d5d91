from datetime import timedelta

import pytest
from django.urls import reverse

from programs.models import ResidentIssue
from tests import factories as make
from tests.programs.test_issues import finish, promise
from tests.two_people import words_of

URL = reverse("programs:issue_list")


@pytest.fixture
def four(units, officer, commander):
    """One of each: new, promised and late, done, explained; and one of another unit."""
    unit = units.polsek
    make.make_issue(unit, officer, "Keluhan baru", kind="wish")
    late = promise(make.make_issue(unit, officer, "Keluhan telat"), officer, owner=officer)
    ResidentIssue.objects.filter(pk=late.pk).update(due=unit.today() - timedelta(days=4))
    finish(make.make_issue(unit, officer, "Keluhan selesai"), officer)
    make.make_issue(
        units.polsek_neighbour, make.make_user("Lain", units.polsek_neighbour, "officer"), "Asing"
    )


def shown(client, **query):
    return [row.text for row in client.get(URL, query).context["page"].rows]


def test_the_open_ones_the_oldest_first(sign_in, officer, four):
    assert shown(sign_in(officer)) == ["Keluhan baru", "Keluhan telat", "Keluhan selesai"]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({"state": "late"}, ["Keluhan telat"]),
        ({"state": "done"}, ["Keluhan selesai"]),
        ({"state": "verified"}, []),
        ({"kind": "wish"}, ["Keluhan baru"]),
        ({"whose": "mine"}, ["Keluhan telat"]),
        ({"state": "all", "kind": "complaint"}, ["Keluhan telat", "Keluhan selesai"]),
    ],
)
def test_filters(sign_in, officer, four, query, texts):
    assert shown(sign_in(officer), **query) == texts


def test_by_village(sign_in, officer, units):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    make.make_issue(units.polsek, officer, "Di sini", village=village, rw=5)
    make.make_issue(units.polsek, officer, "Entah")
    assert shown(sign_in(officer), village="duri") == ["Di sini"]


def test_it_says_how_late(sign_in, officer, four):
    assert "lewat batas 4 hari" in words_of(sign_in(officer).get(URL))


def test_empty(sign_in, officer):
    assert "Tidak ada keluhan terbuka" in words_of(sign_in(officer).get(URL))


def test_queries(sign_in, officer, units, four, django_assert_max_num_queries):
    client = sign_in(officer)
    for number in range(30):
        make.make_issue(units.polsek, officer, f"Keluhan {number}")
    with django_assert_max_num_queries(7):
        client.get(URL)
