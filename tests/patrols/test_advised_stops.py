"""The stays at hotspots that a patrol is advised when it begins."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from patrols.dosage import LONGEST, LONGEST_GAP, SHORTEST, advise
from patrols.models import SuggestedStop
from patrols.services.duties import start_duty
from tests import factories as make

WIB = ZoneInfo("Asia/Jakarta")
STARTS = datetime(2026, 11, 28, 21, 0, tzinfo=WIB)
ENDS = datetime(2026, 11, 29, 4, 0, tzinfo=WIB)
NIGHT = STARTS.date()
MINUTES = timedelta(minutes=1)


@pytest.fixture
def park(units):
    return make.make_hotspot(
        units.polsek, "Taman", lat=-6.145, lon=106.8, risky_from=time(22), risky_until=time(3)
    )


@pytest.mark.parametrize("seed", range(200))
def test_a_hotspot_is_never_two_hours_without_a_stay(park, seed):
    stays = advise([park], NIGHT, STARTS, ENDS, Random(seed))
    free_since = datetime(2026, 11, 28, 22, 0, tzinfo=WIB)
    for stay in stays:
        assert SHORTEST <= stay.minutes <= LONGEST
        assert stay.at >= free_since
        assert stay.at - free_since < LONGEST_GAP
        free_since = stay.at + stay.minutes * MINUTES
    assert datetime(2026, 11, 29, 3, 0, tzinfo=WIB) - free_since < LONGEST_GAP


def test_the_times_cannot_be_told_from_the_night_before(park):
    first = {advise([park], NIGHT, STARTS, ENDS, Random(seed))[0].at for seed in range(50)}
    assert len(first) >= 8


@pytest.mark.parametrize("seed", range(50))
def test_nobody_is_at_two_places_at_once(units, park, seed):
    others = [make.make_hotspot(units.polsek, lat=-6.15, lon=106.8) for _number in range(6)]
    stays = advise([park, *others], NIGHT, STARTS, ENDS, Random(seed))
    for stay, after in pairwise(stays):
        assert stay.at + stay.minutes * MINUTES < after.at
    assert stays[-1].at + SHORTEST * MINUTES <= ENDS


def test_out_of_its_hours_a_hotspot_asks_for_nothing(units, park):
    morning = datetime(2026, 11, 28, 8, 0, tzinfo=WIB)
    assert advise([park], NIGHT, morning, morning + timedelta(hours=4)) == []
    late = STARTS + timedelta(minutes=65)
    assert len(advise([park], NIGHT, STARTS, late - timedelta(minutes=5))) <= 1
    assert advise([park], NIGHT, STARTS, STARTS + timedelta(minutes=60)) == []


def test_small_hours_belong_to_the_night_before(units):
    kiosk = make.make_hotspot(units.polsek, risky_from=time(1), risky_until=time(3))
    stays = advise([kiosk], NIGHT, STARTS, ENDS, Random(1))
    assert stays
    assert all(stay.at.date() == ENDS.date() and 1 <= stay.at.hour < 3 for stay in stays)


def test_a_patrol_that_begins_is_advised(units, duty, officer, park, sign_in):
    make.make_hotspot(units.polsek, "Jauh", lat=-6.9, lon=107.9)
    kiosk = make.make_hotspot(units.polsek, "Warung", lat=-6.145, lon=106.8)
    started = start_duty(duty=duty, by=officer)
    stops = list(started.suggested_stops.select_related("hotspot"))
    assert {stop.hotspot for stop in stops} <= {park, kiosk}
    assert kiosk in {stop.hotspot for stop in stops}
    page = sign_in(officer).get(f"/patrols/duties/{duty.pk}/").content.decode()
    assert "Saran singgah" in page
    assert page.index("Saran singgah") < page.index("Warung")


def test_who_stands_at_a_post_stays_there(units, officer, park):
    night = make.make_post_night(units.polsek, officer, expected=False)
    assert not night.suggested_stops.exists()


def test_what_was_advised_stays(units, duty, officer):
    make.make_hotspot(units.polsek, "Warung", lat=-6.145, lon=106.8)
    start_duty(duty=duty, by=officer)
    for change in (lambda rows: rows.update(minutes=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(SuggestedStop.objects.filter(duty=duty))


def test_who_sees_the_duty_sees_its_stops(units, duty, officer, volunteer, neighbour):
    make.make_hotspot(units.polsek, "Warung", lat=-6.145, lon=106.8)
    start_duty(duty=duty, by=officer)
    assert SuggestedStop.objects.visible_to(officer).exists()
    assert SuggestedStop.objects.visible_to(volunteer).exists()
    assert not SuggestedStop.objects.visible_to(neighbour).exists()
