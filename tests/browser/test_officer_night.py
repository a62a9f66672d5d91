"""An officer's night on a phone of 360 px, in a real browser, with script and without."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from patrols.models import Attendance, EntryKind, EntryPhoto, LogEntry
from patrols.workflow import DutyState, ReviewState
from tests import factories as make
from tests.pictures import jpeg

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at(live_server):
    """``at("my_day")`` gives the address of a page."""

    def address(name, *args):
        return live_server.url + reverse(f"patrols:{name}", args=args)

    return address


@pytest.fixture
def open_phone(browser, live_server, officer):
    """``open_phone(…)`` gives a page signed in as the officer, through the sign-in form."""
    contexts = []

    def opened(**options):
        context = browser.new_context(viewport=PHONE, timezone_id="Asia/Jakarta", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(live_server.url)
        page.fill("[name=login]", officer.nrp)
        page.fill("[name=password]", make.PASSWORD)
        page.click("main form .main")
        page.wait_for_url("**/patrols/")
        return page

    yield opened
    for context in contexts:
        context.close()


def press(page, name, pk, button="button:visible"):
    """Presses the button of the form that leads to this URL name."""
    page.click(f'form[action="{reverse(f"patrols:{name}", args=[pk])}"] {button}')


def follow(page, name, pk, query=""):
    page.click(f'a[href="{reverse(f"patrols:{name}", args=[pk])}{query}"]')


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def take_roll_call(page, duty, volunteer):
    follow(page, "duty_rollcall", duty.pk)
    assert fits(page)
    late = Attendance.objects.get(duty=duty, member=volunteer.membership)
    press(page, "attendance_mark", late.pk, "[value=late]")
    page.wait_for_selector(f"#row-{late.pk} [aria-pressed=true]")
    press(page, "attendance_all", duty.pk)
    page.click("#guest summary")
    page.fill("[name=guest_name]", "Pak Lurah")
    page.fill("[name=guest_agency]", "Kelurahan")
    press(page, "guest_add", duty.pk)
    page.wait_for_selector("text=Pak Lurah")
    page.click(".act a")


def write(page, duty, kind, text, photo=None):
    """Tile, words, send: three taps and one field."""
    follow(page, "entry_add", duty.pk, f"?kind={kind}")
    assert fits(page)
    if text:
        page.fill("[name=text]", text)
    if photo:
        page.set_input_files(
            "[name=photos]",
            {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()},
        )
    press(page, "entry_add", duty.pk, ".main")
    page.wait_for_url(f"**{reverse('patrols:duty_detail', args=[duty.pk])}")


def the_night(page, duty, volunteer):
    """From the first page to the end of the duty."""
    assert fits(page)
    page.click(f'a[href="{reverse("patrols:duty_detail", args=[duty.pk])}"]')
    take_roll_call(page, duty, volunteer)
    press(page, "duty_start", duty.pk)
    page.wait_for_selector(f'form[action="{reverse("patrols:check_in", args=[duty.pk])}"]')
    assert fits(page)
    first = page.locator(f'form[action="{reverse("patrols:check_in", args=[duty.pk])}"]').first
    first.locator("button:visible").click()
    page.wait_for_selector(f'form[action="{reverse("patrols:checkpoint_leave", args=[duty.pk])}"]')
    write(page, duty, "observation", "Remaja berkumpul")
    write(page, duty, "contact", "Diimbau pulang")
    write(page, duty, "finding", "Kabel menjuntai", photo=jpeg((1200, 900)))
    press(page, "duty_nil", duty.pk)
    page.wait_for_load_state()
    assert page.locator(".photos img").count() == 1
    follow(page, "duty_end", duty.pk)
    assert page.input_value("[name=summary]")
    page.click("main form .main")
    page.wait_for_url(f"**{reverse('patrols:duty_detail', args=[duty.pk])}")

    duty.refresh_from_db()
    assert (duty.state, duty.review) == (DutyState.ENDED, ReviewState.WAITING)
    roll = {row.person_name: row.status for row in Attendance.objects.filter(duty=duty)}
    assert roll == {"Bhabin A": "present", "Relawan A": "late", "Pak Lurah": "present"}
    written = LogEntry.objects.filter(duty=duty).exclude(kind__in=["start", "end"])
    assert sorted(written.values_list("kind", flat=True)) == [
        "check_in",
        "contact",
        "finding",
        "observation",
        "observation",
    ]
    assert EntryPhoto.objects.get().entry.text == "Kabel menjuntai"


def test_a_night_with_script(open_phone, duty, volunteer):
    point = duty.route.checkpoints.get(order=1)
    here = {"latitude": point.lat, "longitude": point.lon, "accuracy": 9}
    page = open_phone(geolocation=here, permissions=["geolocation"])
    the_night(page, duty, volunteer)
    entry = LogEntry.objects.get(duty=duty, kind=EntryKind.CHECK_IN)
    assert (entry.marks, entry.accuracy_m, entry.checkpoint) == ([], 9, point)
    assert LogEntry.objects.get(kind="contact").device_at


def test_a_night_without_script(open_phone, duty, volunteer):
    page = open_phone(java_script_enabled=False)
    the_night(page, duty, volunteer)
    assert LogEntry.objects.get(duty=duty, kind=EntryKind.CHECK_IN).marks == ["no_position"]


def test_a_refused_position_still_checks_in(open_phone, at, running_duty):
    page = open_phone(permissions=[])
    page.goto(at("duty_detail", running_duty.pk))
    form = page.locator(f'form[action="{reverse("patrols:check_in", args=[running_duty.pk])}"]')
    form.first.locator("button:visible").click()
    leave = reverse("patrols:checkpoint_leave", args=[running_duty.pk])
    page.wait_for_selector(f'form[action="{leave}"]')
    assert LogEntry.objects.get(kind=EntryKind.CHECK_IN).marks == ["no_position"]


def test_the_report_follows_what_is_typed(open_phone, at, running_duty):
    page = open_phone()
    page.goto(at("duty_share", running_duty.pk))
    page.fill("[name=text]", "Mohon izin & melaporkan")
    href = page.get_attribute("[data-text-link]", "href")
    assert href == "https://wa.me/?text=Mohon%20izin%20%26%20melaporkan"


def violations(page):
    found = Axe().run(page)
    return [
        (v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found.response["violations"]
    ]


def prepared(duty, officer):
    point = duty.route.checkpoints.first()
    make.make_entry(duty, officer, kind=EntryKind.CHECK_IN, text="", checkpoint_id=point.pk)
    make.make_entry(duty, officer, kind=EntryKind.FINDING, text="Kabel menjuntai")
    make.make_attendance(duty, guest_name="Pak Lurah", status="present", expected=False)
    return make.make_entry(duty, officer)


@pytest.mark.parametrize(
    "name",
    [
        "my_day",
        "duty_begin",
        "duty_detail",
        "duty_rollcall",
        "entry_add",
        "duty_end",
        "duty_log",
        "duty_share",
        "entry_share",
    ],
)
def test_axe_finds_nothing_by_day(open_phone, at, officer, running_duty, name):
    entry = prepared(running_duty, officer)
    page = open_phone(color_scheme="light")
    args = {"my_day": (), "duty_begin": (), "entry_share": (entry.pk,)}
    page.goto(at(name, *args.get(name, (running_duty.pk,))))
    for details in page.locator("details summary").all():
        details.click()
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("name", ["duty_detail", "duty_rollcall", "duty_share"])
def test_axe_finds_nothing_at_night(open_phone, at, officer, running_duty, name):
    prepared(running_duty, officer)
    page = open_phone(color_scheme="dark")
    page.goto(at(name, running_duty.pk))
    assert violations(page) == []


def test_words_typed_outlive_the_session(at, open_phone, running_duty, officer):
    page = open_phone()
    page.goto(at("entry_add", running_duty.pk) + "?kind=finding")
    page.fill("[name=text]", "Kabel menjuntai di gang 4")
    page.context.clear_cookies(name="sessionid")
    page.click("form[data-keep] .main")
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", officer.nrp)
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form .main")
    page.wait_for_url("**/entries/add/?kind=finding")
    assert page.input_value("[name=text]") == "Kabel menjuntai di gang 4"
    page.click("form[data-keep] .main")
    page.wait_for_url(f"**{reverse('patrols:duty_detail', args=[running_duty.pk])}**")
    entry = LogEntry.objects.get(duty=running_duty, kind=EntryKind.FINDING)
    assert entry.text == "Kabel menjuntai di gang 4"
    page.goto(at("entry_add", running_duty.pk) + "?kind=note")
    assert page.input_value("[name=text]") == ""
