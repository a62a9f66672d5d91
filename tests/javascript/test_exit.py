import pytest

pytestmark = pytest.mark.browser
BODY = """<form><input name="text" value="Kenari">
<input type="checkbox" name="a" checked>
<textarea name="more">Kenari</textarea></form>
<form method="post" action="/leave" data-exit="/weather">
<input type="hidden" name="token" value="7">
<button>Leave</button></form>"""


@pytest.fixture
def told(harness):
    """What the server is told when somebody leaves."""
    bodies = []

    def answer(route):
        bodies.append(route.request.post_data)
        route.fulfill(status=303, headers={"location": "/elsewhere"})

    harness.answers["/leave"] = answer
    return bodies


def test_the_exit_leaves_no_way_back(harness, told):
    harness.answers["/weather"] = "Weather"
    page = harness.open("First page", path="/first")
    harness.open(BODY, "behaviours/exit", path="/second")
    page.evaluate("sessionStorage.setItem('kept:1', 'Kenari')")
    page.evaluate("sessionStorage.setItem('other', 'stays')")
    page.fill("[name=text]", "Tolong")
    page.click("button")
    page.wait_for_url("**/weather")
    harness.wait_until(lambda: told)
    assert "7" in told[0]
    assert "Tolong" not in told[0]
    assert page.evaluate("Object.keys(sessionStorage)") == ["other"]
    page.go_back()
    assert page.inner_text("body") == "First page"


def test_nothing_is_seen_until_the_other_page_comes(harness, told):
    harness.answers["/weather"] = {"status": 204}  # no page comes
    page = harness.open(BODY, "behaviours/exit")
    page.fill("[name=text]", "Tolong")
    page.click("button")
    assert not page.is_visible("[name=text]")
    assert page.input_value("[name=text]") == page.input_value("[name=more]") == ""
    assert not page.is_checked("[name=a]")
    assert page.title() == ""


def test_it_leaves_without_a_signal_too(harness):
    harness.answers["/leave"] = lambda route: route.abort()
    harness.answers["/weather"] = "Weather"
    page = harness.open(BODY, "behaviours/exit")
    page.click("button")
    page.wait_for_url("**/weather")
