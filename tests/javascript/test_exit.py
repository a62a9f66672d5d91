import pytest

pytestmark = pytest.mark.browser


def test_the_exit_leaves_no_way_back(harness):
    harness.answers["/weather"] = "Weather"
    page = harness.open("First page", path="/first")
    harness.open(
        '<form><input name="text"></form><a data-exit href="/weather">Leave</a>',
        "behaviours/exit",
        path="/second",
    )
    page.fill("input", "Tolong")
    page.click("a")
    page.wait_for_url("**/weather")
    page.go_back()
    assert page.inner_text("body") == "First page"


def test_nothing_is_seen_until_the_other_page_comes(harness):
    harness.answers["/weather"] = {"status": 204}  # no page comes
    page = harness.open(
        '<form><input name="text"></form><a data-exit href="/weather">Leave</a>', "behaviours/exit"
    )
    page.fill("input", "Tolong")
    page.click("a")
    assert not page.is_visible("input")
    assert page.input_value("input") == ""
