import pytest

pytestmark = pytest.mark.browser

BODY = "<section data-shown-once><p>LW-7F3K-92QX-4MPD</p></section>"


def test_the_place_is_empty_once_the_page_is_left(harness):
    page = harness.open(BODY, "behaviours/shown_once")
    assert "7F3K" in page.inner_text("section")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.inner_text("section") == ""


def test_back_asks_for_the_page_again(harness):
    page = harness.open(BODY, "behaviours/shown_once")
    page.evaluate("window.isOld = true")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))")
    assert page.evaluate("window.isOld")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.evaluate("window.isOld") is None
