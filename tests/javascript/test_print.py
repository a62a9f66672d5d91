import pytest

pytestmark = pytest.mark.browser


def test_the_button_prints(harness):
    page = harness.open("<button data-print>Print</button>", "behaviours/print")
    page.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; null")
    page.click("button")
    assert page.evaluate("window.printed") == 1
