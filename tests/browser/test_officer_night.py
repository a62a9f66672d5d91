"""An officer's night on a phone of 360 px, in a real browser, with script and without."""

from functools import partial

import pytest
from django.urls import reverse

from patrols.models import Attendance, EntryKind, EntryPhoto, LogEntry
from patrols.workflow import DutyState, ReviewState
from tests import factories as make
from tests.browser.phone import (
    axe_violations,
    expect_page,
    fits_phone,
    follow,
    open_details,
    press,
    send,
)
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def open_phone(open_page, officer):
    """``open_phone(…)`` gives a page signed in as the officer."""
    return partial(open_page, officer)


def take_roll_call(page, duty, volunteer):
    follow(page, "patrols:duty_rollcall", duty.pk)
    assert fits_phone(page)
    late = Attendance.objects.get(duty=duty, member=volunteer.membership)
    page.click(f"#row-{late.pk} button[value=late]")
    page.wait_for_selector(f"#row-{late.pk} [aria-pressed=true]")
    page.click(f'form[action="{reverse("patrols:attendance_all", args=[duty.pk])}"] button')
    page.wait_for_selector("#roll li:not(:has([aria-pressed=true]))", state="detached")
    page.click("#guest summary")
    page.fill("[name=guest_name]", "Pak Lurah")
    page.fill("[name=guest_agency]", "Kelurahan")
    press(page, "patrols:guest_add", duty.pk)
    page.wait_for_selector("text=Pak Lurah")
    with expect_page(page, reverse("patrols:duty_detail", args=[duty.pk])):
        page.click(".act a")


def write_entry(page, duty, kind, text, photo=None):
    """Tile, words, send: three taps and one field."""
    detail = reverse("patrols:duty_detail", args=[duty.pk])
    follow(page, "patrols:entry_add", duty.pk, query=f"?kind={kind}")
    assert fits_phone(page)
    if text:
        page.fill("[name=text]", text)
    if photo:
        page.set_input_files(
            "[name=photos]",
            {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()},
        )
    press(page, "patrols:entry_add", duty.pk, button=".main", leads_to=detail)


def work_through_a_night(page, duty, volunteer):
    """From the first page to the end of the duty."""
    assert fits_phone(page)
    follow(page, "patrols:duty_detail", duty.pk)
    take_roll_call(page, duty, volunteer)
    press(page, "patrols:duty_start", duty.pk)
    assert fits_phone(page)
    press(page, "patrols:check_in", duty.pk)
    page.wait_for_selector(f'form[action="{reverse("patrols:checkpoint_leave", args=[duty.pk])}"]')
    write_entry(page, duty, "observation", "Remaja berkumpul")
    write_entry(page, duty, "contact", "Diimbau pulang")
    write_entry(page, duty, "finding", "Kabel menjuntai", photo=jpeg((1200, 900)))
    press(page, "patrols:duty_nil", duty.pk)
    assert page.locator(".photos img").count() == 1
    follow(page, "patrols:duty_end", duty.pk)
    assert page.input_value("[name=summary]")
    send(page, leads_to=reverse("patrols:duty_detail", args=[duty.pk]))

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
    work_through_a_night(page, duty, volunteer)
    entry = LogEntry.objects.get(duty=duty, kind=EntryKind.CHECK_IN)
    assert (entry.marks, entry.accuracy_m, entry.checkpoint) == ([], 9, point)
    assert LogEntry.objects.get(kind="contact").device_at


def test_a_night_without_script(open_phone, duty, volunteer):
    page = open_phone(java_script_enabled=False)
    work_through_a_night(page, duty, volunteer)
    assert LogEntry.objects.get(duty=duty, kind=EntryKind.CHECK_IN).marks == ["no_position"]


def test_a_refused_position_still_checks_in(open_phone, address_of, running_duty):
    page = open_phone(permissions=[])
    page.goto(address_of("patrols:duty_detail", running_duty.pk))
    press(page, "patrols:check_in", running_duty.pk)
    leave = reverse("patrols:checkpoint_leave", args=[running_duty.pk])
    page.wait_for_selector(f'form[action="{leave}"]')
    assert LogEntry.objects.get(kind=EntryKind.CHECK_IN).marks == ["no_position"]


def test_the_report_follows_what_is_typed(open_phone, address_of, running_duty):
    page = open_phone()
    page.goto(address_of("patrols:duty_share", running_duty.pk))
    page.fill("[name=text]", "Mohon izin & melaporkan")
    href = page.get_attribute("[data-text-link]", "href")
    assert href == "https://wa.me/?text=Mohon%20izin%20%26%20melaporkan"


def fill_duty(duty, officer):
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
def test_axe_finds_nothing_by_day(open_phone, address_of, officer, running_duty, name):
    entry = fill_duty(running_duty, officer)
    page = open_phone(color_scheme="light")
    args = {"my_day": (), "duty_begin": (), "entry_share": (entry.pk,)}
    page.goto(address_of(f"patrols:{name}", *args.get(name, (running_duty.pk,))))
    open_details(page)
    assert axe_violations(page) == []
    assert fits_phone(page)


@pytest.mark.parametrize("name", ["duty_detail", "duty_rollcall", "duty_share"])
def test_axe_finds_nothing_at_night(open_phone, address_of, officer, running_duty, name):
    fill_duty(running_duty, officer)
    page = open_phone(color_scheme="dark")
    page.goto(address_of(f"patrols:{name}", running_duty.pk))
    assert axe_violations(page) == []


def test_words_typed_outlive_the_session(address_of, open_phone, running_duty, officer):
    """Kept on the phone, they go by themselves once the person has signed in again."""
    page = open_phone()
    page.goto(address_of("patrols:entry_add", running_duty.pk) + "?kind=finding")
    page.wait_for_load_state("networkidle")
    page.fill("[name=text]", "Kabel menjuntai di gang 4")
    page.context.clear_cookies(name="sessionid")
    send(page, "form[data-keep] .main", leads_to=reverse("account_login"))
    page.fill("[name=login]", officer.nrp)
    page.fill("[name=password]", make.PASSWORD)
    send(page, leads_to=reverse("patrols:duty_detail", args=[running_duty.pk]))
    entries = LogEntry.objects.filter(duty=running_duty, kind=EntryKind.FINDING)
    for _turn in range(100):
        if entries.exists():
            break
        page.wait_for_timeout(50)
    assert entries.get().text == "Kabel menjuntai di gang 4"
    page.goto(address_of("patrols:entry_add", running_duty.pk) + "?kind=note")
    assert page.input_value("[name=text]") == ""


def test_without_the_outbox_words_outlive_the_session(
    address_of, open_phone, running_duty, officer
):
    """As over plain HTTP, where a browser keeps nothing for later: the page keeps the words."""
    page = open_phone()
    page.add_init_script("delete Navigator.prototype.locks")
    page.goto(address_of("patrols:entry_add", running_duty.pk) + "?kind=finding")
    page.fill("[name=text]", "Kabel menjuntai di gang 4")
    page.context.clear_cookies(name="sessionid")
    send(page, "form[data-keep] .main")
    assert "Kabel menjuntai di gang 4" in page.inner_text("main")
    send(page, "main a.main", leads_to=reverse("account_login"))
    page.fill("[name=login]", officer.nrp)
    page.fill("[name=password]", make.PASSWORD)
    send(page, leads_to=reverse("patrols:entry_add", args=[running_duty.pk]))
    page.wait_for_url("**?kind=finding")
    assert page.input_value("[name=text]") == "Kabel menjuntai di gang 4"
    detail = reverse("patrols:duty_detail", args=[running_duty.pk])
    send(page, "form[data-keep] .main", leads_to=detail)
    entry = LogEntry.objects.get(duty=running_duty, kind=EntryKind.FINDING)
    assert entry.text == "Kabel menjuntai di gang 4"
    page.goto(address_of("patrols:entry_add", running_duty.pk) + "?kind=note")
    assert page.input_value("[name=text]") == ""


def test_taking_back_asks_first_without_script_too(open_phone, address_of, running_duty, officer):
    entry = make.make_entry(running_duty, officer, text="Salah tulis")
    page = open_phone(java_script_enabled=False)
    page.goto(address_of("patrols:duty_detail", running_duty.pk))
    yes = page.locator(
        f'form[action="{reverse("patrols:entry_withdraw", args=[entry.pk])}"] button'
    )
    assert not yes.is_visible()
    page.click(f"#entry-{entry.pk} summary")
    yes.wait_for(state="visible")
    assert fits_phone(page)
    press(page, "patrols:entry_withdraw", entry.pk)
    entry.refresh_from_db()
    assert entry.withdrawn_at
