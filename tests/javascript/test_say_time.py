import pytest

pytestmark = pytest.mark.browser

FIELDS = """<form><input type="date" id="day" value="2026-11-28" data-say-time>
<input type="time" id="hour" data-say-time></form>"""


def test_what_was_chosen_stands_below_in_words(harness):
    before = "document.documentElement.lang = 'id'"
    page = harness.open(FIELDS, "behaviours/say_time", before=before)
    assert page.inner_text("#day + output") == "Sabtu, 28 Nov 2026"
    assert page.inner_text("#hour + output") == ""
    page.fill("#hour", "22:45")
    assert page.inner_text("#hour + output") == "22.45"
    page.evaluate("document.querySelector('#hour').value = '05:10'")
    page.dispatch_event("form", "change")  # as behaviours/keep.js does after putting words back
    assert page.inner_text("#hour + output") == "05.10"
    page.fill("#day", "")
    assert page.inner_text("#day + output") == ""
