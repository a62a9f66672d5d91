from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.roles import Role
from partners.models import ConfirmationState, GroupMember, PartnerGroup
from partners.services.groups import confirm_group
from partners.services.members import move_members, save_member
from tests import factories as make

SIGNED, UNTIL = date(2026, 11, 1), date(2099, 11, 1)


def confirm(group, by, number="B/12", confirmed_on=SIGNED, expires_on=UNTIL):
    return confirm_group(
        group=group, number=number, confirmed_on=confirmed_on, expires_on=expires_on, by=by
    )


def test_confirming_again_renews(group, commander):
    confirm(group, commander, "B/11", date(2020, 1, 1), date(2022, 1, 1))
    group.refresh_from_db()
    assert group.confirmation_state == ConfirmationState.EXPIRED
    confirm(group, commander)
    group.refresh_from_db()
    assert group.confirmation_state == ConfirmationState.VALID
    assert (group.confirmation_number, group.confirmed_on) == ("B/12", SIGNED)
    # The history keeps the former values.
    kept = list(PartnerGroup.pgh_event_model.objects.order_by("pgh_id"))
    assert [row.confirmation_number for row in kept] == ["", "B/11"]


def test_without_an_end(group, commander):
    confirm(group, commander, expires_on=None)
    group.refresh_from_db()
    assert group.confirmation_state == ConfirmationState.VALID


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"expires_on": SIGNED},
        {"expires_on": date(2020, 1, 1)},
        {"confirmed_on": None},
    ],
)
def test_what_cannot_be_is_refused(group, commander, wrong):
    with pytest.raises(ValidationError):
        confirm(group, commander, **wrong)
    group.refresh_from_db()
    assert group.confirmed_on is None


def test_only_the_pengukuhan_is_written(group, commander):
    """A form that was open meanwhile does not restore the old name."""
    PartnerGroup.objects.update(name="Nama baru")
    assert confirm(group, commander).name == "Nama baru"


WHO = [
    ("commander", True),
    ("operator", True),
    ("admin_user", True),
    ("chief", True),
    ("superuser", True),
    ("officer", False),
    ("neighbour", False),
    ("volunteer", False),
    ("nobody", False),
]


@pytest.mark.parametrize(("who", "may"), WHO)
def test_who_may(request, units, group, who, may):
    user = request.getfixturevalue(who)
    target = make.make_group(units.polsek)
    member = make.make_member(group)
    if may:
        assert confirm(group, user)
        assert move_members(members=GroupMember.objects.all(), group=target, by=user)
        return
    with pytest.raises((PermissionDenied, PartnerGroup.DoesNotExist)):
        confirm(group, user)
    with pytest.raises((PermissionDenied, PartnerGroup.DoesNotExist)):
        move_members(members=GroupMember.objects.all(), group=target, by=user)
    member.refresh_from_db()
    assert member.group == group


@pytest.mark.parametrize(("who", "may"), WHO)
def test_who_may_save_a_member(request, units, who, may):
    user = request.getfixturevalue(who)
    group = PartnerGroup.objects.get(pk=make.make_group(units.polsek).pk)
    member = GroupMember(group=group, name="Siti")
    if may:
        assert save_member(member=member, by=user).pk
        return
    with pytest.raises(PermissionDenied):
        save_member(member=member, by=user)


def test_a_member_is_not_taken_over_from_a_foreign_group(units, group, commander):
    member = make.make_member(make.make_group(units.polsek_other))
    member.group = PartnerGroup.objects.get(pk=group.pk)
    with pytest.raises(PermissionDenied):
        save_member(member=member, by=commander)


def test_a_member_needs_a_name(group, commander):
    group = PartnerGroup.objects.get(pk=group.pk)
    with pytest.raises(ValidationError):
        save_member(member=GroupMember(group=group), by=commander)


def test_a_foreign_group_is_as_if_absent(units, commander):
    foreign = make.make_group(units.polsek_other)
    with pytest.raises(PartnerGroup.DoesNotExist):
        confirm(foreign, commander)


def test_moving_members(units, group, commander):
    target = make.make_group(units.polsek)
    chosen = [make.make_member(group) for _ in range(2)]
    stays = make.make_member(group)
    members = GroupMember.objects.filter(pk__in=[row.pk for row in chosen])
    assert move_members(members=members, group=target, by=commander) == 2
    assert set(target.members.all()) == set(chosen)
    assert list(group.members.all()) == [stays]


def test_members_of_a_group_one_may_only_see_stay(units):
    """An officer of the other unit sees its members, but may not move them."""
    user = make.make_user(unit=units.polsek, role=Role.OPERATOR)
    make.make_posting(user, units.polsek_other, Role.OFFICER)
    user = User.objects.get(pk=user.pk)
    here, there = make.make_group(units.polsek), make.make_group(units.polsek_other)
    foreign = make.make_member(there)
    mine = make.make_member(make.make_group(units.polsek))
    assert move_members(members=GroupMember.objects.all(), group=here, by=user) == 1
    assert list(here.members.all()) == [mine]
    assert list(there.members.all()) == [foreign]
    with pytest.raises(PermissionDenied):
        move_members(members=GroupMember.objects.all(), group=there, by=user)
