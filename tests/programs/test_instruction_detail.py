"""One page says who has not read what the Kapolres sent, and how far the others are."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from programs.models import Instruction, InstructionReceipt, ReceiptEvent
from programs.services.instructions import (
    accept_receipt,
    escalate_instructions,
    finish_receipt,
    pass_receipt,
    read_receipt,
    return_receipt,
)
from tests import factories as make
from toolkit.workflow import ChangeRefused

STATEMENTS = 7


def page(client, user, instruction):
    client.force_login(User.objects.get(pk=user.pk))
    return client.get(reverse("programs:instruction_detail", args=[instruction.pk]))


@pytest.fixture
def chain(units):
    """A Kapolres with three Polsek, each with a Kapolsek and two Bhabin."""
    kapolres = make.make_user("Kapolres A", units.polres, "commander", title="Kapolres")
    polsek = [
        units.polsek,
        units.polsek_neighbour,
        make.make_unit("polsek", "Polsek C", units.polres),
    ]
    heads = [
        make.make_user(
            f"Kapolsek {n}", unit, "commander", title="Kapolsek", phone=f"+62812000100{n}"
        )
        for n, unit in enumerate(polsek)
    ]
    bhabin = [
        [make.make_user(f"Bhabin {n}{k}", unit, "officer") for k in range(2)]
        for n, unit in enumerate(polsek)
    ]
    instruction = make.make_instruction(
        units.polres,
        kapolres,
        units=polsek,
        due_at=timezone.now() + timedelta(days=1),
        report_wanted=True,
    )
    receipts = [instruction.receipts.get(unit=unit) for unit in polsek]
    return SimpleNamespace(
        kapolres=kapolres,
        polsek=polsek,
        heads=heads,
        bhabin=bhabin,
        instruction=instruction,
        receipts=receipts,
    )


def test_from_the_kapolres_to_the_bhabin_and_back(client, chain):
    first, second, third = chain.receipts
    board = page(client, chain.kapolres, chain.instruction).context["board"]
    assert {line.receipt for line in board.unread} == {first, second, third}

    for receipt, head in ((first, chain.heads[0]), (second, chain.heads[1])):
        read_receipt(receipt=receipt, by=head)
    assert pass_receipt(receipt=first, by=chain.heads[0], people=tuple(chain.bhabin[0])) == 2
    reader, other = chain.bhabin[0]
    below = chain.instruction.receipts.get(person=reader)
    read_receipt(receipt=below, by=reader)
    finish_receipt(receipt=below, by=reader, is_nihil=True)
    accept_receipt(receipt=below, by=chain.heads[0])
    finish_receipt(receipt=first, by=chain.heads[0], report="Sudah disambangi")
    return_receipt(receipt=first, by=chain.kapolres, comment="Sebut RW-nya")
    first.refresh_from_db()
    assert (first.state, first.comment) == ("read", "Sebut RW-nya")
    assert "Sebut RW-nya" in page(client, chain.heads[0], chain.instruction).content.decode()
    finish_receipt(receipt=first, by=chain.heads[0], report="RW 05 dan 06")
    assert accept_receipt(receipt=first, by=chain.kapolres)

    due = chain.instruction.due_at + timedelta(minutes=1)
    # The second Polsek and the third, and the Bhabin who has not read it.
    assert escalate_instructions(due) == 3
    assert escalate_instructions(due + timedelta(days=1)) == 0
    Instruction.objects.filter(pk=chain.instruction.pk).update(
        due_at=timezone.now() - timedelta(hours=1)
    )

    answer = page(client, chain.kapolres, chain.instruction)
    board, words = answer.context["board"], answer.content.decode()
    assert [line.receipt for line in board.unread] == [third]
    assert "Belum dibaca: 1 dari 3" in words
    assert words.index("Polsek C") < words.index("Sambangi pos kamling")
    assert [line.receipt for line in board.late_read] == [second]
    by_unit = {line.receipt.unit: line for line in board.lines}
    assert by_unit[first.unit].officers == {"total": 2, "read": 1, "finished": 1}
    events = list(first.timeline.order_by("pk").values_list("kind", flat=True))
    assert events == ["sent", "read", "passed", "done", "returned", "done", "accepted"]
    # The Kapolsek sees the own officers by name.
    own = page(client, chain.heads[0], chain.instruction).context["board"]
    assert {line.receipt.person for line in own.lines} == {reader, other}


def test_who_has_not_read_it_is_called(client, chain):
    answer = page(client, chain.kapolres, chain.instruction)
    words = answer.content.decode()
    assert words.count("tel:+62812000100") == 3
    assert "Kapolsek 0" in words
    assert "https://wa.me/628120001000" in words
    # Its number, and nothing of what it says.
    assert "curanmor" not in words.partition("wa.me/")[2].partition('"')[0].lower()


def test_an_officer_sees_the_own_receipt_only(client, chain):
    first = chain.receipts[0]
    read_receipt(receipt=first, by=chain.heads[0])
    pass_receipt(
        receipt=first, by=chain.heads[0], people=tuple(chain.bhabin[0]), note="Mulai RW 05"
    )
    answer = page(client, chain.bhabin[0][0], chain.instruction)
    assert [one.receipt.person for one in answer.context["board"].own] == [chain.bhabin[0][0]]
    assert "Mulai RW 05" in answer.content.decode()
    assert "Bhabin 01" not in answer.content.decode()
    assert page(client, chain.bhabin[1][0], chain.instruction).status_code == 200
    stranger = make.make_user(unit=chain.polsek[0].polda, role="officer")
    assert page(client, stranger, chain.instruction).status_code == 200


def test_nobody_reads_in_the_place_of_another(chain, superuser):
    from django.core.exceptions import PermissionDenied

    first = chain.receipts[0]
    for person in (chain.kapolres, chain.heads[1], chain.bhabin[0][0], superuser):
        with pytest.raises(PermissionDenied):
            read_receipt(receipt=first, by=person)
    with pytest.raises(PermissionDenied):
        accept_receipt(receipt=first, by=chain.heads[0])


def test_what_the_table_does_not_allow_is_refused(chain):
    first, head = chain.receipts[0], chain.heads[0]
    with pytest.raises(ChangeRefused):
        finish_receipt(receipt=first, by=head, report="Sudah")
    with pytest.raises(ChangeRefused):
        pass_receipt(receipt=first, by=head, people=tuple(chain.bhabin[0]))
    with pytest.raises(ChangeRefused):
        accept_receipt(receipt=first, by=chain.kapolres)


def test_who_has_moved_is_told_and_somebody_else_gets_it(client, chain):
    first, head = chain.receipts[0], chain.heads[0]
    gone, stays = chain.bhabin[0]
    read_receipt(receipt=first, by=head)
    pass_receipt(receipt=first, by=head, people=(gone,))
    gone.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    answer = page(client, head, chain.instruction)
    (line,) = answer.context["board"].lines
    assert line.has_left
    assert "Sudah pindah" in answer.content.decode()
    assert page(client, gone, chain.instruction).status_code == 404
    assert pass_receipt(receipt=first, by=head, people=(stays,)) == 1


def test_of_a_classified_one_officers_of_the_unit_see_nothing(client, chain):
    secret = make.make_instruction(
        chain.polsek[0].parent,
        chain.kapolres,
        units=[chain.polsek[0]],
        classified=True,
        number="STR/7/R",
        summary="Kenari rahasia",
    )
    assert page(client, chain.bhabin[0][0], secret).status_code == 404
    words = page(client, chain.heads[0], secret).content.decode()
    assert "Kenari rahasia" in words
    receipt = secret.receipts.get()
    read_receipt(receipt=receipt, by=chain.heads[0])
    pass_receipt(receipt=receipt, by=chain.heads[0], people=(chain.bhabin[0][0],))
    assert page(client, chain.bhabin[0][0], secret).status_code == 200
    assert page(client, chain.bhabin[0][1], secret).status_code == 404


def test_statements_do_not_grow_with_two_hundred_units(
    client, units, chain, django_assert_num_queries
):
    page(client, chain.kapolres, chain.instruction)
    with django_assert_num_queries(STATEMENTS):
        client.get(reverse("programs:instruction_detail", args=[chain.instruction.pk]))
    many = [make.make_unit("polsek", parent=units.polres) for _number in range(200)]
    for unit in many[:20]:
        make.make_user(unit=unit, role="commander", phone="+628120002000")
    wide = make.make_instruction(units.polres, chain.kapolres, units=many)
    with django_assert_num_queries(STATEMENTS):
        answer = client.get(reverse("programs:instruction_detail", args=[wide.pk]))
    assert len(answer.context["board"].unread) == 200


@pytest.mark.parametrize(
    "columns",
    [
        {"secrecy": "classified"},
        {"points": []},
        {"subject": ""},
        {"number": ""},
        {"points": ["x"] * 21},
        {"kind": "x"},
    ],
)
def test_the_database_refuses_what_cannot_be(chain, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Instruction.objects.filter(pk=chain.instruction.pk).update(**columns)


def test_the_database_keeps_nothing_of_a_classified_one(units, chain):
    secret = make.make_instruction(
        units.polres, chain.kapolres, units=[units.polsek], classified=True
    )
    for columns in ({"points": ["Isi"]}, {"subject": "Isi"}, {"summary": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Instruction.objects.filter(pk=secret.pk).update(**columns)


def test_an_addressee_has_one_receipt(chain):
    first = chain.receipts[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        InstructionReceipt.objects.create(
            instruction=chain.instruction, unit=first.unit, sent_at=first.sent_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        InstructionReceipt.objects.filter(pk=first.pk).update(state="done")


def test_the_timeline_only_grows(chain):
    event = chain.receipts[0].timeline.get()
    for change in (lambda rows: rows.update(text="x"), lambda rows: rows.delete()):
        with (
            pytest.raises((InternalError, Exception), match=r"Cannot|denied"),
            transaction.atomic(),
        ):
            change(ReceiptEvent.objects.filter(pk=event.pk))
