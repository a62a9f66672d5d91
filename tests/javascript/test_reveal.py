import pytest

pytestmark = pytest.mark.browser


def test_the_password_is_shown_and_hidden(harness):
    page = harness.open(
        """<input id="id_password" type="password">
        <button data-reveal="#id_password" data-shown="Hide" aria-pressed="false">Show</button>""",
        "behaviours/reveal",
    )

    def state():
        button = page.locator("button")
        kind = page.get_attribute("input", "type")
        return kind, button.inner_text(), button.get_attribute("aria-pressed")

    page.click("button")
    assert state() == ("text", "Hide", "true")
    page.click("button")
    assert state() == ("password", "Show", "false")
