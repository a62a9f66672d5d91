import pytest

pytestmark = pytest.mark.browser


def test_a_second_text_replaces_the_first(harness):
    page = harness.open("<div><button>Copy</button><i></i></div>")
    page.evaluate(
        """async () => {
            const { say } = await import("/static/js/parts/say.js");
            const button = document.querySelector("button");
            for (const text of ["Looking", "<b>Found</b>"]) say(button, text);
        }"""
    )
    assert page.locator("[role=status]").all_inner_texts() == ["<b>Found</b>"]
    assert page.locator("button + [data-said]").count() == 1
