"""The photo of the apel: added on the page of the roll call, shown with the duty and on paper."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from patrols.models import Duty, DutyPhoto
from patrols.services.duty_photos import DutyPhotoConflict, add_duty_photo
from patrols.services.schedules import refresh_duties
from tests import factories as make
from tests.pictures import jpeg
from tests.test_access import close_file
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import clean_photo


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(width=40):
    return SimpleUploadedFile("apel.jpg", jpeg((width, 30)).read(), "image/jpeg")


def page(client, name, duty):
    return client.get(reverse(f"patrols:{name}", args=[duty.pk])).content.decode()


def test_it_is_added_shown_and_removed(client, running_duty, officer, volunteer):
    client.force_login(officer)
    path = reverse("patrols:duty_photo_add", args=[running_duty.pk])
    assert path in page(client, "duty_rollcall", running_duty)
    answer = client.post(path, {"photos": upload()})
    assert answer.url == reverse("patrols:duty_rollcall", args=[running_duty.pk])
    photo = DutyPhoto.objects.get()
    assert (photo.duty, photo.by) == (running_duty, officer)
    small = reverse("patrols:duty_photo_view", args=[photo.pk, "small"])
    for name in ("duty_rollcall", "duty_detail", "duty_log"):
        assert small in page(client, name, running_duty)
    client.force_login(volunteer)
    shown = client.get(small)
    assert shown.status_code == 200
    close_file(shown)
    assert client.post(path, {"photos": upload(41)}).status_code == 403
    remove = reverse("patrols:duty_photo_remove", args=[photo.pk])
    assert client.post(remove).status_code == 403
    client.force_login(officer)
    client.post(remove)
    assert not DutyPhoto.objects.exists()
    assert client.post(remove).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"photos": SimpleUploadedFile("x.jpg", b"x")}])
def test_what_is_no_photo_is_refused(client, running_duty, officer, sent):
    client.force_login(officer)
    path = reverse("patrols:duty_photo_add", args=[running_duty.pk])
    answer = client.post(path, sent, follow=True)
    assert answer.context["messages"]
    assert not DutyPhoto.objects.exists()


def test_five_are_enough(running_duty, officer):
    def add(n, **sent):
        photo = clean_photo(jpeg((40 + n, 30)))
        return add_duty_photo(duty=running_duty, by=officer, photo=photo, sent=Sent(**sent))

    key = uuid.uuid4()
    first = add(0, client_uuid=key)
    assert add(0, client_uuid=key) == first  # sent again
    with pytest.raises(DutyPhotoConflict):
        add(9, client_uuid=key)
    for n in range(1, 5):
        add(n)
    with pytest.raises(ValidationError):
        add(6)
    assert DutyPhoto.objects.count() == 5


def test_none_before_the_roll_call_nor_after_it_closed(client, units, officer):
    ahead = make.make_duty(
        units.polsek, "Nanti", timezone.now() + timedelta(days=1), leader=officer
    )
    cancelled = make.make_duty(units.polsek, "Batal", leader=officer, state="cancelled")
    client.force_login(officer)
    for duty in (ahead, cancelled):
        path = reverse("patrols:duty_photo_add", args=[duty.pk])
        assert path not in page(client, "duty_rollcall", duty)
        client.post(path, {"photos": upload()})
    assert not DutyPhoto.objects.exists()


def test_a_closed_roll_keeps_its_photos(client, running_duty, officer):
    photo = add_duty_photo(duty=running_duty, by=officer, photo=clean_photo(jpeg()), sent=Sent())
    Duty.objects.filter(pk=running_duty.pk).update(
        state="ended", ended_at=timezone.now(), review="approved"
    )
    client.force_login(officer)
    assert "Hapus foto" not in page(client, "duty_rollcall", running_duty)
    client.post(reverse("patrols:duty_photo_remove", args=[photo.pk]))
    assert DutyPhoto.objects.exists()


def test_the_schedule_keeps_a_duty_with_a_photo(units, officer):
    """The apel is held, nobody is marked yet, and a planner changes the schedule."""
    now = timezone.localtime()
    start = (now + timedelta(hours=1)).time().replace(microsecond=0)
    end = (now + timedelta(hours=3)).time().replace(microsecond=0)
    schedule = make.make_schedule(units.polsek, officers=[officer], start=start, end=end)
    refresh_duties(schedule)
    duty = schedule.duties.order_by("night").filter(starts_at__gt=now).first()
    add_duty_photo(duty=duty, by=officer, photo=clean_photo(jpeg()), sent=Sent())
    schedule.valid_until = duty.night - timedelta(days=1)
    schedule.save()
    refresh_duties(schedule)
    assert Duty.objects.filter(pk=duty.pk).exists()


def test_the_copy_of_the_roll_keeps_the_form_without_photos(client, running_duty, officer):
    """It waits in the outbox like a log entry; what has been sent is shown with a signal."""
    add_duty_photo(duty=running_duty, by=officer, photo=clean_photo(jpeg()), sent=Sent())
    client.force_login(officer)
    path = reverse("patrols:duty_rollcall", args=[running_duty.pk])
    copy = client.get(path, headers={"X-Copy": "1"}).content.decode()
    assert reverse("patrols:duty_photo_add", args=[running_duty.pk]) in copy
    assert "duty-photos" not in copy
