import pytest

pytestmark = pytest.mark.browser

FORM = """<form method="post" action="/send" data-once>
  <button name="mark" value="late">Late</button><button>Send</button></form>"""


def test_a_second_tap_does_not_send(harness):
    harness.answers["/send"] = {"status": 204}  # the page stays
    page = harness.open(FORM, "behaviours/once")
    with page.expect_request("**/send") as sent:
        page.dblclick("[name=mark]")
    assert "mark=late" in (sent.value.post_data or "")
    page.wait_for_selector("button:disabled")
    assert page.locator("button:disabled").count() == 2
    assert harness.asked_so_far() == [("POST", "/send")]


def test_after_back_the_buttons_work_again(harness):
    harness.answers["/send"] = {"status": 204}
    page = harness.open(FORM, "behaviours/once")
    page.click("[name=mark]")
    page.wait_for_selector("button:disabled")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.locator("button:disabled").count() == 0


def test_other_forms_stay_as_they_are(harness):
    harness.answers["/send"] = {"status": 204}
    page = harness.open(FORM.replace(" data-once", ""), "behaviours/once")
    with page.expect_request("**/send"):
        page.click("[name=mark]")
    page.wait_for_timeout(50)
    assert page.locator("button:disabled").count() == 0


def test_a_form_that_is_put_into_the_page_later(harness):
    harness.answers["/send"] = {"status": 204}
    page = harness.open("<main></main>", "behaviours/once")
    page.evaluate(
        """async (form) => {
            const { enhance } = await import("/static/js/behaviours/once.js");
            const main = document.querySelector("main");
            main.innerHTML = form;
            enhance(main);
        }""",
        FORM,
    )
    page.dblclick("[name=mark]")
    page.wait_for_selector("button:disabled")
    assert harness.asked_so_far() == [("POST", "/send")]
