"""When a post is to be manned."""

import pytest

from patrols.models import PostHours
from tests.patrols.test_handovers import post  # noqa: F401
from tests.patrols.test_post_detail import page, url

EVERY_NIGHT = [str(day) for day in range(7)]
SENT = {"weekdays": EVERY_NIGHT, "opens": "01:00", "closes": "05:00"}


def test_added_once(sign_in, commander, post):  # noqa: F811
    client = sign_in(commander)
    assert client.post(url("hours_add", post), SENT).url == url("post_detail", post)
    assert "Setiap malam, 01.00–05.00 WIB" in page(client, post)
    assert "sudah punya jam" in client.post(url("hours_add", post), SENT).content.decode()
    assert PostHours.objects.count() == 1


def test_a_second_tap_adds_nothing(sign_in, commander, post):  # noqa: F811
    client = sign_in(commander)
    key = str(client.get(url("hours_add", post)).context["form"]["client_uuid"].value())
    for _tap in range(2):
        assert client.post(url("hours_add", post), {**SENT, "client_uuid": key}).status_code == 302
    other = {**SENT, "client_uuid": key, "closes": "06:00"}
    assert client.post(url("hours_add", post), other).status_code == 409


def test_what_is_wrong_stands_beside_its_field(sign_in, commander, post):  # noqa: F811
    answer = sign_in(commander).post(url("hours_add", post), {"opens": "x", "weekdays": ["9"]})
    assert set(answer.context["form"].errors) == {"weekdays", "opens", "closes"}
    assert not PostHours.objects.exists()


@pytest.mark.parametrize(
    ("weekdays", "opens", "closes", "is_refused"),
    [
        (["0", "3"], "04:00", "08:00", True),
        (["0"], "22:00", "02:00", True),  # over midnight
        (["0"], "05:00", "08:00", False),  # one after the other
        (["1"], "04:00", "08:00", False),  # another night
    ],
)
def test_hours_that_overlap_others_of_a_night_are_refused(
    sign_in,
    commander,
    post,  # noqa: F811
    weekdays,
    opens,
    closes,
    is_refused,
):
    client = sign_in(commander)
    client.post(url("hours_add", post), {**SENT, "weekdays": ["0", "6"]})
    words = {"weekdays": weekdays, "opens": opens, "closes": closes}
    answer = client.post(url("hours_add", post), words)
    assert PostHours.objects.count() == (1 if is_refused else 2)
    if is_refused:
        assert "Bertumpuk dengan jam 01.00–05.00" in str(answer.context["form"].errors["opens"])


def test_hours_do_not_overlap_themselves(sign_in, commander, post):  # noqa: F811
    client = sign_in(commander)
    client.post(url("hours_add", post), SENT)
    hours = PostHours.objects.get()
    page = client.get(url("hours_edit", hours)).context["form"]
    sent = {**SENT, "closes": "06:00", "seen": page["seen"].value()}
    assert client.post(url("hours_edit", hours), sent).status_code == 302
