from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from programs.models import Instruction
from programs.services.instructions import escalate_instructions, finish_receipt, read_receipt
from tests import factories as make

URL = "/programs/instructions/"


def show(client, user, query=""):
    client.force_login(User.objects.get(pk=user.pk))
    return client.get(f"{URL}{query}")


def found(client, user, query=""):
    return [row.subject for row in show(client, user, query).context["page"].rows]


@pytest.fixture
def sent(units, commander, officer):
    """Two from the Kapolsek to the officer, one of them done; one from the Kapolres."""
    kapolres = make.make_user("Kapolres A", units.polres, "commander")
    done = make.make_instruction(units.polsek, commander, people=[officer], subject="Lama")
    receipt = read_receipt(receipt=done.receipts.get(), by=officer)
    finish_receipt(receipt=receipt, by=officer, report="Sudah")
    make.make_instruction(
        units.polsek, commander, people=[officer], subject="Baru", kind="briefing"
    )
    make.make_instruction(units.polres, kapolres, units=[units.polsek], subject="Dari Polres")
    return kapolres


def test_what_is_for_whom(client, sent, officer, commander, operator, neighbour):
    assert found(client, officer) == ["Baru", "Lama"]
    assert found(client, commander) == found(client, operator) == ["Dari Polres"]
    assert found(client, neighbour) == []
    assert found(client, commander, "?whose=ours") == ["Baru", "Lama"]
    assert found(client, sent, "?whose=ours") == ["Dari Polres", "Baru", "Lama"]


def test_what_is_still_to_do_stands_on_top(client, sent, officer):
    waiting = show(client, officer).context["waiting"]
    assert [receipt.instruction.subject for receipt in waiting] == ["Baru"]


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("?state=unread", ["Baru"]),
        ("?state=open", ["Baru"]),
        ("?state=check", ["Lama"]),
        ("?kind=briefing", ["Baru"]),
        ("?late=late", []),
        ("?whose=ours&state=check", ["Lama"]),
    ],
)
def test_filters(client, sent, officer, query, subjects):
    assert found(client, officer, query) == subjects


def test_an_odd_filter_is_told(client, officer):
    assert set(show(client, officer, "?state=x&kind=x").context["filter"].form.errors) == {
        "state",
        "kind",
    }


def test_late_ones_are_told_to_who_sent_them(client, sent, commander, officer):
    Instruction.objects.filter(subject="Baru").update(due_at=timezone.now() - timedelta(hours=1))
    assert escalate_instructions() == 1
    answer = show(client, commander, "?whose=ours")
    assert answer.context["late"] == 1
    assert found(client, commander, "?whose=ours&late=late") == ["Baru"]
    assert found(client, officer, "?late=late") == ["Baru"]


def test_my_day_tells_what_is_unread(client, sent, officer, volunteer):
    client.force_login(officer)
    assert "Atensi belum dibaca: 1" in client.get(reverse("patrols:my_day")).content.decode()
    read_receipt(receipt=Instruction.objects.get(subject="Baru").receipts.get(), by=officer)
    assert "belum dibaca" not in client.get(reverse("patrols:my_day")).content.decode()
    client.force_login(volunteer)
    assert client.get(reverse("patrols:my_day")).status_code == 200


def test_as_many_statements_for_many(
    client, sent, units, commander, officer, django_assert_num_queries
):
    for query, number in (("", 6), ("?whose=ours", 6)):
        show(client, commander, query)
        for _more in range(2):
            with django_assert_num_queries(number):
                client.get(f"{URL}{query}")
            for _one in range(12):
                make.make_instruction(units.polsek, commander, people=[officer])
                make.make_instruction(units.polres, sent, units=[units.polsek])


def test_an_empty_list_says_what_stands_here(client, officer):
    assert "Belum ada atensi" in show(client, officer).content.decode()
    assert URL in client.get(reverse("programs:activity_list")).content.decode()
