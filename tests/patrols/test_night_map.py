import re
from datetime import timedelta

import pytest
from django.urls import reverse

from patrols.models import EntryKind, LogEntry
from patrols.presenters.maps import map_of_night
from tests import factories as make


@pytest.fixture
def check_in(running_duty, officer):
    start = running_duty.started_at

    def make_one(minutes, lat=-6.15, lon=106.8, **fields):
        entry = make.make_entry(running_duty, officer, kind=EntryKind.CHECK_IN)
        at = start + timedelta(minutes=minutes)
        LogEntry.objects.filter(pk=entry.pk).update(at=at, left_at=None, lat=lat, lon=lon, **fields)

    return make_one


def drawn(duty):
    return map_of_night(duty, duty.entries.select_related("checkpoint").order_by("at", "pk"))


def test_check_ins_are_joined_in_the_order_of_time(running_duty, check_in):
    check_in(20, lat=-6.151)
    check_in(10, lat=-6.150)
    check_in(30, lat=-6.152)
    found = drawn(running_duty)
    assert [mark.place.lat for mark in found.marks] == [-6.150, -6.151, -6.152]
    assert found.ways.count("M") == 1
    assert found.ways.count("L") == 2


def test_a_gap_breaks_the_way_and_the_list_says_how_long(running_duty, check_in):
    check_in(0)
    check_in(10, lat=-6.151)
    check_in(80, lat=-6.152)
    check_in(90, lat=-6.153)
    found = drawn(running_duty)
    assert found.ways.count("M") == 2
    assert found.ways.count("L") == 2
    assert "70 menit tanpa posisi" in found.marks[2].place.note
    assert "menit" not in found.marks[3].place.note


@pytest.mark.parametrize(
    "fields", [{"lat": None, "lon": None}, {"lat": -6.3, "lon": 106.9, "accuracy_m": 3000}]
)
def test_a_check_in_without_a_usable_position_breaks_the_way(running_duty, check_in, fields):
    check_in(0)
    check_in(10, **fields)
    check_in(20, lat=-6.152)
    found = drawn(running_duty)
    assert len(found.marks) == 2
    assert not found.ways


def test_without_a_position_there_is_no_map(running_duty, check_in):
    check_in(0, lat=None, lon=None)
    assert drawn(running_duty) is None


def test_what_was_taken_back_is_not_drawn(running_duty, check_in):
    check_in(0)
    LogEntry.objects.filter(kind=EntryKind.CHECK_IN).update(withdrawn_at=running_duty.started_at)
    assert drawn(running_duty) is None


def test_the_way_ends_with_the_last_mark(running_duty, check_in, monkeypatch):
    monkeypatch.setattr("patrols.presenters.maps.MOST_CHECK_INS", 2)
    check_in(0)
    check_in(10, lat=-6.151)
    check_in(20, lat=-6.4)
    found = drawn(running_duty)
    assert len(found.marks) == 2
    assert found.ways.count("L") == 1


def test_the_log_shows_the_way_with_links(sign_in, officer, running_duty, check_in):
    check_in(0)
    check_in(10, lat=-6.151)
    page = sign_in(officer).get(reverse("patrols:duty_log", args=[running_duty.pk]))
    html = page.content.decode()
    assert "Perjalanan malam itu" in html
    assert re.search(r'<path class="way" d="M[\d. ]+L[\d. ]+"', html)
    assert "geo:-6.15100,106.80000?q=" in html
    assert " style=" not in html
