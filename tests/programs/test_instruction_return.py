"""Accepting what is done, and returning it."""

import pytest
from django.urls import reverse

from programs.services.instructions import finish_receipt, read_receipt
from tests import factories as make


@pytest.fixture
def receipt(units, commander, officer):
    sent = make.make_instruction(units.polsek, commander, people=[officer])
    receipt = read_receipt(receipt=sent.receipts.get(), by=officer)
    return finish_receipt(receipt=receipt, by=officer, report="Sudah")


def test_returned_with_a_comment_it_is_open_again(client, receipt, commander, officer):
    client.force_login(commander)
    url = reverse("programs:instruction_return", args=[receipt.pk])
    assert "comment" in client.post(url, {"comment": " "}).context["form"].errors
    client.post(url, {"comment": "Sebut RW"})
    receipt.refresh_from_db()
    assert (receipt.state, receipt.comment, receipt.done_at) == ("read", "Sebut RW", None)
    assert client.post(url, {"comment": "Lagi"}).status_code == 302
    assert receipt.timeline.filter(kind="returned").count() == 1
    client.force_login(officer)
    page = client.get(reverse("programs:instruction_detail", args=[receipt.instruction_id]))
    assert "Sebut RW" in page.content.decode()


def test_accepted_once(client, receipt, commander):
    client.force_login(commander)
    for _try in range(2):
        client.post(reverse("programs:instruction_accept", args=[receipt.pk]))
    receipt.refresh_from_db()
    assert receipt.state == "accepted"
    assert receipt.timeline.filter(kind="accepted").count() == 1
