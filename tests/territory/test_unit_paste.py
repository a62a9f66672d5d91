import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Role
from territory.models import Unit, UnitArea, UnitKind
from territory.services.unit_table import plan_units, save_units
from tests import factories as make
from tests.pasting import look, mistakes, save, table
from tests.threads import in_threads
from tests.two_people import client_of, words_of
from toolkit.tables.plans import TableRefused

NAME = "territory:unit_paste"


@pytest.fixture
def areas(units):
    """The city of the Polres with two kecamatan."""
    found = [make.make_area(code) for code in ("31.73.04", "31.73.05")]
    UnitArea.objects.create(area=found[0].parent, unit=units.polres)
    return found


@pytest.fixture
def head(units, areas):
    return make.make_user("Admin Polres", units.polres, Role.ADMIN)


def test_units_are_made_with_their_areas_below_the_own_unit(head, units, areas):
    client = client_of(head)
    text = (
        "Nama;Jenis;Di bawah;Kecamatan;Zona waktu;Telepon\n"
        "Subsektor Duri;;Polsek Tambora;;;\n"
        "Polsek Tambora;;;31.73.04, 317305;WIB;021-6301234\n"
        "Polsek Krukut;Polsek;Polres A;;;\n"
    )
    page = look(client, NAME, text)
    assert page.context["plan"].mistakes == []
    assert "Simpan 3 baris" in words_of(page)
    assert not Unit.objects.filter(name="Polsek Tambora").exists()
    answer = save(client, NAME, text)
    assert (answer.status_code, answer.url) == (302, reverse(NAME))
    assert "3 baris tersimpan" in words_of(client.get(answer.url))
    tambora = Unit.objects.get(code="polsek-tambora")
    assert (tambora.kind, tambora.parent, tambora.polres) == ("polsek", units.polres, units.polres)
    assert (tambora.timezone, str(tambora.phone)) == ("Asia/Jakarta", "+62216301234")
    assert {link.area for link in tambora.area_links.all()} == set(areas)
    below = Unit.objects.get(code="subsektor-duri")
    assert (below.parent, below.polsek, below.polres) == (tambora, tambora, units.polres)
    assert LogEntry.objects.filter(user=head, object_id=str(tambora.pk)).count() == 1


def test_the_same_again_makes_nothing_and_says_what_differs(head, units):
    client = client_of(head)
    line = ("Polsek Tambora", "", "", "31.73.04", "", "0216301234")
    save(client, NAME, table(line))
    page = look(client, NAME, table(line))
    assert "Tidak ada yang perlu disimpan: 1 baris sudah ada" in words_of(page)
    again = {"text": table(line), "step": "save", "seen": page.context["stamp"]}
    assert client.post(reverse(NAME), again).status_code == 302
    other = look(client, NAME, table(("polsek tambora", "", "", "", "WIT", "0216309999")))
    (kept,) = other.context["plan"].there
    assert kept.words.endswith("berbeda di: zona waktu, telepon")
    assert Unit.objects.filter(name__icontains="tambora").count() == 1
    unit = Unit.objects.get(name="Polsek Tambora")
    assert (unit.timezone, str(unit.phone)) == ("Asia/Jakarta", "+62216301234")


BAD = {
    "no kind": (("Kantor Tambora",), "jenis", "Polsek atau Subsektor"),
    "an unknown unit above": (("Polsek X", "", "Polres Entah"), "di bawah", "Tidak ada kesatuan"),
    "a unit above outside": (("Polsek X", "", "Polres B"), "di bawah", "bukan di bawah"),
    "a unit above one's own": (("Polres X", "", "Polda A"), "di bawah", "bukan di bawah"),
    "a subsektor below a polres": (("Subsektor X",), "di bawah", "di bawah Polsek"),
    "a polres below a polres": (("Polres X",), "di bawah", "lebih tinggi"),
    "an unknown area": (("Polsek X", "", "", "31.73.99"), "kecamatan", "Tidak ada wilayah"),
    "no area at all": (("Polsek X", "", "", "Tambora"), "kecamatan", "bukan kode"),
    "an area of others": (("Polsek X", "", "", "15.71.01"), "kecamatan", "bukan di bawah"),
    "an area that is taken": (("Polsek X", "", "", "31.73"), "kecamatan", "sudah menjadi"),
    "a zone": (("Polsek X", "", "", "", "GMT"), "zona waktu", "WIB, WITA"),
    "a phone": (("Polsek X", "", "", "", "", "ada"), "telepon", "telepon"),
    "a code of others": (("Polsek X", "", "", "", "", "", "dipakai"), "kode singkat", "dipakai"),
    "a code with signs": (("Polsek X", "", "", "", "", "", "a b!"), "kode singkat", ""),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_is_wrong(kind, head, units):
    make.make_area("15.71.01")
    make.make_unit(UnitKind.POLSEK, "Polsek Lain", units.polres_other, code="dipakai")
    line, column, words = BAD[kind]
    page = save(client_of(head), NAME, table(("Polsek Baik",), line))
    ((number, said, sentence),) = mistakes(page)
    assert (number, said) == (2, column)
    assert words in sentence
    assert not Unit.objects.filter(name="Polsek Baik").exists()


def test_lines_that_are_the_same_unit_or_share_an_area(head):
    text = table(("Polsek X", "", "", "31.73.04"), ("POLSEK X",), ("Polsek Y", "", "", "317304"))
    found = mistakes(look(client_of(head), NAME, text))
    assert [(line, column) for line, column, _words in found] == [(2, "nama"), (3, "kecamatan")]


def test_units_of_one_name_get_their_own_code(head, units):
    make.make_unit(UnitKind.POLSEK, "Polsek Kota", units.polres_other, code="polsek-kota")
    save_units(text="Polsek Kota", by=head)
    assert Unit.objects.get(parent=units.polres, name="Polsek Kota").code.startswith("polsek-kota-")
    assert plan_units(text="Polsek Kota", by=head).new == []


def test_a_superuser_says_where(superuser, units):
    plan = plan_units(text=table(("Polsek X",), ("Polsek Y", "", "Polres B")), by=superuser)
    assert [(one.line, one.column) for one in plan.mistakes] == [(1, "di bawah")]
    assert save_units(text=table(("Polsek Y", "", "Polres B")), by=superuser).rows


def test_only_administrators(units, officer, commander, neighbour, client):
    for user in (officer, commander, neighbour):
        client.force_login(user)
        assert client.get(reverse(NAME)).status_code == 403
        assert client.post(reverse(NAME), {"text": "Polsek X"}).status_code == 403
        with pytest.raises(PermissionDenied):
            save_units(text="Polsek X", by=user)


def test_a_posting_that_ended_since_the_look_saves_nothing(head, units):
    client = client_of(head)
    page = look(client, NAME, "Polsek X")
    head.postings.update(role=Role.OFFICER)
    sent = {"text": "Polsek X", "step": "save", "seen": page.context["stamp"]}
    assert client.post(reverse(NAME), sent).status_code == 403


def test_nothing_that_was_not_looked_at_is_saved(head):
    client = client_of(head)
    seen = look(client, NAME, "Polsek X").context["stamp"]
    sent = {"text": "Polsek Y", "step": "save", "seen": seen}
    answer = client.post(reverse(NAME), sent)
    assert answer.status_code == 200
    assert [row.line for row in answer.context["plan"].new] == [1]
    assert client.post(reverse(NAME), {**sent, "seen": ""}).status_code == 200
    assert not Unit.objects.filter(name__in=["Polsek X", "Polsek Y"]).exists()


@pytest.mark.parametrize("text", ["", "  \r\n ", "\x00", "x" * 120_001])
def test_what_is_no_table_is_said_beside_the_field(text, head):
    page = look(client_of(head), NAME, text)
    assert page.status_code == 200
    assert page.context["form"].errors["text"]


def test_a_mistake_is_shown_with_the_text_kept(head):
    page = look(client_of(head), NAME, "Polsek X\nKantor & Co")
    words = words_of(page)
    assert "1 baris salah. Belum ada yang disimpan." in words
    assert "Baris 2 Kantor & Co Jenis: Tulis Polsek" in words
    assert "Polsek X\nKantor &amp; Co</textarea>" in page.content.decode()
    assert 'value="save"' not in page.content.decode()


def test_the_number_of_queries_does_not_grow(head, django_assert_num_queries):
    def text(count):
        return table(("Polsek X", "", "", "31.73.04"), *((f"Polsek {n}",) for n in range(count)))

    plan_units(text=text(1), by=head)
    for count in (2, 200):
        with django_assert_num_queries(5):
            plan_units(text=text(count), by=head)


@pytest.mark.django_db(transaction=True)
def test_two_who_paste_at_once_make_each_unit_once(head):
    text = table(("Polsek X", "", "", "31.73.04"), ("Polsek Y",))
    assert in_threads(2, lambda number: save_units(text=text, by=head)) == {}
    assert Unit.objects.filter(name__in=["Polsek X", "Polsek Y"]).count() == 2


def test_a_table_with_a_mistake_saves_nothing(head):
    with pytest.raises(TableRefused) as refused:
        save_units(text="Polsek X\nKantor", by=head)
    assert refused.value.plan.wrong_lines == 1
    assert not Unit.objects.filter(name="Polsek X").exists()


def test_the_lists_of_the_admin_lead_here(head, client):
    client.force_login(head)
    pages = {
        "territory_unit": NAME,
        "territory_area": "territory:area_paste",
        "accounts_user": "accounts:person_paste",
        "partners_groupmember": "partners:member_paste",
    }
    for model, name in pages.items():
        page = client.get(reverse(f"admin:{model}_changelist")).content.decode()
        assert f'href="{reverse(name)}"' in page
        assert (
            f'href="{reverse(name)}"'
            not in client.get(reverse(f"admin:{model}_changelist") + "?_popup=1").content.decode()
        )
    page = client.get(reverse(NAME)).content.decode()
    assert [page.index(f'href="{reverse(name)}"') for name in pages.values()] == sorted(
        page.index(f'href="{reverse(name)}"') for name in pages.values()
    )
