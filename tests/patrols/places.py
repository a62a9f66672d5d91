"""What the tests of places share."""

from datetime import timedelta

from django.utils import timezone

from patrols.models import EntryKind, LogEntry
from reports.models import Report
from tests import factories as make
from toolkit.geo.points import cell_of

LAT, LON = -6.15, 106.8
METRE = 1 / 111_195


def report_at(unit, metres=0, days=1, **fields):
    """A citizen's report so far north of the place, so many days ago."""
    state = {name: fields.pop(name) for name in ("state", "outcome", "source") if name in fields}
    report = make.make_report(unit, **fields)
    lat = LAT + metres * METRE
    Report.objects.filter(pk=report.pk).update(
        lat=lat,
        lon=LON,
        h3_cell=cell_of(lat, LON),
        reported_at=timezone.now() - timedelta(days=days),
        due_at=None,
        **state,
    )
    return report


def check_in_at(duty, officer, at, minutes=None, metres=0, **fields):
    entry = make.make_entry(duty, officer, kind=EntryKind.CHECK_IN)
    left = None if minutes is None else at + timedelta(minutes=minutes)
    place = {"lat": LAT + metres * METRE, "lon": LON, "accuracy_m": 10, **fields}
    LogEntry.objects.filter(pk=entry.pk).update(at=at, left_at=left, **place)
    return entry
