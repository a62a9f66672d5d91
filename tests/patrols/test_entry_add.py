import uuid
from io import BytesIO

import pytest
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from patrols.models import EntryPhoto, LogEntry
from patrols.services.duties import end_duty, review_duty
from tests import factories as make

UUID = "6f1c2b9e-0000-4000-8000-00000000000a"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(duty, query=""):
    return reverse("patrols:entry_add", args=[duty.pk]) + query


def picture(colour="navy", name="foto.jpg"):
    out = BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def entries_of(duty):
    return LogEntry.objects.filter(duty=duty).exclude(kind="start")


def test_a_text_field_and_send(sign_in, officer, running_duty):
    client = sign_in(officer)
    response = client.get(url(running_duty, "?kind=finding"))
    assert response.context["form"]["kind"].value() == "finding"
    assert 'name="people_count"' not in response.content.decode()
    response = client.post(url(running_duty), {"kind": "finding", "text": "Kabel menjuntai"})
    entry = entries_of(running_duty).get()
    page = reverse("patrols:duty_detail", args=[running_duty.pk])
    assert response["Location"] == f"{page}?finding={entry.pk}"
    assert (entry.kind, entry.text, entry.author) == ("finding", "Kabel menjuntai", officer)


def test_the_photo_tile_opens_the_camera(sign_in, officer, running_duty):
    html = sign_in(officer).get(url(running_duty, "?kind=observation&photo=1")).content.decode()
    assert 'capture="environment"' in html
    assert html.index('name="photos"') < html.index('name="text"')


def test_an_unknown_kind_opens_an_observation(sign_in, officer, running_duty):
    response = sign_in(officer).get(url(running_duty, "?kind=end"))
    assert response.context["form"]["kind"].value() == "observation"


@pytest.mark.parametrize("kind", ["start", "check_in", "ngawur", ""])
def test_only_kinds_a_person_writes(sign_in, officer, running_duty, kind):
    """Nobody sees the kind, so that nobody can mend it: the words are kept as an observation."""
    sign_in(officer).post(url(running_duty), {"kind": kind, "text": "Tetap tertulis"})
    entry = entries_of(running_duty).get()
    assert (entry.kind, entry.text) == ("observation", "Tetap tertulis")


def test_a_visit_counts_people(sign_in, officer, running_duty):
    client = sign_in(officer)
    assert "people_count" in client.get(url(running_duty, "?kind=contact")).content.decode()
    client.post(url(running_duty), {"kind": "contact", "text": "Pemuda", "people_count": "4"})
    assert entries_of(running_duty).get().people_count == 4
    response = client.post(
        url(running_duty), {"kind": "contact", "text": "Warga pos", "people_count": "-1"}
    )
    assert response.context["form"].errors["people_count"]
    assert "Warga pos" in response.content.decode()


def test_says_nothing_is_said_beside_the_field(sign_in, officer, running_duty):
    client = sign_in(officer)
    response = client.post(url(running_duty), {"kind": "note", "text": "  "})
    assert response.context["form"].errors["text"]
    client.post(url(running_duty), {"kind": "pause", "text": ""})
    assert entries_of(running_duty).get().kind == "pause"


def test_position_and_clock_come_along(sign_in, officer, running_duty):
    sign_in(officer).post(
        url(running_duty),
        {
            "kind": "note",
            "text": "x",
            "lat": "-6.15",
            "lon": "106.8",
            "accuracy_m": "8.2",
            "device_at": "1970-01-01T00:00:00Z",
            "sent_at": "1970-01-01T00:00:30.000Z",
        },
    )
    entry = entries_of(running_duty).get()
    assert (entry.lat, entry.lon, entry.accuracy_m) == (-6.15, 106.8, 9)
    assert "clock_off" in entry.marks
    assert abs((entry.received_at - entry.at).total_seconds() - 30) < 1


@pytest.mark.parametrize("when", ["kemarin", "2026-11-11T22:00:00", "0001-01-01T00:00:00+14:00"])
def test_an_odd_clock_does_not_cost_the_entry(sign_in, officer, running_duty, when):
    data = {"kind": "note", "text": "x", "device_at": when, "sent_at": when}
    sign_in(officer).post(url(running_duty), data)
    assert entries_of(running_duty).get().device_at is None


def test_photos_are_cleaned_and_shown(sign_in, officer, running_duty):
    client = sign_in(officer)
    data = {"kind": "observation", "photos": [picture(), picture("teal")]}
    client.post(url(running_duty), data)
    photos = EntryPhoto.objects.all()
    assert {photo.entry for photo in photos} == {entries_of(running_duty).get()}
    assert len(photos) == 2
    html = client.get(reverse("patrols:duty_detail", args=[running_duty.pk])).content.decode()
    assert reverse("patrols:photo_view", args=[photos[0].pk, "small"]) in html


def test_too_many_or_broken_photos_keep_the_text(sign_in, officer, running_duty):
    client = sign_in(officer)
    text = "Tulisan ini tidak hilang"
    for photos in ([picture()] * 6, [SimpleUploadedFile("foto.jpg", b"<svg/>", "image/jpeg")]):
        response = client.post(url(running_duty), {"kind": "note", "text": text, "photos": photos})
        assert response.context["form"].errors["photos"]
        assert text in response.content.decode()
    assert not entries_of(running_duty).exists()


def test_a_retry_makes_no_copy(sign_in, officer, running_duty):
    client = sign_in(officer)
    for _ in range(3):
        data = {"kind": "note", "text": "Satu", "client_uuid": UUID, "photos": [picture()]}
        assert client.post(url(running_duty), data).status_code == 302
    assert entries_of(running_duty).count() == 1
    assert EntryPhoto.objects.count() == 1


def test_another_body_is_a_conflict_and_kept(sign_in, officer, running_duty):
    client = sign_in(officer)
    client.post(url(running_duty), {"kind": "note", "text": "Pertama", "client_uuid": UUID})
    data = {"kind": "note", "text": "Kedua", "client_uuid": UUID}
    response = client.post(url(running_duty), data)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Pertama" in html
    assert "Kedua" in html
    new_uuid = response.context["form"]["client_uuid"].value()
    assert str(new_uuid) != UUID
    client.post(url(running_duty), {**data, "client_uuid": str(new_uuid)})
    assert set(entries_of(running_duty).values_list("text", flat=True)) == {"Pertama", "Kedua"}


def test_what_the_service_refuses_is_said_and_kept(sign_in, officer, running_duty, monkeypatch):
    def refuse(**_):
        raise ValidationError("Baru saja disetujui")

    monkeypatch.setattr("patrols.views.entries.log_entry", refuse)
    response = sign_in(officer).post(url(running_duty), {"kind": "note", "text": "Tetap ada"})
    html = response.content.decode()
    assert "Baru saja disetujui" in html
    assert "Tetap ada" in html


def test_a_page_minted_its_uuid(sign_in, officer, running_duty):
    client = sign_in(officer)
    first, second = (
        client.get(url(running_duty)).context["form"]["client_uuid"].value() for _ in "ab"
    )
    assert uuid.UUID(str(first)) != uuid.UUID(str(second))


def test_volunteers_write_others_do_not(sign_in, volunteer, admin_user, neighbour, running_duty):
    data = {"kind": "note", "text": "Dari relawan"}
    assert sign_in(volunteer).post(url(running_duty), data).status_code == 302
    assert entries_of(running_duty).get().author == volunteer
    assert sign_in(admin_user).get(url(running_duty)).status_code == 403
    assert sign_in(neighbour).post(url(running_duty), data).status_code == 404


def test_before_the_start_and_after_the_approval(sign_in, officer, commander, duty, units):
    client = sign_in(officer)
    assert client.get(url(duty))["Location"] == reverse("patrols:duty_detail", args=[duty.pk])
    running = make.make_duty(units.polsek)
    client.post(reverse("patrols:duty_start", args=[running.pk]))
    end_duty(duty=running, by=officer)
    client.post(url(running), {"kind": "note", "text": "Menyusul"})
    assert entries_of(running).get(kind="note").marks == ["after_end"]
    review_duty(duty=running, by=commander, action="approve")
    response = client.post(url(running), {"kind": "note", "text": "Terlambat"})
    assert not entries_of(running).filter(text="Terlambat").exists()
    html = response.content.decode()
    assert response.status_code == 200
    assert "Terlambat" in html
    assert "Buku mutasi tugas ini sudah disetujui." in html
    for closed, why in ((duty, "Mulai tugas dulu."), (running, "sudah disetujui.")):
        assert why in client.get(url(closed), follow=True).content.decode()


def test_a_retry_after_the_approval_is_answered(sign_in, officer, commander, running_duty):
    client = sign_in(officer)
    data = {"kind": "note", "text": "Satu", "client_uuid": UUID}
    client.post(url(running_duty), data, follow=True)
    end_duty(duty=running_duty, by=officer)
    review_duty(duty=running_duty, by=commander, action="approve")
    response = client.post(url(running_duty), data, follow=True)
    assert [message.level for message in response.context["messages"]] == [messages.SUCCESS]
    assert entries_of(running_duty).filter(kind="note").count() == 1


def test_newlines_are_counted_once(sign_in, officer, running_duty):
    text = "a\r\n" * 999 + "b"
    sign_in(officer).post(url(running_duty), {"kind": "note", "text": text})
    assert entries_of(running_duty).get().text.count("\n") == 999


def test_after_a_finding_the_page_offers_to_make_it_a_report(sign_in, officer, running_duty):
    make.make_category("other")
    client = sign_in(officer)
    sent = {"kind": "finding", "text": "Kabel menjuntai", "client_uuid": str(uuid.uuid4())}
    answer = client.post(reverse("patrols:entry_add", args=[running_duty.pk]), sent)
    entry = running_duty.entries.get(kind="finding")
    assert answer.url.endswith(f"/?finding={entry.pk}")
    html = client.get(answer.url).content.decode()
    offer = html.partition('id="finding"')[2].partition("</section>")[0]
    assert reverse("patrols:entry_report", args=[entry.pk]) in offer
    client.post(reverse("patrols:entry_report", args=[entry.pk]))
    assert 'id="finding"' not in client.get(answer.url).content.decode()


def test_no_report_is_offered_where_it_is_one_or_no_finding(sign_in, officer, running_duty):
    make.make_category("other")
    client = sign_in(officer)
    page = reverse("patrols:entry_add", args=[running_duty.pk])
    for more in ({"kind": "observation"}, {"kind": "finding", "make_report": "on"}):
        sent = {"text": "Kabel menjuntai", "client_uuid": str(uuid.uuid4()), **more}
        assert "finding" not in client.post(page, sent).url
    detail = reverse("patrols:duty_detail", args=[running_duty.pk])
    for key in ("0", "x", running_duty.entries.earliest("pk").pk):
        assert 'id="finding"' not in client.get(f"{detail}?finding={key}").content.decode()


def test_a_finding_that_cannot_become_a_report_stays_in_the_log(sign_in, officer, running_duty):
    """Refused as a whole, its text would be written again beside the stored one. No category here
    takes the report."""
    words = {"kind": "finding", "text": "Kabel putus", "make_report": "on", "client_uuid": UUID}
    client = sign_in(officer)
    for status in (201, 200):
        answer = client.post(url(running_duty), words, headers={"X-Outbox": str(officer.pk)})
        assert answer.status_code == status
        assert [said["level"] for said in answer.json()["said"]] == ["warn", "good"]
        assert "jenis gangguan" in answer.json()["said"][0]["text"]
    assert entries_of(running_duty).get().text == "Kabel putus"
    make.make_category("other")
    client.post(url(running_duty), words, headers={"X-Outbox": str(officer.pk)})
    assert entries_of(running_duty).get().finding.report.text == "Kabel putus"


def test_sent_again_it_costs_three_statements(
    sign_in, officer, running_duty, django_assert_num_queries
):
    """Session, person, entry: a phone without an answer sends all its items again."""
    client, data = sign_in(officer), {"kind": "note", "text": "Satu", "client_uuid": UUID}
    by_phone = {"X-Outbox": str(officer.pk)}
    assert client.post(url(running_duty), data, headers=by_phone).status_code == 201
    with django_assert_num_queries(3):
        answer = client.post(url(running_duty), data, headers=by_phone)
    assert (answer.status_code, entries_of(running_duty).count()) == (200, 1)


def test_sent_again_to_a_duty_without_its_number(sign_in, officer, running_duty):
    """A phone without a signal knows only the UUID of the duty that it has begun."""
    running_duty.client_uuid = uuid.uuid4()
    running_duty.save()
    path = reverse("patrols:entry_add", args=[running_duty.client_uuid])
    client, data = sign_in(officer), {"kind": "note", "text": "Satu", "client_uuid": UUID}
    for status in (201, 200):
        answer = client.post(path, data, headers={"X-Outbox": str(officer.pk)})
        assert answer.status_code == status
    assert entries_of(running_duty).count() == 1
