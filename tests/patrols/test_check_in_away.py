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
