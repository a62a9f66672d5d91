from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partners.services.groups import confirm_group
from tests.two_people import client_of, sent_fields, words_of

CONFIRMED = {
    "confirmation_number": "Kep/12/XI/2026",
    "confirmed_on": "2026-11-01",
    "confirmation_expires_on": "2028-11-01",
}


def url(group):
    return reverse("partners:group_confirm", args=[group.pk])


@pytest.mark.parametrize("who", ["commander", "operator", "chief", "admin_user"])
def test_a_pengukuhan_is_recorded(request, sign_in, group, who):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(group)).status_code == 200
    answer = client.post(url(group), CONFIRMED)
    assert answer["Location"] == reverse("partners:group_detail", args=[group.pk])
    group.refresh_from_db()
    assert group.confirmation_number == "Kep/12/XI/2026"
    assert group.confirmed_on == date(2026, 11, 1)
    assert group.confirmation_expires_on == date(2028, 11, 1)


def test_a_pengukuhan_may_have_no_end(commander, sign_in, group):
    sign_in(commander).post(url(group), {**CONFIRMED, "confirmation_expires_on": ""})
    group.refresh_from_db()
    assert group.confirmation_expires_on is None


def test_the_one_before_stays_in_the_history(commander, sign_in, group):
    client = sign_in(commander)
    client.post(url(group), CONFIRMED)
    text = client.get(url(group)).content.decode()
    assert "Kep/12/XI/2026" in text
    client.post(url(group), {**CONFIRMED, "confirmation_number": "Kep/99"})
    assert "Kep/12/XI/2026" in {event.confirmation_number for event in group.events.all()}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"confirmation_number": " "}, "confirmation_number"),
        ({"confirmed_on": "kemarin"}, "confirmed_on"),
        ({"confirmed_on": "2999-01-01", "confirmation_expires_on": ""}, "confirmed_on"),
        ({"confirmation_expires_on": "2026-11-01"}, "confirmation_expires_on"),
    ],
)
def test_what_cannot_be_is_refused(commander, sign_in, group, changed, field):
    answer = sign_in(commander).post(url(group), {**CONFIRMED, **changed})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    group.refresh_from_db()
    assert group.confirmed_on is None


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("neighbour", 404), ("volunteer", 404), ("nobody", 404)],
)
def test_others_may_not(request, sign_in, group, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(group)).status_code == status
    assert client.post(url(group), CONFIRMED).status_code == status


def test_the_service_asks_for_the_right_too(officer, group):
    with pytest.raises(PermissionDenied):
        confirm_group(
            group=group, number="1", confirmed_on=date(2026, 1, 1), expires_on=None, by=officer
        )


def test_line_5_two_record_a_pengukuhan_of_one_group(commander, operator, group):
    first, second = client_of(operator), client_of(commander)
    form, form_2 = (sent_fields(c.get(url(group)).context["form"]) for c in (first, second))
    assert first.post(url(group), form | CONFIRMED).status_code == 302
    mine = {**CONFIRMED, "confirmation_number": "Kep/99"}
    answer = second.post(url(group), form_2 | mine)
    assert answer.status_code == 409
    assert "Kep/12/XI/2026" in words_of(answer)
    assert operator.name in words_of(answer)
    group.refresh_from_db()
    assert group.confirmation_number == "Kep/12/XI/2026"
    again = sent_fields(answer.context["form"])
    assert again["confirmation_number"] == "Kep/99"
    assert second.post(url(group), again).status_code == 302
    group.refresh_from_db()
    assert group.confirmation_number == "Kep/99"


def test_line_5_a_pengukuhan_sent_twice_is_no_conflict(operator, group):
    client = client_of(operator)
    form = sent_fields(client.get(url(group)).context["form"]) | CONFIRMED
    assert [client.post(url(group), form).status_code for _ in range(2)] == [302, 302]
