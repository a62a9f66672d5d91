"""At twice the size of text, nothing is wider than the phone and no column is one letter wide."""

import pytest
from django.urls import reverse

from tests import factories as make
from tests.browser.phone import fits_phone, open_details

pytestmark = pytest.mark.browser

TWICE = "document.documentElement.style.setProperty('font-size', '200%', 'important')"
# The values of the facts of a page that have less room than six letters of their size.
CRAMPED = """[...document.querySelectorAll('.facts dd')].filter((value) =>
  value.clientWidth < 3 * parseFloat(getComputedStyle(value).fontSize)).length"""
WIDER = """[...document.querySelectorAll('main *')].filter((part) =>
  part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.outerHTML.slice(0, 80))"""
# The buttons of a row whose words are wider than they are.
CUT = """[...document.querySelectorAll('.seg .btn')].filter((button) =>
  button.scrollWidth > button.clientWidth + 1).map((button) => button.textContent)"""


def test_text_of_twice_the_size_fits_the_phone(open_page, live_server, commander, running_duty):
    report = make.make_report(running_duty.unit)
    make.make_entry(running_duty, running_duty.leader)
    pages = [
        reverse("patrols:tonight"),
        reverse("patrols:duty_detail", args=[running_duty.pk]),
        reverse("patrols:duty_rollcall", args=[running_duty.pk]),
        reverse("reports:report_list"),
        reverse("reports:report_detail", args=[report.pk]),
        reverse("accounts:more"),
    ]
    page = open_page(commander)
    for path in pages:
        page.goto(live_server.url + path)
        page.evaluate(TWICE)
        open_details(page)
        assert fits_phone(page), (path, page.evaluate(WIDER))
        assert not page.evaluate(CRAMPED), path
        assert page.evaluate(CUT) == [], path
