"""A queue of a phone, replayed over and over, shuffled, many at once, with lost answers."""

import random
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import DeedReceipt
from patrols.models import Attendance, EntryKind, EntryPhoto, LogEntry
from patrols.models.entries import WRITTEN_KINDS
from reports.models import Report
from tests import factories as make
from tests.pictures import jpeg
from tests.threads import in_threads
from tests.torture import size

# In a round each of the eight phones sends every item: two rounds replay it 16 times.
ITEMS, ROUNDS, AT_ONCE = size(500, 20), size(2, 1), 8
LOST = 0.3
STORED = (200, 201)
# A slow machine answers so when many photos of one person wait for their turn; a phone sends again.
BUSY = 429
STATUSES = ("late", "excused", "present")


def item(name, args, **fields):
    return name, args, {"client_uuid": str(uuid.uuid4()), **fields}


def queue_of(duty, rows, now):
    """What a phone may hold of a night, in the order of writing, with the row each must become."""
    items, photos = [], []
    for number in range(ITEMS):
        times = {
            "device_at": (now - timedelta(minutes=ITEMS - number)).isoformat(),
            "sent_at": now.isoformat(),
        }
        match number % 10:
            case 0:
                items.append(item("duty_nil", [duty.pk], **times))
            case 1:
                items.append(item("check_in", [duty.pk], lat="-6.15", lon="106.8", **times))
            case 2:
                person = {"guest_name": f"Tamu {number}", "guest_agency": "RT"}
                items.append(item("guest_add", [duty.pk], **person, **times))
            case 3:
                row = rows[number // 20 % len(rows)]
                status = STATUSES[number // 10 % len(STATUSES)]
                items.append(item("attendance_mark", [row.pk], status=status, **times))
            case 4:
                words = {"kind": "observation", "text": f"Foto {number}", "photo_count": "1"}
                items.append(item("entry_add", [duty.pk], **words, **times))
                photos.append(item("photo_add", [items[-1][2]["client_uuid"]], number=number))
            case 5:
                words = {"kind": "finding", "text": f"Temuan {number}", "make_report": "on"}
                items.append(item("entry_add", [duty.pk], **words, **times))
            case _:
                words = {"kind": WRITTEN_KINDS[number % 7].value, "text": f"Catatan {number}"}
                items.append(item("entry_add", [duty.pk], **words, **times))
    return items, photos


def send(client, person, wanted):
    """The status of one attempt. A photo is made anew: its file is read to the end."""
    name, args, fields = wanted
    if "number" in fields:
        data = jpeg((20 + fields["number"] % 40, 24)).read()
        photo = SimpleUploadedFile("foto.jpg", data, "image/jpeg")
        fields = {"client_uuid": fields["client_uuid"], "photos": photo}
    path = reverse(f"patrols:{name}", args=args)
    return client.post(path, fields, headers={"X-Outbox": str(person.pk)}).status_code


def replay(person, items, seed):
    """Eight phones of one person at once: each sends everything, in its own order, until each item
    was answered. Of every attempt the answer may be lost, and then it is sent again."""
    statuses = Counter()

    def phone(number):
        chance = random.Random(seed * 100 + number)
        client = Client()
        client.force_login(person)
        waiting = list(items)
        chance.shuffle(waiting)
        while waiting:
            wanted = waiting.pop()
            status = send(client, person, wanted)
            statuses[status] += 1
            if status not in STORED or chance.random() < LOST:
                waiting.insert(chance.randint(0, len(waiting)), wanted)

    assert in_threads(AT_ONCE, phone, patience=3600) == {}
    return statuses


@pytest.fixture
def night(running_duty, officer, units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.make_category("other")
    people = [make.make_user(f"Bhabin {n}", units.polsek, "officer") for n in range(5)]
    rows = [make.make_attendance(running_duty, officer=person) for person in people]
    items, photos = queue_of(running_duty, rows, timezone.now())
    return running_duty, officer, items, photos


@pytest.mark.django_db(transaction=True)
def test_each_item_of_a_queue_becomes_one_row(night):
    duty, officer, items, photos = night
    before = Attendance.objects.filter(duty=duty).count()
    for number in range(ROUNDS):
        statuses = replay(officer, items, number)
        assert set(statuses) <= set(STORED), statuses
        statuses = replay(officer, photos, number)
        assert set(statuses) <= {*STORED, BUSY}, statuses
    kinds = Counter(name for name, _args, _fields in items)
    entries = duty.entries.exclude(kind__in=[EntryKind.START, EntryKind.END])
    written = kinds["entry_add"] + kinds["check_in"] + kinds["duty_nil"]
    wanted = {fields["client_uuid"] for name, _args, fields in items if name != "attendance_mark"}
    assert entries.count() == written
    assert {str(key) for key in entries.values_list("client_uuid", flat=True)} <= wanted
    assert Attendance.objects.filter(duty=duty).count() == before + kinds["guest_add"]
    assert EntryPhoto.objects.filter(entry__duty=duty).count() == len(photos)
    findings = sum("make_report" in fields for _name, _args, fields in items)
    assert Report.objects.count() == findings
    assert DeedReceipt.objects.count() == kinds["attendance_mark"]
    marks = {args[0]: fields for name, args, fields in items if name == "attendance_mark"}
    for row in Attendance.objects.filter(pk__in=marks):
        assert (row.status, row.marked_at.isoformat()) == (
            marks[row.pk]["status"],
            marks[row.pk]["device_at"],
        )
    duty.refresh_from_db()
    assert duty.entry_count == duty.entries.count()
    times = {str(entry.client_uuid): entry.at for entry in entries}
    for name, _args, fields in items:
        if name in ("entry_add", "check_in", "duty_nil"):
            assert times[fields["client_uuid"]].isoformat() == fields["device_at"]


@pytest.mark.django_db(transaction=True)
def test_other_words_under_a_stored_uuid_are_a_conflict(night):
    duty, officer, items, _photos = night
    client = Client()
    client.force_login(officer)
    name, args, fields = next(item for item in items if item[0] == "entry_add")
    assert send(client, officer, (name, args, fields)) == 201
    assert send(client, officer, (name, args, {**fields, "text": "Lain"})) == 409
    assert LogEntry.objects.filter(duty=duty, client_uuid=fields["client_uuid"]).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(size(200, 2)))
def test_fifty_at_once_make_one_row(night, round_number):
    duty, officer, _items, _photos = night
    wanted = item("entry_add", [duty.pk], kind="note", text=f"Sekali {round_number}")
    statuses = Counter()

    def phone(_number):
        client = Client()
        client.force_login(officer)
        statuses[send(client, officer, wanted)] += 1

    assert in_threads(size(50, 20), phone) == {}
    assert statuses[201] == 1
    assert set(statuses) <= set(STORED)
    assert duty.entries.filter(kind="note").count() == 1
