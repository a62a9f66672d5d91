"""Adding equipment and keys to a post, once."""

import pytest

from patrols.models import PostItem
from tests.patrols.test_handovers import post, radio  # noqa: F401
from tests.patrols.test_post_detail import url


def sent_with(form, **changes):
    key = str(form["client_uuid"].value())
    return {
        "kind": "radio",
        "name": "HT",
        "number": "2",
        "wanted": "1",
        "client_uuid": key,
        **changes,
    }


def test_a_second_tap_adds_nothing(sign_in, commander, post):  # noqa: F811
    client = sign_in(commander)
    sent = sent_with(client.get(url("item_add", post)).context["form"])
    for _tap in range(2):
        assert client.post(url("item_add", post), sent).url == url("post_detail", post)
    item = PostItem.objects.get()
    assert (str(item), item.present, item.condition) == ("HT 2", 1, "good")
    conflict = client.post(url("item_add", post), {**sent, "number": "3"})
    assert conflict.status_code == 409
    assert 'value="3"' in conflict.content.decode()


def test_what_the_post_has_already_is_refused(sign_in, commander, post, radio):  # noqa: F811
    sent = {"kind": "radio", "name": "HT", "number": "1", "wanted": "1"}
    answer = sign_in(commander).post(url("item_add", post), sent)
    assert "Pos sudah punya barang ini" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["0", "51", "x", ""])
def test_a_number_that_cannot_be_is_refused(sign_in, commander, post, wanted):  # noqa: F811
    sent = {"kind": "radio", "name": "HT", "wanted": wanted}
    answer = sign_in(commander).post(url("item_add", post), sent)
    assert answer.context["form"].errors["wanted"]
