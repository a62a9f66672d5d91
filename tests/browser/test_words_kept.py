"""Words outlive an ended session, a refused form and the way back; they go once they are stored."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from patrols.models import LogEntry
from tests import factories as make
from tests.browser.phone import expect_page, send

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Pagar gudang dibobol, RT sudah diberi tahu"


def kept_keys(page):
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('kept:'))")


def sign_in_again(page, user, leads_to=None):
    if page.locator("main a.main").count():
        with expect_page(page, reverse("account_login")):
            page.click("main a.main")
    page.fill("[name=login]", user.nrp or user.username)
    page.fill("[name=password]", make.PASSWORD)
    send(page, leads_to=leads_to)


@pytest.fixture
def entry_page(running_duty):
    return reverse("patrols:entry_add", args=[running_duty.pk])


def go(page, path):
    page.goto(page.url.partition("/patrols")[0] + path)


def open_without_outbox(open_page, user, path):
    """As in a browser that can keep nothing."""
    page = open_page(user)
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    go(page, path)
    return page


def open_with_outbox(open_page, user, path):
    page = open_page(user, path)
    page.evaluate("import('/static/js/offline/queue.js').then((queue) => queue.findKeys())")
    return page


def send_signed_out(page):
    """What is sent in an ended session waits on the phone, and the page asks to sign in."""
    Session.objects.all().delete()
    send(page, leads_to=reverse("account_login"))


def unsent(page):
    page.wait_for_selector("[data-unsent]", state="attached")
    return int(page.inner_text("[data-unsent] [data-n]") or 0)


def test_words_come_back_after_signing_in_again(open_page, officer, entry_page):
    page = open_without_outbox(open_page, officer, f"{entry_page}?kind=finding")
    page.fill("[name=text]", WORDS)
    Session.objects.all().delete()
    send(page)
    assert WORDS in page.inner_text("main")
    sign_in_again(page, officer)
    page.wait_for_url("**?kind=finding")
    assert page.input_value("[name=text]") == WORDS
    assert page.input_value("[name=kind]") == "finding"
    send(page)
    assert LogEntry.objects.get(text=WORDS).kind == "finding"
    assert kept_keys(page) == []
    go(page, entry_page)
    assert page.input_value("[name=text]") == ""


def test_another_person_does_not_get_what_was_typed(open_page, officer, commander, entry_page):
    page = open_without_outbox(open_page, officer, entry_page)
    page.fill("[name=text]", WORDS)
    Session.objects.all().delete()
    send(page)
    sign_in_again(page, commander)
    assert page.input_value("[name=text]") == ""


def test_words_go_after_signing_in_again(open_page, officer, running_duty, entry_page):
    page = open_with_outbox(open_page, officer, f"{entry_page}?kind=finding")
    page.fill("[name=text]", WORDS)
    send_signed_out(page)
    assert not LogEntry.objects.filter(text=WORDS).exists()
    sign_in_again(page, officer, reverse("patrols:duty_detail", args=[running_duty.pk]))
    for _turn in range(100):
        if LogEntry.objects.filter(text=WORDS, kind="finding").exists():
            break
        page.wait_for_timeout(100)
    assert LogEntry.objects.get(text=WORDS).kind == "finding"
    assert kept_keys(page) == []
    go(page, entry_page)
    assert page.input_value("[name=text]") == ""
    assert page.console_errors == [entry for entry in page.console_errors if "401" in entry]


def test_another_person_does_not_get_what_waits(open_page, officer, commander, entry_page):
    page = open_with_outbox(open_page, officer, entry_page)
    page.fill("[name=text]", WORDS)
    send_signed_out(page)
    sign_in_again(page, commander)
    assert unsent(page) == 0
    go(page, entry_page)
    assert page.input_value("[name=text]") == ""
    assert not LogEntry.objects.filter(text=WORDS).exists()


def test_signing_out_removes_them(open_page, officer, entry_page, address_of):
    page = open_page(officer, entry_page)
    page.fill("[name=text]", WORDS)
    assert kept_keys(page)
    page.goto(address_of("account_logout"))
    send(page, button="main form button")
    assert kept_keys(page) == []


def test_a_refused_form_keeps_them(open_page, commander, duty, address_of):
    page = open_page(commander, reverse("patrols:duty_cancel", args=[duty.pk]))
    page.fill("[name=reason]", " ")
    send(page, button="main form button[class~=main], main form button")
    page.fill("[name=reason]", WORDS)
    assert kept_keys(page)
    page.goto(address_of("patrols:my_day"))
    page.goto(address_of("patrols:duty_cancel", duty.pk))
    assert page.input_value("[name=reason]") == WORDS


def test_line_5_words_that_come_back_hide_no_change_of_somebody_else(open_page, operator, group):
    member = make.make_member(group, "Pak Lama", agency="TNI")
    page = open_page(operator, reverse("partners:member_edit", args=[member.pk]))
    page.fill("[name=name]", "Pak Saya")
    Session.objects.all().delete()
    send(page)
    type(member).objects.filter(pk=member.pk).update(name="Pak Baru", agency="Satpol PP")
    sign_in_again(page, operator)
    assert page.input_value("[name=name]") == "Pak Saya"
    assert page.input_value("[name=agency]") == "Satpol PP"
    send(page)
    assert "Pak Lama → Pak Baru" in page.inner_text("main")
    assert page.input_value("[name=name]") == "Pak Saya"
    member.refresh_from_db()
    assert member.name == "Pak Baru"
    send(page, button="#form-errors button")
    member.refresh_from_db()
    assert (member.name, member.agency) == ("Pak Saya", "Satpol PP")
    assert kept_keys(page) == []


def test_back_does_not_offer_stored_words_to_be_sent_again(open_page, officer, entry_page):
    page = open_page(officer, f"{entry_page}?kind=note")
    page.fill("[name=text]", WORDS)
    send(page)
    page.go_back()
    assert page.input_value("[name=text]") == ""
