from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories as make

URL = "/programs/activities/"


def found(client, query=""):
    return [row.text for row in client.get(f"{URL}{query}").context["page"].rows]


@pytest.fixture
def rows(units, officer, commander, neighbour, village):
    make.make_activity(units.polsek, officer, "Lama", at=timezone.now() - timedelta(days=9))
    talk = make.make_activity_kind("talk", "Binluh")
    make.make_activity(units.polsek, commander, "Ceramah di sekolah", talk, village=village, rw=2)
    make.make_activity(units.polsek_neighbour, neighbour, "Tetangga")


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["Ceramah di sekolah", "Lama"]),
        ("?whose=mine", ["Lama"]),
        ("?kind=talk", ["Ceramah di sekolah"]),
        ("?q=sekolah", ["Ceramah di sekolah"]),
        ("?village=Tambora", ["Ceramah di sekolah"]),
        ("?village=Tak ada", []),
    ],
)
def test_filters(client, officer, rows, query, texts):
    client.force_login(officer)
    assert found(client, query) == texts


def test_by_day(client, officer, rows, units):
    client.force_login(officer)
    day = (timezone.now() - timedelta(days=9)).astimezone(units.polsek.zone).date()
    assert found(client, f"?until={day}") == ["Lama"]
    assert found(client, f"?since={day + timedelta(days=1)}") == ["Ceramah di sekolah"]


def test_an_odd_filter_is_told(client, officer, rows):
    client.force_login(officer)
    answer = client.get(f"{URL}?q=ab&kind=none")
    assert set(answer.context["filter"].form.errors) == {"q", "kind"}


def test_what_was_taken_back_is_not_listed(client, officer, activity):
    type(activity).objects.update(withdrawn_at=timezone.now())
    client.force_login(officer)
    assert found(client) == []


def test_as_many_statements_for_many_rows(client, officer, rows, django_assert_num_queries):
    client.force_login(officer)
    client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL)
    for number in range(30):
        make.make_activity(officer.unit, officer, f"Kunjungan {number}")
    with django_assert_num_queries(5):
        client.get(URL)


def test_an_empty_list_says_what_stands_here(client, officer):
    client.force_login(officer)
    assert "Belum ada kegiatan" in client.get(URL).content.decode()
