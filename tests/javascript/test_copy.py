import pytest

from tests.javascript.conftest import PLAIN, SECURE

pytestmark = pytest.mark.browser

BUTTON = '<div><button data-copy="#it" data-done="Copied">Copy</button></div>'
ELEMENT = f'<b id="it">LW-1234</b>{BUTTON}'
FIELD = f'<textarea id="it">Mohon izin</textarea>{BUTTON}'


@pytest.mark.parametrize(("body", "text"), [(ELEMENT, "LW-1234"), (FIELD, "Mohon izin melaporkan")])
def test_the_text_is_in_the_clipboard(harness, phone, body, text):
    phone.grant_permissions(["clipboard-read", "clipboard-write"], origin=SECURE)
    page = harness.open(body, "behaviours/copy")
    if "<textarea" in body:
        page.fill("textarea", "Mohon izin melaporkan")
    page.click("button")
    page.wait_for_selector("[data-said][role=status]:text-is('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_without_a_clipboard_the_field_is_selected_and_copied(harness):
    page = harness.open(FIELD, "behaviours/copy", origin=PLAIN)
    assert page.evaluate("navigator.clipboard") is None
    page.evaluate("addEventListener('copy', () => { window.copied = getSelection().toString(); })")
    page.click("button")
    page.wait_for_selector("[data-said]:text-is('Copied')")
    assert page.evaluate("window.copied") == "Mohon izin"


def test_without_a_clipboard_an_element_does_no_harm(harness):
    page = harness.open(ELEMENT, "behaviours/copy", origin=PLAIN)
    page.click("button")
    page.wait_for_selector("[data-said]:text-is('Copied')")
