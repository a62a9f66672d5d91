"""An activity is written once, with a signal or hours later."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from programs.models import Activity, ActivityPhoto, ActivityResident
from tests import factories as make
from tests.pictures import jpeg
from tests.threads import in_threads

URL = "/programs/activities/new/"
WORDS = "Mengunjungi warga, jalan gelap di depan gang"


@pytest.fixture
def send(client, kind):
    def sent(user, *, outbox=True, **fields):
        client.force_login(user)
        sent_at = timezone.now().isoformat()
        body = {"client_uuid": str(uuid.uuid4()), "sent_at": sent_at, "kind": "visit"}
        headers = {"X-Outbox": str(user.pk)} if outbox else {}
        return client.post(URL, {**body, "text": WORDS, **fields}, headers=headers)

    return sent


def test_one_text_is_enough(send, officer, units):
    answer = send(officer, outbox=False)
    activity = Activity.objects.get()
    assert answer.url == reverse("programs:activity_detail", args=[activity.pk])
    assert (activity.text, activity.author, activity.unit) == (WORDS, officer, units.polsek)
    assert activity.polsek == units.polsek
    assert timezone.now() - activity.at < timedelta(minutes=1)


def test_written_without_a_signal_it_has_the_hour_of_the_phone(send, officer):
    written = timezone.now() - timedelta(hours=6)
    answer = send(officer, device_at=written.isoformat())
    assert answer.status_code == 201
    activity = Activity.objects.get()
    assert activity.at == activity.device_at == written
    assert activity.received_at > written


def test_an_hour_without_a_day_is_the_last_that_the_clock_showed(send, officer, units):
    now = timezone.now().astimezone(units.polsek.zone)
    earlier = now - timedelta(hours=2)
    send(officer, happened_time=f"{earlier:%H:%M}")
    assert Activity.objects.get().at == earlier.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"text": "  "}, "text", "kosong"),
        ({"kind": "none"}, "kind", "pilihan"),
        ({"rt": "3"}, "rw", "Isi RW dari RT ini"),
        ({"rw": "3"}, "village", "Pilih kelurahan atau desa"),
        ({"rw": "0"}, "rw", "1"),
        ({"rw": "1000"}, "rw", "999"),
        ({"rt": "x", "rw": "1"}, "rt", "bilangan"),
        ({"village": "999999"}, "village", "pilihan"),
        ({"people_count": "-1"}, "people_count", "0"),
        ({"people_count": "40000"}, "people_count", "32767"),
        ({"happened_on": "2999-01-01", "happened_time": "10:00"}, "happened_on", "belum"),
        ({"happened_on": "2020-01-01", "happened_time": "10:00"}, "happened_on", "tiga bulan"),
        ({"happened_on": "2020-01-01"}, "happened_time", "jam"),
        ({"text": "x" * 2001}, "text", "2000"),
    ],
)
def test_a_bad_field_is_told_beside_it_and_nothing_is_lost(
    send, officer, village, units, fields, name, words
):
    officer.postings.get().villages.add(village)
    if name == "village":
        fields["village"] = fields.get("village", "")
    answer = send(officer, outbox=False, place="Pos RW 05", **fields)
    form = answer.context["form"]
    assert words.lower() in " ".join(form.errors[name]).lower()
    assert form["place"].value() == "Pos RW 05"
    assert not Activity.objects.exists()


def test_sent_again_it_is_stored_once(send, officer):
    key = str(uuid.uuid4())
    first, again = (send(officer, client_uuid=key, device_at="") for _try in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["to"] == again.json()["to"]
    assert Activity.objects.count() == 1


def test_other_words_under_the_same_number_are_shown_and_kept(send, officer):
    key = str(uuid.uuid4())
    send(officer, client_uuid=key)
    answer = send(officer, outbox=False, client_uuid=key, text="Lain sekali")
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()
    assert answer.context["form"]["text"].value() == "Lain sekali"


@pytest.mark.django_db(transaction=True)
def test_from_eight_tabs_at_once(kind, officer, units):
    key = uuid.uuid4()

    def act(_number):
        from programs.services.activities import ActivityDraft, write_activity
        from toolkit.idempotency.sent import Sent

        draft = ActivityDraft(kind=kind, text=WORDS, sent=Sent(key))
        write_activity(draft=draft, unit=units.polsek, by=officer)

    assert not in_threads(8, act)
    assert Activity.objects.count() == 1


def test_photos_of_camera_and_gallery_are_told_apart(send, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def photo(side):
        return SimpleUploadedFile("a.jpg", jpeg((side, 30)).read(), "image/jpeg")

    assert send(officer, photos=photo(40), gallery=photo(41)).status_code == 201
    assert sorted(ActivityPhoto.objects.values_list("from_gallery", flat=True)) == [False, True]


def test_not_more_than_five_photos(send, officer):
    photos = [SimpleUploadedFile("a.jpg", jpeg((40, 30)).read(), "image/jpeg") for _ in range(5)]
    more = SimpleUploadedFile("b.jpg", jpeg((41, 30)).read(), "image/jpeg")
    answer = send(officer, outbox=False, gallery=photos, photos=more)
    assert "Paling banyak 5 foto" in " ".join(answer.context["form"].errors["gallery"])


def test_the_name_of_a_resident_is_encrypted_and_apart(send, officer):
    send(officer, resident="Kenari Sembunyi")
    activity = Activity.objects.get()
    assert ActivityResident.objects.get(activity=activity).name == "Kenari Sembunyi"
    with transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM programs_activityresident")
            assert "Kenari" not in cursor.fetchone()[0]


def test_begins_in_the_only_village_and_in_the_rw_of_the_last_visit(
    client, officer, units, village, kind
):
    other = make.make_area("31.73.04.1002", "Krendang")
    posting = officer.postings.get()
    posting.villages.add(village)
    client.force_login(officer)
    assert client.get(URL).context["form"]["village"].value() == str(village.pk)
    posting.villages.add(other)
    assert client.get(URL).context["form"]["village"].value() in (None, "")
    make.make_activity(units.polsek, officer, village=other, rw=7)
    form = client.get(URL).context["form"]
    assert (form["village"].value(), form["rw"].value()) == (str(other.pk), 7)


def test_who_lost_the_posting_finds_what_was_stored(send, officer):
    key = str(uuid.uuid4())
    send(officer, client_uuid=key, device_at="")
    officer.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert send(officer, client_uuid=key, device_at="").status_code == 200
    assert send(officer).status_code == 403


def test_volunteers_write_none(client, send, volunteer):
    client.force_login(volunteer)
    assert client.get(URL).status_code == 403
    assert send(volunteer).status_code == 403


def test_the_copy_a_phone_keeps_names_no_place_of_today(client, officer, units, village, kind):
    officer.postings.get().villages.add(village, make.make_area("31.73.04.1002", "Krendang"))
    make.make_activity(units.polsek, officer, village=village, rw=7)
    client.force_login(officer)
    answer = client.get(URL, headers={"X-Copy": "1"})
    assert answer.headers["X-Copy"] == str(officer.pk)
    assert 'value="7"' not in answer.content.decode()


def test_my_day_leads_there_and_keeps_it(client, officer, volunteer):
    client.force_login(officer)
    assert URL in client.get(reverse("patrols:my_day")).content.decode()
    assert URL in client.get(reverse("patrols:copy_list")).json()["pages"]
    client.force_login(volunteer)
    assert URL not in client.get(reverse("patrols:my_day")).content.decode()


@pytest.mark.parametrize(
    "columns", [{"rt": 3}, {"rw": 3}, {"rw": 1000, "rt": None}, {"text": ""}, {"topic": "x"}]
)
def test_the_database_refuses_what_cannot_be(activity, columns):
    village = None if "rw" in columns and columns["rw"] == 3 else activity.village
    row = {"rw": None, "rt": None, "village": village, **columns}
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(**row)
