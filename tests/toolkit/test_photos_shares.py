"""One address with slow pictures does not take the turns of all others."""

import threading
import time
from contextlib import ExitStack
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from territory.models import UnitArea
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.citizen import form_data, give_code
from toolkit.photos import apart, shares, turns
from toolkit.photos.decoder import CPU_SECONDS
from toolkit.photos.fields import clean_photos
from toolkit.photos.shares import SHARE_MILLISECONDS, counted, has_used_its_share
from toolkit.photos.turns import LONG_PAUSE, LONGEST_WAIT, NoTurn, place_in_line, turn

ADDRESS, OTHER = "203.0.113.77", "198.51.100.1"


@pytest.fixture(autouse=True)
def _lock(settings, tmp_path):
    settings.PHOTO_LOCK = tmp_path / "photo.lock"


@pytest.fixture
def spend(monkeypatch):
    """Lets decoding take so many milliseconds."""

    def take(milliseconds, sender=ADDRESS):
        spent = iter((0, milliseconds))
        monkeypatch.setattr(shares, "_spent", lambda: next(spent))
        with counted(sender):
            pass
        monkeypatch.undo()

    return take


def test_an_address_has_places_left_for_others():
    with ExitStack() as places:
        got = [
            places.enter_context(place_in_line(sender))
            for sender in (ADDRESS, ADDRESS, ADDRESS, OTHER, "")
        ]
        assert got == [True, True, False, True, False]
    with place_in_line(ADDRESS) as is_ours:
        assert is_ours
    assert not turns._places


def test_people_who_signed_in_are_no_address():
    with place_in_line(), place_in_line(), place_in_line() as is_ours:
        assert is_ours


@pytest.mark.django_db
def test_the_share_of_an_address(spend, time_machine):
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    spend(SHARE_MILLISECONDS - 1)
    assert not has_used_its_share(ADDRESS)
    spend(150)
    assert has_used_its_share(ADDRESS)
    assert not has_used_its_share(OTHER)
    time_machine.shift(shares.SECONDS)
    assert not has_used_its_share(ADDRESS)


@pytest.mark.django_db
def test_who_has_used_it_up_goes_last(spend, monkeypatch):
    spend(SHARE_MILLISECONDS)
    pauses = []
    clock = Mock(monotonic=time.monotonic, sleep=pauses.append)
    monkeypatch.setattr(turns, "time", clock)  # of this module only: subprocess sleeps too
    for sender in (OTHER, "", ADDRESS):
        (photo,) = clean_photos([SimpleUploadedFile("foto.jpg", jpeg().getvalue())], sender)
        assert not photo.is_missing
        assert pauses == ([LONG_PAUSE] if sender == ADDRESS else [])


@pytest.mark.django_db
def test_who_has_signed_in_has_no_share(spend, django_assert_num_queries):
    with django_assert_num_queries(0):
        spend(100_000, sender="")
        assert not has_used_its_share("")


@pytest.mark.django_db
def test_time_is_counted_even_for_what_is_refused(monkeypatch):
    broken = SimpleUploadedFile("foto.jpg", jpeg((640, 480)).getvalue()[:-200])
    taken = []
    monkeypatch.setattr(shares, "take", lambda one, amount: taken.append(amount))
    with pytest.raises(ValidationError):
        clean_photos([broken], ADDRESS)
    assert 20 < taken[0] < 1000 * CPU_SECONDS


def test_an_honest_photo_waits_until_the_share_is_used_up_and_no_longer():
    """Two seconds that may pass beside those of the processor."""
    assert SHARE_MILLISECONDS / 1000 + CPU_SECONDS + 2 <= LONGEST_WAIT
    assert apart.WALL_SECONDS + LONG_PAUSE < LONGEST_WAIT


def test_whoever_goes_last_lets_others_take_the_turn(monkeypatch):
    monkeypatch.setattr(turns, "LONG_PAUSE", 0.6)
    begun, order = time.monotonic(), []

    def take(name, goes_last):
        with turn(begun + 5, goes_last):
            order.append(name)
            time.sleep(0.1)

    late = threading.Thread(target=take, args=("last", lambda: True))
    late.start()
    time.sleep(0.1)
    for _ in range(3):
        take("first", lambda: False)
    late.join()
    assert order == ["first", "first", "first", "last"]


def test_whoever_goes_last_has_a_turn_where_nobody_else_wants_one(monkeypatch):
    monkeypatch.setattr(turns, "LONG_PAUSE", 0.1)
    with turn(time.monotonic() + 2, lambda: True):
        pass
    with pytest.raises(NoTurn), turn(time.monotonic() - 1, lambda: True):
        pass


@pytest.mark.parametrize("form", ["report", "note"])
@pytest.mark.django_db
def test_the_forms_of_the_public_count_by_address(client, units, monkeypatch, form):
    senders = []

    def clean(_files, sender=""):
        senders.append(sender)
        return ()

    monkeypatch.setattr("toolkit.photos.fields.clean_photos", clean)
    if form == "report":
        for code, name in (("31.73", "Jakarta Barat"), ("31.73.04", "Tambora")):
            make.make_area(code, name)
        area = make.make_area("31.73.04.1005", "Duri Utara")
        UnitArea.objects.create(area=area, unit=units.polsek)
        make.make_category("noise_dispute")
        address, sent = reverse("reports:report_fill"), form_data(photos=[jpeg()])
    else:
        give_code(client, make.make_report(units.polsek).code)
        address, sent = reverse("reports:track_note"), {"text": "Lagi", "photos": [jpeg()]}
    client.post(address, sent, REMOTE_ADDR=ADDRESS)
    assert senders == [ADDRESS]
