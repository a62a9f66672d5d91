"""Contacts: encrypted in the database, opened with a right and a reason, always recorded."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from reports.encryption import phone_digest
from reports.models import ContactAccess, Report, ReportContact
from reports.rights import may_open_contact
from reports.services.casework import hand_over_report
from reports.services.changes import dispatch_report
from reports.services.contacts import OpenedContact, open_contact
from tests import factories as make
from tests.roles import owner_role

NAME, PHONE = "Siti Kenari", "+6281234567890"


@pytest.fixture
def sealed(db):
    return make.make_category("domestic_violence", is_sealed=True)


def make_report_with_contact(unit, privacy, **fields):
    return make.make_report(unit, privacy=privacy, contact_name=NAME, contact_phone=PHONE, **fields)


def test_nothing_legible_is_stored(units):
    report = make_report_with_contact(units.polsek, "officers")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, phone_digest FROM reports_reportcontact")
        [(name, phone, digest)] = cursor.fetchall()
    assert name
    assert phone
    for part in ("Siti", "Kenari", PHONE, PHONE[3:]):
        assert part not in name + phone + digest
    contact = ReportContact.objects.get(report=report)
    assert (contact.name, contact.phone, contact.phone_digest) == (NAME, PHONE, phone_digest(PHONE))
    assert str(contact) == repr(contact).removeprefix("<ReportContact: ")[:-1] == report.number


def test_the_same_name_is_stored_differently_each_time(units):
    for _number in range(2):
        make_report_with_contact(units.polsek, "officers")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT name), count(DISTINCT phone_digest) FROM reports_reportcontact"
        )
        assert cursor.fetchone() == (2, 1)


def test_the_digest_is_stable_and_keyed(settings):
    first = phone_digest(PHONE)
    assert first == phone_digest(PHONE)
    assert len(first) == 64
    assert first != phone_digest(PHONE + "1")
    settings.SALT_KEY = ["another", *settings.SALT_KEY]
    assert phone_digest(PHONE) != first


def test_an_older_key_still_opens(units, settings):
    """A new key is put first; old values stay readable with the second one."""
    report = make_report_with_contact(units.polsek, "officers")
    settings.SALT_KEY = ["a new key of the house", *settings.SALT_KEY]
    assert ReportContact.objects.get(report=report).name == NAME


#        privacy    sealed   officer commander operator keeper chief superuser admin neighbour
RIGHTS = [
    ("anonymous", False, "no no no no no no no hidden"),
    ("officers", False, "yes yes yes yes yes yes no hidden"),
    ("sealed", False, "no no no yes no no no hidden"),
    ("officers", True, "hidden hidden hidden yes hidden hidden hidden hidden"),
    ("sealed", True, "hidden hidden hidden yes hidden hidden hidden hidden"),
]
WHO = ["officer", "commander", "operator", "keeper", "chief", "superuser"]
WHO += ["admin_user", "neighbour"]


@pytest.mark.parametrize(("privacy", "is_sealed", "expected"), RIGHTS)
def test_who_may_open_it(request, units, sealed, privacy, is_sealed, expected):
    fields = {"category": sealed} if is_sealed else {}
    report = make_report_with_contact(units.polsek, privacy, **fields)
    found = {}
    for who in WHO:
        user = request.getfixturevalue(who)
        count = ContactAccess.objects.count()
        try:
            opened = open_contact(report=report, by=user, reason="Menelepon")
            assert opened == OpenedContact(NAME, PHONE)
            found[who] = "yes"
        except PermissionDenied:
            found[who] = "no"
        except Report.DoesNotExist:
            found[who] = "hidden"
        assert ContactAccess.objects.count() == count + (found[who] == "yes")
        if found[who] != "hidden":
            assert may_open_contact(user, report) is (found[who] == "yes")
    assert found == dict(zip(WHO, expected.split(), strict=True))


@pytest.mark.parametrize("is_sealed", [False, True])
def test_the_assigned_opens_a_sealed_name(units, sealed, officer, keeper, operator, is_sealed):
    report = make_report_with_contact(
        units.polsek, "sealed", **({"category": sealed} if is_sealed else {})
    )
    dispatch_report(report=report, by=keeper, assignee=officer)
    assert open_contact(report=report, by=officer, reason="Menelepon").phone == PHONE
    with pytest.raises((PermissionDenied, Report.DoesNotExist)):
        open_contact(report=report, by=operator, reason="Menelepon")


def test_an_opening_is_recorded(units, officer):
    report = make_report_with_contact(units.polsek, "officers")
    open_contact(report=report, by=officer, reason="  Meminta keterangan ")
    open_contact(report=report, by=officer, reason="Lagi")
    first, second = ContactAccess.objects.order_by("pk")
    assert first.unit == second.unit == units.polsek
    assert (first.report, first.by, first.reason) == (report, officer, "Meminta keterangan")
    assert second.reason == "Lagi"
    assert NAME not in str(first)
    assert str(first) == f"{report.number} · {officer}"


def test_the_unit_of_an_opening_is_the_one_that_held_the_report(
    units, officer, neighbour, commander
):
    report = make_report_with_contact(units.polsek, "officers")
    open_contact(report=report, by=officer, reason="Menelepon")
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="TKP di sana")
    open_contact(report=report, by=neighbour, reason="Menelepon juga")
    for user, reason in ((commander, "Menelepon"), (neighbour, "Menelepon juga")):
        assert ContactAccess.objects.in_scope(user).get().reason == reason
    # After sealing, only people with the permission may open the name.
    Report.objects.filter(pk=report.pk).update(is_sealed=True)
    assert not ContactAccess.objects.in_scope(commander).exists()


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_without_a_reason_it_stays_closed(units, officer, reason):
    report = make_report_with_contact(units.polsek, "officers")
    with pytest.raises(ValidationError) as caught:
        open_contact(report=report, by=officer, reason=reason)
    assert "reason" in caught.value.message_dict
    assert not ContactAccess.objects.exists()


def test_nothing_left_nothing_opened(units, officer):
    report = make_report_with_contact(units.polsek, "officers")
    with owner_role():
        ReportContact.objects.all().delete()  # as a purge does
    with pytest.raises(ValidationError):
        open_contact(report=report, by=officer, reason="Menelepon")
    assert not ContactAccess.objects.exists()


def test_what_is_not_recorded_is_not_opened(units, officer, monkeypatch):
    report = make_report_with_contact(units.polsek, "officers")

    def fail(*_args, **_fields):
        raise OSError("disk full")

    monkeypatch.setattr(ContactAccess, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        open_contact(report=report, by=officer, reason="Menelepon")


def test_half_a_contact(units, officer):
    for fields in ({"contact_name": NAME}, {"contact_phone": PHONE}):
        report = make.make_report(units.polsek, privacy="officers", **fields)
        opened = open_contact(report=report, by=officer, reason="Menelepon")
        assert opened == OpenedContact(
            fields.get("contact_name", ""), fields.get("contact_phone", "")
        )
        digest = ReportContact.objects.get(report=report).phone_digest
        assert bool(digest) is ("contact_phone" in fields)
