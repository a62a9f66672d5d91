"""A person's duties at a secret address that ends when it is taken back."""

from datetime import time, timedelta

from django.urls import reverse
from django.utils import timezone

from patrols.models import CalendarLink
from patrols.presenters.calendar import calendar_of
from tests import factories as make
from tests.patrols.test_people_who_left import NIGHTS, clock, planned  # noqa: F401
from toolkit.logs import TOKEN

PATH = "patrols:calendar_link"


def address_of(client, user):
    client.force_login(user)
    link = client.get(reverse(PATH)).context["link"]
    return client.post(reverse(PATH), {"seen": link.stamp if link else ""}).context["address"]


def test_it_has_the_own_duties_and_names_nobody(client, units, officer, operator):
    post = make.make_post(units.polsek, "Pos Satu; Timur, B")
    planned(units.polsek, officer, operator, name="Jaga", post=post, apel=time(22), leader=operator)
    planned(units.polsek, operator, name="Lain", start=time(18), end=time(19))
    address = address_of(client, officer)
    client.logout()
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    words = answer.content.decode()
    assert words.count("BEGIN:VEVENT") == NIGHTS
    assert "LOCATION:Pos Satu\\; Timur\\, B\r\n" in words
    assert "DTSTART:20261111T150000Z\r\n" in words  # the apel, 22.00 WIB
    assert "Lain" not in words
    assert operator.name not in words
    assert all(len(line.encode()) <= 75 for line in words.split("\r\n"))


def test_only_its_hash_is_kept_and_it_ends(client, officer):
    address = address_of(client, officer)
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in str(CalendarLink.objects.values().get())
    assert token not in TOKEN.sub(r"\1…", address)
    newer = address_of(client, officer)
    assert client.get(address).status_code == 404
    client.post(reverse(PATH), {"end": "1"})
    assert client.get(newer).status_code == 404
    assert not CalendarLink.objects.exists()


def test_a_switched_off_account_has_none(client, officer):
    address = address_of(client, officer)
    officer.is_active = False
    officer.save()
    assert client.get(address).status_code == 404


def test_a_form_sent_again_leaves_the_address_that_was_copied(client, officer):
    address = address_of(client, officer)
    answer = client.post(reverse(PATH), {"seen": ""}, follow=True)
    assert answer.redirect_chain == [(reverse(PATH), 302)]
    assert "sudah dibuat dan berlaku" in answer.content.decode()
    assert client.get(address).status_code == 200


def test_a_get_makes_nothing(client, officer):
    client.force_login(officer)
    assert client.get(reverse(PATH)).status_code == 200
    assert not CalendarLink.objects.exists()


def test_long_and_odd_names_are_folded(units, running_duty):
    running_duty.name = "Pos, ronda; malam\\ " + "é" * 80
    words = calendar_of([running_duty], now=running_duty.starts_at)
    assert all(len(line.encode()) <= 75 for line in words.split("\r\n"))
    assert "SUMMARY:Pos\\, ronda\\; malam\\\\ " in words
    assert "é" * 80 in words.replace("\r\n ", "")


def test_no_control_character_breaks_the_feed(running_duty):
    """The standard forbids them, and a calendar may refuse the whole feed for one."""
    running_duty.name = "Pos\r\nBEGIN:VEVENT\x0b\x07"
    words = calendar_of([running_duty], now=running_duty.starts_at)
    assert "SUMMARY:Pos\\nBEGIN:VEVENT  \r\n" in words
    assert words.count("\r\nBEGIN:VEVENT") == 1


def test_who_may_no_longer_sign_in_has_none(client, officer, settings):
    address = address_of(client, officer)
    type(officer).objects.filter(pk=officer.pk).update(is_demo=True)
    settings.KAMTIBMAS_DEMO = False
    assert client.get(address).status_code == 404


def test_who_left_the_unit_finds_no_duty_in_it(client, duty, officer):
    address = address_of(client, officer)
    assert b"BEGIN:VEVENT" in client.get(address).content
    yesterday = timezone.localdate() - timedelta(days=1)
    officer.postings.update(ends_on=yesterday)
    assert b"BEGIN:VEVENT" not in client.get(address).content


def test_a_phone_opens_it_in_its_calendar(client, officer):
    client.force_login(officer)
    page = client.post(reverse(PATH), {"seen": ""})
    address = page.context["address"]
    assert f'href="webcal:{address.partition(":")[2]}"' in page.content.decode()
