from django.urls import reverse

from tests import factories as make


def test_has_the_points_and_every_receipt(client, units, commander, officer, operator):
    sent = make.make_instruction(units.polsek, commander, people=[officer, operator])
    client.force_login(commander)
    page = client.get(reverse("programs:instruction_print", args=[sent.pk])).content.decode()
    for words in ("Sambangi pos kamling.", "Bhabin A", "Operator A", sent.number, "Polres A"):
        assert words in page
