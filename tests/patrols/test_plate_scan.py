"""A scanned plate: the button of who patrols there, and a page that names nothing for others."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import Checkpoint, LogEntry
from patrols.services.duties import end_duty, start_duty
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.rollcall import mark_attendance
from tests import factories as make

NOBODY = "Tidak ada patroli Anda yang sedang berjalan di titik ini"
REPLACED = "Pelat ini sudah diganti atau bukan titik patroli Anda"


@pytest.fixture
def stop(duty):
    return duty.route.checkpoints.get(order=2)


def scan(client, plate):
    return client.get(reverse("patrols:plate_scan", args=[plate]))


def fields_of(html):
    return dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', html))


def tap(client, page, duty, **words):
    """Sends what the form of the page holds, with what the phone adds."""
    sent = {**fields_of(page.content.decode()), **words}
    return client.post(reverse("patrols:check_in", args=[duty.pk]), sent, follow=True)


def nothing_in(page, said=NOBODY, names=("Titik", "Rute A", "Patroli A")):
    html = page.content.decode()
    assert said in html
    for word in names:
        assert word not in html.replace("titik ini", "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


@pytest.mark.parametrize("who", ["officer", "volunteer"])
def test_who_patrols_there_checks_in_with_one_tap(
    sign_in, running_duty, stop, who, request, officer
):
    client = sign_in(request.getfixturevalue(who))
    page = scan(client, stop.plate)
    html = page.content.decode()
    assert page.status_code == 200
    assert "Titik 2" in html
    assert "Singgah 12 menit" in html
    assert html.count(f'action="{reverse("patrols:check_in", args=[running_duty.pk])}"') == 1
    assert not LogEntry.objects.filter(kind="check_in").exists()
    place = {"lat": str(stop.lat), "lon": str(stop.lon), "accuracy_m": "9"}
    for _ in range(2):
        answer = tap(client, page, running_duty, **place)
    entry = LogEntry.objects.get(kind="check_in")
    assert (entry.by_plate, entry.checkpoint, entry.marks) == (True, stop, [])
    html = answer.content.decode()
    assert '<span class="tag">pelat dipindai</span>' in html
    assert '<span class="tag warn">pelat dipindai</span>' not in html  # of the round: nothing odd
    log = client.get(reverse("patrols:duty_log", args=[running_duty.pk])).content.decode()
    assert "Pelat dipindai" in log


@pytest.mark.parametrize(
    ("north", "marks"), [(None, ["no_position"]), (0.01, ["outside"]), (0.0, [])]
)
def test_the_plate_takes_no_mark_away(sign_in, officer, running_duty, stop, north, marks):
    client = sign_in(officer)
    place = {} if north is None else {"lat": str(stop.lat + north), "lon": str(stop.lon)}
    tap(client, scan(client, stop.plate), running_duty, **place)
    entry = LogEntry.objects.get(kind="check_in")
    assert (entry.by_plate, entry.marks) == (True, marks)


def test_a_wrong_plate_makes_a_check_in_without(sign_in, officer, running_duty, stop):
    client = sign_in(officer)
    other = running_duty.route.checkpoints.get(order=1).plate
    for plate in (str(other), str(uuid.uuid4()), "x" * 400, "<b>"):
        tap(client, scan(client, stop.plate), running_duty, plate=plate)
    assert list(LogEntry.objects.filter(kind="check_in").values_list("by_plate", flat=True)) == (
        [False] * 4
    )


def test_a_plate_replaced_or_retired_after_the_scan_counts_for_nothing(
    sign_in, officer, running_duty, stop
):
    client = sign_in(officer)
    first, second = scan(client, stop.plate), scan(client, stop.plate)
    Checkpoint.objects.filter(pk=stop.pk).update(retired_on="2026-01-01")
    tap(client, first, running_duty)
    Checkpoint.objects.filter(pk=stop.pk).update(retired_on=None, plate=uuid.uuid4())
    tap(client, second, running_duty)
    assert LogEntry.objects.filter(kind="check_in", by_plate=False).count() == 2


def test_a_plate_belongs_to_check_ins_only_and_to_the_hash_only_if_given(officer, running_duty):
    stop = running_duty.route.checkpoints.first()
    draft = EntryDraft("note", text="Catatan", checkpoint_id=stop.pk, plate=str(stop.plate))
    entry, _ = log_entry(duty=running_duty, by=officer, draft=draft)
    assert not entry.by_plate
    bare = EntryDraft("check_in", client_uuid=draft.client_uuid)
    with_plate = EntryDraft("check_in", plate="a", client_uuid=draft.client_uuid)
    assert bare.sha256(1, officer) != with_plate.sha256(1, officer)
    assert "plate" not in bare.sha256(1, officer)


def test_one_button_for_each_running_duty(sign_in, officer, units, running_duty, stop):
    second = make.make_duty(units.polsek, "Patroli B", route=running_duty.route, leader=officer)
    make.make_attendance(second, officer=officer, expected=False)
    start_duty(duty=second, by=officer, despite=True)
    html = scan(sign_in(officer), stop.plate).content.decode()
    for duty in (running_duty, second):
        assert f'action="{reverse("patrols:check_in", args=[duty.pk])}"' in html
        assert duty.name in html
    keys = re.findall(r'name="client_uuid" value="([^"]+)"', html)
    assert len(set(keys)) == 2


def test_a_planned_duty_of_tonight_is_linked(sign_in, officer, duty, stop):
    page = scan(sign_in(officer), stop.plate)
    html = page.content.decode()
    assert page.status_code == 200
    assert "Mulai dulu tugasnya" in html
    assert reverse("patrols:duty_detail", args=[duty.pk]) in html
    assert reverse("patrols:check_in", args=[duty.pk]) not in html


def test_a_duty_of_another_night_is_not(sign_in, officer, units, stop):
    officer.attendances.all().delete()
    starts = timezone.now() + timedelta(days=2)
    later = make.make_duty(units.polsek, "Nanti", starts, route=stop.route, leader=officer)
    make.make_attendance(later, officer=officer)
    page = scan(sign_in(officer), stop.plate)
    assert page.status_code == 404
    assert "Nanti" not in page.content.decode()


def test_everybody_else_and_every_other_plate_look_alike(
    sign_in, officer, operator, neighbour, nobody, chief, running_duty, stop, units
):
    retired = Checkpoint.objects.create(
        route=running_duty.route, name="Titik lama", order=9, retired_on="2026-01-01"
    )
    retired.refresh_from_db()
    foreign = make.make_route(units.polsek_neighbour, checkpoints=1).checkpoints.get()
    for user in (operator, neighbour, nobody, chief):
        pages = [scan(sign_in(user), plate) for plate in (stop.plate, uuid.uuid4())]
        assert [page.status_code for page in pages] == [404, 404]
        assert len({nothing_in(page) for page in pages}) == 1
    client = sign_in(officer)
    pages = [scan(client, plate) for plate in (retired.plate, foreign.plate, uuid.uuid4())]
    assert [page.status_code for page in pages] == [404] * 3
    assert len({nothing_in(page, REPLACED, ["Titik", "Rute A"]) for page in pages}) == 1


def test_who_is_on_a_duty_is_led_back_to_it(sign_in, officer, running_duty):
    html = scan(sign_in(officer), uuid.uuid4()).content.decode()
    assert "Check-in lewat tombol di tugas Anda." in html
    assert f'href="{reverse("patrols:duty_detail", args=[running_duty.pk])}"' in html
    assert NOBODY not in html


def test_who_is_checked_in_there_is_told_so_until_the_next_place(
    sign_in, officer, volunteer, running_duty, stop
):
    client = sign_in(officer)
    tap(client, scan(client, stop.plate), running_duty)
    entry = LogEntry.objects.get(kind="check_in")
    html = scan(client, stop.plate).content.decode()
    at = entry.at.astimezone(running_duty.unit.zone)
    assert f"Sudah tercatat pukul {at:%H.%M}" in html
    duty = reverse("patrols:duty_detail", args=[running_duty.pk])
    assert re.search(rf'class="btn main[^>]*href="{duty}"', html)
    assert 'class="btn wide js"' in html
    other = running_duty.route.checkpoints.get(order=1)
    tap(client, scan(client, other.plate), running_duty)
    assert "Sudah tercatat" not in scan(client, stop.plate).content.decode()
    assert "Sudah tercatat" not in scan(sign_in(volunteer), other.plate).content.decode()


def test_after_the_duty_it_names_nothing(sign_in, officer, running_duty, stop):
    end_duty(duty=running_duty, by=officer, summary="Aman")
    page = scan(sign_in(officer), stop.plate)
    assert page.status_code == 404
    nothing_in(page)


def test_signing_in_leads_back_to_it(client, stop):
    answer = client.get(path := reverse("patrols:plate_scan", args=[stop.plate]))
    assert answer.status_code == 302
    assert path.replace("/", "%2F") in answer.url.replace("/", "%2F")


def test_who_is_marked_absent_is_asked_and_the_plate_is_kept(
    sign_in, officer, volunteer, running_duty, stop
):
    row = running_duty.attendances.get(member=volunteer.membership)
    mark_attendance(attendance=row, status="absent", by=officer, shown="")
    client = sign_in(volunteer)
    page = tap(client, scan(client, stop.plate), running_duty)
    assert page.status_code == 409
    tap(client, page, running_duty)
    assert LogEntry.objects.get(kind="check_in").by_plate
