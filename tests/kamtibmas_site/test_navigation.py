"""The places around every page: which, in which order, and which one is current."""

import pytest
from django.urls import reverse

from tests import factories as make

PLACES = {
    "my_day": "patrols:my_day",
    "tonight": "patrols:tonight",
    "reports": "reports:report_list",
    "schedules": "patrols:schedule_list",
    "duties": "patrols:duty_list",
    "activities": "programs:activity_list",
    "issues": "programs:issue_list",
    "places": "patrols:hotspot_list",
    "groups": "partners:group_list",
    "admin": "admin:index",
    "more": "accounts:more",
}


def places(client, url):
    nav = client.get(url).context["nav"].places
    names = {reverse(name): word for word, name in PLACES.items()}
    return [(names[place.url], place) for place in nav]


@pytest.mark.parametrize(
    ("who", "on_phone", "elsewhere"),
    [
        ("officer", "my_day tonight reports more", "duties activities issues places groups"),
        (
            "operator",
            "reports my_day tonight schedules more",
            "duties activities issues places groups",
        ),
        (
            "commander",
            "tonight my_day reports schedules more",
            "duties activities issues places groups",
        ),
        (
            "admin_user",
            "my_day tonight reports schedules more",
            "duties activities issues places groups admin",
        ),
        (
            "superuser",
            "tonight my_day reports schedules more",
            "duties activities issues places groups admin",
        ),
        ("volunteer", "my_day more", ""),
        ("nobody", "my_day more", ""),
    ],
)
def test_at_most_five_places_on_a_phone_the_others_under_more(
    sign_in, request, who, on_phone, elsewhere
):
    client = sign_in(request.getfixturevalue(who))
    found = places(client, reverse("accounts:more"))
    assert [word for word, place in found if place.on_phone] == on_phone.split()
    assert len(on_phone.split()) <= 5
    assert [word for word, place in found if not place.on_phone] == elsewhere.split()
    html = client.get(reverse("accounts:more")).content.decode()
    for word in elsewhere.split():
        assert f'class="whole" href="{reverse(PLACES[word])}"' in html


def current(client, url):
    return [word for word, place in places(client, url) if place.current]


def test_every_page_of_the_desk_stands_under_reports(sign_in, officer, units):
    report = make.make_report(units.polsek)
    client = sign_in(officer)
    for name in ("report_list", "report_new"):
        assert current(client, reverse(f"reports:{name}")) == ["reports"]
    for name in ("report_detail", "report_share", "report_note"):
        assert current(client, reverse(f"reports:{name}", args=[report.pk])) == ["reports"]
    assert current(client, reverse("patrols:my_day")) == ["my_day"]


def test_a_strangers_page_has_no_places(client, db):
    assert client.get(reverse("account_login")).context["nav"] is None
