from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests import factories as make

URL = reverse("partners:group_list")


@pytest.fixture
def satpam(units):
    """Groups of two kinds at Polsek A, in every state of the pengukuhan."""
    today = timezone.localdate()
    satpam = make.make_group_kind("satpam", needs_confirmation=True)
    for name, until in (("Habis", -1), ("Segera", 10), ("Lama", 400)):
        make.make_group(
            units.polsek,
            name,
            kind=satpam,
            confirmation_number="1",
            confirmed_on=today - timedelta(days=500),
            confirmation_expires_on=today + timedelta(days=until),
        )
    make.make_group(units.polsek, "Belum", kind=satpam)
    make.make_group(units.polsek, "Dulu", kind=satpam, is_active=False)
    return satpam


def listed(client, **query):
    page = client.get(URL, query)
    assert page.status_code == 200
    return [group.name for group in page.context["page"].rows]


def test_groups_stand_by_name_and_with_their_state(officer, sign_in, satpam, group):
    client = sign_in(officer)
    assert listed(client) == ["Belum", "Citra A", "Habis", "Lama", "Segera"]
    text = client.get(URL).content.decode()
    for state in ("danger", "warn", "good"):
        assert f'class="tag {state}"' in text


def test_groups_are_narrowed(officer, sign_in, satpam, group):
    client = sign_in(officer)
    assert listed(client, q="cit") == ["Citra A"]
    assert listed(client, kind=satpam.pk) == ["Belum", "Habis", "Lama", "Segera"]
    assert listed(client, confirmation="expired") == ["Habis"]
    assert listed(client, confirmation="expiring") == ["Segera"]
    assert listed(client, confirmation="missing") == ["Belum"]
    assert listed(client, confirmation="valid") == ["Lama"]
    assert listed(client, active="no") == ["Dulu"]
    assert len(listed(client, active="all")) == 6
    assert listed(client, kind=satpam.pk, confirmation="valid") == ["Lama"]


def test_groups_are_narrowed_by_area(officer, sign_in, units, group):
    area = make.make_area("31.73.04.1001", "Duri Utara")
    make.make_group(units.polsek, "Sini", area=area)
    assert listed(sign_in(officer), area="duri") == ["Sini"]


def test_a_unit_takes_those_below_it_along(chief, sign_in, units, group):
    make.make_group(units.polsek_other, "Di B")
    make.make_group(units.polres, "Di Polres")
    client = sign_in(chief)
    assert listed(client) == ["Citra A", "Di B", "Di Polres"]
    assert listed(client, unit=units.polres.pk) == ["Citra A", "Di Polres"]
    assert listed(client, unit=units.polsek.pk) == ["Citra A"]


def test_a_foreign_unit_is_no_choice(chief, sign_in, units, group):
    make.make_group(units.polsek_other, "Di B")
    make.make_group(units.polsek_east, "Citra Tetangga")
    client = sign_in(chief)
    errors = [
        client.get(URL, {"unit": pk}).context["filter"].form.errors["unit"][0].replace(str(pk), "")
        for pk in (units.polsek_east.pk, 10**9)
    ]
    assert errors[0] == errors[1]
    assert "Citra Tetangga" not in client.get(URL).content.decode()


def test_a_single_unit_is_no_choice(officer, sign_in, units, group):
    make.make_group(units.polsek_neighbour, "Citra Tetangga")
    client = sign_in(officer)
    assert listed(client, unit=units.polsek_neighbour.pk) == ["Citra A"]
    assert 'name="unit"' not in client.get(URL).content.decode()


@pytest.mark.parametrize("value", ["x", "\0", "-1", "9" * 40, "<0~x", ">", "' OR 1=1"])
def test_any_words_are_taken(officer, sign_in, group, value):
    client = sign_in(officer)
    for name in ("q", "kind", "confirmation", "unit", "area", "active", "page"):
        assert client.get(URL, {name: value}).status_code == 200


def test_pages_go_on_where_the_last_ended(officer, sign_in, units):
    for number in range(35):
        make.make_group(units.polsek, f"Kelompok {number:02}")
    client = sign_in(officer)
    first = client.get(URL, {"q": "Kel"})
    assert [g.name for g in first.context["page"].rows][-1] == "Kelompok 29"
    text = first.content.decode()
    assert "q=Kel&amp;page=" in text
    second = client.get(URL, {"q": "Kel", "page": first.context["page"].older})
    assert second.context["page"].rows[0].name == "Kelompok 30"
    assert second.context["page"].older == ""


def test_an_empty_list_says_what_will_stand_here(officer, sign_in):
    client = sign_in(officer)
    assert 'class="empty"' in client.get(URL).content.decode()
    assert f'href="{URL}"' in client.get(URL, {"q": "x"}).content.decode()


@pytest.mark.parametrize("who", ["volunteer", "nobody"])
def test_people_without_a_unit_stay_outside(request, sign_in, who, group):
    assert sign_in(request.getfixturevalue(who)).get(URL).status_code == 403


def test_statements_do_not_grow(
    officer, sign_in, units, satpam, group, django_assert_num_queries, django_assert_max_num_queries
):
    client = sign_in(officer)
    with django_assert_max_num_queries(8) as before:
        client.get(URL)
    for _ in range(5):
        other = make.make_group(units.polsek, area=make.make_area("31.73.04"))
        make.make_member(other)
    with django_assert_num_queries(len(before.captured_queries)):
        client.get(URL)


def test_only_a_safe_method(officer, sign_in):
    assert sign_in(officer).post(URL).status_code == 405


def test_an_officer_of_the_polres_sees_below(units, sign_in, group):
    above = make.make_user("Kasat", units.polres, Role.OFFICER)
    assert listed(sign_in(above)) == ["Citra A"]


def test_line_16_past_the_end_the_last_groups_are_shown(officer, sign_in, units):
    for number in range(35):
        make.make_group(units.polsek, f"Kelompok {number:02}")
    found = sign_in(officer).get(URL, {"q": "Kel", "page": "<Zz~99"})
    assert [group.name for group in found.context["page"].rows][-1] == "Kelompok 34"
    assert "Daftarnya habis di sini" in found.content.decode()


@pytest.mark.parametrize("typed", ["jembatan-lima", "Jembatan Lima.", "“Jembatan\u00a0Lima”"])
def test_line_9_a_group_is_found_however_it_is_typed(officer, sign_in, units, typed):
    area = make.make_area("31.73.04.1008", "Jembatan Lima")
    make.make_group(units.polsek, "Pokdar Jembatan Lima")
    make.make_group(units.polsek, "Senkom", area=area)
    client = sign_in(officer)
    by_name = client.get(URL, {"q": typed}).context["page"].rows
    assert [group.name for group in by_name] == ["Pokdar Jembatan Lima"]
    by_area = client.get(URL, {"area": f"{typed} RT 03/05"}).context["page"].rows
    assert [group.name for group in by_area] == ["Senkom"]
