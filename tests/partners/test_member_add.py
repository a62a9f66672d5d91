import pytest
from django.urls import reverse

from tests import factories as make

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
