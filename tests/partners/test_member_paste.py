import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Role
from partners.models import GroupMember
from partners.services.member_table import plan_members, save_members
from tests import factories as make
from tests.pasting import look, mistakes, save, table
from tests.threads import in_threads
from tests.two_people import client_of, words_of

NAME = "partners:member_paste"
AHMAD = ("Citra A", "Ahmad Fauzi", "Ketua", "0812-3456-7890", "")


@pytest.fixture
def head(units, group):
    return make.make_user("Admin Polsek", units.polsek, Role.ADMIN)


def test_members_are_added(head, group):
    client = client_of(head)
    text = table(("Instansi", "Kelompok", "Nama"), ("TNI", "citra a", "Sertu Joko"))
    assert "Sertu Joko · anggota · TNI · Citra A, Polsek A" in words_of(look(client, NAME, text))
    assert not group.members.exists()
    assert save(client, NAME, text).status_code == 302
    assert save(client, NAME, table(AHMAD)).status_code == 302
    rows = group.members.values_list("name", "role", "phone", "agency", "is_active")
    assert set(rows) == {
        ("Sertu Joko", "member", "", "TNI", True),
        ("Ahmad Fauzi", "chair", "+6281234567890", "", True),
    }


def test_the_same_again_adds_nobody(head, group):
    save_members(text=table(AHMAD), by=head)
    plan = plan_members(text=table(("Citra A", "AHMAD FAUZI", "sekretaris", "")), by=head)
    assert plan.there[0].words.endswith("berbeda di: peran")
    group.members.update(is_active=False)
    assert "tidak" in plan_members(text=table(AHMAD), by=head).there[0].words
    # With another number it is somebody else.
    save_members(text=table((*AHMAD[:3], "081299990000")), by=head)
    assert group.members.count() == 2


BAD = {
    "an unknown group": (("Entah", "Joko"), "kelompok", "Tidak ada kelompok"),
    "a group of others": (("Kelompok B", "Joko"), "kelompok", "bukan di bawah"),
    "a group that is over": (("Kelompok Lama", "Joko"), "kelompok", "tidak aktif"),
    "no name": (("Citra A", ""), "nama", "kosong"),
    "an unknown role": (("Citra A", "Joko", "bos"), "peran", "ketua"),
    "a telephone of letters": (("Citra A", "Joko", "", "ada"), "telepon", "telepon"),
    "an agency too long": (("Citra A", "Joko", "", "", "x" * 61), "instansi", "paling banyak 60"),
    "the same member": (("Citra A", "ahmad-fauzi"), "nama", "baris 1"),
    "another unit": (("Citra A", "Joko", "", "", "", "Polsek B"), "kelompok", "Tidak ada"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_line_that_is_wrong(kind, head, units):
    make.make_group(units.polsek_other, "Kelompok B")
    make.make_group(units.polsek, "Kelompok Lama", is_active=False)
    line, column, words = BAD[kind]
    ((number, said, sentence),) = mistakes(save(client_of(head), NAME, table(AHMAD, line)))
    assert (number, said) == (2, column)
    assert words in sentence
    assert not GroupMember.objects.exists()


def test_groups_of_one_name_ask_for_the_unit(units, group):
    make.make_group(units.polsek_neighbour, "Citra A")
    above = make.make_user("Admin Polres", units.polres, Role.ADMIN)
    text = table(("Citra A", "Joko"), ("Citra A", "Joko", "", "", "", "Polsek A"))
    plan = plan_members(text=text, by=above)
    assert [(one.line, one.column) for one in plan.mistakes] == [(1, "kesatuan")]
    assert [row.group for row in plan.rows] == [group]


def test_only_administrators(officer, commander, volunteer, client):
    for user in (officer, commander, volunteer):
        client.force_login(user)
        assert client.get(reverse(NAME)).status_code == 403
        with pytest.raises(PermissionDenied):
            save_members(text=table(AHMAD), by=user)


def test_the_number_of_queries_does_not_grow(head, django_assert_num_queries):
    def text(count):
        return table(*(("Citra A", f"Anggota {n}") for n in range(count)))

    plan_members(text=text(1), by=head)
    for count in (2, 300):
        with django_assert_num_queries(2):
            plan_members(text=text(count), by=head)


@pytest.mark.django_db(transaction=True)
def test_two_who_paste_at_once_add_each_member_once(head, group):
    text = table(AHMAD, ("Citra A", "Joko"))
    assert in_threads(2, lambda number: save_members(text=text, by=head)) == {}
    assert group.members.count() == 2
