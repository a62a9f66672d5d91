"""A night without a signal: what the service worker keeps on the phone, for whom, and how long."""

from threading import Event
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Error, expect

from patrols.views import copies, installed, night, rollcall
from tests import factories as make
from tests.browser.kept import READY, cut, dump, fill_again, say_ready, until
from tests.browser.phone import axe_violations, expect_page, fits_phone, send
from toolkit.outbox.copies import ANY

pytestmark = pytest.mark.browser
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
OF_THE_NIGHT = (
    *("/patrols/", "/reports/new/", "/accounts/outbox/"),
    *("/programs/activities/new/", "/programs/issues/new/"),
)


@pytest.fixture
def phone(open_phone, officer, duty):
    return open_phone(officer)


def fall_ill(*args, **kwargs):
    raise ZeroDivisionError


def duty_page(duty):
    return reverse("patrols:duty_detail", args=[duty.pk])


def go(page, live_server, path):
    """A kept page may be reading itself again at this moment, which stops another navigation."""
    try:
        page.goto(live_server.url + path)
    except Error as error:
        if not any(word in str(error) for word in ("interrupted", "ERR_ABORTED")):
            raise
        page.wait_for_load_state()
        page.goto(live_server.url + path)


def test_my_day_says_that_the_phone_is_ready(phone, officer, duty):
    line = phone.inner_text(READY)
    assert len(line.partition("Siap tanpa sinyal · ")[2]) == 5
    assert fits_phone(phone)
    found = dump(phone)
    assert set(found) == {"night", "files"}
    assert all(address.startswith(OF_THE_NIGHT) for address in found["night"])
    assert all(address.startswith("/static/") for address in found["files"])
    assert {duty_page(duty), "/patrols/", "/patrols/copies/", "/reports/new/"} <= set(
        found["night"]
    )


def test_nothing_of_others_or_of_other_pages_is_kept(phone, live_server, units, superuser):
    before = dump(phone)
    for path in ("/reports/", "/patrols/tonight/", "/lapor/", "/lacak/", "/accounts/more/", "/"):
        go(phone, live_server, path)
    phone.wait_for_timeout(2500)
    assert dump(phone) == before


def test_the_whole_night_opens_without_a_signal(phone, live_server, duty):
    cut(phone)
    pages = {
        "/": "Hari ini",
        "/patrols/": "Hari ini",
        duty_page(duty): "Patroli A",
        reverse("patrols:duty_rollcall", args=[duty.pk]): "Bhabin A",
        reverse("patrols:duty_end", args=[duty.pk]): "Akhiri tugas",
        reverse("patrols:duty_begin"): "Patroli di luar jadwal",
        reverse("reports:report_new"): "Catat laporan",
        reverse("programs:activity_add"): "Catat kunjungan atau kegiatan",
        "/accounts/outbox/": "Belum terkirim",
        "/patrols/write/": "Hari ini",
    }
    for kind in ("observation", "contact", "finding", "handover", "pause"):
        pages[reverse("patrols:entry_add", args=[duty.pk]) + f"?kind={kind}"] = ""
    for path, words in pages.items():
        go(phone, live_server, path)
        text = phone.inner_text("main")
        assert "Salinan " in text, path
        assert words in text, path
        form = phone.locator("main form").first
        if form.count() and "entries" in path:
            assert form.evaluate("form => new URL(form.action).pathname") == urlsplit(path).path
        assert phone.evaluate("document.styleSheets[0].cssRules.length") > 0, path
        # The last module of a page, which imports another.
        assert phone.locator("html.has-js").count() == 1, path
    assert [text for text in phone.console_errors if "ERR_INTERNET" not in text] == []


def test_a_copy_has_the_policy_of_the_page(phone, live_server):
    cut(phone)
    answer = phone.goto(live_server.url + "/patrols/")
    assert answer.from_service_worker
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store, private"


def test_a_form_for_any_duty_has_the_policy_of_the_page(phone, live_server, duty):
    cut(phone)
    answer = phone.goto(live_server.url + reverse("patrols:duty_end", args=[duty.pk]))
    assert answer.from_service_worker
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store, private"


def test_a_page_that_is_not_kept_says_what_opens(phone, live_server, units):
    other = make.make_duty(units.polsek, "Lain")
    cut(phone)
    forms = [
        reverse(f"patrols:{name}", args=[key])
        for name in ("duty_rollcall", "entry_add", "duty_end")
        for key in (other.pk, 999_999)
    ]
    for path in ("/reports/", "/patrols/tonight/", duty_page(other), *forms):
        go(phone, live_server, path)
        assert "Tidak ada sinyal" in phone.inner_text("h1")
        assert phone.url == live_server.url + path
        assert fits_phone(phone)
    assert axe_violations(phone) == []
    with expect_page(phone, "/patrols/"):
        phone.click('main a[href="/patrols/"]')
    for path in ("/lapor/", "/admin/"):
        with pytest.raises(Error):
            phone.goto(live_server.url + path)


def test_a_patrol_begun_on_the_phone_has_its_pages(phone, live_server):
    key = "0b7a6c57-2f65-4d7c-8f1a-7a7d5cf1e111"
    cut(phone)
    go(phone, live_server, reverse("patrols:duty_detail", args=[key]))
    html = phone.content()
    assert f"/patrols/duties/{key}/nil/" in html
    assert str(ANY) not in html
    for name in ("duty_rollcall", "duty_end", "entry_add"):
        go(phone, live_server, reverse(f"patrols:{name}", args=[key]))
        assert "Salinan " in phone.inner_text("main")
        assert phone.locator(f'a[href="/patrols/duties/{key}/"]').count()


def test_a_slow_answer_gives_way_to_the_copy(phone, live_server, monkeypatch):
    gate, nights = Event(), night.my_nights
    monkeypatch.setattr(night, "my_nights", lambda *a, **k: (gate.wait(15), nights(*a, **k))[1])
    try:
        go(phone, live_server, "/patrols/")
    finally:
        gate.set()
    assert "Salinan " in phone.inner_text("main")


def test_an_ill_server_gives_way_to_the_copy(phone, live_server, monkeypatch):
    monkeypatch.setattr(night, "my_nights", fall_ill)
    go(phone, live_server, "/patrols/")
    assert "Salinan " in phone.inner_text("main")


def test_with_a_signal_the_page_is_the_servers(phone, live_server):
    answer = phone.goto(live_server.url + "/patrols/")
    assert answer.from_service_worker
    assert answer.headers["cache-control"] == "no-store, private"
    assert "x-copy" not in answer.headers
    assert "Salinan " not in phone.inner_text("main")


# Trap 7: the sign-in page gets kept as the form.


def test_only_what_the_server_gives_away_is_kept(open_page, officer, duty, monkeypatch):
    pages = copies._pages
    odd = {"/accounts/login/": "a", "/accounts/logout/": "b", "/patrols/tonight/": "c"}
    odd |= {"/reports/": "d", "/lapor/": "e", "/tidak/ada/": "f"}
    monkeypatch.setattr(copies, "_pages", lambda *a: [*odd.items(), *pages(*a)])
    page = open_page(officer, "/patrols/", service_workers="allow")
    expect(page.locator(READY)).to_contain_text("Belum siap tanpa sinyal: 6 halaman")
    assert set(dump(page)["night"]) & set(odd) == set()
    assert duty_page(duty) in dump(page)["night"]


def test_an_ended_session_takes_no_copy_away_and_brings_none(phone, live_server, monkeypatch):
    before = dump(phone)
    monkeypatch.setattr(copies, "build", lambda: "other")
    sessions = phone.context.cookies()
    phone.context.clear_cookies(name="sessionid")
    fill_again(phone)
    phone.wait_for_timeout(3000)
    assert dump(phone) == before
    cut(phone)
    go(phone, live_server, "/patrols/")
    assert "Salinan " in phone.inner_text("main")
    assert sessions


# Whose copies they are.


def test_sign_out_leaves_nothing(phone, live_server):
    go(phone, live_server, reverse("account_logout"))
    send(phone, leads_to=reverse("account_login"))
    assert dump(phone) == {}
    go(phone, live_server, "/accounts/login/")
    assert phone.evaluate(WORKERS) == 0
    cut(phone)
    with pytest.raises(Error):
        phone.goto(live_server.url + "/patrols/")


def sign_in_on(page, live_server, user, **options):
    go(page, live_server, reverse("account_login"))
    page.fill("[name=login]", user.nrp or user.username)
    page.fill("[name=password]", make.PASSWORD)


def sign_in_without_a_page(page, live_server, user):
    """The signal goes in the moment of signing in."""
    page.context.clear_cookies(name="sessionid")
    sign_in_on(page, live_server, user)
    page.evaluate(
        """() => {
          const form = document.querySelector("main form");
          const body = new URLSearchParams(new FormData(form));
          return fetch(form.action, { method: "POST", body, redirect: "manual" });
        }"""
    )


def test_the_next_person_sees_nothing_of_the_first(phone, live_server, duty, units, monkeypatch):
    second = make.make_user("Bhabin Kedua", units.polsek, "officer", nrp="87654321")
    sign_in_without_a_page(phone, live_server, second)
    cut(phone)
    with pytest.raises(Error):
        phone.goto(live_server.url + duty_page(duty))
    phone.context.set_offline(False)
    # What the first had goes before all of the second's is there.
    monkeypatch.setattr(rollcall, "candidates_for", fall_ill)
    go(phone, live_server, "/patrols/")
    expect(phone.locator(READY)).to_contain_text("Belum siap tanpa sinyal")
    assert duty_page(duty) not in dump(phone)["night"]
    cut(phone)
    go(phone, live_server, "/patrols/")
    assert "Bhabin A" not in phone.content()


def test_a_page_that_the_first_left_open_shows_the_next_nothing(phone, live_server, duty, units):
    second = make.make_user("Bhabin Kedua", units.polsek, "officer", nrp="87654321")
    other = phone.context.new_page()
    sign_in_without_a_page(other, live_server, second)
    fill_again(phone)
    phone.wait_for_timeout(3000)
    cut(phone)
    with pytest.raises(Error):
        other.goto(live_server.url + duty_page(duty))


def test_the_same_person_finds_the_copies_again(phone, live_server, duty, officer):
    phone.context.clear_cookies(name="sessionid")
    sign_in_on(phone, live_server, officer)
    send(phone)
    go(phone, live_server, "/patrols/")
    say_ready(phone)
    cut(phone)
    go(phone, live_server, duty_page(duty))
    assert "Patroli A" in phone.inner_text("main")


def test_a_citizens_quick_exit_leaves_the_officers_copies(phone, live_server, duty):
    before = dump(phone)
    go(phone, live_server, "/lapor/")
    leave = reverse("reports:report_leave")
    phone.evaluate(
        """(path) => {
          const body = new URLSearchParams(new FormData(document.querySelector("form[data-exit]")));
          return fetch(path, { method: "POST", body, redirect: "manual" });
        }""",
        leave,
    )
    assert dump(phone) == before


def test_after_a_day_the_copies_go(phone, live_server):
    phone.evaluate(
        """async () => {
          const night = await caches.open("night");
          const state = await (await night.match("/patrols/copies/")).json();
          const at = state.at - 24 * 3600 * 1000;
          await night.put("/patrols/copies/", Response.json({ ...state, at }));
        }"""
    )
    cut(phone)
    with pytest.raises(Error):
        phone.goto(live_server.url + "/patrols/")
    phone.context.set_offline(False)
    go(phone, live_server, "/lapor/")
    assert dump(phone) == {}


@pytest.mark.parametrize("path", ["/", "/lapor/", "/lacak/", "/accounts/login/"])
def test_citizens_get_no_worker(browser, live_server, db, path):
    context = browser.new_context()
    page = context.new_page()
    page.goto(live_server.url + path)
    page.wait_for_timeout(2500)
    assert page.evaluate(WORKERS) == 0
    assert dump(page) == {}
    context.close()


# Trap 6: an update of the site empties the pages, or reloads a half-written form.


def test_a_new_build_that_comes_halfway_takes_no_page_away(phone, live_server, duty, monkeypatch):
    before = dump(phone)

    monkeypatch.setattr(copies, "build", lambda: "next")
    monkeypatch.setattr(copies, "round_of", fall_ill)
    monkeypatch.setattr(night, "my_nights", fall_ill)
    fill_again(phone)
    expect(phone.locator(READY)).to_contain_text("Belum siap tanpa sinyal")
    assert dump(phone) == before
    cut(phone)
    for path in ("/patrols/", duty_page(duty), reverse("patrols:duty_begin")):
        go(phone, live_server, path)
        assert "Salinan " in phone.inner_text("main")


def test_a_new_build_takes_the_place_of_the_old(phone, live_server, duty, officer, monkeypatch):
    duty.name = "Patroli lain"
    duty.save()
    monkeypatch.setattr(copies, "build", lambda: "next")
    go(phone, live_server, "/patrols/")
    say_ready(phone)
    cut(phone)
    go(phone, live_server, duty_page(duty))
    assert "Patroli lain" in phone.inner_text("h1")


def worker_states(page):
    return page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          await registration.update();
          await new Promise((resolve) => setTimeout(resolve, 500));
          return [Boolean(registration.active), Boolean(registration.waiting)];
        }"""
    )


def test_a_new_worker_waits_for_a_half_written_form(phone, live_server, duty, monkeypatch):
    go(phone, live_server, reverse("patrols:duty_begin"))
    phone.fill("[name=name]", "Setengah jadi")
    script = installed._worker_script
    monkeypatch.setattr(installed, "_worker_script", lambda r: script(r) + "\n// a new build\n")
    assert worker_states(phone) == [True, True]
    other = phone.context.new_page()
    go(other, live_server, "/patrols/")
    say_ready(other)
    assert worker_states(other) == [True, True]
    assert phone.input_value("[name=name]") == "Setengah jadi"
    go(phone, live_server, "/patrols/")
    say_ready(phone)
    expect(phone.locator("body")).to_be_visible()
    assert worker_states(phone) == [True, False]
    cut(phone)
    go(phone, live_server, duty_page(duty))
    assert "Salinan " in phone.inner_text("main")


# The page of a duty as the phone keeps it.


def tap(page, name, *args, leads_to):
    with expect_page(page, leads_to):
        page.click(f'form[action="{reverse(name, args=args)}"] button:visible')


def test_a_kept_duty_follows_what_is_done_on_the_phone(phone, live_server, duty):
    page = duty_page(duty)
    cut(phone)
    go(phone, live_server, page)
    nil = phone.locator(f'form[action="{reverse("patrols:duty_nil", args=[duty.pk])}"]')
    expect(nil).to_be_hidden()
    tap(phone, "patrols:duty_start", duty.pk, leads_to=page)
    expect(nil).to_be_visible()
    expect(phone.locator("[data-duty] li")).to_have_count(1)
    tap(phone, "patrols:duty_nil", duty.pk, leads_to=page)
    expect(phone.locator("[data-duty] li")).to_have_count(2)
    assert "belum terkirim" in phone.inner_text("[data-duty]")
    # The newest first, as in the log, and without the name that stands above.
    assert phone.locator("[data-duty] li b").all_inner_texts() == ["Nihil", "Mulai tugas"]
    assert fits_phone(phone)
    go(phone, live_server, reverse("patrols:duty_end", args=[duty.pk]))
    expect(phone.locator("[data-waiting]")).to_have_text("Dari tugas ini 2 belum terkirim.")
    assert "dihitung setelah terkirim" in phone.inner_text("main")
    assert fits_phone(phone)
    phone.context.set_offline(False)
    go(phone, live_server, page)
    until(lambda: duty.entries.filter(kind="observation").count() == 1)
    duty.refresh_from_db()
    assert duty.state == "running"
    expect(phone.locator("[data-duty] li")).to_have_count(0)
    cut(phone)
    go(phone, live_server, page)
    expect(nil).to_be_visible()


def test_a_start_without_an_answer_leads_to_the_kept_page(phone, live_server, duty, monkeypatch):
    """The server's page does not know of it yet, and back again once it does."""
    gate, start = Event(), night.start_duty
    monkeypatch.setattr(night, "start_duty", lambda **how: gate.wait(60) and start(**how))
    page = duty_page(duty)
    go(phone, live_server, page)
    with phone.expect_navigation(url="**?copy"):
        phone.click(f'form[action="{reverse("patrols:duty_start", args=[duty.pk])}"] button')
    nil = phone.locator(f'form[action="{reverse("patrols:duty_nil", args=[duty.pk])}"]')
    expect(nil).to_be_visible()
    assert "Salinan " in phone.inner_text("main")
    with phone.expect_navigation(url=f"**{page}"):
        gate.set()
    expect(nil).to_be_visible()
    assert "Salinan " not in phone.inner_text("main")


def test_a_patrol_begun_without_a_signal_stands_on_my_day(phone, live_server, duty):
    cut(phone)
    go(phone, live_server, reverse("patrols:duty_begin"))
    phone.fill("[name=name]", "Ronda dadakan")
    with phone.expect_navigation():
        phone.click("main form .main")
    assert "/patrols/duties/" in phone.url
    expect(phone.locator("[data-when=running]").first).to_be_visible()
    address = urlsplit(phone.url).path
    go(phone, live_server, f"{address}end/")
    waiting = phone.locator("[data-waiting]")
    expect(waiting).to_have_text("Dari tugas ini 1 belum terkirim.")
    go(phone, live_server, reverse("patrols:duty_end", args=[duty.pk]))
    phone.wait_for_load_state("networkidle")
    expect(waiting).to_be_hidden()
    expect(waiting).to_have_text("Dari tugas ini 0 belum terkirim.")
    go(phone, live_server, "/patrols/")
    expect(phone.locator(f'[data-duty=begun] a[href="{address}"]')).to_be_visible()


def test_what_was_begun_here_opens_before_the_server_knows_it(phone, live_server):
    """With a signal again, the server says 404 until it has the beginning; then its page comes."""
    cut(phone)
    go(phone, live_server, reverse("patrols:duty_begin"))
    with phone.expect_navigation():
        phone.click("main form .main")
    address = urlsplit(phone.url).path
    go(phone, live_server, f"{address}entries/add/?kind=note")
    phone.fill("[name=text]", "Hujan deras")
    with phone.expect_navigation(url=f"**{address}"):
        phone.click("main form .act .main")
    line = phone.locator("[data-duty] li").first
    expect(line).to_contain_text("Hujan deras")
    assert line.locator("b").inner_text() == "Catatan"
    phone.context.route("**/accounts/outbox/me/", lambda route: route.abort())
    phone.context.set_offline(False)
    go(phone, live_server, address)
    expect(phone.locator("[data-when=running]").first).to_be_visible()
    expect(line).to_contain_text("Hujan deras")
    phone.context.unroute_all(behavior="ignoreErrors")
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-is-copy]")).to_have_count(0)
    assert "Hujan deras" in phone.inner_text("main")


def test_the_site_may_be_installed(phone, live_server):
    session = phone.context.new_cdp_session(phone)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    ours = [one["errorId"] for one in errors if one["errorId"] != "in-incognito"]
    assert ours == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
