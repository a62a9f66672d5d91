"""What lies in Cache Storage: nothing but the person's own night, whole, and nothing after that."""

import re
from threading import Event

import pytest
from allauth.account.views import LogoutView
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from patrols.views import copies
from tests import factories as make
from tests.browser.kept import READY, dump, files_needed, fill_again, kept_by, say_ready
from tests.browser.phone import send
from tests.test_access import make_rows_of

pytestmark = pytest.mark.browser
# That of who reports, in make_rows_of, and that of a member of a group, as pages may write them.
PHONES = re.compile(r"812[^\w\n]?9999[^\w\n]?0000|813[^\w\n]?7777[^\w\n]?0000")
# Of the own unit. What stands in the roll and what the night is called may be kept.
SECRETS = (
    *("Jadwal", "Ringkasan", "Sebab", "Temuan", "Susulan", "Hasil", "Keperluan", "Pelapor"),
    *("Laporan baru", "Laporan jalan", "Laporan usai", "Titik rawan", "Saran", "Anjuran"),
)


@pytest.fixture
def phone(open_phone, officer, duty):
    return open_phone(officer)


@pytest.fixture
def full_night(units, officer, neighbour, commander, volunteer, settings, tmp_path):
    """Rows of every kind at the officer's unit (kenari-a) and at the next one (kenari-b)."""
    settings.MEDIA_ROOT = tmp_path / "media"
    rows = make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)
    make_rows_of(units.polsek_neighbour, neighbour, "kenari-b")
    rows["member"].phone = "+6281377770000"
    rows["member"].save()
    make.make_attendance(rows["running"], officer=commander, status="present")
    make.make_entry(rows["running"], commander, text="Temuan kenari-a dari orang lain")
    for author in (officer, commander):
        make.make_late_note(rows["running"], author, f"Susulan kenari-a {author.pk}")
    make.make_hotspot(units.polsek, "Titik rawan kenari-a", advice="Saran kenari-a")
    return rows


def texts_in(kept):
    return "\n".join(
        f"{address} {one['text']} {one['headers']}"
        for pages in kept.values()
        for address, one in pages.items()
    )


def test_only_the_own_night_is_kept_and_nothing_after_sign_out(
    full_night, open_phone, live_server, officer
):
    phone = open_phone(officer)
    # What is looked at with a signal does not come among the copies.
    reports = [full_night[name] for name in ("report", "sent_report", "done_report")]
    looked_at = {"patrols:duty_detail": "running", "patrols:duty_log": "running"}
    looked_at |= {"reports:report_detail": "report", "partners:group_detail": "group"}
    seen = ""
    for name, key in looked_at.items():
        phone.goto(live_server.url + reverse(name, args=[full_night[key].pk]))
        seen += phone.inner_text("main")
    for word in ("Temuan kenari-a", "Susulan kenari-a", "Titik rawan", "Laporan baru kenari-a"):
        assert word in seen
    assert PHONES.search(seen)
    phone.goto(live_server.url + "/patrols/")
    say_ready(phone)
    kept = kept_by(phone)
    assert len(kept["night"]) >= 20
    texts = texts_in(kept)
    for name in ("Rencana kenari-a", "Jalan kenari-a", "Tamu kenari-a", "Rute kenari-a"):
        assert name in texts
    cookies = {one["name"]: one["value"] for one in phone.context.cookies()}
    tokens = [cookies["sessionid"], cookies["csrftoken"]]
    codes = [text for report in reports for text in (report.code, report.number) if text]
    secrets = ["kenari-b", *tokens, *codes]
    secrets += [f"{word} kenari-a" for word in SECRETS]
    assert [word for word in secrets if word in texts] == []
    assert PHONES.findall(texts) == []
    pages = "\n".join(one["text"] for one in kept["night"].values())
    assert "csrfmiddlewaretoken" not in pages
    # Tokens as Django masks them.
    assert re.findall(r"\b[A-Za-z0-9]{64}\b", pages) == []
    # The person signs out.
    phone.goto(live_server.url + reverse("account_logout"))
    send(phone, leads_to=reverse("account_login"))
    phone.wait_for_timeout(2500)
    assert kept_by(phone) == {}


def test_all_modules_of_the_kept_pages_are_kept_and_no_others(phone):
    kept = kept_by(phone)
    needed = files_needed(kept)
    assert "/static/js/offline/states.js" in needed
    assert set(kept["files"]) == needed


def test_what_has_not_changed_is_not_asked_for_again(phone):
    def dates():
        return {
            address: one["headers"].get("date") for address, one in kept_by(phone)["night"].items()
        }

    before = dates()
    phone.wait_for_timeout(1100)
    phone.reload()
    say_ready(phone)
    assert dates() == before


def test_a_page_that_changed_is_fetched_again(phone, duty):
    before = kept_by(phone)["night"]
    make.make_attendance(duty, guest_name="Tamu baru", expected=False)
    phone.reload()
    say_ready(phone)
    after = kept_by(phone)["night"]
    roll, form = reverse("patrols:duty_rollcall", args=[duty.pk]), reverse("patrols:duty_begin")
    assert "Tamu baru" in after[roll]["text"]
    assert after[form] == before[form]


def test_what_is_no_longer_needed_goes_when_all_is_there(phone, monkeypatch):
    form, pages = reverse("patrols:duty_begin"), copies._pages
    more = {"/tidak/ada/": "a"}

    def others(*args):
        yield from ((address, stamp) for address, stamp in pages(*args) if address != form)
        yield from more.items()

    monkeypatch.setattr(copies, "_pages", others)
    fill_again(phone)
    expect(phone.locator(READY)).to_contain_text("Belum siap tanpa sinyal: 1 halaman")
    assert form in dump(phone)["night"]
    more.clear()
    monkeypatch.setattr(copies, "build", lambda: "next")
    fill_again(phone)
    say_ready(phone)
    assert form not in dump(phone)["night"]


@pytest.fixture
def slow_list(monkeypatch):
    """The list of copies is made at once and answered when `go_on` is set."""
    asked, go_on, pages = Event(), Event(), copies._pages

    def late(*args):
        found = list(pages(*args))
        asked.set()
        assert go_on.wait(30)
        return found

    monkeypatch.setattr(copies, "_pages", late)
    yield asked, go_on
    go_on.set()


def test_another_persons_page_is_not_kept(phone, units, monkeypatch, slow_list):
    """The session changes hands between the list and the pages."""
    asked, go_on = slow_list
    before = kept_by(phone)["night"]
    client = Client()
    client.force_login(make.make_user("Bhabin Kedua", units.polsek, "officer"))
    monkeypatch.setattr(copies, "build", lambda: "next")
    fill_again(phone)
    assert asked.wait(30)
    (session,) = [one for one in phone.context.cookies() if one["name"] == "sessionid"]
    phone.context.add_cookies([session | {"value": client.cookies["sessionid"].value}])
    go_on.set()
    expect(phone.locator(READY)).to_contain_text("Belum siap tanpa sinyal")
    after = kept_by(phone)["night"]
    del before["/patrols/copies/"], after["/patrols/copies/"]
    assert after == before


def test_a_list_that_comes_after_sign_out_is_not_kept(phone, live_server, slow_list):
    asked, go_on = slow_list
    fill_again(phone)
    assert asked.wait(30)
    other = phone.context.new_page()
    other.goto(live_server.url + reverse("account_logout"))
    send(other, leads_to=reverse("account_login"))
    go_on.set()
    other.wait_for_timeout(3000)
    assert kept_by(other) == {}


def test_what_is_kept_during_a_slow_sign_out_goes_with_it(phone, live_server, monkeypatch):
    asked, go_on, sign_out = Event(), Event(), LogoutView.post

    def slow(*args, **kwargs):
        asked.set()
        assert go_on.wait(30)
        return sign_out(*args, **kwargs)

    monkeypatch.setattr(LogoutView, "post", slow)
    other = phone.context.new_page()
    other.goto(live_server.url + reverse("account_logout"))
    other.click("main form .main", no_wait_after=True)
    assert asked.wait(30)
    fill_again(phone)
    for _turn in range(100):
        if kept_by(phone):
            break
        phone.wait_for_timeout(100)
    assert kept_by(phone)
    go_on.set()
    other.wait_for_url(f"**{reverse('account_login')}")
    assert kept_by(other) == {}
