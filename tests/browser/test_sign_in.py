"""Sign-in on a phone, with the content security policy, the rate limits and the scripts on."""

import pytest
from django.urls import reverse

from tests.browser.phone import expect_page, fits_phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_officer_signs_in(page, live_server, officer):
    officer.set_password("rahasia-sekali-22")
    officer.save(update_fields=["password"])
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(live_server.url + reverse("account_login"))
    assert fits_phone(page)
    assert page.evaluate("document.activeElement.name") == "login"
    page.locator("input[name=login]").fill(officer.username)
    page.locator("input[name=password]").fill("rahasia-sekali-22")
    with expect_page(page, reverse("patrols:my_day")):
        page.locator("input[name=password]").press("Enter")
    assert page.locator("h1").count() == 1
    assert not complaints
