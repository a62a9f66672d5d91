"""An instruction is sent once, by who speaks for the unit."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from programs.models import Instruction, InstructionReceipt
from tests import factories as make
from tests.threads import in_threads

URL = "/programs/instructions/new/"


@pytest.fixture
def kapolres(units):
    return make.make_user("Kapolres A", units.polres, "commander")


@pytest.fixture
def send(client, units):
    def sent(user, **fields):
        client.force_login(user)
        body = {
            "client_uuid": str(uuid.uuid4()),
            "kind": "attention",
            "number": "ST/1/XI/2026",
            "dated": "2026-11-28",
            "secrecy": "ordinary",
            "subject": "Curanmor",
            "points": "1. Sambangi pos\r\n\r\n  Data kendaraan  ",
        }
        return client.post(URL, {**body, **fields})

    return sent


def test_to_all_polsek_by_one_tick(send, units, kapolres):
    answer = send(kapolres, all_polsek="on", due_on="2030-01-02", report_wanted="on")
    instruction = Instruction.objects.get()
    assert answer.url == f"/programs/instructions/{instruction.pk}/"
    assert instruction.points == ["1. Sambangi pos", "Data kendaraan"]
    assert (instruction.unit, instruction.author) == (units.polres, kapolres)
    assert (
        f"{instruction.due_at.astimezone(units.polres.zone):%d.%m.%Y %H.%M}" == "02.01.2030 23.59"
    )
    found = set(instruction.receipts.values_list("unit__name", "person", "state"))
    assert found == {("Polsek A", None, "sent"), ("Polsek Tetangga", None, "sent")}


def test_units_of_a_polda_stand_by_polres(client, units, chief):
    client.force_login(chief)
    choices = client.get(URL).context["form"].fields["units"].choices
    assert [group for group, _units in choices] == ["Polres A", "Polres B"]
    assert {name for _pk, name in dict(choices)["Polres A"]} >= {"Polres A", "Polsek A"}


def test_a_kapolsek_sends_to_own_officers(send, units, commander, officer, operator):
    send(commander, all_officers="on", people=[operator.pk])
    people = set(InstructionReceipt.objects.values_list("person", flat=True))
    assert people == {officer.pk, operator.pk}


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"number": ""}, "number", "kosong"),
        ({"subject": ""}, "subject", "perihal"),
        ({"points": " \n "}, "points", "paling sedikit satu"),
        ({"points": "\n".join(["x"] * 21)}, "points", "20 butir"),
        ({"points": "x" * 501}, "points", "500 huruf"),
        ({"secrecy": "classified", "summary": "Ringkas"}, "points", "rahasia"),
        ({"secrecy": "classified", "subject": "", "points": ""}, "summary", "kata sendiri"),
        ({"due_on": "2020-01-01"}, "due_on", "sudah lewat"),
        ({"due_time": "10:00"}, "due_on", "tanggal"),
        ({"all_polsek": ""}, "units", "penerima"),
        ({"units": ["999999"]}, "units", "pilihan"),
        ({"kind": "x"}, "kind", "pilihan"),
    ],
)
def test_a_bad_field_is_told_beside_it_and_nothing_is_lost(send, kapolres, fields, name, words):
    answer = send(kapolres, **{"all_polsek": "on", **fields})
    form = answer.context["form"]
    assert words in " ".join(form.errors[name]).lower()
    assert form["dated"].value() == "2026-11-28"
    assert 'id="form-errors"' in answer.content.decode()
    assert not Instruction.objects.exists()


def test_a_classified_one_has_number_and_summary(send, kapolres):
    send(kapolres, all_polsek="on", secrecy="classified", subject="", points="", summary="Siaga")
    instruction = Instruction.objects.get()
    assert (instruction.points, instruction.subject, instruction.summary) == ([], "", "Siaga")


def test_sent_again_it_is_stored_once(send, kapolres):
    key = str(uuid.uuid4())
    first, again = (send(kapolres, client_uuid=key, all_polsek="on") for _try in range(2))
    assert first.url == again.url
    assert InstructionReceipt.objects.count() == 2
    answer = send(kapolres, client_uuid=key, all_polsek="on", subject="Lain")
    assert answer.status_code == 409
    assert answer.context["form"]["subject"].value() == "Lain"


@pytest.mark.django_db(transaction=True)
def test_from_eight_tabs_at_once(units, kapolres):
    from programs.services.instructions import InstructionDraft, issue_instruction
    from toolkit.idempotency.sent import Sent

    key = uuid.uuid4()

    def act(_number):
        draft = InstructionDraft(
            kind="attention",
            number="ST/1",
            dated=timezone.localdate(),
            subject="Satu",
            points=("Satu",),
            units=(units.polsek,),
            sent=Sent(key),
        )
        issue_instruction(draft=draft, unit=units.polres, by=kapolres)

    assert not in_threads(8, act)
    assert Instruction.objects.count() == InstructionReceipt.objects.count() == 1


def test_only_who_speaks_for_the_unit(send, units, officer, admin_user, superuser, commander):
    assert [send(one).status_code for one in (officer, admin_user, superuser)] == [403] * 3
    with pytest.raises(PermissionDenied):
        make.make_instruction(units.polres, commander, units=[units.polsek])
    with pytest.raises(ValidationError):
        make.make_instruction(units.polsek, commander, units=[units.polsek_neighbour])
    commander.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert send(commander).status_code == 403
