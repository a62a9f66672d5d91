"""An administrator renews a pengukuhan in a real browser; axe on the pages of partner groups."""

from datetime import date

import pytest
from django.urls import reverse

from tests import factories as make
from tests.browser.phone import DESK, axe_violations, expect_page, fits_phone, open_details, send

pytestmark = pytest.mark.browser


@pytest.fixture
def filled(group, volunteer, running_duty):
    group.contact_name, group.contact_phone = "Bu Ani", "+6281200000001"
    group.save()
    make.make_member(group, "Pak Budi", phone="+6281200000002", vetted_until=date(2020, 1, 1))
    return group


@pytest.mark.django_db(transaction=True)
def test_an_admin_renews_a_pengukuhan(open_page, admin_user, filled):
    page = open_page(admin_user, reverse("admin:partners_partnergroup_changelist"), viewport=DESK)
    page.check(f"input[name=_selected_action][value='{filled.pk}']")
    page.select_option("select[name=action]", "confirm_pengukuhan")
    send(page, "button[name=index]")
    page.wait_for_selector("[name=confirmation_number]")
    send(page, "input[type=submit].default")
    page.wait_for_selector(".errornote")
    page.fill("[name=confirmation_number]", "Kep/12/XI/2026")
    page.fill("[name=confirmed_on]", "01-11-2026")
    page.fill("[name=confirmation_expires_on]", "01-11-2028")
    send(page, "input[type=submit].default")
    page.wait_for_selector(".messagelist")
    filled.refresh_from_db()
    assert filled.confirmation_number == "Kep/12/XI/2026"
    assert filled.confirmation_expires_on == date(2028, 11, 1)
    change = reverse("admin:partners_partnergroup_change", args=[filled.pk])
    with expect_page(page, change):
        page.click(f"a[href*='{change}']")
    page.wait_for_selector("#changes-heading")
    assert "Kep/12/XI/2026" in page.inner_text("#content")
    assert page.console_errors == []


@pytest.mark.django_db(transaction=True)
def test_choices_of_a_schedule_come_from_the_own_unit(open_page, admin_user, duty, units):
    """The picker runs under the strict Content-Security-Policy."""
    make.make_route(units.polsek_neighbour, "Rute tetangga")
    page = open_page(admin_user, reverse("admin:patrols_schedule_add"), viewport=DESK)
    page.click(".field-route .select2-selection")
    page.wait_for_selector(".select2-results__option >> text=Rute A")
    assert "Rute tetangga" not in page.inner_text(".select2-results")
    page.click(".select2-results__option >> text=Rute A")
    assert page.inner_text(".field-route .select2-selection__rendered").endswith("Rute A")
    assert page.console_errors == []


def pages(group):
    member = group.members.get(name="Pak Budi")
    return {
        "group_list": reverse("partners:group_list"),
        "group_detail": reverse("partners:group_detail", args=[group.pk]),
        "group_confirm": reverse("partners:group_confirm", args=[group.pk]),
        "member_add": reverse("partners:member_add", args=[group.pk]),
        "member_edit": reverse("partners:member_edit", args=[member.pk]),
    }


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_by_day(open_page, live_server, commander, filled):
    page = open_page(commander, reverse("partners:group_list"), color_scheme="light")
    found = {}
    for name, path in pages(filled).items():
        page.goto(live_server.url + path)
        open_details(page)
        found[name] = axe_violations(page)
        assert fits_phone(page), name
        if name in {"group_confirm", "member_add"}:
            send(page)
            page.wait_for_selector("#form-errors")
            found[f"{name}, refused"] = axe_violations(page)
    assert not any(found.values()), found


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_at_night(open_page, commander, filled):
    path = reverse("partners:group_detail", args=[filled.pk])
    page = open_page(commander, path, viewport=DESK, color_scheme="dark")
    assert axe_violations(page) == []


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_in_the_admin(open_page, live_server, admin_user, filled):
    page = open_page(admin_user, reverse("admin:index"), viewport=DESK, color_scheme="light")
    found = {"index": axe_violations(page)}
    for path in (
        reverse("admin:partners_partnergroup_changelist"),
        reverse("admin:partners_partnergroup_change", args=[filled.pk]),
        reverse("admin:partners_partnergroup_history", args=[filled.pk]),
        reverse("admin:accounts_user_add"),
        reverse("admin:patrols_schedule_add"),
    ):
        page.console_errors.clear()
        page.goto(live_server.url + path, wait_until="networkidle")
        assert page.console_errors == [], path  # before axe, which writes styles of its own
        found[path] = axe_violations(page)
    assert not any(found.values()), found
