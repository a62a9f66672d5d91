"""A visit: logged with two taps and one text, without a signal too, and all forms made of it."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from programs.models import Activity, ActivityKind, Sheet
from territory.models import Area, Unit
from tests import factories as make
from tests.browser.kept import cut, until
from tests.browser.phone import axe_violations, expect_page, fits_phone, open_details
from tests.pictures import jpeg

pytestmark = pytest.mark.browser
WORDS = "Warga gang 4 minta lampu jalan diperbaiki dan ronda malam dihidupkan lagi."


@pytest.fixture
def bhabin(db):
    call_command("load_seeds", verbosity=0)
    unit = Unit.objects.get(code="polsek-tambora")
    person = make.make_user("Bhabin Tambora", unit, "officer", username="bhabin.x")
    person.postings.get().villages.add(Area.objects.get(code="31.73.04.1008"))
    return person


def write_visit(page):
    """From my day. Returns how many taps it took."""
    with expect_page(page, reverse("programs:activity_add")):
        page.click(f'main a[href="{reverse("programs:activity_add")}"]')
    page.fill("[name=text]", WORDS)
    with expect_page(page):
        page.click(".act .main")
    return 2


def test_a_visit_without_a_signal_arrives_once_and_yields_all_its_sheets(
    open_phone, live_server, bhabin
):
    phone = open_phone(bhabin)
    cut(phone)
    assert write_visit(phone) <= 3
    expect(phone.locator("main")).to_contain_text("Hari ini")
    assert not Activity.objects.exists()
    written = timezone.now()
    phone.context.set_offline(False)
    phone.goto(live_server.url + "/patrols/")
    until(Activity.objects.exists)
    phone.goto(live_server.url + reverse("accounts:outbox_list"))
    expect(phone.locator("[data-items] [data-id]")).to_have_count(0)
    activity = Activity.objects.get()
    assert (activity.text, activity.village.name) == (WORDS, "Jembatan Lima")
    assert activity.at <= written
    page = reverse("programs:activity_detail", args=[activity.pk])
    for sheet in Sheet.objects.of_kind(ActivityKind.objects.get(code="visit")):
        phone.goto(live_server.url + page)
        address = reverse("programs:activity_sheet", args=[activity.pk, sheet.code])
        with expect_page(phone, address):
            phone.click(f'main a[href="{address}"]')
        assert WORDS in phone.inner_text("main")
        assert fits_phone(phone)
        assert not axe_violations(phone)
    assert [text for text in phone.console_errors if "ERR_INTERNET" not in text] == []


def test_a_photo_follows_by_itself(open_phone, live_server, bhabin, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    phone = open_phone(bhabin)
    phone.goto(live_server.url + reverse("programs:activity_add"))
    phone.fill("[name=text]", WORDS)
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg((60, 40)).read()}
    phone.set_input_files("[name=gallery]", photo)
    with expect_page(phone):
        phone.click(".act .main")
    until(lambda: Activity.objects.exists() and Activity.objects.get().kept_photos)
    (row,) = Activity.objects.get().kept_photos
    assert row.from_gallery


def test_a_field_is_copied_with_one_tap(open_page, live_server, bhabin):
    activity = make.make_activity(
        bhabin.unit, bhabin, WORDS, ActivityKind.objects.get(code="visit")
    )
    path = reverse("programs:activity_sheet", args=[activity.pk, "bos_dds"])
    page = open_page(bhabin, path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    line = Sheet.objects.get(code="bos_dds").lines.filter(source="text").first()
    button = page.locator(f'[data-copy="#line-{line.pk}"]')
    button.click()
    expect(page.locator("[data-said]")).to_contain_text("Tersalin")
    assert page.evaluate("navigator.clipboard.readText()") == WORDS


def test_the_form_without_script(browser, live_server, bhabin, client):
    client.force_login(bhabin)
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("programs:activity_add"))
    open_all = page.locator("details summary")
    for number in range(open_all.count()):
        open_all.nth(number).click()
    page.fill("[name=text]", WORDS)
    page.fill("[name=rw]", "5")
    page.fill("[name=rt]", "12")
    page.fill("[name=resident]", "Kenari")
    page.click(".act .main")
    assert "RT 012/RW 05" in page.inner_text("main")
    assert "Kenari" not in page.content()
    context.close()


def test_pages_on_a_phone(open_page, live_server, bhabin):
    page = open_page(bhabin, reverse("programs:activity_list"))
    for name in ("activity_list", "activity_add", "activity_recap", "coverage"):
        page.goto(live_server.url + reverse(f"programs:{name}"))
        open_details(page)
        assert fits_phone(page), name
        assert not axe_violations(page), name
    assert page.console_errors == []
