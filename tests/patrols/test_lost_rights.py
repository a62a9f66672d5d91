"""Who has lost the right to a duty while a phone held what they wrote on it."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from patrols.models import LateNote, LogEntry
from patrols.services.duties import end_duty
from tests import factories as make
from tests.pictures import jpeg


@pytest.fixture
def send(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def sent(user, path, **fields):
        client.force_login(user)
        fields = {"client_uuid": str(uuid.uuid4()), **fields}
        return client.post(path, fields, headers={"X-Outbox": str(user.pk)})

    return sent


def photo():
    return SimpleUploadedFile("foto.jpg", jpeg((40, 30)).read(), "image/jpeg")


def page(name, duty):
    return reverse(f"patrols:{name}", args=[duty.pk])


def photo_page(key):
    return reverse("patrols:photo_add", args=[key])


def end_posting(user):
    user.postings.update(ends_on=timezone.localdate() - timedelta(days=1))


SENT = {
    "entry_add": {"kind": "note", "text": "Lampu padam"},
    "check_in": {"lat": "-6.15", "lon": "106.81"},
    "duty_nil": {},
}


@pytest.mark.parametrize("name", SENT)
@pytest.mark.parametrize("is_in_roll", [True, False])
def test_what_was_stored_is_stored_though_the_right_is_lost(
    send, officer, operator, neighbour, running_duty, name, is_in_roll
):
    """The answer was lost, and the posting has ended since: refused, it would be written twice."""
    author = officer if is_in_roll else operator
    fields = {**SENT[name], "client_uuid": str(uuid.uuid4()), "photo_count": "1"}
    path = page(name, running_duty)
    assert send(author, path, **fields).status_code == 201
    end_duty(duty=running_duty, by=officer)
    end_posting(author)
    assert send(author, path, **fields).status_code == 200
    assert LogEntry.objects.filter(client_uuid=fields["client_uuid"]).count() == 1
    # Neither another entry nor another person finds a way in.
    assert send(author, path, **{**fields, "client_uuid": str(uuid.uuid4())}).status_code == 404
    assert send(neighbour, path, **fields).status_code == 404
    other = make.make_duty(running_duty.unit, "Patroli B")
    assert send(author, page(name, other), **fields).status_code == 404


def test_a_photo_that_was_stored_is_stored_too(send, officer, neighbour, running_duty):
    key = str(uuid.uuid4())
    words = {**SENT["entry_add"], "photo_count": "2", "client_uuid": key}
    assert send(officer, page("entry_add", running_duty), **words).status_code == 201
    its = str(uuid.uuid4())
    assert send(officer, photo_page(key), client_uuid=its, photos=photo()).status_code == 201
    end_duty(duty=running_duty, by=officer)
    end_posting(officer)
    assert send(officer, photo_page(key), client_uuid=its, photos=photo()).status_code == 200
    assert send(officer, photo_page(key), photos=photo()).status_code == 404
    assert send(neighbour, photo_page(key), client_uuid=its, photos=photo()).status_code == 404
    assert LogEntry.objects.get(client_uuid=key).photos.count() == 1


def test_other_words_under_the_uuid_are_shown_beside_the_stored_ones(send, officer, running_duty):
    key = str(uuid.uuid4())
    path = page("entry_add", running_duty)
    assert send(officer, path, client_uuid=key, **SENT["entry_add"]).status_code == 201
    end_duty(duty=running_duty, by=officer)
    end_posting(officer)
    answer = send(officer, path, client_uuid=key, kind="note", text="Lain")
    assert answer.status_code == 409
    assert "Lampu padam" in str(answer.json()["stored"])


@pytest.mark.parametrize("is_running", [True, False])
def test_a_note_and_a_photo_of_who_was_posted_here_until_yesterday(
    send, officer, running_duty, is_running
):
    """While the duty runs its own roll lets them write. After it nothing is taken but a late note,
    so that nothing is lost."""
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    path = page("entry_add", running_duty)
    words = {**SENT["entry_add"], "photo_count": "1"}
    assert send(officer, path, client_uuid=first, **words).status_code == 201
    if not is_running:
        end_duty(duty=running_duty, by=officer)
    end_posting(officer)
    expected = 201 if is_running else 404
    assert send(officer, path, client_uuid=second, **words).status_code == expected
    for key in (first, second):
        assert send(officer, photo_page(key), photos=photo()).status_code == expected
    note = {"duty": str(running_duty.pk), "text": "Lampu padam", "photos": photo()}
    assert send(officer, reverse("patrols:late_note_add"), **note).status_code == 201
    kept = LateNote.objects.get()
    assert (kept.unit, kept.author, kept.photos.count()) == (running_duty.unit, officer, 1)
