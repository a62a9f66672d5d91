"""A citizen leaves quickly, and somebody else takes the phone: Back, Forward and reloading show
nothing that was typed, chosen or received. Over HTTPS, with what a real browser keeps of pages."""

import json
import threading
from contextlib import contextmanager, suppress
from copy import deepcopy

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Error

from reports.models import Report
from tests.browser.phone import PHONE, expect_page, send
from tests.browser.secure import Certificate, SecureSite, other_site
from tests.browser.test_citizen import FILL, RECEIPT, SEND, TRACK, choose_category, village

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["village"]  # which is used by every test of a module that knows it

KIND, ORDINARY = "domestic_violence", "noise_dispute"
LABELS = {KIND: "Kekerasan di rumah", ORDINARY: "Tetangga ribut"}
TYPED = "kenari"  # in every text that is typed
OURS = {"laporan", "isian", "csrftoken", "sessionid", "messages"}
STEPS = 6

# What can be found in a page: its text without the tiles, which name all kinds to everybody,
# each field with its value, and what the tab stores.
FOUND = """() => {
  const shown = document.body.cloneNode(true);
  for (const tile of shown.querySelectorAll("button.tile")) tile.remove();
  const fields = [...document.querySelectorAll("input, textarea, select")].filter(
    ({ type, checked }) => !["checkbox", "radio"].includes(type) || checked);
  return JSON.stringify([document.title, location.href, shown.innerHTML,
    fields.map(({ name, value }) => [name, value]), {...sessionStorage}, {...localStorage},
    history.state]);
}"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def phones(browser_type, browser_type_launch_args, certificate):
    """The browser, with pages kept whole for Back where it can; Playwright turns that off."""
    opened = browser_type.launch(
        **browser_type_launch_args
        | {"args": [*browser_type_launch_args["args"], certificate.argument]},
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield opened
    opened.close()


@pytest.fixture
def site(certificate, settings, transactional_db, village):
    settings.PLAIN_HTTP = False
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    server = SecureSite(certificate, StaticFilesHandler)
    server.start()
    server.is_ready.wait()
    yield server
    server.terminate()


@pytest.fixture
def weather(certificate, settings):
    server = other_site(certificate)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
    allowed = policy["DIRECTIVES"]["form-action"]
    allowed[allowed.index(settings.QUICK_EXIT_TO)] = server.url
    settings.CONTENT_SECURITY_POLICY = policy
    settings.QUICK_EXIT_TO = server.url
    yield server
    server.shutdown()
    server.server_close()


class Phone:
    """A tab of the citizen, and its history as the browser keeps it."""

    def __init__(self, context, site, weather):
        self.site, self.weather = site, weather
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.browser = context.new_cdp_session(self.page)
        self.stored = []  # pages of ours that the browser may store
        self.page.on("response", self.note_stored)
        self.page.goto(site.url)
        with expect_page(self.page, SEND):
            self.page.click(f"a[href='{SEND}']")

    def note_stored(self, answer):
        is_page = answer.request.resource_type == "document" and answer.url.startswith(
            self.site.url
        )
        if is_page and "no-store" not in answer.headers.get("cache-control", ""):
            self.stored.append(answer.url)

    def history(self):
        kept = {}

        def answered():
            kept.update(self.browser.send("Page.getNavigationHistory"))
            return True

        self.settle(answered)
        return kept["currentIndex"], kept["entries"]

    def leave(self):
        self.page.click("[data-exit] button", no_wait_after=True)
        self.settle(lambda: self.page.url == self.weather.url)
        # With script the server is told while the other page comes.
        self.settle(lambda: not OURS & {one["name"] for one in self.page.context.cookies()})

    def go(self, step):
        """Back or Forward by one entry. False at the end of the history.

        A page kept whole comes without a navigation that Playwright could wait for.
        """
        index, entries = self.history()
        wanted = index + step
        if not 1 <= wanted < len(entries):  # the first is the blank page of a new tab
            return False
        self.browser.send("Page.navigateToHistoryEntry", {"entryId": entries[wanted]["id"]})
        self.settle(lambda: self.history()[0] == wanted)
        return True

    def reload(self):
        """As after "Confirm form resubmission", where the entry was a sent form."""
        self.page.reload()

    def settle(self, condition):
        for _turn in range(400):
            with suppress(Error):  # the tab changes from the process of one site to the other's
                if condition():
                    return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"Still at {self.page.url}.")

    def found(self):
        for _turn in range(200):
            self.page.wait_for_timeout(100)  # scripts of the page may put words back
            with suppress(Error):  # the next page came meanwhile
                if self.page.evaluate("location.protocol") == "chrome-error:":
                    return self.page.inner_text("body")
                if self.page.evaluate("document.readyState") == "complete":
                    return self.page.evaluate(FOUND)
        raise AssertionError(f"No page at {self.page.url}.")

    def shows_nothing(self, *secrets):
        titles = [(entry["title"], entry["url"]) for entry in self.history()[1]]
        for text in (self.found(), json.dumps(titles)):
            for secret in (TYPED, *LABELS.values(), f'"{KIND}"', f'"{ORDINARY}"', *secrets):
                assert secret.lower() not in text.lower(), (secret, self.page.url)


@pytest.fixture(params=["script", "no-script"])
def phone(request, phones, site, weather):
    has_script = request.param == "script"
    context = phones.new_context(
        viewport=PHONE, timezone_id="Asia/Jakarta", java_script_enabled=has_script
    )
    phone = Phone(context, site, weather)
    phone.has_script = has_script
    yield phone
    context.close()


def fill_in(page):
    page.fill("[name=village_name]", "Duri Utara Kenari")
    page.fill("[name=place]", "Gang Kenari")
    page.check("[name=when][value=unknown]")
    page.fill("[name=text]", "Kenari menangis")
    page.check("[name=privacy][value=sealed]")
    page.fill("[name=contact_name]", "Bu Kenari")


def half_filled(page, kind=KIND):
    page.fill("[name=words]", "suami kenari")
    choose_category(page, kind)
    fill_in(page)


def refused(page, times=1):
    half_filled(page)
    for _time in range(times):
        page.fill("[name=contact_name]", "")
        send(page, ".act .main", leads_to=FILL)
        assert page.locator("#form-errors").count()
        fill_in(page)


def received(page):
    refused(page)
    page.fill("[name=village_name]", "Duri Utara")
    send(page, ".act .main", leads_to=RECEIPT)


def tracked(page):
    received(page)
    page.goto(page.url.replace(RECEIPT, TRACK))
    page.fill("[name=text]", "Kenari lagi")


def searched(page):
    page.fill("[name=words]", "mukul kenari")
    with expect_page(page, SEND):
        page.press("[name=words]", "Enter")


def changed(page):
    """From an ordinary report to the kinds: the words wait in the cookie."""
    half_filled(page, ORDINARY)
    send(page, ".act .main", leads_to=FILL)
    with expect_page(page, SEND):
        page.click("[name=step][value=change]")


def gone_back(page):
    """From an ordinary report to the kinds: the words wait in the tab."""
    half_filled(page, ORDINARY)
    with expect_page(page, SEND):
        page.click(".top a.back")


WAYS = {
    "tiles": lambda page: page.fill("[name=words]", "suami kenari"),
    "searched": searched,
    "form": half_filled,
    "refused": refused,
    "refused twice": lambda page: refused(page, times=2),
    "receipt": received,
    "track": tracked,
    "changed": changed,
    "gone back": gone_back,
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_page_it_is_left_from(phone, way, officer):
    WAYS[way](phone.page)
    if phone.has_script:
        assert ("kept:" in phone.found()) is (way == "gone back")
    codes = list(Report.objects.values_list("code", flat=True))
    assert len(codes) == (way in {"receipt", "track"})
    assert phone.page.context.cookies()
    phone.leave()
    assert phone.weather.asked[0] is None  # not from where
    for step in (-1, 1, -1):
        for _step in range(STEPS):
            phone.shows_nothing(*codes)
            if not phone.go(step):
                break
    assert phone.history()[0] == 1
    assert phone.stored == []


@pytest.mark.parametrize("way", ["refused", "refused twice", "receipt", "track", "changed"])
def test_a_form_that_the_browser_sends_again_shows_nothing(phone, way):
    """Reloading a page of the history sends again what was typed."""
    WAYS[way](phone.page)
    codes = list(Report.objects.values_list("code", flat=True))
    phone.leave()
    while phone.go(-1):
        phone.shows_nothing(*codes)
        phone.reload()
        phone.shows_nothing(*codes)
    assert Report.objects.count() == len(codes)


@contextmanager
def stored_by_an_officer(page):
    """What an officer's entries wait in, and a key of the tab that is nobody's words."""
    page.evaluate("""async () => {
      sessionStorage.setItem("other", "stays");
      localStorage.setItem("other", "stays");
      await (await caches.open("night")).put("/copy", new Response("stays"));
      await new Promise((done) => {
        const open = indexedDB.open("outbox");
        open.onupgradeneeded = () => open.result.createObjectStore("entries").put("stays", 1);
        open.onsuccess = () => { open.result.close(); done(); };
      });
    }""")
    yield
    assert page.evaluate("""async () => [
      sessionStorage.getItem("other"), localStorage.getItem("other"),
      await (await caches.match("/copy"))?.text(),
      (await indexedDB.databases()).map(({ name }) => name).join(),
    ]""") == ["stays", "stays", "stays", "outbox"]


@pytest.mark.parametrize("phone", ["script"], indirect=True)
@pytest.mark.parametrize("is_early", [False, True])
def test_what_an_officer_has_not_sent_yet_stays(phone, is_early):
    """Also where the button is tapped before its script has come: then the server alone acts."""
    if is_early:
        phone.page.context.route("**/behaviours/exit*", lambda route: route.abort())
    with stored_by_an_officer(phone.page):
        half_filled(phone.page)
        phone.leave()
        phone.page.goto(phone.site.url)
    phone.shows_nothing()
