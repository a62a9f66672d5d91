"""One tap, also without a signal: opening the page alone says nothing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.services.instructions import withdraw_instruction
from tests import factories as make


@pytest.fixture
def receipt(units, commander, officer):
    return make.make_instruction(units.polsek, commander, people=[officer]).receipts.get()


@pytest.fixture
def tap(client, receipt):
    def send(user, **fields):
        client.force_login(user)
        url = reverse("programs:instruction_read", args=[receipt.pk])
        return client.post(url, fields, headers={"X-Outbox": str(user.pk)} if fields else {})

    return send


def test_opening_the_page_is_not_reading(client, officer, receipt):
    client.force_login(officer)
    page = client.get(reverse("programs:instruction_detail", args=[receipt.instruction_id]))
    assert "Saya baca dan mengerti" in page.content.decode()
    assert "data-outbox" in page.content.decode()
    receipt.refresh_from_db()
    assert receipt.state == "sent"


def test_twice_is_once(tap, officer, receipt):
    for _try in range(2):
        answer = tap(officer)
        assert answer.url == reverse("programs:instruction_detail", args=[receipt.instruction_id])
    receipt.refresh_from_db()
    assert (receipt.state, receipt.read_by) == ("read", officer)
    assert list(receipt.timeline.values_list("kind", flat=True)) == ["sent", "read"]


def test_without_a_signal_it_has_the_hour_of_the_phone(tap, officer, receipt):
    type(receipt).objects.update(sent_at=timezone.now() - timedelta(hours=9))
    tapped = timezone.now() - timedelta(hours=3)
    answer = tap(
        officer,
        client_uuid=str(uuid.uuid4()),
        device_at=tapped.isoformat(),
        sent_at=timezone.now().isoformat(),
    )
    assert answer.status_code == 201
    receipt.refresh_from_db()
    assert receipt.read_at == tapped


def test_a_withdrawn_one_is_not_read(tap, officer, commander, receipt):
    withdraw_instruction(instruction=receipt.instruction, by=commander, reason="Salah")
    tap(officer)
    receipt.refresh_from_db()
    assert receipt.state == "sent"


def test_nobody_else_taps(tap, commander, neighbour):
    assert (tap(commander).status_code, tap(neighbour).status_code) == (403, 404)
