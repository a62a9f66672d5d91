"""A Polres gets started in an evening: its units, their RW and RT, its people and the members of
its groups from four pasted tables, after its villages are loaded from a file."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Posting, User
from accounts.roles import Role
from partners.models import GroupMember
from territory.models import Area, Unit, UnitArea
from tests import factories as make
from tests.pasting import look, mistakes, save, table
from tests.two_people import client_of, words_of

UNITS, AREAS = "territory:unit_paste", "territory:area_paste"
PEOPLE, MEMBERS = "accounts:person_paste", "partners:member_paste"
KECAMATAN = [f"31.73.{number:02}" for number in range(1, 9)]
VILLAGES = [
    (f"{code}.{1001 + number}", f"Kelurahan {where}{number}")
    for where, code in zip("ABCDEFGH", KECAMATAN, strict=True)
    for number in range(12 if code < "31.73.03" else 11)
]
POLSEK = [f"Polsek Sektor {where}" for where in "ABCDEFGH"]
HEADING = ("Nama", "Pangkat", "NRP", "Kesatuan", "Peran", "Jabatan", "Desa binaan", "HP")


def officer_lines():
    """15 of each Polsek: its head, an operator, an administrator, and 12 who serve villages."""
    roles = ["komandan", "operator", "admin", *["petugas"] * 12]
    for place, (unit, code) in enumerate(zip(POLSEK, KECAMATAN, strict=True)):
        names = [name for village, name in VILLAGES if village.startswith(code)]
        for number, role in enumerate(roles):
            served = f"{names[number % len(names)]} RW 01" if role == "petugas" else ""
            nrp = f"8{place}{number:02}0001"
            phone = f"0812{place:02}{number:06}"
            yield f"Orang {place} {number}", "Bripka", nrp, unit, role, "", served, phone


@pytest.fixture
def polres(units, tmp_path):
    """The Polres with its city and their kecamatan, as the seeds bring them; its administrator."""
    for code in KECAMATAN:
        make.make_area(code)
    UnitArea.objects.create(area=Area.objects.get(code="31.73"), unit=units.polres)
    path = tmp_path / "desa.csv"
    path.write_text("code,name\n" + "".join(f"{code},{name}\n" for code, name in VILLAGES))
    call_command("load_villages", *KECAMATAN, file=path, stdout=StringIO())
    head = make.make_user("Admin Polres", units.polres, Role.ADMIN, nrp="70000001")
    return SimpleNamespace(unit=units.polres, head=head, client=client_of(head))


def started(polres):
    """Pastes and saves the four tables, as an administrator does it."""
    sectors = zip(POLSEK, KECAMATAN, strict=True)
    tables = {
        UNITS: table(("Nama", "Kecamatan"), *sectors),
        AREAS: table(*((code, f"RW {rw:02}", "6 RT") for code, _name in VILLAGES for rw in (1, 2))),
        PEOPLE: table(HEADING, *officer_lines()),
    }
    for name, text in tables.items():
        assert save(polres.client, name, text).status_code == 302, name
    for unit in Unit.objects.filter(name__in=POLSEK):
        make.make_group(unit, f"Citra {unit.name[-1]}")
    tables[MEMBERS] = table(
        *((f"Citra {where}", f"Warga {n}") for where in "ABCDEFGH" for n in "123")
    )
    assert save(polres.client, MEMBERS, tables[MEMBERS]).status_code == 302
    return tables


def counts():
    below = Area.objects.villages().filter(parent__unit_link__unit__name__in=POLSEK)
    return {
        "units": Unit.objects.filter(kind="polsek", name__in=POLSEK).count(),
        "villages": below.count(),
        "RW": Area.objects.filter(level="rw").count(),
        "RT": Area.objects.filter(level="rt").count(),
        "people": User.objects.filter(unit__name__in=POLSEK).count(),
        "postings": Posting.objects.filter(unit__name__in=POLSEK, starts_on__isnull=False).count(),
        "members": GroupMember.objects.count(),
    }


STARTED = {
    "units": 8,
    "villages": 90,
    "RW": 180,
    "RT": 1080,
    "people": 120,
    "postings": 120,
    "members": 24,
}
GOOD = ("Tono", "Bripda", "89990001", "Polsek Sektor A", "petugas", "", "", "")


def person(**cells):
    names = ("name", "rank", "nrp", "unit", "role", "title", "villages", "phone")
    return tuple((dict(zip(names, GOOD, strict=True)) | cells)[name] for name in names)


# What is wrong: the page, the line, the column beside which it is said.
BAD_LINES = {
    "no name": (PEOPLE, person(name=""), "nama"),
    "an NRP that a line before has": (PEOPLE, person(nrp="89990000"), "NRP"),
    "the NRP of somebody elsewhere": (PEOPLE, person(nrp="87770001"), "NRP"),
    "an unknown rank": (PEOPLE, person(rank="Kapten"), "pangkat"),
    "an unknown unit": (PEOPLE, person(unit="Polsek Entah"), "kesatuan"),
    "a unit outside the tree": (PEOPLE, person(unit="Polsek B"), "kesatuan"),
    "an unknown role": (PEOPLE, person(role="raja"), "peran"),
    "access to more than one's own": (PEOPLE, person(unit="Polda A", role="admin"), "kesatuan"),
    "a village of another unit": (
        PEOPLE,
        person(villages="Kelurahan B1"),
        "kelurahan/desa binaan",
    ),
    "a posting beside the one held": (
        PEOPLE,
        person(name="Orang 0 3", nrp="80030001", role="operator"),
        "",
    ),
    "a telephone of letters": (PEOPLE, person(phone="menyusul"), "telepon"),
    "a text too long": (PEOPLE, person(title="x" * 61), "jabatan"),
    "control characters": (PEOPLE, person(name="Tono\x1b[2J"), "nama"),
    "too many cells": (PEOPLE, (*GOOD, "lebih"), ""),
    "an RW in letters": (AREAS, ("Kelurahan A1", "RW satu", ""), "RW"),
    "an RT over 999": (AREAS, ("Kelurahan A1", "RW 09", "1000"), "RT"),
    "two villages of one name": (AREAS, ("Kembar", "RW 01", ""), "kelurahan/desa"),
    "an area of two units": (UNITS, ("Polsek Baru", "", "", "31.73.01"), "kecamatan"),
    "a group of another unit": (MEMBERS, ("Kelompok B", "Joko"), "kelompok"),
}
FIRST = {
    PEOPLE: person(name="Siti", nrp="89990000"),
    AREAS: ("Kelurahan A1", "RW 08", "3"),
    UNITS: ("Polsek Sektor I",),
    MEMBERS: ("Citra A", "Warga 9"),
}


def test_a_polres_gets_started_from_four_tables(polres, units):
    tables = started(polres)
    assert counts() == STARTED
    bhabin = Posting.objects.get(user__nrp="83070001")
    (served,) = bhabin.villages.all()
    assert (bhabin.unit.name, bhabin.role) == ("Polsek Sektor D", "officer")
    assert (served.code[:9], served.code[-4:]) == ("31.73.04.", "-001")

    # All four once more: nothing is made twice.
    for name, text in tables.items():
        assert "Tidak ada yang perlu disimpan" in words_of(look(polres.client, name, text)), name
        sent = {
            "text": text,
            "step": "save",
            "seen": look(polres.client, name, text).context["stamp"],
        }
        assert polres.client.post(reverse(name), sent).status_code == 302
    assert counts() == STARTED

    make.make_user("Orang Jauh", units.polsek_other, Role.OFFICER, nrp="87770001")
    make.make_group(units.polsek_other, "Kelompok B")
    for code in ("31.73.01.1099", "31.73.02.1099"):
        make.make_area(code, "Kembar")
    for kind, (name, line, column) in BAD_LINES.items():
        page = save(polres.client, name, table(FIRST[name], line))
        assert [found[:2] for found in mistakes(page)] == [(2, column)], kind
    assert {**counts(), "villages": 90} == STARTED


def test_an_unknown_heading_is_said_at_the_heading(polres):
    page = look(
        polres.client, PEOPLE, table((*HEADING, "Zodiak"), (*person(unit="Polres A"), "Leo"))
    )
    assert [found[:2] for found in mistakes(page)] == [(1, "Zodiak")]
