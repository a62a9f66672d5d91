import pytest
from django.urls import reverse

from programs.services.instructions import read_receipt
from tests import factories as make


@pytest.fixture
def receipt(units, commander, officer):
    sent = make.make_instruction(units.polsek, commander, people=[officer], report_wanted=True)
    return read_receipt(receipt=sent.receipts.get(), by=officer)


@pytest.fixture
def send(client, receipt, officer):
    def sent(**fields):
        client.force_login(officer)
        return client.post(reverse("programs:instruction_done", args=[receipt.pk]), fields)

    return sent


def test_nihil_is_one_tick(send, receipt):
    assert send(nihil="on").status_code == 302
    receipt.refresh_from_db()
    assert (receipt.state, receipt.is_nihil, receipt.report) == ("done", True, "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "atau kirim nihil"), ({"report": "Sudah", "nihil": "on"}, "Pilih salah satu")],
)
def test_a_report_or_nihil(send, receipt, fields, words):
    answer = send(**fields)
    assert words in " ".join(answer.context["form"].errors["report"])
    assert answer.context["form"]["report"].value() == fields.get("report")
    receipt.refresh_from_db()
    assert receipt.state == "read"


def test_where_none_is_wanted_none_is_needed(client, units, commander, officer):
    sent = make.make_instruction(units.polsek, commander, people=[officer])
    receipt = read_receipt(receipt=sent.receipts.get(), by=officer)
    client.force_login(officer)
    url = reverse("programs:instruction_done", args=[receipt.pk])
    assert "nihil" not in client.get(url).context["form"].fields
    assert client.post(url, {"report": ""}).status_code == 302
    receipt.refresh_from_db()
    assert receipt.state == "done"


def test_the_same_again_is_no_error_and_another_is(send, receipt):
    send(report="Sudah")
    assert send(report="Sudah").status_code == 302
    assert send(report="Lain").status_code == 200
    receipt.refresh_from_db()
    assert receipt.report == "Sudah"
    assert receipt.timeline.filter(kind="done").count() == 1


def test_of_a_classified_one_no_words_are_kept(client, units, commander, officer):
    sent = make.make_instruction(
        units.polsek, commander, people=[officer], classified=True, report_wanted=True
    )
    receipt = read_receipt(receipt=sent.receipts.get(), by=officer)
    client.force_login(officer)
    client.post(reverse("programs:instruction_done", args=[receipt.pk]), {"report": "Isi surat"})
    receipt.refresh_from_db()
    assert (receipt.state, receipt.report) == ("done", "")
