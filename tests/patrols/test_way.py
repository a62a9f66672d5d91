"""Planned beside done: stays, their length, the order, and times without a sign."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import SuggestedStop
from patrols.presenters.way import read_way
from patrols.selectors.log import round_of
from patrols.services.checkpoints import retire_checkpoint
from patrols.services.duties import end_duty, start_duty
from patrols.services.entries import EntryDraft, leave_checkpoint, log_entry
from tests import factories as make


@pytest.fixture
def night(units, officer, sign_in):
    """A patrol of three hours along three checkpoints, 500 m apart."""
    route = make.make_route(units.polsek, "Rute A", checkpoints=3)
    duty = make.make_duty(
        units.polsek,
        "Malam",
        starts_at=timezone.now() - timedelta(hours=3),
        ends_at=timezone.now(),
        route=route,
        leader=officer,
    )
    make.make_attendance(duty, officer=officer, expected=False)
    duty.state, duty.started_at = "running", duty.starts_at
    duty.save()
    return duty


def come(duty, by, point, minutes, left=None):
    """A check-in so many minutes after the start, left as many after it."""
    at = duty.started_at + timedelta(minutes=minutes)
    draft = EntryDraft(kind="check_in", checkpoint_id=point.pk, lat=point.lat, lon=point.lon)
    entry, _is_new = log_entry(duty=duty, by=by, draft=draft, now=at)
    if left is not None:
        leave_checkpoint(duty=duty, by=by, now=at + timedelta(minutes=left))
    return entry


def ended(duty, by):
    return end_duty(duty=duty, by=by, summary="Aman")


def test_stays_beside_what_the_route_asks_for(night, officer):
    one, two, three = night.route.checkpoints.all()
    come(night, officer, one, 10, left=13)
    come(night, officer, two, 30, left=6)
    come(night, officer, one, 50)
    way = read_way(ended(night, officer))
    assert [[stay.minutes for stay in row.stays] for row in way.stops] == [[13, 130], [6], []]
    assert [stay.is_noted for stay in way.stops[0].stays] == [True, False]
    assert [row.is_short for row in way.stops] == [False, True, False]
    assert way.visited == 2
    assert way.stops[2].stop.name == three.name


def test_who_goes_on_without_a_tap_stayed_so_long_at_most(night, officer, sign_in):
    one, two, _three = night.route.checkpoints.all()
    come(night, officer, one, 10)
    come(night, officer, two, 18)
    come(night, officer, one, 100)
    way = read_way(ended(night, officer))
    assert [stay.minutes for stay in way.stops[0].stays] == [8, 80]
    assert not any(stay.is_noted for row in way.stops for stay in row.stays)
    # Fifteen minutes of the second stay are believed, no more.
    assert [gap.minutes for gap in way.gaps] == [67, 65]
    page = sign_in(officer).get(reverse("patrols:duty_log", args=[night.pk])).content.decode()
    assert "paling lama 8 mnt" in page


def test_a_stay_that_goes_on(night, officer, sign_in):
    come(night, officer, night.route.checkpoints.first(), 175)
    assert read_way(night).stops[0].stays[0].minutes is None
    page = sign_in(officer).get(reverse("patrols:duty_log", args=[night.pk])).content.decode()
    assert "masih di sana" in page


def test_a_check_in_far_away_is_no_visit_and_is_said(night, officer, sign_in):
    one = night.route.checkpoints.first()
    at = night.started_at + timedelta(minutes=10)
    draft = EntryDraft(kind="check_in", checkpoint_id=one.pk, lat=-6.3, lon=106.8)
    log_entry(duty=night, by=officer, draft=draft, now=at)
    [row, *_rest] = read_way(ended(night, officer)).stops
    assert (len(row.stays), len(row.away)) == (0, 1)
    page = sign_in(officer).get(reverse("patrols:duty_log", args=[night.pk])).content.decode()
    assert "tidak dikunjungi" in page
    assert f"{one.name}, di luar radius" in page  # on the map


def test_a_route_that_is_changed_since_changes_no_log(units, officer, operator):
    route = make.make_route(units.polsek, "Rute B", checkpoints=2)
    duty = make.make_duty(units.polsek, route=route, leader=officer)
    make.make_attendance(duty, officer=officer, expected=False)
    duty = start_duty(duty=duty, by=officer)
    one, two = route.checkpoints.all()
    route.checkpoints.filter(pk=one.pk).update(name="Nama baru", dwell_minutes=1)
    retire_checkpoint(checkpoint=two, by=operator)
    added = make.make_route(units.polsek, checkpoints=1).checkpoints.get()
    route.checkpoints.add(added)
    planned = [(row.stop.name, row.stop.minutes) for row in read_way(duty).stops]
    assert planned == [("Titik 1", 12), ("Titik 2", 12)]
    make.make_entry(duty, officer, kind="check_in", text="", checkpoint_id=added.pk)
    assert [row.stop.number for row in read_way(duty).stops] == [1, 2, 3]


def test_what_was_summed_up_before_a_duty_went_on_stays(sign_in, officer, duty):
    start_duty(duty=duty, by=officer)
    end_duty(duty=duty, by=officer, summary="Kata saya sendiri")
    client = sign_in(officer)
    client.post(reverse("patrols:duty_resume", args=[duty.pk]))
    page = client.get(reverse("patrols:duty_end", args=[duty.pk])).content.decode()
    assert "Kata saya sendiri" in page


def test_an_order_that_was_fixed_and_not_kept(night, officer, sign_in):
    one, two, three = night.route.checkpoints.all()
    for minutes, point in ((10, two), (40, one), (70, three), (100, two)):
        come(night, officer, point, minutes)
    way = read_way(ended(night, officer))
    assert way.order == [2, 1, 3]
    assert not way.is_in_order
    page = sign_in(officer).get(reverse("patrols:duty_log", args=[night.pk])).content.decode()
    assert "Rute ini berurutan tetap" in page


def test_advised_beside_done(night, officer, commander, units, sign_in):
    one, two, _three = night.route.checkpoints.all()
    spots = [
        make.make_hotspot(units.polsek, name, lat=point.lat, lon=point.lon)
        for name, point in (("Taman", one), ("Warung", two))
    ]
    for minutes, spot in ((10, spots[0]), (50, spots[1]), (120, spots[0])):
        at = night.started_at + timedelta(minutes=minutes)
        SuggestedStop.objects.create(duty=night, hotspot=spot, at=at, minutes=12)
    come(night, officer, one, 20, left=12)
    come(night, officer, one, 60, left=12)
    night = ended(night, officer)
    way = read_way(night)
    assert [row.stay and row.stay.minutes for row in way.advised] == [12, None, None]
    assert way.due == 3
    page = sign_in(commander).get(reverse("patrols:duty_review", args=[night.pk]))
    html = page.content.decode()
    assert "Rencana dan pelaksanaan" in html
    assert "Saran singgah: 1 dari 3 dilakukan" in html


def test_times_without_a_sign(night, officer):
    make.make_entry(night, officer, now=night.started_at + timedelta(minutes=100))
    way = read_way(ended(night, officer))
    assert [gap.minutes for gap in way.gaps] == [100, 80]


def test_nothing_is_said_of_who_stood_at_a_post(units, officer):
    assert read_way(make.make_post_night(units.polsek, officer, expected=False)) is None


def test_a_free_order_differs_from_duty_to_duty(units, officer):
    route = make.make_route(units.polsek, "Bebas", checkpoints=6, is_order_fixed=False)
    first = set()
    for _number in range(12):
        duty = make.make_duty(units.polsek, route=route)
        found = round_of(duty, officer)
        assert found.next == round_of(duty, officer).next
        first.add(found.next.number)
    assert len(first) > 2
