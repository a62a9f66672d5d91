import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import AccessEvent, User
from accounts.roles import Role
from accounts.services.person_table import plan_people, save_people
from territory.models import UnitArea, UnitKind
from tests import factories as make
from tests.pasting import look, mistakes, save, table
from tests.threads import in_threads
from tests.two_people import client_of, words_of

NAME = "accounts:person_paste"
HEADING = ("Nama", "Pangkat", "NRP", "Kesatuan", "Peran", "Jabatan", "Desa binaan", "HP")
BUDI = ("Budi Santoso", "Bripka", "81020001", "Polsek A", "petugas")
BUDI += ("Bhabinkamtibmas", "Angke, Krendang RW 01, RW 02", "81234567890")
SITI = ("Siti Aminah", "AKP", "82020002", "POLSEK A", "Komandan", "Kapolsek", "", "")


@pytest.fixture
def villages(units):
    for code, unit in {"31.73.04": units.polsek, "31.73.05": units.polsek_neighbour}.items():
        UnitArea.objects.create(area=make.make_area(code), unit=unit)
    found = [make.make_area("31.73.04.1001", "Angke"), make.make_area("31.73.04.1002", "Krendang")]
    found += [make.make_area(f"31.73.04.1002-00{n}", f"RW 0{n}") for n in (1, 2)]
    make.make_area("31.73.05.1001", "Krukut")
    return found


@pytest.fixture
def head(units, villages):
    return make.make_user("Admin Polsek", units.polsek, Role.ADMIN)


def test_people_are_added_with_their_postings(head, units, villages):
    client = client_of(head)
    text = table(HEADING, BUDI, SITI)
    page = look(client, NAME, text)
    assert "Bripka Budi Santoso · 81020001 · petugas, Polsek A" in words_of(page)
    assert not User.objects.filter(nrp="81020001").exists()
    assert save(client, NAME, text).status_code == 302
    budi = User.objects.get(nrp="81020001")
    assert (budi.name, budi.rank, budi.unit) == ("Budi Santoso", "bripka", units.polsek)
    assert (str(budi.phone), budi.is_active, budi.is_superuser) == ("+6281234567890", True, False)
    assert not budi.has_usable_password()
    posting = budi.postings.get()
    assert (posting.unit, posting.role, posting.title) == (
        units.polsek,
        "officer",
        "Bhabinkamtibmas",
    )
    assert (posting.starts_on, posting.ends_on) == (units.polsek.today(), None)
    assert list(posting.villages.order_by("code")) == [villages[0], *villages[2:]]
    siti = User.objects.get(nrp="82020002").postings.get()
    assert (siti.role, siti.opens_sealed, siti.sealed_asked_by) == ("commander", False, None)
    assert LogEntry.objects.filter(user=head, object_id=str(budi.pk)).count() == 1
    # As on the page of a person: access is noted from the link for the password on.
    assert not AccessEvent.objects.exists()


def test_the_same_again_adds_nobody_and_says_what_differs(head):
    client = client_of(head)
    save(client, NAME, table(HEADING, BUDI))
    assert "1 baris sudah ada" in words_of(look(client, NAME, table(HEADING, BUDI)))
    other = (*BUDI[:1], "Aipda", *BUDI[2:5], "Kanit", "", "081299990000")
    page = look(client, NAME, table(HEADING, other, SITI))
    assert "berbeda di: pangkat, jabatan, telepon" in words_of(page)
    assert page.context["plan"].there[0].line == 2
    save(client, NAME, table(HEADING, other, SITI))
    assert User.objects.filter(nrp="81020001").get().rank == "bripka"
    assert User.objects.filter(nrp="82020002").count() == 1


def line(**cells):
    names = ("name", "rank", "nrp", "unit", "role", "title", "villages", "phone")
    good = dict(zip(names, ("Tono", "Bripda", "83030003", "Polsek A", "petugas"), strict=False))
    return tuple((good | cells).get(name, "") for name in names)


BAD = {
    "no name": (line(name=""), "nama", "kosong"),
    "no NRP": (line(nrp=""), "NRP", "kosong"),
    "letters in the NRP": (line(nrp="8303000X"), "NRP", "angka"),
    "an NRP as Excel shows long numbers": (line(nrp="1,97E+17"), "NRP", "angka"),
    "an NRP without its zeros": (line(nrp="30003"), "NRP", "nol di depan"),
    "the NRP twice": (line(nrp="81020001"), "NRP", "baris 2"),
    "the NRP of somebody elsewhere": (line(nrp="84040004"), "NRP", "di luar kesatuan"),
    "the NRP of another person here": (line(nrp="85050005"), "NRP", "milik"),
    "a posting beside the one held": (line(name="Rudi", nrp="85050005"), "", "sudah terdaftar"),
    "an unknown rank": (line(rank="Kapten"), "pangkat", "Bripka"),
    "an unknown unit": (line(unit="Polsek Entah"), "kesatuan", "Tidak ada kesatuan"),
    "a unit beside": (line(unit="Polsek Tetangga"), "kesatuan", "bukan di bawah"),
    "wider access": (line(unit="Polres A", role="admin"), "kesatuan", "bukan di bawah"),
    "an unknown role": (line(role="superuser"), "peran", "operator atau admin"),
    "a village of others": (line(villages="Krukut"), "kelurahan/desa binaan", "bukan kelurahan"),
    "an unknown village": (line(villages="Entah"), "kelurahan/desa binaan", "Tidak ada kelurahan"),
    "an unknown RW": (line(villages="Angke RW 09"), "kelurahan/desa binaan", "RW 09"),
    "an RW without a village": (line(villages="RW 01"), "kelurahan/desa binaan", "Tidak ada"),
    "a telephone of letters": (line(phone="menyusul"), "telepon", "telepon"),
    "a name too long": (line(name="x" * 101), "nama", "paling banyak 100"),
    "control characters": (line(name="Tono\x07"), "nama", "Ketik ulang"),
    "too many cells": ((*line(), "lebih"), "", "lebih banyak"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_is_wrong(kind, head, units):
    make.make_user("Orang Jauh", units.polsek_other, Role.OFFICER, nrp="84040004")
    make.make_user("Rudi", units.polsek, Role.OPERATOR, nrp="85050005")
    count = User.objects.count()
    bad, column, words = BAD[kind]
    page = save(client_of(head), NAME, table(HEADING, BUDI, bad))
    ((number, said, sentence),) = mistakes(page)
    assert (number, said) == (3, column)
    assert words in sentence
    assert "Orang Jauh" not in page.content.decode()
    assert User.objects.count() == count


def test_no_table_opens_sealed_reports(head):
    page = look(client_of(head), NAME, table((*HEADING, "Buka laporan tersegel"), (*SITI, "ya")))
    ((number, column, _words),) = mistakes(page)
    assert (number, column) == (1, "Buka laporan tersegel")


def test_people_of_a_subsektor_serve_villages_of_its_polsek(head, units):
    make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    text = table(line(unit="Subsektor A", villages="31.73.04.1001, 31.73.04.1002-001"))
    assert plan_people(text=text, by=head).mistakes == []


def test_villages_of_one_name_ask_for_the_code(units, villages):
    make.make_area("31.73.05.1002", "Angke")
    above = make.make_user("Admin Polres", units.polres, Role.ADMIN)
    text = table(line(unit="Polres A", villages="Angke"), line(nrp="86060006", villages="Angke"))
    plan = plan_people(text=text, by=above)
    assert [(one.line, "31.73.05.1002" in one.words) for one in plan.mistakes] == [(1, True)]


def test_only_administrators_who_are_confirmed(units, head, officer, commander, nobody, client):
    waiting = make.make_user("Admin Baru", units.polsek, Role.ADMIN, let_in_by=head)
    for user in (officer, commander, nobody, waiting):
        client.force_login(user)
        assert client.get(reverse(NAME)).status_code == 403
        assert client.post(reverse(NAME), {"text": table(BUDI)}).status_code == 403
        with pytest.raises(PermissionDenied):
            save_people(text=table(BUDI), by=user)


def test_names_stay_out_of_logs_sessions_and_messages(head, caplog):
    caplog.set_level(logging.DEBUG, logger="django.request")
    client = client_of(head)
    save(client, NAME, table(HEADING, BUDI))
    look(client, NAME, table(HEADING, line(rank="Kapten")))
    kept = [session.get_decoded() for session in Session.objects.all()]
    cookies = [morsel.value for morsel in client.cookies.values()]
    for word in ("Budi", "81020001", "81234567890", "Tono"):
        assert word not in caplog.text
        assert word not in str(kept)
        assert word not in str(cookies)


def test_an_ended_session_loses_no_words(client, db):
    answer = client.post(reverse(NAME), {"text": table(BUDI), "step": "save", "seen": "0" * 64})
    assert answer.status_code == 401
    assert "Budi Santoso" in answer.content.decode()
    assert "0" * 64 not in answer.content.decode()


def test_the_number_of_queries_does_not_grow(head, django_assert_num_queries):
    def text(count, start="9"):
        return table(*(line(nrp=f"{start}{n:07}", villages="Angke RW 1") for n in range(count)))

    make.make_area("31.73.04.1001-001")
    plan_people(text=text(1), by=head)
    for count in (2, 200):
        with django_assert_num_queries(5):
            plan_people(text=text(count), by=head)
    for count, start in ((2, "6"), (100, "7")):
        with django_assert_num_queries(12):
            save_people(text=text(count, start), by=head)


@pytest.mark.django_db(transaction=True)
def test_two_who_paste_at_once_add_each_person_once(head):
    assert in_threads(2, lambda number: save_people(text=table(BUDI, SITI), by=head)) == {}
    assert User.objects.filter(nrp__in=["81020001", "82020002"]).count() == 2
