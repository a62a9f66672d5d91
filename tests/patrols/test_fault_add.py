"""Noting what is broken at a post."""

import pytest
from django.utils import timezone

from patrols.models import PostFault
from tests.patrols.test_handovers import post  # noqa: F401
from tests.patrols.test_post_detail import page, url


def test_reported_once(sign_in, officer, post):  # noqa: F811
    client, today = sign_in(officer), timezone.localdate()
    form = client.get(url("fault_add", post)).context["form"]
    assert form["since"].value() == today
    key = str(form["client_uuid"].value())
    sent = {"text": "Atap bocor", "since": today.isoformat(), "client_uuid": key}
    for _tap in range(2):
        assert client.post(url("fault_add", post), sent).url == url("post_detail", post)
    fault = PostFault.objects.get()
    assert (fault.text, fault.reported_by) == ("Atap bocor", officer)
    assert "Atap bocor" in page(client, post)
    answer = client.post(url("fault_add", post), {**sent, "text": "Lain"})
    assert answer.status_code == 409
    assert "Lain" in answer.content.decode()


@pytest.mark.parametrize("since", ["2999-01-01", "1999-12-31", "besok", ""])
def test_a_day_that_cannot_be(sign_in, officer, post, since):  # noqa: F811
    sent = {"text": "Atap bocor", "since": since}
    answer = sign_in(officer).post(url("fault_add", post), sent)
    assert list(answer.context["form"].errors) == ["since"]
    assert "Atap bocor" in answer.content.decode()
