"""A note handed to the commander: what a phone wrote for a log that does not take it any more."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from patrols.models import LateNote
from patrols.services.duties import cancel_duty, end_duty, review_duty
from patrols.services.late_notes import hand_over_note, mark_note_read
from tests import factories as make
from tests.pictures import jpeg
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent

URL = "/patrols/late-notes/add/"
WORDS = "Kabel putus di gang 4"


@pytest.fixture
def send(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def sent(user, **fields):
        client.force_login(user)
        fields = {"client_uuid": str(uuid.uuid4()), "text": WORDS, **fields}
        return client.post(URL, fields, headers={"X-Outbox": str(user.pk)})

    return sent


def test_of_a_cancelled_duty(send, duty, officer, commander):
    cancel_duty(duty=duty, by=commander, reason="Banjir")
    written = timezone.now() - timedelta(hours=3)
    now = timezone.now().isoformat()
    answer = send(
        officer, duty=str(duty.pk), kind="finding", device_at=written.isoformat(), sent_at=now
    )
    assert answer.status_code == 201
    assert answer.json()["to"] == reverse("patrols:duty_detail", args=[duty.pk])
    note = LateNote.objects.get()
    assert (note.duty, note.unit, note.author) == (duty, duty.unit, officer)
    assert (note.kind, note.text, note.device_at) == ("finding", WORDS, written)
    assert note.at == written
    assert note.received_at > written
    assert duty.entries.count() == 0


def test_the_approved_log_stays_as_it_is(send, running_duty, officer, commander):
    ended = end_duty(duty=running_duty, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    before = ended.entries.count()
    assert send(officer, duty=str(ended.pk)).status_code == 201
    assert ended.entries.count() == before


def test_a_duty_begun_on_the_phone_has_a_uuid(send, running_duty, officer):
    key = uuid.uuid4()
    type(running_duty).objects.filter(pk=running_duty.pk).update(client_uuid=key)
    send(officer, duty=str(key))
    assert LateNote.objects.get().duty == running_duty


@pytest.mark.parametrize(
    "key", ["", "999999", "0", "9" * 30, "x", "\0", "2bd9e982-b634-4a5b-aedc-8a78c644857a"]
)
def test_without_a_duty_it_goes_to_the_own_unit(send, officer, units, key):
    """The begin was refused, or the key is none."""
    answer = send(officer, duty=key)
    assert answer.status_code == 201
    assert answer.json()["to"] == reverse("patrols:late_note_list")
    note = LateNote.objects.get()
    assert (note.duty, note.unit) == (None, units.polsek)


def test_who_lost_the_right_hands_it_to_the_unit_where_it_was_written(
    send, running_duty, officer, units, commander
):
    make.make_entry(running_duty, officer)
    end_duty(duty=running_duty, by=officer)
    officer.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    officer.unit = units.polsek_neighbour
    officer.save()
    answer = send(officer, duty=str(running_duty.pk))
    assert (answer.status_code, answer.json()["to"]) == (201, reverse("patrols:late_note_list"))
    note = LateNote.objects.get()
    assert (note.duty, note.unit) == (running_duty, units.polsek)
    assert list(LateNote.objects.visible_to(commander)) == [note]


def test_a_foreign_duty_and_an_absent_one_look_alike(send, running_duty, neighbour, units):
    answers = [send(neighbour, duty=key).json() for key in (str(running_duty.pk), "999999")]
    assert answers[0] == answers[1]
    assert set(LateNote.objects.values_list("duty", "unit")) == {(None, units.polsek_neighbour.pk)}


def test_a_volunteer_hands_it_to_the_unit_of_the_group(send, volunteer, units):
    assert send(volunteer).status_code == 201
    assert LateNote.objects.get().unit == units.polsek


def test_who_belongs_nowhere_keeps_the_words(send, db):
    answer = send(make.make_user("Tanpa Satuan"))
    assert answer.status_code == 422
    assert answer.json()["errors"][""]
    assert not LateNote.objects.exists()


def test_sent_again_it_is_stored_once(send, officer):
    key = str(uuid.uuid4())
    assert [send(officer, client_uuid=key).status_code for _try in range(3)] == [201, 200, 200]
    answer = send(officer, client_uuid=key, text="Lain")
    assert (answer.status_code, answer.json()["stored"][1]) == (409, WORDS)
    assert LateNote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_many_times_at_once_it_is_stored_once(officer):
    sent = Sent()
    act = lambda _n: hand_over_note(by=officer, sent=sent, text=WORDS)  # noqa: E731
    assert not in_threads(6, act)
    assert LateNote.objects.count() == 1


def test_photos_come_with_it(send, officer, client, commander, volunteer):
    photo = SimpleUploadedFile("foto.jpg", jpeg().read(), "image/jpeg")
    assert send(officer, text="", photos=photo).status_code == 201
    path = reverse(
        "patrols:late_note_photo", args=[LateNote.objects.get().photos.get().pk, "small"]
    )
    for user, status in ((officer, 200), (commander, 200), (volunteer, 404)):
        client.force_login(user)
        answer = client.get(path)
        assert answer.status_code == status
        for close in answer._resource_closers:
            close()


def test_an_empty_one_is_refused(send, officer):
    answer = send(officer, text="  ")
    assert answer.status_code == 422
    assert "Apa yang perlu diketahui komandan?" in answer.json()["errors"]


def test_without_script(sign_in, officer, duty):
    client = sign_in(officer)
    page = client.get(URL, {"duty": duty.pk})
    assert page.status_code == 200
    fields = {name: page.context["form"][name].value() or "" for name in ("duty", "client_uuid")}
    refused = client.post(URL, {**fields, "text": ""})
    assert refused.status_code == 200
    assert "Tulis beberapa kata" in refused.content.decode()
    answer = client.post(URL, {**fields, "text": WORDS})
    assert answer.url == reverse("patrols:duty_detail", args=[duty.pk])
    other = client.post(URL, {**fields, "text": "Lain lagi"})
    assert other.status_code == 409
    assert "Lain lagi" in other.content.decode()
    assert WORDS in other.content.decode()


def test_nothing_of_a_note_changes_but_who_read_it(officer, commander, chief, db):
    note, _ = hand_over_note(by=officer, sent=Sent(), text=WORDS)
    assert mark_note_read(note=note, by=commander)
    assert not mark_note_read(note=note, by=chief)
    note.refresh_from_db()
    assert note.read_by == commander
    for change in ({"text": "x"}, {"read_by": chief}, {"read_by": None, "read_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            LateNote.objects.filter(pk=note.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrols_latenote")


def test_the_phone_knows_the_addresses_that_what_is_refused_goes_to():
    script = settings.BASE_DIR.joinpath("static", "js", "pages", "outbox_items.js").read_text()
    for name in ("duty_choices", "late_note_add"):
        assert f'"{reverse(f"patrols:{name}")}"' in script
