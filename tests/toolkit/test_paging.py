from datetime import date, timedelta

import pytest
from django.utils import timezone

from partners.models import PartnerGroup
from patrols.models import Duty, LogEntry
from tests import factories as make
from toolkit.paging import CappedCount, capped_count, keyset_page

NIGHT = date(2026, 11, 11)


@pytest.fixture
def duties(units):
    """Eleven duties on four nights: ties everywhere."""
    now = timezone.now()
    Duty.objects.bulk_create(
        Duty(
            unit=units.polsek,
            name=f"T{number}",
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            night=NIGHT - timedelta(days=number % 4),
        )
        for number in range(11)
    )
    return Duty.objects.all()


def walk(rows, order, size, side="older", cursor=""):
    """All pages from `cursor` on, as lists of rows."""
    pages = []
    while True:
        page = keyset_page(rows, order=order, cursor=cursor, size=size)
        pages.append(page.rows)
        cursor = getattr(page, side)
        if not cursor:
            return pages
        assert len(pages) < 50


ORDERS = [
    ("-night", "-id"),
    ("night", "id"),
    ("name", "id"),
    ("-name", "-id"),
    ("-starts_at", "-id"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_forward_over_ties_nothing_is_lost_or_said_twice(duties, order):
    wanted = list(duties.order_by(*order))
    for size in (1, 2, 3, 5, 10, 11, 12):
        pages = walk(duties, order, size)
        assert [row for page in pages for row in page] == wanted
        assert all(len(page) == size for page in pages[:-1])
        assert pages[-1]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_back_again(duties, size):
    order = ORDERS[0]
    wanted = list(duties.order_by(*order))
    cursor, last = "", None
    while True:
        last = keyset_page(duties, order=order, cursor=cursor, size=size)
        if not last.older:
            break
        cursor = last.older
    back = [last.rows, *walk(duties, order, size, "newer", last.newer)]
    assert [row for page in reversed(back) for row in page] == wanted


def test_the_ends_have_no_cursor(duties):
    order = ("-night", "-id")
    only = keyset_page(duties, order=order, size=11)
    assert (only.newer, only.older) == ("", "")
    first = keyset_page(duties, order=order, size=6)
    assert first.newer == ""
    second = keyset_page(duties, order=order, size=6, cursor=first.older)
    assert second.older == ""
    again = keyset_page(duties, order=order, size=6, cursor=second.newer)
    assert again.rows == first.rows
    assert again.newer == ""


def test_rows_that_come_in_between_do_not_shift_the_page(duties, units):
    order = ("-night", "-id")
    first = keyset_page(duties, order=order, size=4)
    rest = list(duties.order_by(*order))[4:8]
    make.make_duty(units.polsek, night=NIGHT + timedelta(days=1))
    assert keyset_page(duties, order=order, size=4, cursor=first.older).rows == rest


def test_nothing_at_all(db):
    page = keyset_page(Duty.objects.all(), order=("-night", "-id"))
    assert (page.rows, page.newer, page.older) == ([], "", "")


@pytest.mark.parametrize("name", ["a~b", "~", "ä~1", "x y&z=1", "", "12"])
def test_names_with_the_separator(units, name):
    for _number in range(3):
        make.make_group(make.make_unit(), name)
    order = ("name", "id")
    pages = walk(PartnerGroup.objects.all(), order, 1)
    assert len(pages) == 3
    assert len({page[0].pk for page in pages}) == 3


def test_moments_keep_their_microseconds(units, running_duty, officer):
    now = timezone.now()
    for number in range(6):
        make.make_entry(
            running_duty, officer, text=str(number), now=now + timedelta(microseconds=number // 2)
        )
    rows = LogEntry.objects.filter(kind="observation")
    found = [row for page in walk(rows, ("-at", "-id"), 1) for row in page]
    assert found == list(rows.order_by("-at", "-id"))
    assert len(found) == 6


JUNK = [
    "x",
    "<",
    ">",
    "<>",
    "~",
    "<~",
    "<a~b",
    "<2026-11-11",
    "<2026-11-11~",
    "<~5",
    "<2026-13-45~5",
    "<2026-11-11~5.5",
    "<2026-11-11~five",
    "<2026-11-11~0x10",
    "<0000-00-00~1",
    "<2026-11-11~5\0",
    "\0",
    ">\0~\0",
    f"<2026-11-11~{2**63}",
    f"<2026-11-11~-{2**63}",
    "<2026-11-11~" + "9" * 5000,
    "<" + "9" * 100 + "~1",
    "<2026-11-11~1; DROP TABLE x",
    "<2026-11-11T10:00:00+00:00~1",
    "<None~None",
    "<nan~nan",
    "<2026-11-11~1e3",
    "é" * 3000,
]


def test_junk_gives_the_first_page(duties):
    order = ("-night", "-id")
    first = keyset_page(duties, order=order, size=3)
    for cursor in JUNK:
        assert keyset_page(duties, order=order, cursor=cursor, size=3) == first, ascii(cursor)[:40]


@pytest.mark.parametrize("cursor", ["<T1\0~1", "<\0~1", ">\0\0~1"])
def test_nul_in_a_name_gives_the_first_page(duties, cursor):
    order = ("name", "id")
    first = keyset_page(duties, order=order, size=3)
    assert keyset_page(duties, order=order, cursor=cursor, size=3) == first


@pytest.mark.parametrize(
    "cursor",
    ["<2026-11-11T10:00:00~1", "<now~1", "<2026-02-30T10:00:00Z~1", "<T~1", "<2026-11-11~1"],
)
def test_junk_for_moments(units, running_duty, cursor):
    order = ("-at", "-id")
    assert keyset_page(LogEntry.objects.all(), order=order, cursor=cursor).rows


@pytest.mark.parametrize(
    ("cursor", "order"),
    [
        (f"<2026-11-11~{2**63 - 1}", ("-night", "-id")),
        (f">2026-11-11~{2**63 - 1}", ("-night", "-id")),
        (f"<2026-11-11~-{2**63 - 1}", ("-night", "-id")),
        ("<9999-12-31~1", ("-night", "-id")),
        (">0001-01-01~1", ("-night", "-id")),
        ("<9999-12-31T23:59:59-23:59~1", ("-starts_at", "-id")),
        (">0001-01-01T00:00:00+14:00~1", ("-starts_at", "-id")),
        ("<" + "x" * 5000 + "~1", ("name", "id")),
        (">" + "'; --" + "~1", ("name", "id")),
    ],
)
def test_cursors_at_the_edge_of_the_world_are_no_error(duties, cursor, order):
    page = keyset_page(duties, order=order, cursor=cursor, size=3)
    assert page.rows == [] or set(page.rows) <= set(duties)


def test_a_page_is_one_statement(duties, django_assert_num_queries):
    first = keyset_page(duties, order=("-night", "-id"), size=3)
    with django_assert_num_queries(1):
        keyset_page(duties, order=("-night", "-id"), size=3, cursor=first.older)


def test_counts_stop_at_the_cap(duties, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert capped_count(duties, cap=10) == CappedCount(10, True)
    assert capped_count(duties, cap=11) == CappedCount(11, False)
    assert capped_count(duties.none()) == CappedCount(0, False)


# Issue 7, line 16: what an old link shows


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [3, 10, 11, 12])
def test_line_16_past_the_end_is_the_last_page(duties, order, size):
    wanted = list(duties.order_by(*order))
    last = keyset_page(duties, order=order, cursor=_end_of(wanted[-1], order), size=size)
    assert last.rows == wanted[-size:]
    assert last.is_past_end
    assert last.older == ""
    assert bool(last.newer) == (size < len(wanted))
    before = [row for page in walk(duties, order, size, "newer", last.newer) for row in page]
    assert before[:size] == wanted[-2 * size : -size][:size] or size >= len(wanted)


def test_line_16_of_rows_that_went_the_last_page_is_left(duties):
    order, size = ("-night", "-id"), 4
    pages = walk(duties, order, size)
    cursor = _end_of(pages[1][-1], order)
    duties.filter(pk__in=[row.pk for row in pages[1][1:] + pages[2]]).delete()
    page = keyset_page(duties, order=order, cursor=cursor, size=size)
    assert (page.rows, page.is_past_end) == ([*pages[0][1:], pages[1][0]], True)


@pytest.mark.parametrize("side", "<>")
def test_line_16_before_the_first_row_is_the_first_page(duties, side):
    order = ("-night", "-id")
    first = keyset_page(duties, order=order, size=4)
    page = keyset_page(duties, order=order, cursor=f"{side}9999-12-31~9", size=4)
    assert (page.rows, page.older, page.is_past_end) == (first.rows, first.older, False)
    again = keyset_page(duties, order=order, cursor=page.newer, size=4)
    assert again.rows == first.rows


def test_line_16_an_empty_list_has_no_last_page(db):
    page = keyset_page(Duty.objects.all(), order=("-night", "-id"), cursor="<2026-11-11~1")
    assert (page.rows, page.is_past_end) == ([], False)


def _end_of(row, order):
    values = (getattr(row, name.removeprefix("-")) for name in order)
    return "<" + "~".join(getattr(value, "isoformat", lambda v=value: str(v))() for value in values)
