"""Changing and removing the hours of a post."""

import pytest
from django.core.exceptions import ValidationError

from patrols.models import PostHours
from patrols.services.posts import remove_hours, save_hours
from tests import factories as make
from tests.patrols.test_handovers import post  # noqa: F401
from tests.patrols.test_post_detail import page, url


def test_changed_to_some_nights(sign_in, commander, post):  # noqa: F811
    hours, client = make.make_hours(post), sign_in(commander)
    sent = {"weekdays": ["4", "5"], "opens": "01:00", "closes": "05:00"}
    assert client.post(url("hours_edit", hours), sent).url == url("post_detail", post)
    assert "Jum, Sab, 01.00–05.00" in page(client, post)


def test_two_planners_are_told(sign_in, commander, post):  # noqa: F811
    hours, client = make.make_hours(post), sign_in(commander)
    seen = client.get(url("hours_edit", hours)).context["form"]["seen"].value()
    type(hours).objects.update(weekdays=[6])
    sent = {"weekdays": ["4"], "opens": "22:00", "closes": "05:00", "seen": seen}
    assert client.post(url("hours_edit", hours), sent).status_code == 409


def test_removed_by_who_plans(sign_in, commander, officer, post):  # noqa: F811
    hours = make.make_hours(post)
    assert sign_in(officer).post(url("hours_remove", hours)).status_code == 403
    sign_in(commander).post(url("hours_remove", hours))
    assert not post.hours.exists()


def test_removed_by_somebody_else_meanwhile(commander, post):  # noqa: F811
    hours = make.make_hours(post)
    stale = PostHours.objects.select_related("post__unit").get(pk=hours.pk)
    assert remove_hours(hours=hours, by=commander)
    assert not remove_hours(hours=stale, by=commander)
    with pytest.raises(ValidationError, match="sudah dihapus"):
        save_hours(hours=stale, by=commander)
