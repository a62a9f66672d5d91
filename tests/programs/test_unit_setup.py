"""What a new unit lacks, for its administrator."""

import pytest

from patrols.models import Route, ShareTemplate
from tests import factories as make

URL = "/programs/setup/"


def steps(client, **asked):
    return {step.name: step for step in client.get(URL, asked).context["steps"]}


@pytest.fixture
def admin(client, admin_user):
    client.force_login(admin_user)
    return client


def test_an_empty_unit_lacks_everything(admin, units):
    found = steps(admin)
    assert not any(step.is_done for step in found.values())
    assert next(iter(found)) == "Wilayah"
    assert "Belum ada pimpinan" in found["Pimpinan"].words
    for step in found.values():
        assert admin.get(step.url).status_code == 200, step.name


def test_what_is_there_is_ticked_off(admin, units, commander, villages, served):
    Route.objects.create(unit=units.polsek, name="Rute A")
    ShareTemplate.objects.create(unit=units.polda, duty_text="x", entry_text="y")
    found = steps(admin)
    for name in ("Wilayah", "Pimpinan", "Petugas", "Rute", "Teks kiriman"):
        assert found[name].is_done, name
    assert str(units.polda) in found["Teks kiriman"].words
    assert "Krendang" in found["Pembagian desa/kelurahan binaan"].words
    assert "Tambora" not in found["Pembagian desa/kelurahan binaan"].words
    assert "Krendang, Tambora" in found["RW dan RT"].words


def test_rt_make_a_village_complete(admin, villages, served):
    for village in villages:
        make.make_area(f"{village.code}-001-001")
    assert steps(admin)["RW dan RT"].is_done


def test_a_polres_lists_its_units(client, units):
    client.force_login(make.make_user("Admin Polres", units.polres, "admin"))
    html = client.get(URL).content.decode()
    assert f'href="?unit={units.polsek.pk}"' in html
    assert "Rute" in steps(client, unit=units.polsek.pk)
    assert "Rute" not in steps(client)


def test_another_unit_is_not_shown(admin, units):
    assert admin.get(URL, {"unit": units.polsek_neighbour.pk}).status_code == 404


def test_statements_do_not_grow(admin, units, villages, django_assert_max_num_queries):
    for number in range(9):
        make.make_user(f"Bhabin {number}", units.polsek, "officer")
    with django_assert_max_num_queries(28):
        admin.get(URL)


def test_the_tables_stand_in_the_order_in_which_a_unit_gets_started(admin):
    pages = [page.url for page in admin.get(URL).context["pages"]]
    assert pages[:2] == ["programs:unit_setup", "territory:unit_paste"]
    assert pages[-1] == "partners:member_paste"
