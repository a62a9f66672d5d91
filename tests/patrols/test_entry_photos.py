"""A photo that is missing from an entry is added to it."""

import errno

import pytest
from django.urls import reverse

from patrols.models import EntryPhoto
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos import files
from toolkit.photos.clean import clean_photo, missing_photo
from toolkit.photos.turns import place_in_line


@pytest.fixture
def entry(settings, tmp_path, officer, running_duty):
    """With three photos, of which the second and third are missing."""
    settings.MEDIA_ROOT = tmp_path
    first, second, third = (clean_photo(jpeg((side, 30))) for side in (40, 41, 42))
    photos = (first, missing_photo(second.digest), missing_photo(third.digest))
    return make.make_entry(running_duty, officer, text="Kabel menjuntai", photos=photos)


def url(entry):
    return reverse("patrols:entry_photos", args=[entry.pk])


def widths(entry):
    return [photo.width for photo in entry.photos.all()]


def test_the_page_names_them(sign_in, officer, entry):
    page = sign_in(officer).get(url(entry)).content.decode()
    assert "Foto 2 dan 3 dari 3 tidak dapat disimpan" in page
    assert "Kabel menjuntai" in page


def test_each_takes_its_own_place_else_the_first(sign_in, officer, entry):
    client = sign_in(officer)
    client.post(url(entry), {"photos": [jpeg((42, 30))]})
    assert widths(entry) == [40, 0, 42]
    answer = client.post(url(entry), {"photos": [jpeg((50, 30))]}, follow=True)
    assert widths(entry) == [40, 50, 42]
    assert "Tambahkan foto yang belum masuk" not in answer.content.decode()
    assert "sudah masuk" in client.get(url(entry), follow=True).content.decode()


def test_the_same_photo_sent_twice_takes_one_place(sign_in, officer, entry):
    for _ in range(2):
        sign_in(officer).post(url(entry), {"photos": [jpeg((50, 30))]})
    assert widths(entry) == [40, 50, 0]


def test_more_than_are_missing_are_refused(sign_in, officer, entry):
    sent = [jpeg((side, 30)) for side in (60, 61, 62)]
    answer = sign_in(officer).post(url(entry), {"photos": sent})
    assert answer.context["form"].errors["photos"] == ["Hanya 2 foto yang belum masuk."]
    assert widths(entry) == [40, 0, 0]


def test_none_chosen(sign_in, officer, entry):
    answer = sign_in(officer).post(url(entry))
    assert answer.context["form"].errors["photos"] == ["Pilih fotonya."]


def test_only_its_author_and_while_it_stands(sign_in, officer, commander, neighbour, entry):
    assert sign_in(commander).get(url(entry)).status_code == 403
    assert sign_in(neighbour).get(url(entry)).status_code == 404
    entry.withdrawn_at = entry.at
    entry.save()
    assert sign_in(officer).get(url(entry)).status_code == 403


def test_the_duty_shows_what_is_missing_and_leads_there(sign_in, officer, commander, entry):
    detail = reverse("patrols:duty_detail", args=[entry.duty_id])
    page = sign_in(officer).get(detail).content.decode()
    assert "Foto 2 dari 3 belum masuk" in page
    assert "Foto 3 dari 3 belum masuk" in page
    assert url(entry) in page
    assert url(entry) not in sign_in(commander).get(detail).content.decode()


def test_missing_photos_are_not_shared_or_counted(sign_in, officer, entry):
    kept = entry.photos.exclude(large="").get()
    client = sign_in(officer)
    for name, key in (("entry_share", entry.pk), ("duty_share", entry.duty_id)):
        answer = client.get(reverse(f"patrols:{name}", args=[key]))
        assert answer.context["photos"] == [kept]
    assert (
        "1 foto" in client.get(reverse("patrols:duty_log", args=[entry.duty_id])).content.decode()
    )


def test_a_missing_photo_has_no_page(sign_in, officer, entry):
    missing = entry.photos.filter(large="").first()
    page = reverse("patrols:photo_view", args=[missing.pk, "small"])
    assert sign_in(officer).get(page).status_code == 404


def test_a_full_disk_keeps_the_entry_and_says_which_photo_is_missing(
    sign_in, officer, running_duty, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    add = reverse("patrols:entry_add", args=[running_duty.pk])
    answer = sign_in(officer).post(
        add, {"kind": "finding", "text": "Portal dirusak", "photos": [jpeg()]}, follow=True
    )
    page = answer.content.decode()
    assert "Fotonya tidak dapat disimpan; selebihnya sudah tersimpan." in page
    assert "Portal dirusak" in page
    photo = EntryPhoto.objects.get()
    assert photo.is_missing
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert reverse("patrols:entry_photos", args=[photo.entry_id]) in page


def test_the_same_form_sent_again_brings_the_missing_photo(
    sign_in, officer, running_duty, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    add = reverse("patrols:entry_add", args=[running_duty.pk])
    sent = {
        "kind": "finding",
        "text": "Portal",
        "client_uuid": "0b0e1c9a-5a4f-4d3e-8b1a-6f6f2b7f3a10",
    }
    with place_in_line(), place_in_line(), place_in_line():
        sign_in(officer).post(add, {**sent, "photos": [jpeg()]})
    assert EntryPhoto.objects.get().is_missing
    sign_in(officer).post(add, {**sent, "photos": [jpeg()]})
    assert not EntryPhoto.objects.get().is_missing
    assert running_duty.entries.filter(kind="finding").count() == 1
