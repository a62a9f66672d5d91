import pytest

pytestmark = pytest.mark.browser

FIELDS = """<form><div class="grid">
<p><input type="date" id="day" value="2026-11-28" data-say-time></p>
<p><input type="time" id="hour" data-say-time></p></div>
<input type="time" id="apel" value="21:30" data-say-time></form>"""
INDONESIAN = "document.documentElement.lang = 'id'"


def test_what_was_chosen_stands_below_in_words(harness):
    page = harness.open(FIELDS, "behaviours/say_time", before=INDONESIAN)
    assert page.inner_text("#day + output") == "Sabtu, 28 Nov 2026"
    assert page.inner_text("#hour + output") == ""
    assert page.inner_text("#apel + output") == "21.30"
    page.evaluate("document.body.dataset.zone = 'WIB'")
    page.fill("#hour", "22:45")
    assert page.inner_text("#apel + output") == "21.30 WIB"
    assert page.inner_text("#hour + output") == "Sabtu 28 Nov, 22.45 WIB"
    page.evaluate("document.querySelector('#hour').value = '05:10'")
    page.dispatch_event("form", "change")  # as behaviours/keep.js does after putting words back
    assert page.inner_text("#hour + output") == "Sabtu 28 Nov, 05.10 WIB"
    page.fill("#day", "")
    assert page.inner_text("#day + output") == ""
    assert page.inner_text("#hour + output") == "05.10 WIB"
