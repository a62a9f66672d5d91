import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partners.services.members import save_member
from tests import factories as make
from tests.two_people import client_of, sent_fields, words_of


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


@pytest.fixture
def two_forms(commander, operator, member):
    """The page of the member as two people have opened it: their clients and its fields."""
    first, second = client_of(operator), client_of(commander)
    return first, fields(first.get(url(member))), second, fields(second.get(url(member)))


def fields(page):
    return sent_fields(page.context["form"])


def stored(member, names):
    return {name: str(getattr(member, name) or "") for name in names}


@pytest.mark.parametrize(
    ("theirs", "mine", "said"),
    [
        ({"name": "Pak Ketua"}, {"phone": "+6281234567890"}, "Nama: Pak Lama → Pak Ketua"),
        ({"name": "Pak Ketua"}, {"name": "Pak Wakil"}, "Nama: Pak Lama → Pak Ketua"),
        ({"is_active": ""}, {"name": "Pak Wakil"}, "Aktif: ya → tidak"),
        ({"vetted_until": "2027-01-31"}, {"agency": "TNI"}, "31 Jan 2027"),
        ({"role": "chair"}, {"agency": "TNI"}, "anggota → ketua"),
    ],
)
def test_line_5_the_second_of_two_is_told_and_decides(
    member, operator, two_forms, theirs, mine, said
):
    first, form, second, form_2 = two_forms
    assert first.post(url(member), form | theirs).status_code == 302
    answer = second.post(url(member), form_2 | mine)
    assert answer.status_code == 409
    text = words_of(answer)
    assert said in text
    assert operator.name in text
    member.refresh_from_db()
    assert stored(member, theirs) == theirs
    # The form holds the own words, and of what was not touched what is stored now.
    again = fields(answer)
    assert {name: again[name] for name in mine} == mine
    assert second.post(url(member), again).status_code == 302
    member.refresh_from_db()
    assert stored(member, theirs | mine) == theirs | mine


def test_line_5_the_same_form_sent_twice_is_no_conflict(member, two_forms):
    first, form, *_rest = two_forms
    changed = form | {"name": "Pak Baru", "phone": "+6281234567890"}
    assert [first.post(url(member), changed).status_code for _ in range(2)] == [302, 302]
    # Sent once more after Back, with another word.
    assert first.post(url(member), changed | {"agency": "TNI"}).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.agency) == ("Pak Baru", "TNI")


def test_line_5_two_who_want_the_same_do_not_disturb_each_other(member, two_forms):
    first, form, second, form_2 = two_forms
    assert first.post(url(member), form | {"name": "Pak Baru"}).status_code == 302
    assert second.post(url(member), form_2 | {"name": "Pak Baru"}).status_code == 302


def test_line_5_a_change_in_the_admin_counts_too(member, two_forms, superuser):
    _first, _form, second, form_2 = two_forms
    page = reverse("admin:partners_groupmember_change", args=[member.pk])
    admin = client_of(superuser)
    data = sent_fields(admin.get(page).context["adminform"].form)
    assert admin.post(page, data | {"agency": "Satpol PP"}).status_code == 302
    answer = second.post(url(member), form_2 | {"phone": "+6281234567890"})
    assert answer.status_code == 409
    assert "Satpol PP" in words_of(answer)


def test_line_5_a_stamp_of_another_member_counts_as_nothing_seen(member, group, two_forms):
    first, form, *_rest = two_forms
    other = make.make_member(group, "Bu Lain")
    stamp = fields(first.get(url(other)))["seen"]
    answer = first.post(url(member), form | {"name": "Pak Baru", "seen": stamp})
    assert answer.status_code == 409
    member.refresh_from_db()
    assert member.name == "Pak Lama"


def test_line_5_only_what_the_page_showed_is_written(member, group, two_forms, volunteer):
    """The account of a member is linked in the admin; this page does not show it."""
    first, form, *_rest = two_forms
    other = make.make_user("Akun Baru", group.unit)
    type(member).objects.filter(pk=member.pk).update(user=other)
    assert first.post(url(member), form | {"name": "Pak Baru"}).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.user) == ("Pak Baru", other)
