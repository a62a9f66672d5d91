"""The totals of a month by agency, and whom a commander finds there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from patrols.agencies import Agency, Person, agency_of
from patrols.selectors.roll import roll_of
from tests import factories as make
from tests.patrols.test_my_hours import STARTS, came, clock, held  # noqa: F401

PATH = "patrols:attendance_month"


@pytest.mark.parametrize(
    ("person", "agency"),
    [
        (Person(True), Agency.POLICE),
        (Person(False, "TNI", "tiga_pilar"), Agency.MILITARY),
        (Person(False, "Babinsa Angke", "tiga_pilar"), Agency.MILITARY),
        (Person(False, "Satpol PP", "tiga_pilar"), Agency.GOVERNMENT),
        (Person(False, "Polisi Pamong Praja", "tiga_pilar"), Agency.GOVERNMENT),
        (Person(False, "Lurah Pekojan", "tiga_pilar"), Agency.GOVERNMENT),
        (Person(False, "Bhabinkamtibmas", "tiga_pilar"), Agency.POLICE),
        (Person(False, "Babinsa Desa Suka", "tiga_pilar"), Agency.MILITARY),
        (Person(False, "Bhabinkamtibmas Kelurahan Angke", "tiga_pilar"), Agency.POLICE),
        (Person(False, "Kapolsek", None), Agency.POLICE),
        (Person(False, "Ketua RW 05 Kelurahan Angke", None), Agency.RESIDENTS),
        (Person(False, "Staf Kelurahan Angke", None), Agency.GOVERNMENT),
        (Person(False, "", "tiga_pilar"), Agency.RESIDENTS),
        (Person(False, "", "pokdarkamtibmas"), Agency.RESIDENTS),
        (Person(False, "", "linmas"), Agency.GOVERNMENT),
        (Person(False, "Ketua RT 05", None), Agency.RESIDENTS),
        (Person(False, "KOMPAS", None), Agency.OTHER),
        (Person(False, "", None), Agency.OTHER),
    ],
)
def test_the_agency_is_known_by_its_words(person, agency):
    assert agency_of(person) == agency


@pytest.fixture
def roll(units, officer, volunteer):
    """A duty with two officers, a volunteer, a soldier and a guest, and one who did not come."""
    duty = held(units.polsek)
    three = make.make_group(units.polsek, "Tiga Pilar A", make.make_group_kind("tiga_pilar"))
    soldier = make.make_member(three, "Babinsa A", agency="TNI")
    came(duty, officer)
    came(duty, make.make_user("Bhabin Dua", units.polsek, "officer"), "late")
    came(duty, volunteer)
    make.make_attendance(duty, member=soldier, status="present", at=duty.started_at)
    make.make_attendance(
        duty,
        guest_name="Tamu",
        guest_agency="Satpol PP",
        expected=False,
        status="present",
        at=duty.started_at + timedelta(hours=1),
    )
    make.make_attendance(duty, member=make.make_member(three, "Tidak datang", agency="TNI"))
    return duty


def test_a_roll_has_totals_of_who_came(client, roll, officer):
    assert roll_of(roll).agencies == {
        Agency.POLICE: 2,
        Agency.MILITARY: 1,
        Agency.GOVERNMENT: 1,
        Agency.RESIDENTS: 1,
    }
    client.force_login(officer)
    for name in ("duty_rollcall", "duty_detail", "duty_log"):
        page = client.get(reverse(f"patrols:{name}", args=[roll.pk])).content.decode()
        assert "Polri 2 · TNI 1 · Pemda dan Satpol PP 1 · Masyarakat 1" in page


def test_totals_of_the_month(client, roll, units, officer, commander):
    came(held(units.polsek, "Kedua", STARTS + timedelta(days=1)), officer)
    came(held(units.polsek_neighbour, "Luar"), make.make_user("Orang luar"))
    client.force_login(commander)
    lines = {line.agency: line for line in client.get(reverse(PATH)).context["lines"]}
    police = lines[Agency.POLICE]
    assert (police.people, police.times, police.hours) == (2, 3, timedelta(hours=9))
    guests = lines[Agency.GOVERNMENT]
    assert (guests.people, guests.times, guests.hours) == (1, 1, timedelta(hours=2))
    assert set(lines) == set(Agency) - {Agency.OTHER}


def test_people_stand_by_name_and_are_found(client, roll, commander, officer):
    client.force_login(commander)
    page = client.get(reverse(PATH))
    names = [one.name for one in page.context["people"]]
    assert names == sorted(names)
    assert "Tidak datang" not in names
    assert reverse("patrols:person_hours", args=[f"officer:{officer.pk}"]) in page.content.decode()
    found = client.get(reverse(PATH), {"name": "babinsa"}).context["people"]
    assert [one.name for one in found] == ["Babinsa A"]
    nobody = client.get(reverse(PATH), {"name": "x'%\0--"})
    assert "Tidak ada yang hadir dengan nama ini" in nobody.content.decode()


def test_a_polda_asks_for_one_unit(client, roll, units, chief, commander):
    client.force_login(chief)
    assert client.get(reverse(PATH)).context["lines"]
    assert client.get(reverse(PATH), {"unit": units.polsek.pk}).context["lines"]
    assert not client.get(reverse(PATH), {"unit": units.polsek_other.pk}).context["lines"]
    client.force_login(commander)
    assert client.get(reverse(PATH), {"unit": units.polsek_other.pk}).status_code == 404


def test_a_month_without_duties(client, commander):
    client.force_login(commander)
    page = client.get(reverse(PATH)).content.decode()
    assert "Belum ada yang hadir" in page


def test_the_statements_do_not_grow(client, roll, units, commander, django_assert_max_num_queries):
    client.force_login(commander)
    for n in range(8):
        duty = held(units.polsek, starts_at=STARTS - timedelta(days=n + 1))
        came(duty, make.make_user(f"Bhabin {n}", units.polsek, "officer"))
    with django_assert_max_num_queries(8):
        client.get(reverse(PATH))


def test_the_log_books_lead_there(client, commander, officer):
    client.force_login(commander)
    assert reverse(PATH) in client.get(reverse("patrols:duty_list")).content.decode()
    client.force_login(officer)
    assert reverse(PATH) not in client.get(reverse("patrols:duty_list")).content.decode()
