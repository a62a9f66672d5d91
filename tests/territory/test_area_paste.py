import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Role
from territory.models import Area, UnitArea
from territory.services import area_table
from territory.services.area_table import plan_areas, save_areas
from tests import factories as make
from tests.pasting import look, mistakes, save, table
from tests.threads import in_threads
from tests.two_people import client_of, words_of

NAME = "territory:area_paste"


@pytest.fixture
def villages(units):
    """Two villages of Polsek A, a namesake of one in its other kecamatan, one of Polsek B."""
    for code, unit in {
        "31.73.04": units.polsek,
        "31.73.05": units.polsek_neighbour,
        "15.71.01": units.polsek_other,
    }.items():
        UnitArea.objects.create(area=make.make_area(code), unit=unit)
    return [
        make.make_area("31.73.04.1001", "Angke"),
        make.make_area("31.73.04.1002", "Jembatan Lima", alt_name="Jembatan V"),
        make.make_area("31.73.05.1001", "Angke"),
        make.make_area("15.71.01.1001", "Legok"),
    ]


@pytest.fixture
def head(units, villages):
    return make.make_user("Admin Polsek", units.polsek, Role.ADMIN)


def test_rw_and_rt_are_made_with_their_codes(head, villages):
    client = client_of(head)
    text = table(
        ("Kelurahan", "RW", "Jumlah RT", "Jiwa", "Tahun"),
        ("Angke", "RW 01", "12 RT", "1.250", "2025"),
        ("kel. jembatan-lima", "2", "1-2, 005", "", ""),
        ("31.73.04.1002", "003", "", "", ""),
    )
    page = look(client, NAME, text)
    assert "Angke · RW 01 · 12 RT (001–012) · 1250 jiwa (2025)" in words_of(page)
    assert not Area.objects.filter(level="rw").exists()
    assert "3 baris tersimpan" in words_of(client.get(save(client, NAME, text).url))
    rw = Area.objects.get(code="31.73.04.1001-001")
    assert (rw.name, rw.parent, rw.population, rw.population_year) == (
        "RW 01",
        villages[0],
        1250,
        2025,
    )
    codes = Area.objects.filter(parent=rw).values_list("code", flat=True)
    assert list(codes) == [f"{rw.code}-{number:03}" for number in range(1, 13)]
    other = Area.objects.filter(level="rt", code__startswith="31.73.04.1002")
    assert [area.code[-7:] for area in other] == ["002-001", "002-002", "002-005"]
    assert Area.objects.get(code="31.73.04.1002-003").children.count() == 0


def test_the_same_again_makes_nothing_and_more_rt_are_added(head):
    save_areas(text=table(("Angke", "1", "3", "900", "2024")), by=head)
    plan = plan_areas(text=table(("Angke", "RW 01", "3 RT", "950", "2025")), by=head)
    assert plan.new == []
    assert plan.there[0].words.endswith("berbeda di: penduduk")
    plan = save_areas(text=table(("Angke", "1", "5")), by=head)
    assert plan.new[0].words == "Angke · RW 01 · 2 RT (004–005)"
    assert Area.objects.filter(level="rt").count() == 5
    assert Area.objects.get(level="rw").population == 900


def test_lines_of_single_rt_make_one_rw(head):
    lines = [("Angke", "001", f"{number:03}") for number in (1, 2, 7)]
    plan = save_areas(text=table(*lines), by=head)
    assert len(plan.new) == 3
    assert Area.objects.filter(level="rw").count() == 1
    assert Area.objects.filter(level="rt").count() == 3


BAD = {
    "an unknown village": (("Entah", "1"), "kelurahan/desa", "load_villages"),
    "a village of others": (("Legok", "1"), "kelurahan/desa", "bukan kelurahan"),
    "a code of others": (("31.73.05.1001", "1"), "kelurahan/desa", "bukan kelurahan"),
    "an RW in letters": (("Angke", "RW satu"), "RW", "angka"),
    "an RW too high": (("Angke", "1000"), "RW", "1 sampai 999"),
    "an RT in letters": (("Angke", "1", "banyak"), "RT", "jumlah RT"),
    "an RT too high": (("Angke", "1", "1000"), "RT", "1 sampai 999"),
    "people without a year": (("Angke", "1", "3", "900"), "tahun pencatatan", "tahun"),
    "a year to come": (("Angke", "1", "3", "900", "2999"), "tahun pencatatan", "tahun"),
    "people in letters": (("Angke", "1", "3", "banyak", "2024"), "penduduk", "angka"),
    "the same RT twice": (("Angke", "RW 9", "RT 02"), "RT", "baris 1"),
    "the same RW twice": (("31.73.04.1002", "9", ""), "RW", "baris 2"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_is_wrong(kind, head):
    line, column, words = BAD[kind]
    text = table(("Angke", "RW 09", "4"), ("Jembatan Lima", "RW 09"), line)
    ((number, said, sentence),) = mistakes(save(client_of(head), NAME, text))
    assert (number, said) == (3, column)
    assert words in sentence
    assert not Area.objects.filter(level="rw").exists()


def test_two_villages_of_one_name_ask_for_the_code(units, villages):
    above = make.make_user("Admin Polres", units.polres, Role.ADMIN)
    plan = plan_areas(text=table(("Angke", "1"), ("Jembatan V", "1")), by=above)
    (mistake,) = plan.mistakes
    assert "31.73.04.1001, 31.73.05.1001" in mistake.words
    assert plan_areas(text=table(("31.73.05.1001", "1")), by=above).mistakes == []


def test_more_rt_than_one_table_makes(head, monkeypatch):
    monkeypatch.setattr(area_table, "MOST_AREAS", 20)
    plan = plan_areas(text=table(("Angke", "1", "15"), ("Angke", "2", "15")), by=head)
    assert [(one.line, one.column) for one in plan.mistakes] == [(2, "")]


def test_only_administrators(units, officer, commander, client, villages):
    for user in (officer, commander):
        client.force_login(user)
        assert client.get(reverse(NAME)).status_code == 403
        with pytest.raises(PermissionDenied):
            save_areas(text=table(("Angke", "1")), by=user)


def test_the_number_of_queries_does_not_grow(head, django_assert_num_queries):
    for count in (2, 2, 100):
        text = table(*(("Angke", str(number), "5") for number in range(1, count + 1)))
        with django_assert_num_queries(3 if "scope" in head.__dict__ else 4):
            plan_areas(text=text, by=head)


@pytest.mark.django_db(transaction=True)
def test_two_who_paste_at_once_make_each_area_once(head):
    text = table(("Angke", "1", "5"), ("Angke", "2", "5"))
    assert in_threads(2, lambda number: save_areas(text=text, by=head)) == {}
    assert Area.objects.filter(level="rw").count() == 2
    assert Area.objects.filter(level="rt").count() == 10
