"""What all list pages share. Their own tests ask what they list."""

import pytest
from django.urls import reverse

from partners.models import PartnerGroup
from tests import factories as make
from toolkit.paging import CappedCount
from toolkit.ui.lists import list_context, query_without

LISTS = ["reports:report_list", "patrols:duty_list", "partners:group_list"]


class Found:
    """A filter that lets everything through."""

    qs = PartnerGroup.objects.order_by("name")


def test_a_link_keeps_the_query_but_for_what_it_replaces(rf):
    request = rf.get("/", {"q": "a&b", "page": "<x"})
    assert query_without(request, "page") == "q=a%26b"
    assert query_without(request, "show") == "q=a%26b&page=%3Cx"


def test_a_page_and_a_count_of_all(rf, units):
    for name in "ABC":
        make.make_group(units.polsek, name)
    order, rows = ["name", "id"], Found.qs.all()
    first = list_context(rf.get("/"), Found(), rows, order=order, size=2)
    assert [row.name for row in first["page"].rows] == ["A", "B"]
    assert (first["count"], first["query"]) == (CappedCount(3, False), "")
    rest = rf.get("/", {"q": "x", "page": first["page"].older})
    second = list_context(rest, Found(), rows, order=order, size=2, cap=2)
    assert [row.name for row in second["page"].rows] == ["C"]
    assert (second["count"], second["query"]) == (CappedCount(2, True), "q=x")


@pytest.fixture
def read(sign_in, chief, running_duty, group, units):
    make.make_report(units.polsek)
    make.make_group(units.polsek_other)
    client = sign_in(chief)
    return lambda name, **query: client.get(reverse(name), query).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_the_filter_folds_and_says_that_it_is_on(read, units, name):
    assert '<span class="tag">aktif</span>' not in read(name)
    for unit in units.polsek, units.polsek_other:
        html = read(name, unit=unit.pk)
        assert '<details class="card filter">' in html
        assert '<span class="tag">aktif</span>' in html


@pytest.mark.parametrize("name", LISTS)
def test_the_filter_opens_on_what_is_wrong_in_it(read, name):
    html = read(name, unit="kosong")
    assert '<details class="card filter" open>' in html
    assert '<span class="tag">aktif</span>' in html


@pytest.mark.parametrize("name", LISTS)
def test_where_nothing_is_found_a_link_leads_to_all(read, name):
    assert 'class="empty"' not in read(name)
    html = read(name, q="tidak ada yang begini")
    assert "Tidak ditemukan" in html
    assert f'<a class="btn main" href="{reverse(name)}">Tampilkan semua</a>' in html
