import errno
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from reports.models import (
    Priority,
    Privacy,
    Report,
    ReportContact,
    ReportEvent,
    ReportPhoto,
    Source,
)
from reports.models.choices import MET
from reports.services.intake import (
    ReportConflict,
    ReportDraft,
    receive_report,
)
from territory.models import Unit, UnitArea
from tests import factories as make
from tests.threads import in_threads
from toolkit.geo.points import MAX_ACCURACY_M
from toolkit.photos.clean import clean_photo

NOW = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)  # 23.00 in Jakarta
MINUTE = timedelta(minutes=1)
NAN, INFINITE = float("nan"), float("inf")
VILLAGE = {"lat": -6.15, "lon": 106.8}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def village(units):
    area = make.make_area("31.73.04.1001", "Duri Utara", **VILLAGE)
    UnitArea.objects.create(area=area, unit=units.polsek)
    return area


@pytest.fixture
def village_without_unit(units):
    """A village without a unit of its own."""
    return make.make_area("91.01.01.1001", "Jauh", lat=-8.0, lon=140.0)


def receive(*, by=None, now=NOW, category=None, **fields):
    draft = ReportDraft(category=category or make.make_category(), **{"text": "Ribut", **fields})
    report, _is_new = receive_report(draft=draft, by=by, now=now)
    return Report.objects.select_related("unit", "village", "about_unit").get(pk=report.pk)


# Which unit


def test_a_village_leads_to_its_unit(units, village):
    report = receive(area=village)
    assert (report.unit, report.village) == (units.polsek, village)
    assert (report.polda_id, report.polres_id) == (units.polda.pk, units.polres.pk)
    assert report.lat is report.lon is report.h3_cell is None


def test_so_does_a_district_or_the_nearest_above(units):
    district = make.make_area("31.73.04", "Tambora")
    UnitArea.objects.create(area=district, unit=units.polsek)
    inside = make.make_area("31.73.04.1002", "Angke")
    assert receive(area=district).unit == receive(area=inside).unit == units.polsek
    UnitArea.objects.create(area=inside, unit=units.polsek_neighbour)
    assert receive(area=inside).unit == units.polsek_neighbour


def test_a_position_leads_to_the_nearest_village_and_its_unit(units, village):
    report = receive(lat=-6.1512, lon=106.8012, accuracy_m=20)
    assert (report.unit, report.village) == (units.polsek, village)
    assert (report.lat, report.lon, report.accuracy_m) == (-6.1512, 106.8012, 20)
    assert report.h3_cell


def test_a_village_that_is_said_outweighs_the_phone(units, village, village_without_unit):
    report = receive(area=village, lat=village_without_unit.lat, lon=village_without_unit.lon)
    assert (report.unit, report.village, report.lat) == (units.polsek, village, -8.0)


def test_no_place_or_one_of_no_unit_leads_to_the_fallback(units, village, village_without_unit):
    assert (
        receive().unit
        == receive(area=village_without_unit).unit
        == receive(lat=0.0, lon=0.0).unit
        == units.mabes
    )


def test_no_unit_at_all_is_said(units, village):
    Unit.objects.update(is_fallback=False)
    with pytest.raises(ValidationError):
        receive()
    assert not Report.objects.exists()
    assert receive(area=village).unit == units.polsek


def test_the_desk_keeps_what_has_no_place(units, village, village_without_unit, officer):
    desk = {"home": units.polsek_other, "by": officer}
    assert receive(**desk).unit == units.polsek_other
    # A village that has a unit decides…
    assert receive(area=village, **desk).unit == units.polsek
    # …but a village without a unit does not.
    report = receive(area=village_without_unit, **desk)
    assert (report.unit, report.village) == (units.polsek_other, village_without_unit)


def test_a_centre_nearby_takes_nothing_away_from_the_patrol(units, village, officer):
    report = receive(home=units.polsek_other, by=officer, **VILLAGE)
    assert (report.unit, report.village) == (units.polsek_other, None)
    report = receive(home=units.polsek, by=officer, **VILLAGE)
    assert (report.unit, report.village) == (units.polsek, village)


def test_a_unit_that_does_not_investigate_hands_crime_up(units, village):
    Unit.objects.filter(pk=units.polsek.pk).update(investigates=False)
    crime = make.make_category("burglary", crime_class="conventional")
    assert receive(area=village, category=crime).unit == units.polres
    assert receive(area=village).unit == units.polsek


@pytest.mark.parametrize("named", [None, "polsek", "polres", "polda", "polsek_east"])
def test_about_police_goes_above(units, village, named):
    category = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    about = getattr(units, named) if named else None
    report = receive(area=village, category=category, about_unit=about)
    # If no unit is named it may be about the Polres of the place or any unit below.
    assert report.about_unit == (about or units.polres)
    assert report.unit == report.about_unit.parent
    assert report.is_sealed
    assert report.village == village


def test_what_police_meet_with_is_never_late(units, officer):
    category = make.make_category("street_light", target_minutes=10)
    for source in Source:
        report = receive(home=units.polsek, by=officer, category=category, source=source)
        waits = None if source in MET else NOW + timedelta(minutes=10)
        assert report.due_at == waits
        assert report.is_overdue(NOW + timedelta(days=1)) is (source not in MET)


def test_about_a_subsektor_goes_to_the_polres(units, village):
    subsektor = make.make_unit("subsektor", "Subsektor A", units.polsek)
    category = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    report = receive(area=village, category=category, about_unit=subsektor)
    assert (report.unit, report.about_unit) == (units.polres, units.polsek)
    # At a Subsektor, with no unit named, it goes past the Polres too.
    report = receive(home=subsektor, category=category)
    assert (report.unit, report.about_unit) == (units.polda, units.polres)


# What is stored


def test_a_report_is_stored_whole(units, village, officer):
    sealed = make.make_category("domestic_violence", is_sealed=True, target_minutes=10)
    client_uuid = uuid.uuid4()
    report = receive(
        by=officer,
        category=sealed,
        text="  Suami memukul \n",
        area=village,
        place=" Gang 4 ",
        precision="about",
        occurred_from=NOW - 30 * MINUTE,
        occurred_to=NOW - 20 * MINUTE,
        reported_at=NOW - 5 * MINUTE,
        source="phone",
        privacy="sealed",
        contact_name="Bu Siti",
        contact_phone="+628121",
        origin="Dari telepon",
        client_uuid=client_uuid,
    )
    assert (report.text, report.place) == ("Suami memukul", "Gang 4")
    assert (report.precision, report.occurred_from) == ("about", NOW - 30 * MINUTE)
    assert report.occurred_to == NOW - 20 * MINUTE
    assert (report.reported_at, report.due_at) == (NOW - 5 * MINUTE, NOW + 5 * MINUTE)
    assert (report.source, report.privacy, report.priority) == ("phone", "sealed", "urgent")
    assert (report.is_sealed, report.state, report.outcome) == (True, "received", "")
    assert (report.received_by, report.assignee, report.client_uuid) == (officer, None, client_uuid)
    assert report.first_response_at is report.arrived_at is report.resolved_at is None
    [event] = report.timeline.all()
    assert (event.kind, event.from_state, event.to_state) == ("received", "", "received")
    assert (event.actor, event.unit, event.is_public) == (officer, units.polsek, True)
    assert (event.text, event.at) == ("Dari telepon", NOW - 5 * MINUTE)
    assert report.contact.name == "Bu Siti"


def test_nothing_is_received_in_the_future(units):
    report = receive(reported_at=NOW + timedelta(days=365))
    assert (report.reported_at, report.due_at) == (NOW, NOW + 30 * MINUTE)


@pytest.mark.parametrize(
    ("minutes", "priority"),
    [
        (None, Priority.NORMAL),
        (1, Priority.URGENT),
        (10, Priority.URGENT),
        (11, Priority.HIGH),
        (30, Priority.HIGH),
        (31, Priority.NORMAL),
        (1440, Priority.NORMAL),
    ],
)
def test_priority_and_target_come_from_the_category(units, minutes, priority):
    category = make.make_category(f"kind{minutes}", target_minutes=minutes)
    due = None if minutes is None else NOW + minutes * MINUTE
    assert (category.usual_priority, category.due_at(NOW)) == (priority, due)
    report = receive(category=category)
    assert (report.priority, report.due_at) == (priority, due)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (NAN, 106.8),
        (-6.1, NAN),
        (INFINITE, 106.8),
        (-6.1, -INFINITE),
        (91.0, 106.8),
        (106.8, -6.1),
        (-6.1, 1e308),
        (-6.1, None),
        (None, 106.8),
    ],
)
def test_a_position_that_cannot_be_does_not_cost_the_report(units, village, lat, lon):
    for area, unit in ((village, units.polsek), (None, units.mabes)):
        report = receive(lat=lat, lon=lon, accuracy_m=5, area=area)
        assert (report.lat, report.lon, report.h3_cell, report.accuracy_m) == (None,) * 4
        assert report.unit == unit


@pytest.mark.parametrize("accuracy_m", [-1, MAX_ACCURACY_M + 1, 10**12])
def test_nor_does_an_accuracy(units, accuracy_m):
    report = receive(accuracy_m=accuracy_m, **VILLAGE)
    assert (report.lat, report.accuracy_m) == (-6.15, None)


@pytest.mark.parametrize("point", [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0)])
def test_the_edges_of_the_world_are_places(units, point):
    report = receive(lat=point[0], lon=point[1], accuracy_m=0)
    assert (report.lat, report.lon, report.accuracy_m) == (*point, 0)


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({}, ("unknown", None, None)),
        ({"precision": "unknown", "occurred_from": NOW}, ("unknown", None, None)),
        ({"precision": "exact"}, ("unknown", None, None)),
        ({"precision": "exact", "occurred_to": NOW}, ("unknown", None, None)),
        ({"precision": "exact", "occurred_from": NOW}, ("exact", NOW, None)),
        (
            {"precision": "about", "occurred_from": NOW, "occurred_to": NOW},
            ("about", NOW, NOW),
        ),
        (  # the phone's clock is a little fast
            {"precision": "exact", "occurred_from": NOW + 5 * MINUTE},
            ("exact", NOW + 5 * MINUTE, None),
        ),
    ],
)
def test_when_it_happened(units, fields, stored):
    report = receive(**fields)
    assert (report.precision, report.occurred_from, report.occurred_to) == stored


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (NOW + 6 * MINUTE, None, "occurred_from"),
        (NOW + timedelta(days=3650), None, "occurred_from"),
        (NOW, NOW - MINUTE, "occurred_to"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7))), None, "occurred_from"),
        (datetime(1899, 12, 31, tzinfo=UTC), None, "occurred_from"),
    ],
)
def test_times_that_cannot_be(units, start, end, field):
    with pytest.raises(ValidationError) as caught:
        receive(precision="about", occurred_from=start, occurred_to=end)
    assert list(caught.value.message_dict) == [field]
    assert not Report.objects.exists()


# Who reported


@pytest.mark.parametrize(
    ("privacy", "name", "phone", "stored"),
    [
        ("anonymous", "Kenari", "+628121", "anonymous"),
        ("anonymous", "", "", "anonymous"),
        ("sealed", "Kenari", "", "sealed"),
        ("officers", "", "+628121", "officers"),
        # The reporter chose to give a name, but gave none.
        ("sealed", "", "", "anonymous"),
        ("officers", "", "", "anonymous"),
    ],
)
def test_contacts_are_kept_of_those_who_want_it(units, privacy, name, phone, stored):
    report = receive(privacy=privacy, contact_name=name, contact_phone=phone)
    assert report.privacy == stored
    contact = ReportContact.objects.filter(report=report).first()
    if stored == Privacy.ANONYMOUS:
        assert contact is None
    else:
        assert (contact.name or "", contact.phone or "") == (name, phone)
        assert len(contact.phone_digest) == (64 if phone else 0)


# Stored once


def make_draft(**fields):
    return ReportDraft(category=make.make_category(), text="Ribut", **fields)


def test_a_retry_is_answered_with_what_is_stored(units, village):
    once = make_draft(area=village, privacy="officers", contact_phone="+628121")
    first, is_new = receive_report(draft=once, now=NOW)
    assert is_new
    for minutes in (0, 1, 6000):
        again, is_new = receive_report(draft=replace(once), now=NOW + minutes * MINUTE)
        assert (again, again.code, is_new) == (first, first.code, False)
    assert Report.objects.count() == ReportEvent.objects.count() == 1
    assert ReportContact.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Sepi"},
        {"place": "Gang 5"},
        {"lat": -6.0, "lon": 106.0},
        {"precision": "exact", "occurred_from": NOW},
        {"source": "phone"},
        {"privacy": "officers"},
        {"contact_phone": "+628122"},
        {"contact_name": "Orang lain"},
    ],
)
def test_another_body_under_the_same_uuid_is_a_conflict(units, other):
    first = make_draft(privacy="sealed", contact_name="Kenari", contact_phone="+628121")
    stored, _is_new = receive_report(draft=first)
    with pytest.raises(ReportConflict):
        receive_report(draft=replace(first, **other))
    stored.refresh_from_db()
    assert (stored.text, stored.place) == ("Ribut", "")
    assert Report.objects.count() == 1


def test_another_category_village_person_or_photo_is_another_body(units, village, officer, photo):
    first = make_draft()
    receive_report(draft=first)
    for fields, by in (
        ({"category": make.make_category("burglary")}, None),
        ({"area": village}, None),
        ({"about_unit": units.polsek}, None),
        ({"photos": (photo,)}, None),
        ({}, officer),
    ):
        with pytest.raises(ReportConflict):
            receive_report(draft=replace(first, **fields), by=by)
    assert Report.objects.count() == 1


def test_a_contact_that_is_not_kept_is_not_hashed(units):
    first = make_draft(contact_phone="+628121")
    stored, _is_new = receive_report(draft=first)
    again, is_new = receive_report(draft=replace(first, contact_phone="+628122"))
    assert (again, is_new) == (stored, False)


def test_the_hash_does_not_give_a_phone_away(units, settings):
    """The rest of the hashed body is stored in the clear, so a plain number could be guessed."""
    body = make_draft(privacy="officers", contact_phone="+628121")
    before = body.hashes(None)
    assert before == body.hashes(None)
    settings.SALT_KEY = ["another key, as an intruder would have to guess"]
    assert body.hashes(None) != before
    assert make_draft(client_uuid=body.client_uuid).hashes(None) == make_draft().hashes(None)


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_reports_at_once_make_one_row(units, village, photo, stored_files):
    once = make_draft(area=village, privacy="sealed", contact_phone="+628121", photos=(photo,))
    answers = []
    errors = in_threads(50, lambda _n: answers.append(receive_report(draft=once)))
    assert errors == {}
    assert len({(report.pk, report.code) for report, _is_new in answers}) == 1
    assert sum(is_new for _report, is_new in answers) == 1
    assert Report.objects.count() == ReportEvent.objects.count() == 1
    assert ReportContact.objects.count() == ReportPhoto.objects.count() == 1
    # The files of the 49 late ones are deleted again; those of the first are kept.
    row = ReportPhoto.objects.get()
    assert stored_files() == sorted([row.large.name, row.small.name])


@pytest.mark.django_db(transaction=True)
def test_different_bodies_at_once_under_one_uuid_keep_one(units):
    first = make_draft()
    errors = in_threads(
        10, lambda number: receive_report(draft=replace(first, text=f"Ribut {number}"))
    )
    assert errors == {"ReportConflict": 9}
    assert Report.objects.count() == 1


# Photos


GPS_IFD, DESCRIPTION = 0x8825, 0x010E


@pytest.fixture
def photo():
    return make_photo("red")


def make_photo(colour, size=(80, 60)):
    tags = Image.Exif()
    tags[DESCRIPTION] = "Rumah Bu Kenari"
    gps = tags.get_ifd(GPS_IFD)
    gps[1], gps[2], gps[3], gps[4] = "S", (6.0, 8.0, 52.5), "E", (106.0, 48.0, 3.0)
    raw = BytesIO()
    Image.new("RGB", size, colour).save(raw, "JPEG", exif=tags)
    assert b"Kenari" in raw.getvalue()
    raw.seek(0)
    return clean_photo(raw)


@pytest.fixture
def stored_files(settings, tmp_path):
    """A function that lists all stored files."""
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    )


def test_photos_are_stored_with_the_report_without_metadata(
    units, stored_files, tmp_path, django_capture_on_commit_callbacks
):
    photos = (make_photo("red"), make_photo("blue", (2000, 1000)))
    with django_capture_on_commit_callbacks(execute=True):
        report = receive(photos=photos)
    rows = list(report.photos.all())
    assert [(row.width, row.height, str(row)) for row in rows] == [
        (80, 60, "80×60"),
        (1600, 800, "1600×800"),
    ]
    assert {row.event for row in rows} == {report.timeline.get()}
    assert stored_files() == sorted(
        name for row in rows for name in (row.large.name, row.small.name)
    )
    for name in stored_files():
        stored = (tmp_path / name).read_bytes()
        assert b"Kenari" not in stored
        assert not Image.open(BytesIO(stored)).getexif()
        assert not {report.code, report.number} & set(name.split("/"))


def test_the_same_photo_twice_is_two_files(units, photo, stored_files):
    receive(photos=(photo,))
    receive(photos=(photo,))
    assert len(stored_files()) == 4


@pytest.mark.parametrize("failing", [ReportPhoto, ReportContact])
def test_no_file_takes_its_place_of_a_report_that_was_not_stored(
    units, photo, stored_files, monkeypatch, django_capture_on_commit_callbacks, failing
):
    body = make_draft(photos=(photo, photo), privacy="officers", contact_name="Kenari")

    def fail(*_args, **_fields):
        raise RuntimeError("failed")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(failing, "save", fail)
        with pytest.raises(RuntimeError):
            receive_report(draft=body)
    assert not [name for name in stored_files() if not name.startswith("incoming/")]
    assert not Report.objects.exists()
    assert not ReportContact.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert receive_report(draft=body)[1]
    assert len([name for name in stored_files() if not name.startswith("incoming/")]) == 4


def test_a_full_disk_keeps_the_words_and_a_retry_brings_the_photos(
    units, photo, stored_files, monkeypatch, settings
):
    body = replace(make_draft(photos=(photo,)), text="Kenari bercerita")

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("toolkit.photos.files.os.fsync", full)
        report, is_new = receive_report(draft=body)
    assert (is_new, report.text) == (True, "Kenari bercerita")
    assert report.photos.get().is_missing
    assert stored_files() == []
    assert receive_report(draft=body) == (report, False)
    assert not report.photos.get().is_missing
    assert len(stored_files()) == 2
