"""Saying between two handovers how a thing is now."""

from django.urls import reverse

from patrols.models import PostItem
from tests import factories as make
from tests.patrols.test_handovers import given, post, radio, torches  # noqa: F401
from tests.patrols.test_post_detail import url


def test_found_it_is_in_order(sign_in, officer, post, radio):  # noqa: F811
    PostItem.objects.update(present=0, condition="missing")
    client = sign_in(officer)
    page = client.get(url("item_check", radio))
    assert page.context["form"]["condition"].value() == "missing"
    sent = {"condition": "good", "client_uuid": str(page.context["form"]["client_uuid"].value())}
    for _tap in range(2):
        answer = client.post(url("item_check", radio), sent)
        assert answer.url == url("post_detail", post)
    radio.refresh_from_db()
    assert not radio.is_troubled
    assert radio.checks.count() == 1


def test_a_volunteer_who_stands_there_says_it_and_goes_to_the_own_day(
    sign_in,
    volunteer,
    given,  # noqa: F811
    torches,  # noqa: F811
):
    client = sign_in(volunteer)
    assert client.get(url("item_check", torches)).status_code == 404
    make.make_attendance(given, member=volunteer.membership)
    sent = {"condition": "broken", "present": "3", "remark": "Kaca pecah"}
    assert client.post(url("item_check", torches), sent).url == reverse("patrols:my_day")
    torches.refresh_from_db()
    assert (torches.present, torches.condition, torches.remark) == (3, "broken", "Kaca pecah")


def test_an_address_of_another_site_leads_back_to_the_post(sign_in, officer, post, radio):  # noqa: F811
    client = sign_in(officer)
    answer = client.post(url("item_check", radio) + "?from=//evil.example/", {"condition": "good"})
    assert answer.url == url("post_detail", post)
    assert client.post(url("item_check", radio), {"remark": ""}).context["form"].errors["condition"]
