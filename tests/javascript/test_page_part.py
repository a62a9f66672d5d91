import pytest

pytestmark = pytest.mark.browser

READ = """async (options) => {
  const { fetchPart } = await import("/static/js/parts/page_part.js");
  try {
    return (await fetchPart("board", options)).textContent;
  } catch (error) {
    return `Error: ${error.message}`;
  }
}"""


def test_the_part_is_read_from_the_pages_own_address(harness):
    page = harness.open("<p id='board'>old</p>", path="/tonight?unit=1")
    harness.answers["/tonight?unit=1"] = "<p>Head</p><p id='board'>new</p>"
    assert page.evaluate(READ, {}) == "new"
    assert page.inner_text("#board") == "old"


def test_options_go_along(harness):
    page = harness.open("", path="/schedule")
    harness.answers["/schedule"] = lambda route: route.fulfill(
        body=f"<p id='board'>{route.request.method}</p>", content_type="text/html"
    )
    assert page.evaluate(READ, {"method": "POST"}) == "POST"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("<form>Sign in</form>", "No board: 200"),
        (
            {"status": 403, "body": "<p id='board'>No</p>", "content_type": "text/html"},
            "board: 403",
        ),
        (lambda route: route.abort(), "Failed to fetch"),
    ],
    ids=["other page", "refused", "no signal"],
)
def test_what_is_not_the_part_is_an_error(harness, reply, error):
    page = harness.open("", path="/tonight")
    harness.answers["/tonight"] = reply
    assert error in page.evaluate(READ, {})
