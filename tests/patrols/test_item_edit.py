"""Changing and retiring equipment of a post."""

from datetime import date

import time_machine

from patrols.models import PostItem
from patrols.services.post_items import check_item, retire_item
from tests import factories as make
from tests.patrols.test_handovers import post, radio  # noqa: F401
from tests.patrols.test_post_detail import page, url

SENT = {"kind": "radio", "name": "HT", "number": "1", "wanted": "1"}


def test_changed_before_anybody_looked_all_are_there(sign_in, commander, post, radio):  # noqa: F811
    client = sign_in(commander)
    answer = client.post(url("item_edit", radio), {**SENT, "wanted": "3"})
    assert answer.url == url("post_detail", post)
    radio.refresh_from_db()
    assert (radio.wanted, radio.present) == (3, 3)


def test_changed_after_a_look_some_are_missing(sign_in, commander, officer, radio):  # noqa: F811
    check_item(item=radio, by=officer, present=1, condition="good")
    sign_in(commander).post(url("item_edit", radio), {**SENT, "wanted": "3"})
    radio.refresh_from_db()
    assert radio.is_troubled
    assert radio.state_words == "ada 1 dari 3"


def test_two_planners_who_change_one_item_are_told(sign_in, commander, radio):  # noqa: F811
    client = sign_in(commander)
    seen = client.get(url("item_edit", radio)).context["form"]["seen"].value()
    PostItem.objects.filter(pk=radio.pk).update(number="9")
    answer = client.post(url("item_edit", radio), {**SENT, "number": "5", "seen": seen})
    assert answer.status_code == 409
    radio.refresh_from_db()
    assert radio.number == "9"


def test_retired_and_taken_back(sign_in, commander, post, radio):  # noqa: F811
    client = sign_in(commander)
    client.post(url("item_retire", radio))
    assert url("item_check", radio) not in page(client, post)
    assert "Jadi milik pos lagi" in client.get(url("item_edit", radio)).content.decode()
    client.post(url("item_retire", radio), {"back": "1"})
    assert url("item_check", radio) in page(client, post)


def test_retired_on_the_day_of_the_unit(commander, post):  # noqa: F811
    """At 23.30 in Jakarta it is the next day in Papua."""
    item = make.make_item(post, "HT")
    type(post.unit).objects.update(timezone="Asia/Jayapura")
    with time_machine.travel("2026-11-11T16:30:00+00:00", tick=False):
        retire_item(item=item, by=commander)
    item.refresh_from_db()
    assert item.retired_on == date(2026, 11, 12)
