"""The lists and forms of hotspots, routes and guard posts, which are pages of one make."""

import uuid

import pytest
from django.urls import reverse

from patrols.models import GuardPost, Route
from reports.models import Hotspot, HotspotProposal
from tests import factories as make
from tests.patrols.places import LAT, LON, METRE, report_at

KINDS = {
    "hotspot": (Hotspot, make.make_hotspot, {"radius_m": "150"}),
    "route": (Route, make.make_route, {}),
    "post": (GuardPost, make.make_post, {"radius_m": "100"}),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


LISTS_AND_FORMS = [
    *["hotspot_list", "hotspot_add", "route_list", "route_add", "post_list", "post_add"],
]
PAGES_OF_ONE = [
    *["hotspot_edit", "hotspot_retire", "route_edit", "route_retire", "post_edit", "post_retire"],
]
STEPS = ["hotspot_restore", "route_restore", "post_restore"]


def url(kind, page, *args):
    return reverse(f"patrols:{kind}_{page}", args=args)


def sent(kind, name="Jembatan", **fields):
    return {"name": name, "client_uuid": str(uuid.uuid4()), **KINDS[kind][2], **fields}


def test_it_is_added_once_however_often_it_is_sent(sign_in, commander, units, kind):
    client, form = sign_in(commander), sent(kind)
    for _ in range(3):
        assert client.post(url(kind, "add"), form).status_code == 302
    row = KINDS[kind][0].objects.get()
    assert (row.name, row.unit) == ("Jembatan", units.polsek)
    assert "Jembatan" in client.get(url(kind, "list")).content.decode()


def test_a_name_the_unit_has_already_is_told_beside_it(sign_in, commander, units, kind):
    KINDS[kind][1](units.polsek, "Jembatan")
    page = sign_in(commander).post(url(kind, "add"), sent(kind))
    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert 'value="Jembatan"' in page.content.decode()


def test_a_form_reused_for_another_place_is_asked_again_and_nothing_is_lost(
    sign_in, commander, units, kind
):
    client, form = sign_in(commander), sent(kind)
    client.post(url(kind, "add"), form)
    page = client.post(url(kind, "add"), form | {"name": "Kolong"})
    assert 'value="Kolong"' in page.content.decode()
    again = form | {"name": "Kolong", "client_uuid": page.context["form"]["client_uuid"].value()}
    assert client.post(url(kind, "add"), again).status_code == 302
    assert KINDS[kind][0].objects.count() == 2


def test_two_people_edit_one_place(sign_in, commander, units, kind):
    row = KINDS[kind][1](units.polsek, "Jembatan")
    client = sign_in(commander)
    seen = client.get(url(kind, "edit", row.pk)).context["form"].initial["seen"]
    KINDS[kind][0].objects.update(name="Jembatan Baru")
    page = client.post(url(kind, "edit", row.pk), sent(kind, "Jembatan Lama", seen=seen))
    assert page.status_code == 409
    row.refresh_from_db()
    assert row.name == "Jembatan Baru"
    newest = page.context["form"]["seen"].value()
    answer = client.post(url(kind, "edit", row.pk), sent(kind, "Jembatan Lama", seen=newest))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.name == "Jembatan Lama"


def test_it_is_retired_after_a_question_and_used_again(sign_in, commander, units, kind):
    row = KINDS[kind][1](units.polsek, "Jembatan")
    schedule = make.make_schedule(units.polsek, "Ronde rutin", **{kind: row})
    client = sign_in(commander)
    assert schedule.name in client.get(url(kind, "retire", row.pk)).content.decode()
    for _ in range(2):
        assert client.post(url(kind, "retire", row.pk)).url == url(kind, "list")
    assert "Jembatan" not in page_rows(client, url(kind, "list"))
    assert "Jembatan" in page_rows(client, url(kind, "list") + "?show=retired")
    for _ in range(2):
        assert client.post(url(kind, "restore", row.pk)).status_code == 302
    assert "Jembatan" in page_rows(client, url(kind, "list"))


def page_rows(client, path):
    return [row.name for row in client.get(path).context["page"].rows]


@pytest.mark.parametrize("kind", ["route", "post"])
def test_it_does_not_come_back_beside_a_new_one_of_its_name(sign_in, commander, units, kind):
    old = KINDS[kind][1](units.polsek, "Jembatan", retired_on="2026-01-01")
    KINDS[kind][1](units.polsek, "Jembatan")
    answer = sign_in(commander).post(url(kind, "restore", old.pk), follow=True)
    assert "sudah" in answer.content.decode()
    old.refresh_from_db()
    assert old.retired_on is not None


def test_who_may_not_plan_reads_the_list_only(sign_in, officer, units, kind):
    row = KINDS[kind][1](units.polsek, "Jembatan")
    html = sign_in(officer).get(url(kind, "list")).content.decode()
    assert "Jembatan" in html
    assert url(kind, "edit", row.pk) not in html
    assert url(kind, "add") not in html


def test_the_list_takes_the_same_statements_for_more(
    sign_in, chief, units, kind, django_assert_max_num_queries
):
    client = sign_in(chief)
    for number in range(20):
        KINDS[kind][1](units.polsek if number % 2 else units.polsek_neighbour)
    with django_assert_max_num_queries(9):
        client.get(url(kind, "list"))


def test_pages_by_key_and_past_the_end(sign_in, commander, units, kind, monkeypatch):
    monkeypatch.setattr("patrols.views.places.PLACES_SHOWN", 2)
    for name in "ABCDE":
        KINDS[kind][1](units.polsek, name)
    client = sign_in(commander)
    first = client.get(url(kind, "list")).context["page"]
    second = client.get(url(kind, "list"), {"page": first.older}).context["page"]
    assert [row.name for row in second.rows] == ["C", "D"]
    assert client.get(url(kind, "list"), {"page": "<Z~1"}).context["page"].is_past_end


@pytest.mark.parametrize("kind", ["hotspot", "post"])
def test_pasted_coordinates_are_read_and_errors_stand_beside_them(sign_in, commander, units, kind):
    client = sign_in(commander)
    page = client.post(url(kind, "add"), sent(kind, coordinates="106.8, -6.15"))
    assert "tertukar" in str(page.context["form"].errors["coordinates"])
    client.post(url(kind, "add"), sent(kind, coordinates="-6,1478, 106,8010"))
    row = KINDS[kind][0].objects.get()
    assert (row.lat, row.lon) == (-6.1478, 106.801)
    form = client.get(url(kind, "edit", row.pk)).content.decode()
    assert "data-pick" in form
    assert "picker.css" in form


def test_hours_come_in_pairs(sign_in, commander, units):
    client = sign_in(commander)
    page = client.post(url("hotspot", "add"), sent("hotspot", risky_from="22:00"))
    assert page.context["form"].errors["risky_until"]
    page = client.post(
        url("hotspot", "add"), sent("hotspot", risky_from="22:00", risky_until="22:00")
    )
    assert page.context["form"].errors["risky_until"]
    kinds = [make.make_category("brawl").pk]
    client.post(
        url("hotspot", "add"),
        sent("hotspot", risky_from="22:00", risky_until="03.00", categories=kinds),
    )
    hotspot = Hotspot.objects.get()
    assert [one.code for one in hotspot.categories.all()] == ["brawl"]


def test_sealed_kinds_are_not_offered(sign_in, commander, units):
    make.make_category("domestic_violence", label="Kekerasan", is_sealed=True)
    assert "Kekerasan" not in sign_in(commander).get(url("hotspot", "add")).content.decode()


def test_a_hotspot_beside_that_of_a_neighbour_is_told(sign_in, commander, units):
    make.make_hotspot(units.polsek_neighbour, "Seberang", lat=LAT + 80 * METRE, lon=LON)
    form = sent("hotspot", coordinates=f"{LAT}, {LON}")
    html = sign_in(commander).post(url("hotspot", "add"), form, follow=True).content.decode()
    assert f"titik rawan milik {units.polsek_neighbour}" in html
    assert "Apakah tempatnya sama?" in html


def test_a_proposal_opens_as_a_filled_form_and_is_accepted(sign_in, commander, units):
    brawl = make.make_category("brawl", label="Tawuran")
    for number in range(5):
        report_at(units.polsek, number * 5, category=brawl)
    proposal = make.make_proposal(units.polsek, lat=LAT, lon=LON)
    client = sign_in(commander)
    listed = client.get(url("hotspot", "list")).content.decode()
    assert "Usulan sistem" in listed
    path = f"{url('hotspot', 'add')}?proposal={proposal.pk}"
    page = client.get(path)
    form = page.context["form"]
    assert str(form["coordinates"].value()).startswith("-6.15, 106.8")
    assert [one.pk for one in form.initial["categories"]] == [brawl.pk]
    fields = sent("hotspot", "Kolong", coordinates=form["coordinates"].value())
    for _ in range(2):
        assert client.post(path, fields).status_code == 302
    hotspot = Hotspot.objects.get()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.hotspot, proposal.decided_by) == (
        "accepted",
        hotspot,
        commander,
    )
    assert client.get(path).url == url("hotspot", "detail", hotspot.pk)
    assert (hotspot.lat, hotspot.lon) == (LAT, LON)


def test_a_proposal_that_somebody_declined_meanwhile_makes_no_hotspot(sign_in, commander, units):
    proposal = make.make_proposal(units.polsek)
    path = f"{url('hotspot', 'add')}?proposal={proposal.pk}"
    HotspotProposal.objects.update(
        state="declined", reason="Bukan", decided_by=commander, decided_at="2026-11-01T00:00Z"
    )
    page = sign_in(commander).post(path, sent("hotspot", "Kolong"))
    assert page.status_code == 200
    assert "sudah ditolak" in page.content.decode()
    assert not Hotspot.objects.exists()


def test_who_accepts_second_is_told_that_nothing_is_saved(sign_in, commander, units):
    proposal = make.make_proposal(units.polsek, lat=LAT, lon=LON)
    path = f"{url('hotspot', 'add')}?proposal={proposal.pk}"
    client, form = sign_in(commander), sent("hotspot", "Jembatan")
    for _tap in range(2):
        html = client.post(path, form, follow=True).content.decode()
        assert "tidak tersimpan" not in html
    second = make.make_user("Kapolsek Dua", units.polsek, "commander")
    answer = sign_in(second).post(path, sent("hotspot", "Kolong"), follow=True)
    html = answer.content.decode()
    assert "Yang Anda tulis tidak tersimpan" in html
    assert not Hotspot.objects.filter(name="Kolong").exists()


def test_only_who_decides_sees_proposals(sign_in, operator, neighbour, units):
    proposal = make.make_proposal(units.polsek)
    path = f"{url('hotspot', 'add')}?proposal={proposal.pk}"
    client = sign_in(operator)
    assert "Usulan sistem" not in client.get(url("hotspot", "list")).content.decode()
    assert client.get(path).status_code == 403
    assert sign_in(neighbour).get(path).status_code == 404


def test_odd_keys_of_a_proposal_are_no_error(sign_in, commander, units):
    client = sign_in(commander)
    for odd in ("x", "9" * 40, "-1"):
        assert client.get(f"{url('hotspot', 'add')}?proposal={odd}").status_code in (200, 404)


@pytest.mark.parametrize("name", [*LISTS_AND_FORMS, *PAGES_OF_ONE, *STEPS])
def test_each_page_has_a_title_and_a_way_back(sign_in, commander, units, name):
    """A step asked by GET leads to the page it is on."""
    row = KINDS[name.partition("_")[0]][1](units.polsek, "Jembatan")
    path = reverse(f"patrols:{name}", args=[] if name in LISTS_AND_FORMS else [row.pk])
    page = sign_in(commander).get(path, follow=True)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<h1>" in html
    assert name.endswith("_list") or 'class="back"' in html
