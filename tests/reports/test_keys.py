"""Keys of contacts: a lost one stops the start, and a new one takes over without a gap."""

import io
import runpy
import uuid

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from reports.encryption import phone_digest
from reports.models import ContactAccess, ContactKey, ReportContact
from reports.services import keys
from reports.services.contacts import open_contact
from reports.services.intake import ReportDraft, receive_report
from reports.services.keys import WrongKeys, prove_keys, rotate_keys
from tests import factories as make
from tests.reports.report_pages import page_url

NAME, PHONE = "Siti Kenari", "+6281234567890"
NEW = "a-new-key-of-the-house-" * 3


def make_contact(unit, phone=PHONE):
    report = make.make_report(unit, privacy="officers", contact_name=NAME, contact_phone=phone)
    return ReportContact.objects.get(report=report)


def change_contact_key(settings):
    settings.SALT_KEY = [NEW, *settings.SALT_KEY]


def change_secret_key(settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = NEW


def lose_contact_key(settings):
    settings.SALT_KEY = [NEW]


def lose_secret_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, []


CHANGES = [(change_contact_key, lose_contact_key), (change_secret_key, lose_secret_key)]


def tokens():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM reports_reportcontact ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize("lose", [lose_contact_key, lose_secret_key])
@pytest.mark.parametrize("has_started", [True, False])
def test_a_lost_key_stops_the_start(units, settings, lose, has_started):
    """Also the first start after an upgrade, where no key is remembered yet."""
    make_contact(units.polsek)
    if has_started:
        prove_keys()
    lose(settings)
    with pytest.raises(WrongKeys, match="SECRET_KEY or CONTACT_KEYS"):
        prove_keys()
    assert [m.id for m in run_checks(databases=["default"]) if m.id == "reports.E001"]
    assert ContactKey.objects.count() == has_started


def test_a_lost_key_is_noticed_even_before_the_first_contact(db, settings):
    prove_keys()
    prove_keys()
    assert ContactKey.objects.count() == 1
    lose_contact_key(settings)
    with pytest.raises(WrongKeys):
        prove_keys()


def test_the_web_server_ends_with_the_sentence(units, settings, monkeypatch):
    monkeypatch.setattr("toolkit.startup.connections.close_all", lambda: None)
    assert "application" in runpy.run_module("kamtibmas_site.wsgi")
    lose_secret_key(settings)
    with pytest.raises(SystemExit, match="SECRET_KEY or CONTACT_KEYS is not the one"):
        runpy.run_module("kamtibmas_site.wsgi")


@pytest.mark.parametrize(("change", "lose"), CHANGES)
def test_a_new_key_takes_over(units, officer, settings, change, lose):
    old = [make_contact(units.polsek), make_contact(units.polsek, phone="")]
    prove_keys()
    before = tokens()
    change(settings)
    prove_keys()
    new = make_contact(units.polsek)
    assert ReportContact.objects.of_phone(PHONE).count() == 2
    assert open_contact(report=old[0].report, by=officer, reason="Menelepon").phone == PHONE
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "newest key: 2" in out.getvalue()
    assert not set(tokens()) & set(before)
    lose(settings)
    prove_keys()
    assert ReportContact.objects.of_phone(PHONE).count() == 2
    assert [row.name for row in ReportContact.objects.order_by("pk")] == [NAME] * 3
    assert new.phone_digest == phone_digest(PHONE)
    assert rotate_keys().changed == 0


@pytest.mark.parametrize(("change", "lose"), CHANGES)
def test_without_the_rotation_neither_key_may_go(units, settings, change, lose):
    """Contacts of both are there: neither the former nor, going back, the new one is enough."""
    make_contact(units.polsek)
    prove_keys()
    secret, salt = settings.SECRET_KEY, settings.SALT_KEY
    change(settings)
    prove_keys()
    lose(settings)
    with pytest.raises(WrongKeys):
        prove_keys()
    settings.SECRET_KEY, settings.SALT_KEY, settings.SECRET_KEY_FALLBACKS = secret, salt, []
    with pytest.raises(WrongKeys):
        prove_keys()


def test_a_rotation_that_was_stopped_goes_on(units, settings, monkeypatch):
    for _number in range(5):
        make_contact(units.polsek)
    prove_keys()
    change_contact_key(settings)
    monkeypatch.setattr(keys, "BATCH", 2)
    digests = iter([phone_digest(PHONE)] * 3)
    with monkeypatch.context() as stopped:
        stopped.setattr(keys, "phone_digest", lambda phone: next(digests))
        with pytest.raises(StopIteration):
            rotate_keys()
    assert ContactKey.objects.count() == 2
    assert ReportContact.objects.of_phone(PHONE).count() == 5
    assert rotate_keys().changed == 3
    assert ContactKey.objects.count() == 1


def test_a_report_sent_again_is_known_after_the_rotation(units, settings):
    draft = ReportDraft(
        category=make.make_category(),
        text="Keributan",
        home=units.polsek,
        privacy="officers",
        contact_name=NAME,
        contact_phone=PHONE,
        client_uuid=uuid.uuid4(),
    )
    first, _new = receive_report(draft=draft)
    change_contact_key(settings)
    assert receive_report(draft=draft) == (first, False)
    rotate_keys()
    assert receive_report(draft=draft) == (first, False)


@pytest.fixture
def unreadable(units):
    contact = make_contact(units.polsek)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_reportcontact SET name = 'gAAAAABsandi', phone = phone")
    return contact


def test_what_no_key_opens_is_neither_shown_nor_counted(sign_in, officer, unreadable):
    contact = ReportContact.objects.get(pk=unreadable.pk)
    assert (contact.name, contact.is_readable) == ("", False)
    with pytest.raises(ValidationError):
        open_contact(report=contact.report, by=officer, reason="Menelepon")
    answer = sign_in(officer).post(
        page_url("contact_open", contact.report), {"purpose": "ask", "details": "jam"}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "gAAAA" not in html
    assert PHONE not in html
    assert "kuncinya tidak ada" in html
    assert not ContactAccess.objects.exists()


def test_what_no_key_opens_is_left_as_it_is(settings, unreadable):
    with pytest.raises(TypeError), transaction.atomic():
        ReportContact.objects.get(pk=unreadable.pk).save()
    ContactKey.objects.create(fingerprint=keys.fingerprint(keys.keys()[0]))
    change_contact_key(settings)
    before = tokens()
    with pytest.raises(CommandError, match=unreadable.report.number):
        call_command("rotate_keys", stdout=io.StringIO())
    assert tokens() == before
    assert ContactKey.objects.count() == 2
