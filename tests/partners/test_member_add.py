import pytest
from django.urls import reverse

from tests import factories as make
from tests.threads import in_threads
from tests.two_people import client_of, sent_fields, words_of

FORM = {
    "name": "Pak Baru",
    "role": "secretary",
    "phone": "0812-3456-7890",
    "agency": "TNI",
    "vetted_until": "2027-01-31",
    "is_active": "on",
}


def url(group):
    return reverse("partners:member_add", args=[group.pk])


def test_a_member_is_added(commander, sign_in, group, units, officer):
    other = make.make_group(units.polsek_neighbour)
    client = sign_in(commander)
    assert client.get(url(group)).status_code == 200
    answer = client.post(url(group), {**FORM, "group": other.pk, "user": officer.pk})
    assert answer.status_code == 302
    member = group.members.get()
    assert (member.name, member.role, member.agency) == ("Pak Baru", "secretary", "TNI")
    assert str(member.phone) == "+6281234567890"
    assert member.user is None


def test_a_member_without_a_name_is_refused(commander, sign_in, group):
    answer = sign_in(commander).post(url(group), {**FORM, "name": "", "phone": "12"})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"name", "phone"}


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("neighbour", 404), ("nobody", 404)])
def test_others_may_not(request, sign_in, group, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(url(group), FORM).status_code == status
    assert not group.members.exists()


def test_a_form_sent_twice_makes_one_member(commander, group):
    client = client_of(commander)
    form = sent_fields(client.get(url(group)).context["form"]) | FORM
    assert [client.post(url(group), form).status_code for _ in range(2)] == [302, 302]
    group.members.update(name="Sudah diganti")
    assert client.post(url(group), form).status_code == 302
    assert group.members.count() == 1


def test_another_member_from_the_same_form_is_asked_about(commander, group):
    client = client_of(commander)
    form = sent_fields(client.get(url(group)).context["form"]) | FORM
    client.post(url(group), form)
    answer = client.post(url(group), form | {"name": "Bu Baru"})
    assert answer.status_code == 409
    assert "“Pak Baru” sudah disimpan dari formulir ini." in words_of(answer)
    assert client.post(url(group), sent_fields(answer.context["form"])).status_code == 302
    assert set(group.members.values_list("name", flat=True)) == {"Pak Baru", "Bu Baru"}


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_member(commander, group):
    form = sent_fields(client_of(commander).get(url(group)).context["form"]) | FORM
    clients = [client_of(commander) for _ in range(2)]
    results = []
    assert not in_threads(
        2, lambda n: results.append(clients[n].post(url(group), form).status_code)
    )
    assert results == [302, 302]
    assert group.members.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_pages_at_once_add_one_member(commander, group):
    """Each page has a key of its own; the words are the same."""
    clients = [client_of(commander) for _ in range(8)]
    forms = [sent_fields(one.get(url(group)).context["form"]) | FORM for one in clients]
    assert len({form["client_uuid"] for form in forms}) == 8
    results = []
    assert not in_threads(8, lambda n: results.append(clients[n].post(url(group), forms[n])))
    assert group.members.count() == 1
    assert sorted(answer.status_code for answer in results) == [200] * 7 + [302]
    refused = next(answer for answer in results if answer.status_code == 200)
    assert "Anggota ini sudah Anda tambahkan." in words_of(refused)
