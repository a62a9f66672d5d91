"""A bare page for the modules of static/js, without Django: requests are answered from memory.

The modules run as a server has them, made shorter.
"""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.javascript.outbox import Outbox
from toolkit.static_files import shorter_script

STATIC = Path(settings.BASE_DIR, "static")
SECURE, PLAIN = "https://site.test", "http://site.test"


@cache
def script(name):
    return shorter_script(Path(STATIC, name).read_text())


class Harness:
    """The page of a test. `open()` shows a body with modules of static/js.

    `answers` maps paths to what the server says: HTML, a dict for `route.fulfill`, or a function
    that takes the route. A path with its query goes before the path alone.
    """

    def __init__(self, page):
        self.answers = {}
        self.asked = []
        self.errors = []
        self.page = page

    def open(self, body, *modules, path="/", origin=SECURE, before=""):
        """Shows the body with the modules of static/js as a page does, and waits for them.

        `before` is a script that stands in for what a phone has and this browser has not.
        """
        scripts = f"<script>{before}</script>" + "".join(
            f'<script type="module" src="/static/js/{name}.js"></script>' for name in modules
        )
        self.answers[path] = f"<!doctype html><title>.</title>{scripts}<body>{body}"
        self.page.goto(origin + path)
        self.asked.clear()
        return self.page

    def hold(self, path):
        """The requests for the path, each waiting for its answer."""
        routes = []
        self.answers[path] = routes.append
        return routes

    def asked_so_far(self):
        """What was requested after the page and its modules: method and path of each."""
        self.page.evaluate("fetch('/last')")  # comes after everything that is still on its way
        return [request for request in self.asked if request != ("GET", "/last")]

    def wait_until(self, condition):
        """Lets the browser go on until the condition holds."""
        for _turn in range(500):
            if condition():
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("It did not happen within 5 seconds.")

    def answer(self, route):
        url = urlsplit(route.request.url)
        if url.path.startswith("/static/"):
            name = url.path.removeprefix("/static/")
            if name.endswith(".js"):
                route.fulfill(body=script(name), content_type="text/javascript; charset=utf-8")
            else:
                route.fulfill(path=STATIC / name)
            return
        self.asked.append((route.request.method, url.path))
        answer = self.answers.get(f"{url.path}?{url.query}") or self.answers.get(url.path)
        if answer is None:
            route.fulfill(status=404)
        elif callable(answer):
            answer(route)
        elif isinstance(answer, dict):
            route.fulfill(**answer)
        else:
            route.fulfill(body=answer, content_type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def phone(browser):
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    yield context
    context.close()


@pytest.fixture(scope="module")
def still_clock(phone):
    """Stands still between the steps: a busy machine must not add to a pause."""
    phone.clock.install(time=1_000)
    phone.clock.pause_at(2_000)


@pytest.fixture(scope="module")
def blank_page(phone):
    page = phone.new_page()
    page.set_default_timeout(30_000)
    return page


@pytest.fixture
def harness(blank_page):
    """The page of a test; what a script throws fails the test."""
    harness = Harness(blank_page)
    blank_page.route("**/*", harness.answer)
    blank_page.on("pageerror", note := lambda error: harness.errors.append(str(error)))
    yield harness
    blank_page.evaluate("sessionStorage.clear()")
    blank_page.remove_listener("pageerror", note)
    blank_page.unroute_all(behavior="ignoreErrors")
    assert harness.errors == []


@pytest.fixture
def outbox(harness):
    """A phone's outbox, empty, and its server."""
    yield Outbox(harness)
    harness.page.unroute_all(behavior="ignoreErrors")
    harness.page.route("**/*", harness.answer)
    harness.open("").evaluate(
        """async () => {
            localStorage.clear();
            const gone = indexedDB.deleteDatabase("kamtibmas");
            await new Promise((resolve) => { gone.onsuccess = resolve; });
        }"""
    )
