import pytest
from django.urls import reverse

from patrols.models import EntryPhoto
from tests import factories as make
from tests.patrols.test_entry_add import picture
from toolkit.photos.clean import clean_photo


@pytest.fixture
def photo(settings, tmp_path, officer, running_duty):
    settings.MEDIA_ROOT = tmp_path
    make.make_entry(running_duty, officer, photos=(clean_photo(picture()),))
    return EntryPhoto.objects.get()


def url(photo, size="large"):
    return reverse("patrols:photo_view", args=[photo.pk, size])


def test_both_sizes_for_those_of_the_duty(sign_in, officer, volunteer, photo):
    for user in (officer, volunteer):
        large, small = (
            b"".join(sign_in(user).get(url(photo, size)).streaming_content)
            for size in ("large", "small")
        )
        assert large[:2] == small[:2] == b"\xff\xd8"
        assert len(small) < len(large)


def test_headers_keep_it_private(sign_in, officer, photo):
    response = sign_in(officer).get(url(photo))
    b"".join(response.streaming_content)  # closes the file
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Disposition"].startswith("inline")
    download = sign_in(officer).get(url(photo), {"download": ""})
    b"".join(download.streaming_content)
    assert download["Content-Disposition"].startswith("attachment")


def test_outside_and_absent_are_the_same(sign_in, neighbour, nobody, officer, photo):
    for user in (neighbour, nobody):
        assert sign_in(user).get(url(photo)).status_code == 404
    client = sign_in(officer)
    assert client.get(url(photo, "huge")).status_code == 404
    assert client.get(f"/patrols/photos/{10**30}/large/").status_code == 404
    photo.large.delete(save=False)
    EntryPhoto.objects.filter(pk=photo.pk).update(large="entries/hilang.jpg")
    assert client.get(url(photo)).status_code == 404
