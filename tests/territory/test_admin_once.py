"""The same page of the admin sent again, by a second tap or by Back, saves once."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

import patrols.models
from partners.models import GroupMember, PartnerGroup
from territory.admin.once import FORM_KEY, REMEMBERED, saved_before, sent_key, with_key
from tests.threads import in_threads
from tests.two_people import client_of

ADD = reverse("admin:partners_groupmember_add")


def page_of(client, group, name="Pak Baru"):
    form = client.get(ADD)
    key = form.context["form_key"]
    return {"form_key": key, "group": group.pk, "name": name, "role": "member", "is_active": "on"}


def test_a_second_tap_adds_one_row_and_is_answered_alike(sign_in, admin_user, group):
    client = sign_in(admin_user)
    sent = page_of(client, group)
    answers = [client.post(ADD, sent) for _ in range(2)]
    assert [(a.status_code, a.url) for a in answers] == [(302, answers[0].url)] * 2
    assert GroupMember.objects.filter(name="Pak Baru").count() == 1
    told = LogEntry.objects.get()
    assert str(told.get_change_message()) == "Ditambahkan."


def test_another_page_adds_another_row(sign_in, admin_user, group):
    client = sign_in(admin_user)
    for _ in range(2):
        client.post(ADD, page_of(client, group))
    assert GroupMember.objects.filter(name="Pak Baru").count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_taps_at_once_add_one_member(admin_user, group):
    sent = page_of(client_of(admin_user), group)
    statuses = []
    assert not in_threads(
        8, lambda _n: statuses.append(client_of(admin_user).post(ADD, sent).status_code)
    )
    assert statuses == [302] * 8
    assert GroupMember.objects.filter(name="Pak Baru").count() == 1


def test_a_page_with_errors_keeps_its_key(sign_in, admin_user, group):
    client = sign_in(admin_user)
    sent = page_of(client, group, name="")
    answer = client.post(ADD, sent)
    assert answer.status_code == 200
    assert answer.context["form_key"] == sent["form_key"]
    client.post(ADD, {**sent, "name": "Pak Baru"})
    assert GroupMember.objects.filter(name="Pak Baru").count() == 1


def test_the_key_of_somebody_else_opens_nothing(admin_user, superuser, group):
    sent = page_of(client_of(superuser), group)
    client_of(superuser).post(ADD, sent)
    client_of(admin_user).post(ADD, sent)
    assert GroupMember.objects.filter(name="Pak Baru").count() == 2


@pytest.mark.parametrize("key", ["", "\0", "abc", str(uuid.UUID(int=0))])
def test_a_broken_key_counts_as_none(sign_in, admin_user, group, key):
    client = sign_in(admin_user)
    assert client.post(ADD, {**page_of(client, group), "form_key": key}).status_code == 302
    assert GroupMember.objects.filter(name="Pak Baru").count() == 1


def told(request, model, age=timedelta()):
    return LogEntry.objects.create(
        user=request.user,
        content_type=ContentType.objects.get_for_model(model),
        object_id="7",
        action_flag=ADDITION,
        action_time=timezone.now() - age,
        change_message=json.dumps(with_key(request, [{"added": {}}])),
    )


def sent_by(user, key):
    request = RequestFactory().post("/", {FORM_KEY: key})
    request.user = user
    return request


def test_a_key_is_of_one_kind_of_row(superuser):
    request = sent_by(superuser, str(uuid.uuid4()))
    told(request, GroupMember)
    told(request, LogEntry)
    assert saved_before(request, GroupMember) == "7"
    assert saved_before(request, PartnerGroup) is None
    assert saved_before(request, patrols.models.LogEntry) is None  # of the same name


def test_a_key_is_remembered_for_two_days(superuser):
    request, other = (sent_by(superuser, str(uuid.uuid4())) for _ in range(2))
    told(request, GroupMember, age=REMEMBERED - timedelta(minutes=1))
    assert saved_before(request, GroupMember) == "7"
    told(other, GroupMember, age=REMEMBERED + timedelta(minutes=1))
    assert saved_before(other, GroupMember) is None


def test_a_key_is_read_however_it_is_written(superuser):
    key = str(uuid.uuid4())
    told(sent_by(superuser, key), GroupMember)
    written = f"{{{key.upper()}}}"
    assert saved_before(sent_by(superuser, written), GroupMember) == "7"
    assert not sent_key(sent_by(superuser, '", "form": "'))


@pytest.mark.django_db(transaction=True)
def test_the_same_page_waits_for_the_one_that_is_saving(superuser):
    request, waited = sent_by(superuser, str(uuid.uuid4())), threading.Event()
    found = []

    def again():
        try:
            with transaction.atomic():
                found.append(saved_before(request, GroupMember))
            waited.set()
        finally:
            connection.close()

    second = threading.Thread(target=again)
    with transaction.atomic():
        assert saved_before(request, GroupMember) is None
        second.start()
        assert not waited.wait(1)
        told(request, GroupMember)
    second.join(30)
    assert found == ["7"]
