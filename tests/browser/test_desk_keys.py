"""An operator takes a caller's report down by keyboard alone, and reads the code out once."""

import pytest
from django.urls import reverse

from reports.models import Report
from territory.models import UnitArea
from tests import factories as make
from tests.browser.phone import DESK, axe_violations, expect_page, fits_phone

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

WHAT = "Tawuran pelajar, sekitar dua puluh anak bawa celurit, satu terluka"
VILLAGE = "krendang"
WHERE = "Jln Krendang Raya, di depan bengkel dekat masjid"
MOST_KEYS, OF_TEXT = 140, 122


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def setting(units):
    """A list of categories as long as the true one, and the villages of two districts."""
    for code, label in [
        ("vehicle_theft", "Pencurian kendaraan"),
        ("brawl", "Tawuran atau senjata tajam"),
        ("noise_dispute", "Tetangga ribut"),
        ("threat", "Teror atau ancaman"),
    ]:
        make.make_category(code, label=label)
    for number, name in enumerate(["Angke", "Krendang", "Duri Selatan", "Ma'rang"], 1):
        make.make_area(f"31.73.04.100{number}", name)
    own = make.make_area("31.73.04.1009", "Tambora")
    UnitArea.objects.create(area=own.parent, unit=units.polsek)
    make.make_area("31.71.06.1001", "Menteng")


class Keys:
    """Presses each key, and counts."""

    def __init__(self, page):
        self.page, self.counted, self.of_text = page, 0, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.counted += 1

    def write(self, words):
        for letter in words:
            self.press(letter)
        self.of_text += len(words)

    def open(self, *keys):
        with expect_page(self.page):
            self.press(*keys)


def focused(page):
    return page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


def take_down(keys):
    """From the operator's first page to the code."""
    page = keys.page
    assert focused(page) == "Catat laporan"
    keys.open("Enter")
    assert focused(page) == "source"
    keys.press("Tab", "t", "a", "w")
    assert page.locator("[name=category] option:checked").inner_text().startswith("Tawuran")
    keys.press("Tab")
    keys.write(WHAT)
    keys.press("Tab", "Tab")
    assert focused(page) == "village_name"
    keys.write(VILLAGE)
    # This browser has no window for what a field offers, so that the name is written in full.
    keys.press("Tab")
    assert focused(page) == "place"
    keys.write(WHERE)
    keys.open("Enter")


def test_a_brawl_by_keyboard_alone(open_page, operator):
    page = open_page(operator, viewport=DESK)
    assert page.url.endswith(f"{reverse('reports:report_list')}?state=open")
    keys = Keys(page)
    take_down(keys)
    report = Report.objects.get()
    assert (report.text, report.place, report.source) == (WHAT, WHERE, "phone")
    assert report.category.code == "brawl"
    assert report.village.code == "31.73.04.1002"
    assert keys.of_text == OF_TEXT
    assert keys.counted <= MOST_KEYS, keys.counted
    print(f"{keys.counted} keys, {keys.of_text} of them text")  # noqa: T201
    assert report.code in page.inner_text("main")


def test_the_callers_number_by_keyboard(open_page, operator):
    page = open_page(operator, viewport=DESK)
    keys = Keys(page)
    keys.open("Enter")
    keys.press("Tab", "t", "a", "w", "Tab")
    keys.write(WHAT)
    while focused(page) != "privacy":
        keys.press("Tab")
    keys.press("ArrowDown", "ArrowDown", "Tab", "Tab")
    keys.write("081299990000")
    keys.open("Enter")
    print(f"{keys.counted} keys, {keys.of_text} of them text")  # noqa: T201
    assert keys.counted - keys.of_text <= 25
    href = page.locator("a[href^='https://wa.me/']").get_attribute("href")
    assert href.startswith("https://wa.me/6281299990000?text=Kode%20laporan%20Anda%3A%20LW-")
    # The focus is on the code, where Enter leads nowhere.
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == href


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_back_and_reload_show_no_code(open_page, address_of, operator, options):
    page = open_page(operator, viewport=DESK, **options)
    page.goto(address_of("reports:report_new"))
    page.select_option("[name=category]", index=1)
    page.fill("[name=text]", "Tawuran di pasar")
    with expect_page(page):
        page.click(".act .main")
    code = Report.objects.get().code
    assert code in page.inner_text("main")
    with expect_page(page):
        page.click('main a[href$="/reports/new/"]')
    page.go_back()
    page.wait_for_selector("h2:has-text('Beri kode baru')")
    assert code not in page.content()
    page.reload()
    assert code not in page.content()
    page.go_back()
    assert page.url == address_of("reports:report_new")
    assert code not in page.content()


@pytest.mark.parametrize("place", ["reports:report_list", "patrols:my_day", "accounts:more"])
def test_the_key_opens_the_form_from_every_page(open_page, address_of, operator, place):
    page = open_page(operator, viewport=DESK)
    page.goto(address_of(place))
    assert "Alt+Shift+C" in page.inner_text("nav.side")
    with expect_page(page, reverse("reports:report_new")):
        # Playwright leaves out the text of a key with Alt, by which a browser finds the access key.
        browser = page.context.new_cdp_session(page)
        letter = {"key": "C", "code": "KeyC", "windowsVirtualKeyCode": 67, "text": "C"}
        alt_and_shift = {"type": "keyDown", "modifiers": 1 | 8, "unmodifiedText": "C"}
        browser.send("Input.dispatchKeyEvent", alt_and_shift | letter)


def test_a_letter_alone_is_a_letter(open_page, address_of, operator):
    page = open_page(operator, viewport=DESK)
    page.goto(address_of("reports:report_new"))
    page.focus("[name=text]")
    page.keyboard.press("c")
    page.keyboard.press("Shift+C")
    assert page.input_value("[name=text]") == "cC"
    assert page.url == address_of("reports:report_new")


def test_own_villages_stay_in_front_of_what_is_found(open_page, address_of, operator):
    make.make_area("33.01.01.1001", "Ma'rangan")
    page = open_page(operator, viewport=DESK)
    page.goto(address_of("reports:report_new"))
    with page.expect_response("**/lapor/wilayah/"):
        page.type("[name=village_name]", "ma'r")
    page.wait_for_selector('#areas option[value^="Ma\'rangan"]', state="attached")
    offered = page.eval_on_selector_all("#areas option", "all => all.map(({ value }) => value)")
    assert offered[:5] == sorted(offered[:5])
    assert [name.partition(",")[0] for name in offered[4:]] == ["Tambora", "Ma'rangan"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_on_a_phone(open_page, address_of, officer, scheme):
    page = open_page(officer, color_scheme=scheme)
    page.goto(address_of("reports:report_new"))
    page.select_option("[name=category]", index=1)
    page.fill("[name=text]", "Tawuran di pasar")
    page.check("[name=privacy][value=officers]")
    page.fill("[name=contact_phone]", "081299990000")
    with expect_page(page):
        page.click(".act .main")
    assert Report.objects.get().code in page.inner_text("main")
    assert axe_violations(page) == []
    assert fits_phone(page)
    page.reload()
    assert axe_violations(page) == []
    assert fits_phone(page)
    page.click("main form .main")
    page.wait_for_selector(".code")
    assert Report.objects.get().code in page.inner_text(".code")
    assert page.console_errors == []
