"""The letter of attendance."""

from datetime import timedelta

from django.urls import reverse

from tests.patrols.test_my_hours import STARTS, came, clock, held  # noqa: F401


def test_the_letter_names_duties_hours_and_who_signs(client, units, officer):
    officer.nrp, officer.rank = "80010001", "bripka"
    officer.save()
    came(held(units.polsek), officer)
    came(held(units.polsek, "Pos B", STARTS + timedelta(days=1)), officer)
    came(held(units.polsek_other, "Di unit lain", STARTS + timedelta(days=2)), officer)
    client.force_login(officer)
    where = {"month": "2026-11", "unit": units.polsek.pk}
    page = client.get(reverse("patrols:my_letter"), where).content.decode()
    assert "2 tugas Polsek A selama bulan November 2026, seluruhnya 6 jam 0 mnt" in page
    assert "80010001" in page
    assert "Kepala Polsek A" in page
    assert "Pos B" in page
    assert "Di unit lain" not in page


def test_the_letter_of_a_volunteer_names_the_group(client, units, volunteer):
    came(held(units.polsek), volunteer)
    client.force_login(volunteer)
    page = client.get(reverse("patrols:my_letter")).content.decode()
    assert volunteer.membership.group.name in page
    assert "NRP</dt>" not in page


def test_no_letter_without_a_duty(client, officer):
    client.force_login(officer)
    page = client.get(reverse("patrols:my_letter")).content.decode()
    assert "Surat dibuat setelah" in page
