"""A night's handover with a missing radio: seen by the next regu, by the commander, on paper; with
a signal and without."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patrols.models import PostHandover, PostItem
from tests import factories as make
from tests.browser.kept import cut, until
from tests.browser.phone import DESK, axe_violations, expect_page, fits_phone, follow, open_details
from tests.patrols.test_handovers import given, post, radio, torches  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def following(units, post, commander, volunteer):  # noqa: F811
    """The next duty, which the volunteer belongs to and somebody else leads."""
    leader = make.make_user("Bhabin B", units.polsek, "officer", nrp="80010002")
    start = timezone.now() + timedelta(hours=7)
    duty = make.make_duty(units.polsek, "Regu B", start, post=post, leader=leader)
    make.make_attendance(duty, officer=leader)
    make.make_attendance(duty, member=volunteer.membership)
    return duty


def say(page, item, word):
    page.locator(f"#item-{item.pk} label", has_text=word).click()


def fill_in(page, radio):  # noqa: F811
    say(page, radio, "Hilang")
    page.locator(f"#item-{radio.pk} summary").click()
    page.fill(f"[name=item_{radio.pk}_remark]", "Terakhir dibawa patroli")
    page.locator("label", has_text="Bhabin B").click()
    page.fill("[name=text]", "Gerbang belum ditutup")


@pytest.mark.parametrize("scripted", [True, False])
def test_a_missing_radio_is_seen_by_the_next_regu_the_commander_and_on_paper(
    open_page,
    live_server,
    officer,
    commander,
    volunteer,
    given,  # noqa: F811
    following,
    radio,  # noqa: F811
    torches,  # noqa: F811
    scripted,
):
    duty = reverse("patrols:duty_detail", args=[given.pk])
    page = open_page(officer, duty, java_script_enabled=scripted)
    follow(page, "patrols:duty_handover", given.pk)
    assert fits_phone(page)
    if scripted:
        fill_in(page, radio)
    else:
        say(page, radio, "Hilang")
        page.locator("label", has_text="Bhabin B").click()
    with expect_page(page, duty):
        page.click("main form .act .main")
    assert "Pos diserahkan kepada Bhabin B" in page.inner_text("main")
    handover = PostHandover.objects.get()
    assert (handover.giver, handover.taker_name, handover.to_duty) == (
        officer,
        "Bhabin B",
        following,
    )
    # The next regu, on top of its page.
    page = open_page(volunteer, reverse("patrols:duty_detail", args=[following.pk]))
    assert page.locator("main h2").first.inner_text().startswith("Kurang atau rusak")
    lacks = page.inner_text("section[aria-labelledby=lacks]")
    assert "HT 1" in lacks
    assert "Hilang" in lacks
    assert ("Terakhir dibawa patroli" in lacks) is scripted
    assert fits_phone(page)
    # Who takes over says so.
    page = open_page(following.leader, reverse("patrols:duty_detail", args=[following.pk]))
    confirm = reverse("patrols:handover_confirm", args=[handover.pk])
    with expect_page(page, reverse("patrols:handover_detail", args=[handover.pk])):
        page.click(f'form[action="{confirm}"] button')
    assert "Anda sudah menerima pos" in page.inner_text("main")
    # The commander, among what needs action tonight.
    page = open_page(commander, reverse("patrols:tonight"))
    assert "HT 1: hilang" in page.inner_text("section[aria-labelledby=trouble]")
    follow(page, "patrols:post_detail", handover.post_id)
    assert fits_phone(page)
    # On paper: the minutes with both names, and the book.
    page.goto(live_server.url + reverse("patrols:handover_detail", args=[handover.pk]))
    page.emulate_media(media="print")
    for words in ("Bhabin A", "Bhabin B", "HT 1", "Hilang"):
        assert words in page.inner_text("main")
    expect(page.locator(".letterhead")).to_be_visible()
    assert page.locator(".sign b").all_inner_texts() == ["Bhabin B", "Bhabin A"]
    page.goto(live_server.url + reverse("patrols:post_book", args=[handover.post_id]))
    expect(page.locator(".letterhead")).to_be_visible()
    assert "HT 1: hilang" in page.inner_text("main")
    expect(page.locator("[data-print]")).to_be_hidden()


def test_without_a_signal_it_waits_and_arrives_once(
    open_phone,
    live_server,
    officer,
    given,  # noqa: F811
    following,
    radio,  # noqa: F811
    torches,  # noqa: F811
):
    phone = open_phone(officer)
    cut(phone)
    phone.goto(live_server.url + reverse("patrols:duty_detail", args=[given.pk]))
    assert "Salinan " in phone.inner_text("main")
    follow(phone, "patrols:duty_handover", given.pk)
    assert "Salinan " in phone.inner_text("main")
    fill_in(phone, radio)
    phone.select_option(f"[name=item_{torches.pk}_present]", "3")
    with expect_page(phone, reverse("patrols:duty_detail", args=[given.pk])):
        phone.click("main form .act .main")
    line = phone.locator("[data-duty] li").first
    expect(line).to_contain_text("Serah terima")
    expect(line).to_contain_text("belum terkirim")
    expect(line).to_contain_text("Gerbang belum ditutup")
    phone.goto(live_server.url + reverse("accounts:outbox_list"))
    shown = phone.locator("[data-items]")
    for words in ("HT 1", "Hilang", "3 dari 4", "Bhabin B"):
        expect(shown).to_contain_text(words)
    assert fits_phone(phone)
    assert not PostHandover.objects.exists()
    written = timezone.now()
    phone.context.set_offline(False)
    phone.goto(live_server.url + "/patrols/")
    until(PostHandover.objects.exists)
    handover = PostHandover.objects.get()
    assert handover.at <= written
    assert handover.client_uuid != handover.entry.client_uuid
    state = {str(line.item): line.state_words for line in handover.lines.all()}
    assert state == {"HT 1": "hilang", "Senter": "ada 3 dari 4"}
    assert PostItem.objects.troubled().count() == 2
    phone.goto(live_server.url + reverse("accounts:outbox_list"))
    expect(phone.locator("[data-items] [data-id]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    open_page,
    address_of,
    officer,
    commander,
    given,  # noqa: F811
    following,
    post,  # noqa: F811
    radio,  # noqa: F811
    torches,  # noqa: F811
    scheme,
):
    make.make_item(post, "Kunci gerbang", number="7", kind="key")
    hours, fault = make.make_hours(post), make.make_fault(post, officer)
    handed = make.make_post_night(given.unit, officer, post=post, expected=False)
    handover = make.make_handover(handed, officer, lines=[(radio, 0, "missing")], note="Gerbang")
    pages = {
        "duty_handover": given,
        "handover_detail": handover,
        "post_detail": post,
        "post_book": post,
        "hours_add": post,
        "hours_edit": hours,
        "item_add": post,
        "item_edit": radio,
        "item_check": torches,
        "fault_add": post,
        "fault_mend": fault,
        "duty_detail": following,
    }
    page = open_page(commander, color_scheme=scheme)
    for name, row in pages.items():
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(address_of(f"patrols:{name}", row.pk))
        open_details(page)
        assert (name, axe_violations(page)) == (name, [])
        assert (name, fits_phone(page)) == (name, True)
        page.set_viewport_size(DESK)
        assert (name, axe_violations(page)) == (name, [])
    assert page.console_errors == []
