import pytest
from django.urls import reverse

from programs.models import InstructionReceipt
from programs.services.instructions import read_receipt
from tests import factories as make
from tests.threads import in_threads


@pytest.fixture
def receipt(units, commander):
    kapolres = make.make_user("Kapolres A", units.polres, "commander")
    sent = make.make_instruction(units.polres, kapolres, units=[units.polsek])
    return sent.receipts.get()


@pytest.fixture
def url(receipt):
    return reverse("programs:instruction_pass", args=[receipt.pk])


def test_to_all_bhabin_by_one_tick(client, url, receipt, commander, officer, operator):
    read_receipt(receipt=receipt, by=commander)
    client.force_login(commander)
    assert client.post(url, {"all_officers": "on", "note": "Mulai RW 05"}).status_code == 302
    below = receipt.below.get()
    assert (below.person, below.unit, below.state) == (officer, receipt.unit, "sent")
    receipt.refresh_from_db()
    assert (receipt.state, receipt.pass_note) == ("passed", "Mulai RW 05")


def test_again_only_to_who_has_it_not(client, url, receipt, commander, officer, operator):
    read_receipt(receipt=receipt, by=commander)
    client.force_login(commander)
    for _try in range(2):
        client.post(url, {"all_officers": "on"})
    assert receipt.below.count() == 1
    client.post(url, {"all_officers": "on", "people": [operator.pk]})
    assert set(receipt.below.values_list("person", flat=True)) == {officer.pk, operator.pk}


def test_it_is_read_first(client, url, receipt, commander, officer):
    client.force_login(commander)
    page = client.get(url, follow=True)
    assert "Nyatakan dulu bahwa sudah dibaca" in page.content.decode()
    client.post(url, {"all_officers": "on"})
    assert not receipt.below.exists()


def test_nobody_chosen_is_told_and_the_line_is_kept(client, url, receipt, commander, officer):
    read_receipt(receipt=receipt, by=commander)
    client.force_login(commander)
    form = client.post(url, {"note": "Mulai RW 05"}).context["form"]
    assert "Pilih penerimanya." in form.errors["people"]
    assert form["note"].value() == "Mulai RW 05"


def test_of_a_classified_one_nothing_is_written(client, units, commander, officer):
    kapolres = make.make_user(unit=units.polres, role="commander")
    sent = make.make_instruction(units.polres, kapolres, units=[units.polsek], classified=True)
    receipt = read_receipt(receipt=sent.receipts.get(), by=commander)
    client.force_login(commander)
    url = reverse("programs:instruction_pass", args=[receipt.pk])
    assert "note" not in client.get(url).context["form"].fields
    client.post(url, {"all_officers": "on", "note": "Isi telegram"})
    receipt.refresh_from_db()
    assert (receipt.pass_note, receipt.state) == ("", "passed")


@pytest.mark.django_db(transaction=True)
def test_from_eight_tabs_at_once(receipt, commander, officer):
    from programs.services.instructions import pass_receipt

    read_receipt(receipt=receipt, by=commander)
    assert not in_threads(
        8, lambda _n: pass_receipt(receipt=receipt, by=commander, people=(officer,))
    )
    assert InstructionReceipt.objects.filter(person=officer).count() == 1
