"""The sealed name of a resident: opened by who wrote it down, recorded, forgotten in time."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from programs.models import ActivityResident, ResidentOpening
from programs.services.residents import forget_residents, open_resident


def test_shown_once_and_recorded(client, officer, activity):
    path = reverse("programs:resident_open", args=[activity.pk])
    client.force_login(officer)
    assert "Kenari" not in client.get(path).content.decode()
    for _tap in range(2):
        answer = client.post(path)
        assert "Kenari Sembunyi" in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
    assert "Kenari" not in client.get(path).content.decode()
    opening = ResidentOpening.objects.get()
    assert (opening.activity, opening.by) == (activity, officer)


def test_nobody_else_opens_it(client, activity, commander, superuser):
    for user in (commander, superuser):
        client.force_login(user)
        path = reverse("programs:resident_open", args=[activity.pk])
        assert client.post(path).status_code == 403
        with pytest.raises(PermissionDenied):
            open_resident(activity=activity, by=user)
    assert not ResidentOpening.objects.exists()


def test_forgotten_after_thirty_days(activity, officer):
    assert forget_residents(now=timezone.now() + timedelta(days=29)) == 0
    assert forget_residents(now=timezone.now() + timedelta(days=31)) == 1
    with pytest.raises(ValidationError):
        open_resident(activity=activity, by=officer)


def test_deleted_at_once_by_its_author_only(client, activity, officer, commander):
    path = reverse("programs:resident_forget", args=[activity.pk])
    client.force_login(commander)
    assert client.post(path).status_code == 403
    client.force_login(officer)
    for _try in range(2):
        assert client.post(path).status_code == 302
    assert not ActivityResident.objects.exists()
    opened = client.get(reverse("programs:resident_open", args=[activity.pk]))
    assert opened.status_code == 302


def test_a_lost_key_says_so_and_records_nothing(activity, officer, settings):
    settings.SALT_KEY = ["ein anderer Schluessel, lang genug 0123456789"]
    with pytest.raises(ValidationError, match="kunci"):
        open_resident(activity=activity, by=officer)
    assert not ResidentOpening.objects.exists()
