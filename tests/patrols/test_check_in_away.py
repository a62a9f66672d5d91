"""A check-in outside the radius is said at once, and is no visit."""

import pytest
from django.urls import reverse

from patrols.models import LogEntry
from patrols.presenters.duty_text import proposed_summary
from patrols.selectors.log import round_of, tally_of
from patrols.services.findings import report_finding
from tests import factories as make

AWAY = 0.00643  # degrees of latitude: 715 m


def tap(client, duty, point, north=0.0, **words):
    place = {"lat": str(point.lat + north), "lon": str(point.lon), "accuracy_m": "12"}
    sent = {"checkpoint": point.pk, **place, **words}
    return client.post(reverse("patrols:check_in", args=[duty.pk]), sent, follow=True)


@pytest.mark.parametrize(
    ("north", "accuracy", "inside"),
    [(0.0, "12", True), (AWAY, "12", False), (0.01, "12", False), (AWAY, "800", True)],
)
def test_a_check_in_715_m_away_is_said_at_once_and_is_no_visit(
    sign_in, officer, running_duty, north, accuracy, inside
):
    point = running_duty.route.checkpoints.first()
    page = tap(sign_in(officer), running_duty, point, north, accuracy_m=accuracy)
    entry = LogEntry.objects.get(kind="check_in")
    assert ("Kehadiran Anda di titik ini sudah dicatat." in page.text) is inside
    said = f"Tercatat, tetapi Anda {entry.distance_m} m dari {point}"
    assert (said in page.text) is not inside
    stops = round_of(running_duty, officer)
    assert (stops.visited, stops.next.number) == ((1, 2) if inside else (0, 1))
    tally = tally_of(running_duty)
    assert (tally.checkpoints, tally.away) == ((1, 0) if inside else (0, 1))


def test_summary_log_and_share_text_say_that_it_was_outside(sign_in, officer, running_duty):
    client = sign_in(officer)
    tap(client, running_duty, running_duty.route.checkpoints.first(), AWAY)
    entry = LogEntry.objects.get(kind="check_in")
    summary = proposed_summary(running_duty, tally_of(running_duty))
    assert "di luar radius" in summary
    assert "titik dikunjungi" not in summary
    for name in ("duty_detail", "duty_log", "duty_share"):
        html = client.get(reverse(f"patrols:{name}", args=[running_duty.pk])).text.lower()
        assert f"di luar radius, {entry.distance_m} m" in html, name


def test_the_report_of_a_finding_takes_the_phones_position_not_the_checkpoints(
    sign_in, officer, running_duty
):
    make.make_category("other")
    point = running_duty.route.checkpoints.first()
    tap(sign_in(officer), running_duty, point, AWAY)
    there = LogEntry.objects.get(kind="check_in")
    finding = make.make_entry(running_duty, officer, kind="finding", text="Botol miras")
    report, _new = report_finding(entry=finding, by=officer)
    assert (report.lat, report.lon, report.accuracy_m) == (there.lat, there.lon, 12)
    assert report.place == f"{there.distance_m} m dari Titik 1"


def test_the_duty_page_does_not_say_that_who_is_away_is_there(sign_in, officer, running_duty):
    page = tap(sign_in(officer), running_duty, running_duty.route.checkpoints.first(), AWAY)
    entry = LogEntry.objects.get(kind="check_in")
    assert f"{entry.distance_m} m dari Titik 1" in page.text.partition("sejak")[0]
    assert "Di Titik 1" not in page.text


@pytest.mark.parametrize("north", [0.0, 2 * AWAY])
def test_a_phone_that_is_3_km_wrong_does_not_say_you_are_here(
    sign_in, officer, running_duty, north
):
    client = sign_in(officer)
    page = tap(client, running_duty, running_duty.route.checkpoints.first(), north, accuracy_m=3000)
    assert "Kehadiran Anda di titik ini sudah dicatat." not in page.text
    assert "ketelitian ±3000 m" in page.text
    shared = client.get(reverse("patrols:duty_share", args=[running_duty.pk])).text
    assert "akurasi rendah, ±3000 m" in shared


def test_a_report_takes_the_checkpoints_place_where_the_phone_is_kilometres_wrong(
    sign_in, officer, running_duty
):
    make.make_category("other")
    point = running_duty.route.checkpoints.first()
    tap(sign_in(officer), running_duty, point, 2 * AWAY, accuracy_m=3000)
    finding = make.make_entry(running_duty, officer, kind="finding", text="Botol miras")
    report, _new = report_finding(entry=finding, by=officer)
    assert (report.lat, report.lon, report.accuracy_m) == (point.lat, point.lon, None)
