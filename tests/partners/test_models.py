from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners.models import RENEWAL_NOTICE, ConfirmationState, PartnerGroup
from partners.selectors import active_members
from tests import factories as make

TODAY = date(2026, 11, 11)
NUMBER = "B/12/XI/2026"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to("2026-11-11 05:00:00+00:00", tick=False)


@pytest.fixture
def pam_swakarsa(db):
    return make.make_group_kind("pokdarkamtibmas", needs_confirmation=True)


@pytest.fixture
def school(db):
    return make.make_group_kind("sekolah", needs_confirmation=False)


def confirmed(expires=None, on=date(2024, 1, 1)):
    return {
        "confirmation_number": NUMBER,
        "confirmed_on": on,
        "confirmation_expires_on": None if expires is None else TODAY + timedelta(days=expires),
    }


NOTICE = RENEWAL_NOTICE.days
CASES = [
    (confirmed(), "valid", "valid"),
    (confirmed(NOTICE + 1), "valid", "valid"),
    (confirmed(NOTICE), "expiring", "expiring"),
    (confirmed(1), "expiring", "expiring"),
    (confirmed(0), "expiring", "expiring"),
    (confirmed(-1), "expired", "expired"),
    (confirmed(-300), "expired", "expired"),
    ({}, "missing", "not_needed"),
]


@pytest.mark.parametrize(("fields", "needed", "unneeded"), CASES)
def test_states_of_a_pengukuhan(units, pam_swakarsa, school, fields, needed, unneeded):
    """The property and the QuerySet agree, and each group is in one state only."""
    for kind, expected in ((pam_swakarsa, needed), (school, unneeded)):
        group = make.make_group(units.polsek, kind=kind, **fields)
        assert group.confirmation_state == expected
        states = [
            state
            for state in ConfirmationState
            if PartnerGroup.objects.with_confirmation(state).filter(pk=group.pk).exists()
        ]
        assert states == [expected]


def test_an_unknown_state_is_an_error(db):
    with pytest.raises(ValueError, match="lama"):
        PartnerGroup.objects.with_confirmation("lama")


def test_states_on_another_day(units, pam_swakarsa):
    group = make.make_group(units.polsek, kind=pam_swakarsa, **confirmed(1))
    expired = PartnerGroup.objects.with_confirmation("expired", TODAY + timedelta(days=2))
    assert list(expired) == [group]


@pytest.mark.parametrize(
    "fields",
    [
        {"confirmation_number": NUMBER},
        {"confirmed_on": TODAY},
        {"confirmation_expires_on": TODAY},
        {"confirmation_number": NUMBER, "confirmation_expires_on": TODAY},
        {
            "confirmation_number": NUMBER,
            "confirmed_on": TODAY,
            "confirmation_expires_on": TODAY,
        },
    ],
)
def test_a_pengukuhan_is_whole(units, school, fields):
    group = PartnerGroup(unit=units.polsek, name="X", kind=school, **fields)
    with pytest.raises(ValidationError):
        group.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        group.save()


def test_names_are_unique_in_a_unit_only(units):
    make.make_group(units.polsek, "Citra")
    make.make_group(units.polsek_other, "Citra")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_group(units.polsek, "Citra")


def test_an_account_belongs_to_one_member(units, volunteer, group):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_member(group, user=volunteer)


def test_vetting(group):
    today = timezone.localdate()
    for until, is_vetted in ((None, False), (today - timedelta(1), False), (today, True)):
        assert make.make_member(group, vetted_until=until).is_vetted is is_vetted


def test_active_members_are_counted(units, group):
    make.make_member(group)
    make.make_member(group)
    make.make_member(group, is_active=False)
    empty = make.make_group(units.polsek)
    counted = PartnerGroup.objects.annotate(n=active_members())
    assert {row.pk: row.n for row in counted} == {group.pk: 2, empty.pk: 0}


def test_the_active(units, group):
    make.make_group(units.polsek, is_active=False)
    member = make.make_member(group, "Siti")
    make.make_member(group, is_active=False)
    assert list(PartnerGroup.objects.active()) == [group]
    assert list(group.members.active()) == [member]
    assert [str(row) for row in (group, member, group.kind)] == [
        "Citra A",
        "Siti",
        "Pokdarkamtibmas",
    ]
