"""Pages of a real browser, signed in through the sign-in form."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests import factories as make
from tests.browser.kept import say_ready
from tests.browser.phone import PHONE, send


@pytest.fixture
def evening(time_machine):
    """20.00 in Jakarta, today: near enough to the browser's clock for its cookies."""
    now = datetime.now(UTC).replace(hour=13, minute=0, second=0, microsecond=0)
    time_machine.move_to(now, tick=True)
    return now.date()


@pytest.fixture
def address_of(live_server):
    """``address_of("patrols:tonight")`` gives the address of a page."""

    def address(name, *args):
        return live_server.url + reverse(name, args=args)

    return address


@pytest.fixture
def open_page(browser, live_server):
    """``open_page(user, path, …)`` gives the page. `console_errors` holds what it complains of.

    Without a service worker, unless ``service_workers="allow"``: it asks for pages of its own.
    """
    contexts = []

    def opened(user, path="/", **options):
        defaults = {"viewport": PHONE, "timezone_id": "Asia/Jakarta"}
        options = {**defaults, "service_workers": "block", **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.console_errors = []
        page.on(
            "console",
            lambda message: message.type == "error" and page.console_errors.append(message.text),
        )
        page.goto(f"{live_server.url}{reverse('account_login')}?{urlencode({'next': path})}")
        page.fill("[name=login]", user.nrp or user.username)
        page.fill("[name=password]", make.PASSWORD)
        send(page)
        assert not page.locator("[name=login]").count(), page.inner_text("main")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def open_phone(open_page):
    """``open_phone(user)`` gives a page of a phone that keeps the person's night by now."""

    def opened(user, **options):
        page = open_page(user, "/patrols/", service_workers="allow", **options)
        say_ready(page)
        # Else this page is not the worker's yet.
        page.reload()
        say_ready(page)
        return page

    return opened
