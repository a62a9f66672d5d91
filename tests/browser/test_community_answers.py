"""Questions that one page each answers a Kapolsek, on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Posting
from programs.models import Activity
from programs.services.instructions import read_receipt
from programs.services.issues import explain_issue, promise_issue
from territory.models import UnitArea
from tests import factories as make
from tests.browser.phone import axe_violations, expect_page, fits_phone

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def village(units, officer):
    """Of two RT one was visited last week, the other seven weeks ago."""
    village = make.make_area("31.73.04.1001", "Tambora", population=9000, population_year=2025)
    UnitArea.objects.create(unit=units.polsek, area=village.parent)
    officer.postings.get().villages.add(village)
    for rt, weeks in ((1, 1), (2, 7)):
        make.make_area(f"{village.code}-003-{rt:03}", f"RT {rt:03}")
        row = make.make_activity(units.polsek, officer, village=village, rw=3, rt=rt)
        Activity.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(weeks=weeks))
    return village


@pytest.fixture
def phone(open_page, commander, village):
    def open_at(path):
        page = open_page(commander, path, viewport=PHONE)
        assert fits_phone(page)
        assert not axe_violations(page)
        return page

    return open_at


def test_which_rt_nobody_visited_for_six_weeks(phone):
    page = phone(reverse("programs:coverage"))
    shown = page.locator("details", has_text="Tambora")
    expect(shown).to_contain_text("RW 03")
    expect(shown).to_contain_text("RT 2")
    expect(shown).not_to_contain_text("RT 1")


def test_what_was_answered_to_the_last_meeting(phone, units, officer):
    forum = make.make_forum(units.polsek, officer, hours_ago=50)
    promised = make.make_issue(units.polsek, officer, "Lampu gang mati", forum=forum)
    promise_issue(
        issue=promised,
        by=officer,
        promised_by="Kanit Binmas",
        due=units.polsek.today() + timedelta(days=9),
    )
    explained = make.make_issue(units.polsek, officer, "Parkir liar", forum=forum)
    explain_issue(issue=explained, by=officer, why="not_ours", answer="Wewenang Dishub")
    page = phone(reverse("programs:forum_detail", args=[forum.pk]))
    expect(page.locator("tr", has_text="Lampu gang mati")).to_contain_text("Kanit Binmas")
    expect(page.locator("tr", has_text="Parkir liar")).to_contain_text("Wewenang Dishub")


def test_who_has_not_read_the_instruction(phone, units, officer, commander):
    late = make.make_user("Bhabin Lambat", units.polsek, "officer", phone="+6281200001111")
    instruction = make.make_instruction(units.polsek, commander, people=[officer, late])
    read_receipt(receipt=instruction.receipts.get(person=officer), by=officer)
    page = phone(reverse("programs:instruction_detail", args=[instruction.pk]))
    unread = page.locator("section", has=page.locator("#unread"))
    expect(unread).to_contain_text("1 dari 2")
    expect(unread).to_contain_text("Bhabin Lambat")
    expect(unread).not_to_contain_text(officer.name)
    assert unread.locator('a[href^="tel:"]').count() == 1


def test_who_carries_what_and_what_moving_a_village_changes(phone, units, officer, village):
    other = make.make_user("Bhabin B", units.polsek, "officer")
    page = phone(reverse("programs:workload"))
    row = page.locator("tr", has_text=officer.name)
    expect(row).to_contain_text("Tambora")
    expect(row).to_contain_text("9.000 jiwa")
    with expect_page(page):
        row.get_by_role("link", name="Pindahkan").click()
    page.select_option("[name=taker]", label="Bhabin B · 0 laporan ditugaskan")
    with expect_page(page):
        page.get_by_role("button", name="Lihat yang berubah").click()
    assert fits_phone(page)
    assert not axe_violations(page)
    expect(page.locator("tr", has_text="Bhabin B")).to_contain_text("0 → 9.000")
    assert not Posting.objects.filter(user=other, villages=village).exists()
    with expect_page(page, reverse("programs:workload")):
        page.get_by_role("button", name="Serahkan Tambora kepada Bhabin B").click()
    expect(page.locator("main")).to_contain_text("Tambora sekarang dipegang Bhabin B")
    assert Posting.objects.filter(user=other, villages=village).exists()
