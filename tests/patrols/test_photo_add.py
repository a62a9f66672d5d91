"""A photo that a phone sends by itself, after the entry that has announced it."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patrols.models import EntryPhoto, LogEntry
from patrols.services.duties import end_duty, review_duty
from reports.models import ReportPhoto
from tests import factories as make
from tests.pictures import jpeg


@pytest.fixture
def outbox(sign_in, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(officer)

    def send(path, **fields):
        return client.post(path, fields, headers={"X-Outbox": str(officer.pk)})

    return send


@pytest.fixture
def entry(outbox, running_duty):
    def written(**fields):
        key = uuid.uuid4()
        path = reverse("patrols:entry_add", args=[running_duty.pk])
        fields = {"kind": "observation", "photo_count": "2", **fields}
        answer = outbox(path, client_uuid=key, **fields)
        assert answer.status_code == 201, answer.content
        return LogEntry.objects.get(client_uuid=key)

    return written


def photo(number=0):
    return SimpleUploadedFile("foto.jpg", jpeg((40 + number, 30)).read(), "image/jpeg")


def path_of(entry):
    return reverse("patrols:photo_add", args=[entry.client_uuid])


def test_the_words_stand_in_the_log_before_the_photos_come(entry, client, running_duty, officer):
    written = entry(text="Lampu mati")
    assert (written.photos_to_come, written.photos_awaited) == (2, 2)
    page = client.get(reverse("patrols:duty_detail", args=[running_duty.pk])).content.decode()
    assert "2 foto menyusul" in page


def test_an_entry_of_photos_alone_is_valid(entry):
    assert entry().text == ""


def test_each_photo_comes_once(entry, outbox):
    written, keys = entry(), [uuid.uuid4(), uuid.uuid4()]
    for status in (201, 200):
        for number, key in enumerate(keys):
            answer = outbox(path_of(written), client_uuid=key, photos=photo(number))
            assert (answer.status_code, answer.json()["said"][0]["level"]) == (status, "good")
    assert EntryPhoto.objects.filter(entry=written).count() == 2
    assert LogEntry.objects.get(pk=written.pk).photos_awaited == 0


def test_more_photos_than_announced_are_refused(entry, outbox):
    written = entry(photo_count="1")
    outbox(path_of(written), client_uuid=uuid.uuid4(), photos=photo())
    answer = outbox(path_of(written), client_uuid=uuid.uuid4(), photos=photo(1))
    assert answer.status_code == 422
    assert written.photos.count() == 1


def test_another_photo_under_the_same_uuid_is_refused(entry, outbox):
    written, key = entry(), uuid.uuid4()
    outbox(path_of(written), client_uuid=key, photos=photo())
    assert outbox(path_of(written), client_uuid=key, photos=photo(1)).status_code == 409
    assert written.photos.count() == 1


def test_what_is_no_photo_is_refused(entry, outbox):
    written = entry()
    text = SimpleUploadedFile("foto.jpg", b"bukan foto", "image/jpeg")
    answer = outbox(path_of(written), client_uuid=uuid.uuid4(), photos=text)
    assert answer.status_code == 422
    assert "bukan foto" in answer.json()["said"][0]["text"]


def test_it_comes_after_the_log_was_approved(entry, outbox, running_duty, officer, commander):
    written = entry()
    ended = end_duty(duty=running_duty, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    answer = outbox(path_of(written), client_uuid=uuid.uuid4(), photos=photo())
    assert answer.status_code == 201


def test_it_goes_to_the_report_of_a_finding_too(entry, outbox):
    make.make_category("other")
    written = entry(kind="finding", text="Kabel putus", make_report="on")
    outbox(path_of(written), client_uuid=uuid.uuid4(), photos=photo())
    assert ReportPhoto.objects.filter(report=written.finding.report).count() == 1


def test_an_entry_the_server_does_not_know_is_404(outbox, entry):
    path = reverse("patrols:photo_add", args=[uuid.uuid4()])
    assert outbox(path, client_uuid=uuid.uuid4(), photos=photo()).status_code == 404


def test_asked_by_get_it_leads_to_the_duty(entry, client):
    written = entry()
    answer = client.get(path_of(written))
    assert answer.url == reverse("patrols:duty_detail", args=[written.duty_id])
