"""Photos that a phone sends after the activity that announced them."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programs.models import ActivityPhoto
from tests import factories as make
from tests.pictures import jpeg
from tests.test_access import close_file


@pytest.fixture
def promised(units, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make.make_activity(units.polsek, officer, photos_to_come=2)


@pytest.fixture
def send(client, promised):
    def sent(user, field="photos", side=40, key=None, activity=promised):
        client.force_login(user)
        path = reverse("programs:activity_photo_add", args=[activity.client_uuid])
        photo = SimpleUploadedFile("a.jpg", jpeg((side, 30)).read(), "image/jpeg")
        body = {"client_uuid": str(key or uuid.uuid4()), field: photo}
        return client.post(path, body, headers={"X-Outbox": str(user.pk)})

    return sent


def test_each_arrives_once(send, officer, promised):
    key = uuid.uuid4()
    assert [send(officer, key=key).status_code for _try in range(2)] == [201, 200]
    assert send(officer, "gallery", 41).status_code == 201
    assert sorted(promised.photos.values_list("from_gallery", flat=True)) == [False, True]
    assert send(officer, side=42).status_code == 422
    assert ActivityPhoto.objects.count() == 2


def test_another_photo_under_the_same_number(send, officer):
    key = uuid.uuid4()
    send(officer, key=key)
    assert send(officer, side=41, key=key).status_code == 409


def test_only_its_author(send, commander, volunteer):
    assert send(commander).status_code == 403
    assert send(volunteer).status_code == 404


def test_the_page_says_how_many_are_on_their_way(client, officer, promised):
    client.force_login(officer)
    page = client.get(reverse("programs:activity_detail", args=[promised.pk])).content.decode()
    assert "2 foto masih dalam perjalanan" in page


def test_without_a_photo(client, officer, promised):
    client.force_login(officer)
    path = reverse("programs:activity_photo_add", args=[promised.client_uuid])
    answer = client.post(path, {}, headers={"X-Outbox": str(officer.pk)})
    assert answer.status_code == 422


def test_a_photo_has_the_rights_of_its_activity(client, send, officer, commander, neighbour):
    send(officer)
    path = reverse("programs:activity_photo", args=[ActivityPhoto.objects.get().pk, "small"])
    for user, status in ((officer, 200), (commander, 200), (neighbour, 404)):
        client.force_login(user)
        answer = client.get(path)
        close_file(answer)
        assert answer.status_code == status
