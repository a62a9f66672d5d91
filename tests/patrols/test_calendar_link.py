"""A person's duties at a secret address that ends when it is taken back."""

from datetime import time

from django.urls import reverse

from patrols.models import CalendarLink
from patrols.presenters.calendar import calendar_of
from tests import factories as make
from tests.patrols.test_people_who_left import NIGHTS, clock, planned  # noqa: F401
from toolkit.logs import TOKEN

PATH = "patrols:calendar_link"


def address_of(client, user):
    client.force_login(user)
    return client.post(reverse(PATH)).context["address"]


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
