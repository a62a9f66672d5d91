"""The handset of the browser tests: its size, its ways from page to page, what is measured on it.

A click only begins a navigation. Whatever leads to a new page goes through `turned`, also where the
new page has the old one's address: only then is there a page to read or measure.
"""

from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@contextmanager
def turned(page, path=None):
    """After the block the next page is there and loaded; with `path`, the page of that path."""
    wanted = (lambda url: urlsplit(url).path == path) if path else None
    with page.expect_navigation(url=wanted, wait_until="load"):
        yield


def follow(page, name, *args, query="", inside="main"):
    """Follows the link to this URL name."""
    path = reverse(name, args=args)
    with turned(page, path):
        page.click(f'{inside} a[href="{path}{query}"]')


def press(page, name, *args, button="button:visible", lands=None):
    """Presses the button of the form that leads to this URL name; the answer is a new page."""
    with turned(page, lands):
        page.click(f'form[action="{reverse(name, args=args)}"] {button}')


def send(page, button="main form .main", lands=None):
    """Sends the form of the page."""
    with turned(page, lands):
        page.click(button)


def fits(page):
    """Whether nothing is wider than the phone."""
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def unfold(page):
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
