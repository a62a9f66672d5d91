"""Units and areas in the admin."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from territory.models import Unit, UnitArea, UnitKind
from tests import factories as make


def change_url(unit):
    return reverse("admin:territory_unit_change", args=[unit.pk])


ADD = reverse("admin:territory_unit_add")


def unit_form(unit, **changed):
    return {
        "name": unit.name,
        "parent": unit.parent_id or "",
        "timezone": unit.timezone,
        "investigates": "on",
        "area_links-TOTAL_FORMS": 0,
        "area_links-INITIAL_FORMS": 0,
        **changed,
    }


@pytest.fixture
def polres_admin(units, sign_in):
    return sign_in(make.make_user("Admin Polres", units.polres, Role.ADMIN))


def errors_of(answer):
    return answer.context["adminform"].form.errors


def test_a_unit_moves_with_all_its_rows(superuser, sign_in, units, duty):
    client = sign_in(superuser)
    answer = client.post(
        change_url(units.polsek),
        unit_form(units.polsek, parent=units.polres_other.pk, name="Polsek Z"),
    )
    assert answer.status_code == 302
    units.polsek.refresh_from_db()
    duty.refresh_from_db()
    assert units.polsek.name == "Polsek Z"
    assert units.polsek.parent == units.polres_other
    assert units.polsek.polres_id == duty.polres_id == units.polres_other.pk


def test_only_those_above_a_unit_move_it(polres_admin, units, admin_user):
    polres_admin.post(change_url(units.polres), unit_form(units.polres, parent=units.polda_east.pk))
    units.polres.refresh_from_db()
    assert units.polres.parent == units.polda
    refused = polres_admin.post(
        change_url(units.polsek), unit_form(units.polsek, parent=units.polres_other.pk)
    )
    assert "parent" in errors_of(refused)
    polres_admin.force_login(admin_user)
    polres_admin.post(
        change_url(units.polsek), unit_form(units.polsek, parent=units.polres_other.pk)
    )
    units.polsek.refresh_from_db()
    assert units.polsek.parent == units.polres


def test_the_kind_of_a_unit_stays(polres_admin, units):
    """A Polsek turned into a Subsektor of the Polres would open the Polres to its people."""
    answer = polres_admin.post(
        change_url(units.polsek),
        unit_form(units.polsek, kind="subsektor", code="lain", is_fallback="on"),
    )
    assert answer.status_code == 302
    units.polsek.refresh_from_db()
    assert units.polsek.kind == UnitKind.POLSEK
    assert units.polsek.code != "lain"
    assert not units.polsek.is_fallback


def test_a_unit_is_added_below_the_own(polres_admin, units):
    new = {
        "name": "Polsek Baru",
        "kind": "polsek",
        "code": "polsek-baru",
        "timezone": "Asia/Jakarta",
    }
    assert polres_admin.post(ADD, {**new, "parent": units.polres.pk}).status_code == 302
    assert Unit.objects.get(code="polsek-baru").polres_id == units.polres.pk
    above = {**new, "code": "x", "kind": "polda", "parent": units.polres.pk}
    assert "parent" in errors_of(polres_admin.post(ADD, above))
    alone = {**new, "code": "y", "kind": "mabes", "parent": ""}
    assert "parent" in errors_of(polres_admin.post(ADD, alone))
    beside = {**new, "code": "z", "parent": units.polres_other.pk}
    assert "parent" in errors_of(polres_admin.post(ADD, beside))


def test_an_area_of_another_unit_is_not_taken(polres_admin, units):
    mine, other = make.make_area("31.73.04"), make.make_area("31.74.01")
    UnitArea.objects.create(area=mine, unit=units.polres)
    UnitArea.objects.create(area=other, unit=units.polres_other)
    inside, outside = make.make_area("31.73.04.1001"), make.make_area("31.74.01.1001")
    page = reverse("admin:territory_unitarea_add")
    refused = polres_admin.post(page, {"area": outside.pk, "unit": units.polsek.pk})
    assert "area" in errors_of(refused)
    nobodys = make.make_area("32.01.01")
    assert "area" in errors_of(
        polres_admin.post(page, {"area": nobodys.pk, "unit": units.polsek.pk})
    )
    taken = polres_admin.post(page, {"area": inside.pk, "unit": units.polsek.pk})
    assert taken.status_code == 302
    link = UnitArea.objects.get(area=inside)
    delete = reverse("admin:territory_unitarea_delete", args=[link.pk])
    assert polres_admin.post(delete, {"post": "yes"}).status_code == 302
    assert not UnitArea.objects.filter(area=inside).exists()


def test_a_fallback_unit_is_one(superuser, sign_in, units):
    client = sign_in(superuser)
    answer = client.post(change_url(units.polda), unit_form(units.polda, is_fallback="on"))
    assert answer.status_code == 200
    assert "__all__" in errors_of(answer) or "is_fallback" in errors_of(answer)


def test_the_unit_filter_steps_down_the_tree(superuser, sign_in, units, duty):
    client = sign_in(superuser)
    page = reverse("admin:patrols_duty_changelist")

    def listed(**query):
        found = client.get(page, query).context["cl"]
        spec = next(s for s in found.filter_specs if s.title and s.parameter_name == "unit")
        return {str(row) for row in found.result_list}, [n for _, n in spec.lookup_choices]

    assert listed() == ({"Patroli A"}, ["Mabes Polri", "Polda A", "Polda Timur"])
    assert listed(unit=units.polda.pk) == ({"Patroli A"}, ["Polda A", "Polres A", "Polres B"])
    assert listed(unit=units.polsek.pk)[0] == {"Patroli A"}
    assert listed(unit=units.mabes.pk)[0] == {"Patroli A"}
    assert listed(unit=units.polres_other.pk)[0] == set()
    below = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor A", units.polsek)
    make.make_duty(below, "Patroli B")
    assert listed(unit=below.pk)[0] == {"Patroli B"}
    units_page = reverse("admin:territory_unit_changelist")
    rows = client.get(units_page, {"unit": below.pk}).context["cl"].result_list
    assert [str(unit) for unit in rows] == ["Subsektor A"]
    people = reverse("admin:accounts_user_changelist")
    assert client.get(people, {"unit": below.pk}).context["cl"].result_count == 0


def test_a_unit_whose_sealed_reports_nobody_could_read_says_so(superuser, sign_in, units):
    client = sign_in(superuser)

    def warned(unit):
        return "laporan tertutup" in client.get(change_url(unit)).content.decode()

    assert warned(units.polsek)
    posting = make.make_user(
        "Kapolres", units.polres, Role.COMMANDER, opens_sealed=True
    ).postings.get()
    assert not warned(units.polsek)
    assert not warned(units.polres)
    assert warned(units.polsek_other)
    assert warned(units.polda)
    posting.user.is_active = False
    posting.user.save()
    assert warned(units.polsek)
    chief = make.make_user("Kapolri", units.mabes, Role.COMMANDER, opens_sealed=True)
    assert not warned(units.polsek_east)
    chief.postings.update(ends_on="2026-01-01", starts_on="2025-01-01")
    assert warned(units.polsek_east)


def test_a_commander_at_a_subsektor_opens_for_the_whole_polsek(superuser, sign_in, units):
    post = make.make_unit(UnitKind.SUBSEKTOR, "Subsektor", units.polsek)
    make.make_user("Kasubsektor", post, Role.COMMANDER, opens_sealed=True)
    answer = sign_in(superuser).get(change_url(units.polsek))
    assert "laporan tertutup" not in answer.content.decode()


@pytest.mark.parametrize("query", ["p=99", "p=99&q=Polsek", "p=1000000"])
def test_line_16_past_the_end_of_an_admin_list_is_its_last_page(
    superuser, sign_in, units, query, monkeypatch
):
    monkeypatch.setattr("territory.admin.units.UnitAdmin.list_per_page", 2)
    answer = sign_in(superuser).get(f"{reverse('admin:territory_unit_changelist')}?{query}")
    assert answer.status_code == 200
    assert answer.context["cl"].result_list
