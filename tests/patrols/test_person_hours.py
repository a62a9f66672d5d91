"""What a commander reads of the hours of others."""

from datetime import date, timedelta

from django.urls import reverse

from patrols.selectors.hours import person_rows
from tests.patrols.test_my_hours import STARTS, came, clock, held  # noqa: F401


def test_a_commander_reads_the_hours_of_duties_in_command_alone(
    client, units, officer, commander, operator
):
    came(held(units.polsek), officer)
    came(held(units.polsek_other, "Di unit lain", STARTS + timedelta(days=1)), officer)
    key = f"officer:{officer.pk}"
    for name in ("person_hours", "person_letter"):
        path = reverse(f"patrols:{name}", args=[key])
        client.force_login(operator)
        assert client.get(path).status_code == 403
        client.force_login(commander)
        page = client.get(path, {"month": "2026-11"}).content.decode()
        assert "3 jam 0 mnt" in page
        assert "Di unit lain" not in page


def test_a_commander_reads_nobody_elses(client, units, commander, neighbour):
    came(held(units.polsek_neighbour), neighbour)
    client.force_login(commander)
    for key in (f"officer:{neighbour.pk}", "officer:0", "member:x", "x", "guest:1", "officer:1:2"):
        path = reverse("patrols:person_hours", args=[key])
        assert client.get(path).status_code == 404
        assert person_rows(key, commander) is None


def test_a_commander_who_left_reads_none(client, units, officer, commander):
    came(held(units.polsek), officer)
    commander.postings.update(ends_on=date(2026, 11, 19))
    client.force_login(commander)
    path = reverse("patrols:person_hours", args=[f"officer:{officer.pk}"])
    assert client.get(path).status_code == 404
    assert client.get(reverse("patrols:attendance_month")).status_code == 403
