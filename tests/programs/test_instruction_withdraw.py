from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from programs.models import Instruction
from programs.services.instructions import escalate_instructions
from tests import factories as make


def test_with_a_reason_and_nobody_has_to_do_it(client, units, commander, officer):
    due = timezone.now() + timedelta(hours=1)
    sent = make.make_instruction(units.polsek, commander, people=[officer], due_at=due)
    url = reverse("programs:instruction_withdraw", args=[sent.pk])
    client.force_login(commander)
    assert "reason" in client.post(url, {"reason": ""}).context["form"].errors
    client.post(url, {"reason": "Salah alamat"})
    sent = Instruction.objects.get()
    assert (sent.withdrawn_by, sent.withdraw_reason) == (commander, "Salah alamat")
    client.post(url, {"reason": "Lain"})
    assert Instruction.objects.get().withdraw_reason == "Salah alamat"
    assert escalate_instructions(due + timedelta(hours=1)) == 0
    client.force_login(officer)
    page = client.get(reverse("programs:instruction_detail", args=[sent.pk])).content.decode()
    assert "Salah alamat" in page
    assert "Saya baca dan mengerti" not in page
    assert "belum dibaca" not in client.get(reverse("patrols:my_day")).content.decode()
