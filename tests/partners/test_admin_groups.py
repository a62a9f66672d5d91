"""Partner groups and members in the admin: pengukuhan and moving members."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse
from django.utils import timezone

from partners.models import PartnerGroup
from tests import factories as make

GROUPS = reverse("admin:partners_partnergroup_changelist")
MEMBERS = reverse("admin:partners_groupmember_changelist")


@pytest.fixture
def client_of_admin(admin_user, sign_in):
    return sign_in(admin_user)


def confirm(client, *groups, **fields):
    chosen = {"action": "confirm_pengukuhan", ACTION_CHECKBOX_NAME: [g.pk for g in groups]}
    return client.post(GROUPS, {**chosen, **fields})


CONFIRMED = {
    "apply": "1",
    "confirmation_number": "Kep/12/XI/2026",
    "confirmed_on": "2026-11-01",
    "confirmation_expires_on": "2028-11-01",
}


def test_a_pengukuhan_is_recorded_over_its_own_page(client_of_admin, group, units):
    second = make.make_group(units.polsek, "Citra B")
    page = confirm(client_of_admin, group, second)
    assert page.status_code == 200
    assert "Citra B" in page.content.decode()
    assert confirm(client_of_admin, group, second, **CONFIRMED).status_code == 302
    for row in (group, second):
        row.refresh_from_db()
        assert row.confirmation_number == "Kep/12/XI/2026"
        assert row.confirmation_expires_on == date(2028, 11, 1)
    page = client_of_admin.get(reverse("admin:partners_partnergroup_change", args=[group.pk]))
    assert "Kep/12/XI/2026" in page.content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"confirmation_number": ""}, "confirmation_number"),
        ({"confirmed_on": ""}, "confirmed_on"),
        ({"confirmed_on": "2999-01-01", "confirmation_expires_on": ""}, "confirmed_on"),
        ({"confirmation_expires_on": "2026-10-01"}, "confirmation_expires_on"),
    ],
)
def test_a_pengukuhan_that_cannot_be_is_refused(client_of_admin, group, changed, field):
    page = confirm(client_of_admin, group, **{**CONFIRMED, **changed})
    assert page.status_code == 200
    assert field in page.context["errors"]
    group.refresh_from_db()
    assert group.confirmed_on is None


def test_the_pengukuhan_is_not_a_field_of_the_form(client_of_admin, group):
    client_of_admin.post(
        reverse("admin:partners_partnergroup_change", args=[group.pk]),
        {
            "name": "Citra Baru",
            "kind": group.kind_id,
            "unit": group.unit_id,
            "is_active": "on",
            "confirmation_number": "Palsu",
            "confirmed_on": "2026-01-01",
            "members-TOTAL_FORMS": 0,
            "members-INITIAL_FORMS": 0,
        },
    )
    group.refresh_from_db()
    assert group.name == "Citra Baru"
    assert group.confirmation_number == ""


def test_groups_are_filtered_by_pengukuhan(client_of_admin, units, group):
    today = timezone.localdate()
    kind = make.make_group_kind("satpam", needs_confirmation=True)
    for name, until in (("Habis", -1), ("Segera", 10), ("Lama", 400)):
        make.make_group(
            units.polsek,
            name,
            kind=kind,
            confirmation_number="1",
            confirmed_on=today - timedelta(days=500),
            confirmation_expires_on=today + timedelta(days=until),
        )
    make.make_group(units.polsek, "Belum", kind=kind)

    def listed(state):
        rows = client_of_admin.get(GROUPS, {"confirmation": state}).context["cl"].result_list
        return {row.name for row in rows}

    assert listed("expired") == {"Habis"}
    assert listed("expiring") == {"Segera"}
    assert listed("valid") == {"Lama"}
    assert listed("missing") == {"Belum"}
    assert listed("not_needed") == {"Citra A"}


def test_members_are_moved(client_of_admin, units, group, volunteer):
    target = make.make_group(units.polsek, "Citra B")
    staying = make.make_member(group)
    chosen = {
        "action": "move_to_group",
        ACTION_CHECKBOX_NAME: [volunteer.membership.pk],
    }
    page = client_of_admin.post(MEMBERS, chosen)
    assert page.status_code == 200
    answer = client_of_admin.post(MEMBERS, {**chosen, "apply": "1", "group": target.pk})
    assert answer.status_code == 302
    assert [m.name for m in target.members.all()] == ["Relawan A"]
    staying.refresh_from_db()
    assert staying.group == group
    empty = client_of_admin.post(MEMBERS, {**chosen, "apply": "1", "group": ""})
    assert "group" in empty.context["errors"]


def test_members_are_added_on_the_page_of_the_group(client_of_admin, group, officer):
    answer = client_of_admin.post(
        reverse("admin:partners_partnergroup_change", args=[group.pk]),
        {
            "name": group.name,
            "kind": group.kind_id,
            "unit": group.unit_id,
            "is_active": "on",
            "members-TOTAL_FORMS": 1,
            "members-INITIAL_FORMS": 0,
            "members-0-name": "Pak Baru",
            "members-0-role": "chair",
            "members-0-is_active": "on",
            "members-0-phone": "0812 3456 7890",
            "members-0-user": officer.pk,
        },
    )
    assert answer.status_code == 302
    member = group.members.get()
    assert (member.name, member.user) == ("Pak Baru", None)


def test_an_account_is_given_on_the_member_s_page(client_of_admin, group, units):
    account = make.make_user("Akun Relawan", units.polsek)
    member = make.make_member(group, "Pak Relawan")
    answer = client_of_admin.post(
        reverse("admin:partners_groupmember_change", args=[member.pk]),
        {
            "name": "Pak Relawan",
            "group": group.pk,
            "role": "member",
            "is_active": "on",
            "user": account.pk,
        },
    )
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.user == account


def test_two_groups_of_a_name_are_refused(client_of_admin, group):
    answer = client_of_admin.post(
        reverse("admin:partners_partnergroup_add"),
        {
            "name": group.name,
            "kind": group.kind_id,
            "unit": group.unit_id,
            "members-TOTAL_FORMS": 0,
            "members-INITIAL_FORMS": 0,
        },
    )
    assert answer.status_code == 200
    assert PartnerGroup.objects.count() == 1
