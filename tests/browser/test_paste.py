"""An administrator pastes a table on a phone and at a desk, mends a line and saves."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests import factories as make
from tests.browser.phone import DESK, PHONE, axe_violations, expect_page, fits_phone, open_details
from tests.browser.test_large_text import faults

pytestmark = pytest.mark.browser

PAGES = {
    "territory:unit_paste": "Polsek Tambora\tPolsek\t\t\tGMT\nSubsektor Kebon Jeruk\t\tPolsek A",
    "territory:area_paste": "Kelurahan Antahberantah\tRW satu\nJembatan Lima\t1\t12",
    "accounts:person_paste": "Muhammad Saepulloh\tKapten\t8001\tPolsek Entah\traja\t\t\tmenyusul",
    "partners:member_paste": "Kelompok Antahberantah\tSri Wahyuningsih\tbendahara\tmenyusul",
}
GOOD = "Bambang Hermawansyah\tAipda\t81020001\tPolsek A\tpetugas\nSri\t\t82020002\tPolsek A\tadmin"


@pytest.fixture
def head(units):
    return make.make_user("Admin Polsek", units.polsek, Role.ADMIN, username="admin.polsek")


def press(page, step, text=None):
    if text is not None:
        page.fill("[name=text]", text)
    with expect_page(page):
        page.click(f"button[value={step}]")


def test_pages_with_mistakes_fit_and_axe_finds_nothing(open_page, live_server, head):
    page = open_page(head)
    wrong = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name, text in PAGES.items():
            page.set_viewport_size(PHONE)
            page.goto(live_server.url + reverse(name))
            press(page, "look", text)
            assert page.locator("#form-errors").is_visible()
            assert not page.locator("button[value=save]").count()
            assert page.input_value("[name=text]") == text
            assert fits_phone(page)
            open_details(page)
            wrong += [(name, scheme, fault) for fault in axe_violations(page)]
            if scheme == "light":
                wrong += [(name, *fault) for fault in faults(page)]
            page.set_viewport_size(DESK)
            wrong += [(name, scheme, fault) for fault in axe_violations(page)]
    assert not wrong, "\n".join(map(str, wrong))


def test_a_mended_table_is_saved_and_back_does_no_harm(open_page, live_server, head):
    page = open_page(head, reverse("accounts:person_paste"))
    press(page, "look", GOOD.replace("Aipda", "Kapten"))
    assert "Pangkat: Pangkat ini tidak dikenal" in page.inner_text("main form .list")
    press(page, "look", GOOD)
    assert page.inner_text("button[value=save]").strip() == "Simpan 2 baris"
    assert axe_violations(page) == []
    assert [*faults(page)] == []
    press(page, "save")
    assert "2 baris tersimpan" in page.inner_text(".messages")
    assert page.input_value("[name=text]") == ""
    assert page.console_errors == []
    page.go_back()
    assert User.objects.filter(nrp__in=["81020001", "82020002"]).count() == 2
