"""What a commander sees of entries that came late, and of photos still on their way."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patrols.services.duties import end_duty, start_duty
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.late_notes import hand_over_note
from tests import factories as make
from tests.pictures import jpeg
from toolkit.idempotency.sent import Sent

NOW = datetime(2026, 11, 11, 21, 31, tzinfo=UTC)  # 04.31 in Jakarta
TEN = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)  # 22.00
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def duty(units, officer):
    """Runs since 22.00; an entry came at 23.30, and another at 04.31 that was written at 22.30."""
    duty = make.make_duty(units.polsek, leader=officer, starts_at=TEN, ends_at=NOW)
    make.make_attendance(duty, officer=officer)
    start_duty(duty=duty, by=officer, now=TEN)
    make.make_entry(duty, officer, text="Tepat waktu", now=TEN + 90 * MINUTE)
    write(duty, officer, text="Terlambat kenari", device_at=TEN + 30 * MINUTE)
    duty.refresh_from_db()
    return duty


def write(duty, officer, **fields):
    draft = EntryDraft(kind="finding", sent_at=NOW, **fields)
    return log_entry(duty=duty, by=officer, draft=draft, now=NOW)[0]


@pytest.fixture
def read(sign_in, commander):
    def page(name, *args, **query):
        answer = sign_in(commander).get(reverse(f"patrols:{name}", args=args), query)
        assert answer.status_code == 200
        return answer

    return page


@pytest.mark.parametrize("page", ["duty_detail", "duty_log", "duty_review", "duty_share"])
def test_it_stands_where_it_happened_and_says_when_it_was_sent(duty, officer, read, page):
    if page == "duty_review":
        end_duty(duty=duty, by=officer)
    html = read(page, duty.pk).content.decode()
    places = [html.index("Terlambat kenari"), html.index("Tepat waktu")]
    assert (places == sorted(places)) is (page != "duty_detail")  # which shows the newest first
    assert html.casefold().count("dikirim 04.31") == 1
    assert "22.30" in html


def test_so_it_does_in_the_text_of_the_entry_alone(duty, read):
    late = duty.entries.get(text="Terlambat kenari")
    assert (
        "22.30 Temuan (dikirim 04.31): Terlambat kenari"
        in read("entry_share", late.pk).content.decode()
    )


def test_of_another_day_it_says_which(duty, officer, read, clock):
    clock.move_to(NOW + timedelta(days=2), tick=False)
    draft = EntryDraft(kind="note", text="Lama", device_at=TEN, sent_at=NOW + timedelta(days=2))
    log_entry(duty=duty, by=officer, draft=draft)
    assert "dikirim 14 Nov 2026 04.31 WIB" in read("duty_detail", duty.pk).content.decode()


def test_the_marks_cost_no_statement(duty, officer, read):
    counts = []
    read("duty_detail", duty.pk)
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            read("duty_detail", duty.pk)
        counts.append(len(asked))
        for number in range(5):
            write(duty, officer, text=str(number), device_at=TEN + 40 * MINUTE)
    assert counts[0] == counts[1]


def silent(answer):
    return answer.context["figures"].silent, [row.word for row in answer.context["rows"]]


@pytest.fixture
def quiet(units, officer):
    duty = make.make_duty(units.polsek, leader=officer, starts_at=TEN, ends_at=NOW + 60 * MINUTE)
    make.make_attendance(duty, officer=officer)
    start_duty(duty=duty, by=officer, now=TEN)
    draft = EntryDraft(kind="check_in", photos_to_come=1)
    entry, _ = log_entry(duty=duty, by=officer, draft=draft, now=TEN)
    duty.refresh_from_db()
    duty.quiet_entry = entry
    return duty


def send(client, officer, name, key, **fields):
    client.force_login(officer)
    fields = {"client_uuid": uuid.uuid4(), "device_at": (TEN + 5 * MINUTE).isoformat(), **fields}
    fields["sent_at"] = NOW.isoformat()
    path = reverse(f"patrols:{name}", args=[key])
    answer = client.post(path, fields, headers={"X-Outbox": str(officer.pk)})
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("what", ["entry_add", "duty_nil", "check_in", "checkpoint_leave", "photo"])
def test_a_silent_patrol_that_sends_is_heard_of_at_once(quiet, read, client, officer, what):
    assert silent(read("tonight")) == (1, ["tidak ada laporan 6 jam 31 mnt"])
    assert silent(read("tonight", show="silent"))[1] == ["tidak ada laporan 6 jam 31 mnt"]
    if what == "photo":
        photo = SimpleUploadedFile("foto.jpg", jpeg().read(), "image/jpeg")
        send(client, officer, "photo_add", quiet.quiet_entry.client_uuid, photos=photo)
    else:
        fields = {"kind": "note", "text": "Aman"} if what == "entry_add" else {}
        send(client, officer, what, quiet.pk, **fields)
    assert silent(read("tonight")) == (0, ["berjalan"])
    assert silent(read("tonight", show="silent"))[1] == []


def test_its_last_entry_is_still_as_old_as_it_is(quiet, read, client, officer):
    send(client, officer, "duty_nil", quiet.pk)
    assert 'title="11 Nov 2026 22.05 WIB"' in read("tonight").content.decode()


# Photos on their way


@pytest.fixture
def waiting(duty, officer):
    entry = write(duty, officer, text="Tiga foto", device_at=TEN + MINUTE, photos_to_come=3)
    end_duty(duty=duty, by=officer)
    return entry


def test_the_review_says_what_is_still_to_come(duty, waiting, read, client, officer, commander):
    html = read("duty_review", duty.pk).content.decode()
    assert html.count("3 foto menyusul") == 2
    assert "Anda tetap bisa menyetujui" in html
    assert "3 foto menyusul" in read("duty_log", duty.pk).content.decode()
    for number in range(3):
        photo = SimpleUploadedFile("foto.jpg", jpeg((40 + number, 30)).read(), "image/jpeg")
        send(client, officer, "photo_add", waiting.client_uuid, photos=photo)
    html = read("duty_review", duty.pk).content.decode()
    assert "menyusul" not in html
    assert "Anda tetap bisa menyetujui" not in html


def test_the_review_says_that_a_note_is_not_read(duty, officer, read):
    end_duty(duty=duty, by=officer)
    hand_over_note(by=officer, sent=Sent(), text="Kata susulan", meant_for=duty.pk)
    html = read("duty_review", duty.pk).content.decode()
    assert "1 catatan susulan belum dibaca" in html
    assert "Kata susulan" in html


def test_a_withdrawn_entry_awaits_nothing(duty, waiting, read):
    type(waiting).objects.filter(pk=waiting.pk).update(withdrawn_at=NOW)
    assert "Anda tetap bisa menyetujui" not in read("duty_review", duty.pk).content.decode()
