"""The buku mutasi of a post: all nights, the newest first, and no more than may be read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.services.duties import end_duty
from patrols.services.post_items import check_item
from patrols.services.posts import mend_fault
from tests import factories as make
from tests.patrols.test_handovers import given, post, radio  # noqa: F401


def url(post):  # noqa: F811
    return reverse("patrols:post_book", args=[post.pk])


def book(client, post, query=""):  # noqa: F811
    answer = client.get(url(post) + query)
    assert answer.status_code == 200
    return answer


def night_before(units, leader, post, days, **fields):  # noqa: F811
    """A night that is over, with a word of its own in its log."""
    duty = make.make_post_night(units.polsek, leader, hours_ago=24 * days, post=post, **fields)
    make.make_entry(duty, leader, text=f"Malam ke-{days}")
    return end_duty(duty=duty, by=leader, now=timezone.now() - timedelta(days=days, hours=-4))


def test_all_nights_the_newest_first(sign_in, units, officer, commander, post, given, radio):  # noqa: F811
    for days in (1, 2, 3):
        night_before(units, officer, post, days)
    make.make_entry(given, officer, text="Malam ini")
    handover = make.make_handover(given, officer, "Pak RW", [(radio, 0, "missing")])
    answer = book(sign_in(commander), post)
    html = answer.content.decode()
    words = ["Malam ini", "Malam ke-1", "Malam ke-2", "Malam ke-3"]
    assert sorted(words, key=html.index) == words
    assert "HT 1: hilang" in html
    assert reverse("patrols:handover_detail", args=[handover.pk]) in html
    assert "1 dari 1 hadir" in html
    assert html.index("letterhead") < html.index("<h1")


def test_faults_and_what_was_found_stand_in_their_night(
    sign_in,
    units,
    officer,
    commander,
    post,  # noqa: F811
    given,  # noqa: F811
    radio,  # noqa: F811
):
    fault = make.make_fault(post, officer, reported_at=timezone.now() - timedelta(days=3))
    mend_fault(fault=fault, by=commander, note="Lampu baru")
    check_item(item=radio, by=officer, present=1, condition="broken", remark="Antena patah")
    answer = book(sign_in(commander), post)
    newest, older = answer.context["book"].nights
    assert (newest.mended, [look.item for look in newest.looks]) == ([fault], [radio])
    assert (older.reported, older.duties) == ([fault], [])
    html = answer.content.decode()
    assert "Lampu baru" in html
    assert "Antena patah" in html


def test_pages_by_key_and_a_filter_by_night(sign_in, units, officer, commander, post):  # noqa: F811
    for days in range(1, 18):
        night_before(units, officer, post, days)
    client = sign_in(commander)
    first = book(client, post)
    assert len(first.context["book"].nights) == 14
    second = book(client, post, f"?page={first.context['page'].older}")
    assert len(second.context["book"].nights) == 3
    assert "Malam ke-17" in second.content.decode()
    chosen = first.context["book"].nights[2].night
    one = book(client, post, f"?since={chosen}&until={chosen}")
    assert [night.night for night in one.context["book"].nights] == [chosen]
    assert book(client, post, "?since=besok").context["filter"].form.errors["since"]
    past = book(client, post, "?page=<2000-01-01~1")
    assert past.context["page"].is_past_end


def test_a_fault_between_two_pages_stands_on_one_of_them(sign_in, units, officer, commander, post):  # noqa: F811
    for days in range(1, 20):
        night_before(units, officer, post, days)
    for days in range(25):
        at = timezone.now() - timedelta(days=days)
        make.make_fault(post, officer, f"Rusak {days:02}", reported_at=at)
    client = sign_in(commander)
    first = book(client, post)
    second = book(client, post, f"?page={first.context['page'].older}")
    shown = [
        {fault.text for night in page.context["book"].nights for fault in night.reported}
        for page in (first, second)
    ]
    assert shown[0] | shown[1] == {f"Rusak {days:02}" for days in range(25)}
    # A night that two pages share has its faults on both.
    assert len(shown[0] & shown[1]) <= 1


def test_who_reads_less_of_the_nights_reads_less_here(
    sign_in,
    units,
    commander,
    chief,
    post,  # noqa: F811
    given,  # noqa: F811
):
    """A duty of the Polres at a post of the Polsek: its log is not the Polsek's."""
    leader = make.make_user("Perwira Polres", units.polres, "officer")
    above = make.make_post_night(units.polres, leader, post=post, name="Tim Polres")
    make.make_entry(above, leader, text="Rahasia Polres")
    assert "Rahasia Polres" in book(sign_in(chief), post).content.decode()
    html = book(sign_in(commander), post).content.decode()
    assert "Regu A" in html
    assert "Rahasia Polres" not in html
    assert "Tim Polres" not in html


@pytest.mark.parametrize("who", ["neighbour", "volunteer", "nobody"])
def test_it_is_closed_to_others(sign_in, request, post, who):  # noqa: F811
    assert sign_in(request.getfixturevalue(who)).get(url(post)).status_code == 404


def test_empty_it_says_what_will_stand_here(sign_in, officer, post):  # noqa: F811
    assert "Belum ada malam" in book(sign_in(officer), post).content.decode()


def test_statements_do_not_grow(
    sign_in,
    units,
    officer,
    commander,
    post,  # noqa: F811
    django_assert_max_num_queries,
):
    night_before(units, officer, post, 1)
    client = sign_in(commander)
    with django_assert_max_num_queries(11) as few:
        book(client, post)
    for days in range(2, 9):
        night_before(units, officer, post, days)
    with django_assert_max_num_queries(len(few)):
        book(client, post)


@pytest.mark.parametrize(
    "query", ["?until=9999-12-31", "?since=0001-01-01", "?since=0001-01-01&until=9999-12-31"]
)
def test_nights_beyond_every_calendar_are_no_error(sign_in, officer, post, given, query):  # noqa: F811
    assert len(book(sign_in(officer), post, query).context["book"].nights) == 1
