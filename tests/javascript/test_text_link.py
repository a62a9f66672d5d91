import pytest

pytestmark = pytest.mark.browser


def test_the_link_carries_what_is_typed(harness):
    page = harness.open(
        """<a data-text-link="#id_text" href="https://wa.me/?text=Lama">WhatsApp</a>
        <textarea id="id_text">Lama</textarea>""",
        "behaviours/text_link",
    )
    page.fill("textarea", "Mohon izin & 50%\nMalam")
    expected = "https://wa.me/?text=Mohon%20izin%20%26%2050%25%0AMalam"
    assert page.get_attribute("a", "href") == expected
