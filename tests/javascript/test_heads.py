"""What holds for every behaviour."""

import pytest

from tests.javascript.conftest import STATIC

BEHAVIOURS = sorted(STATIC.joinpath("js", "behaviours").glob("*.js"))


@pytest.mark.parametrize("path", BEHAVIOURS, ids=lambda path: path.stem)
def test_its_head_says_the_attribute_and_what_happens_without_script(path):
    head = path.read_text().partition("\n\n")[0]
    assert f"data-{path.stem.replace('_', '-')}" in head
    assert "\n// Without script" in head


@pytest.mark.browser
def test_they_leave_a_page_without_their_attributes_alone(harness):
    names = [f"behaviours/{path.stem}" for path in BEHAVIOURS]
    page = harness.open("<p>Text</p>", *names)
    page.evaluate(
        """async (names) => {
            for (const name of names) {
                const { enhance } = await import(`/static/js/${name}.js`);
                enhance(document.createElement("div"));
            }
        }""",
        names,
    )
    assert page.inner_html("body") == "<p>Text</p>"
