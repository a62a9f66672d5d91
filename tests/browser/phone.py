"""The phone of the browser tests: its size, steps from page to page, and measurements.

A click only begins a navigation. Everything that leads to a new page goes through `expect_page`,
even if the new page has the same address: only then may a test read or measure the page.
"""

from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@contextmanager
def expect_page(page, path=None):
    """After the block, the next page is loaded: the page of `path`, if it is given."""
    wanted = (lambda url: urlsplit(url).path == path) if path else None
    with page.expect_navigation(url=wanted, wait_until="load"):
        yield


def follow(page, name, *args, query="", inside="main"):
    """Follows the link to this URL name."""
    path = reverse(name, args=args)
    with expect_page(page, path):
        page.click(f'{inside} a[href="{path}{query}"]')


def press(page, name, *args, button="button:visible", leads_to=None):
    """Presses the button of the form that goes to this URL name. The answer is a new page."""
    with expect_page(page, leads_to):
        page.click(f'form[action="{reverse(name, args=args)}"] {button}')


def send(page, button="main form .main", leads_to=None):
    """Sends the form of the page."""
    with expect_page(page, leads_to):
        page.click(button)


def fits_phone(page):
    """Whether nothing is wider than the phone."""
    # A page may load itself anew, and has no root element for a moment.
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def open_details(page):
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")


def axe_violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
