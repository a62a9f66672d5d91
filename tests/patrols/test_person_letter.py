"""The letter that a commander prints for somebody."""

from datetime import timedelta

from django.urls import reverse

from tests.patrols.test_my_hours import STARTS, came, clock, held  # noqa: F401


def test_it_covers_one_unit_of_the_command(client, units, volunteer, commander):
    came(held(units.polsek), volunteer)
    came(held(units.polsek_neighbour, "Di unit lain", STARTS + timedelta(days=1)), volunteer)
    client.force_login(commander)
    key = f"member:{volunteer.membership.pk}"
    path = reverse("patrols:person_letter", args=[key])
    page = client.get(path, {"unit": units.polsek_neighbour.pk}).content.decode()
    assert "1 tugas Polsek A" in page
    assert volunteer.membership.group.name in page
    assert "Di unit lain" not in page
    hours = client.get(reverse("patrols:person_hours", args=[key])).content.decode()
    assert path in hours
