import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partners.services import save_member
from tests import factories as make


def url(member):
    return reverse("partners:member_edit", args=[member.pk])


@pytest.fixture
def member(group):
    return make.make_member(group, "Pak Lama")


def test_a_member_is_changed(operator, sign_in, member):
    client = sign_in(operator)
    assert "Pak Lama" in client.get(url(member)).content.decode()
    answer = client.post(url(member), {"name": "Pak Baru", "role": "chair"})
    assert answer["Location"] == reverse("partners:group_detail", args=[member.group_id])
    member.refresh_from_db()
    assert (member.name, member.role, member.is_active) == ("Pak Baru", "chair", False)


def test_a_wrong_role_is_refused(operator, sign_in, member):
    answer = sign_in(operator).post(url(member), {"name": "X", "role": "raja"})
    assert "role" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("neighbour", 404), ("volunteer", 404), ("nobody", 404)]
)
def test_others_may_not(request, sign_in, member, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(member)).status_code == status
    assert client.post(url(member), {"name": "X", "role": "chair"}).status_code == status


def test_the_service_asks_for_the_right_too(officer, member):
    with pytest.raises(PermissionDenied):
        save_member(member=member, by=officer)
