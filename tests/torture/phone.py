"""A phone of the field: its browser may be killed, its clock may be set, its storage lasts."""

import contextlib
import os
import signal
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.urls import reverse
from playwright.sync_api import Error

from tests import factories as make
from tests.browser.phone import PHONE, expect_page
from tests.javascript.outbox import DUMP

# `Date` of every page is that of the server, or of a phone whose clock is wrong. Pages last for
# minutes of a test and hours of a night, so that the shift is read anew each time.
CLOCK = """(() => {
  const Real = Date;
  const shift = () => {
    try { return Number(localStorage.getItem("shift-%(turn)d") ?? %(shift)d); } catch { return 0; }
  };
  globalThis.Date = class extends Real {
    constructor(...parts) { super(...(parts.length > 0 ? parts : [Real.now() + shift()])); }
    static now() { return Real.now() + shift(); }
  };
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (act, after, ...more) => wait(act, after * %(pace)f, ...more);
})()"""


def ask(page, script, tries=20):
    """What the script gives, in the page that comes next where this one is being left.

    A page of a duty goes on to the kept one, and back, by itself: see behaviours/duty.js.
    """
    for _turn in range(tries - 1):
        try:
            return page.evaluate(script)
        except Error as error:
            if "navigation" not in error.message:
                raise
            page.wait_for_load_state()
    return page.evaluate(script)


class Phone:
    """`pace` shortens what pages wait for. After `kill` and `open` the storage is as it was."""

    def __init__(self, playwright, launch, folder, url, *, pace=1.0, **options):
        self.playwright, self.launch, self.folder = playwright, launch, folder
        self.url, self.pace, self.options = url, pace, options
        self.turn, self.shift = 0, 0
        self.errors = []

    def open(self):
        self.turn += 1
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            viewport=PHONE,
            timezone_id="Asia/Jakarta",
            **self.launch,
            **self.options,
        )
        settings = {"turn": self.turn, "shift": self.shift, "pace": self.pace}
        self.context.add_init_script(CLOCK % settings)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def close(self):
        with contextlib.suppress(Error):
            self.context.close()

    def kill(self):
        """As Android does it: no page is asked."""
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.close()

    def _processes(self):
        own = f"--user-data-dir={self.folder}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if own in (folder / "cmdline").read_bytes():
                    yield int(folder.name)

    def set_clock(self, seconds):
        """By how much the phone's clock is ahead of this machine's."""
        self.shift = int(seconds * 1000)
        for page in self.context.pages:
            ask(page, f"localStorage.setItem('shift-{self.turn}', {self.shift})")

    def go(self, path):
        self.page.goto(self.url + path)

    def sign_in(self, user, path="/patrols/"):
        self.go(f"{reverse('account_login')}?{urlencode({'next': path})}")
        self.give_name(user)

    def give_name(self, user):
        """On the sign-in page."""
        self.page.fill("[name=login]", user.nrp or user.username)
        self.page.fill("[name=password]", make.PASSWORD)
        with expect_page(self.page):
            self.page.click("main form .main")
        assert not self.page.locator("[name=login]").count(), self.page.inner_text("main")

    def wait_until_ready(self):
        """All that the night needs is on the phone."""
        self.page.wait_for_selector("[data-ready]:not([hidden])", timeout=60_000)
        words = self.page.get_attribute("[data-ready]", "data-ready").partition("{")[0]
        assert words in self.page.inner_text("[data-ready]"), self.page.inner_text("[data-ready]")

    def at(self, name, *args):
        return urlsplit(self.page.url).path == reverse(name, args=args)

    def dump(self):
        return ask(self.page, DUMP)

    def count(self):
        """Of everybody."""
        return len(self.dump()["items"])

    def wait_until(self, condition, patience=60):
        for _turn in range(patience * 10):
            if condition():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.count()} items wait.")

    def wait_until_sent(self):
        self.wait_until(lambda: self.count() == 0)
