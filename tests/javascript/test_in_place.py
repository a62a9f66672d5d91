import pytest

pytestmark = pytest.mark.browser


def roll(status="", name="Budi", extra="", messages="", count=0):
    """A page with one row of a roll, as the server writes it."""
    buttons = "".join(
        f'<button name="status" value="{value}" aria-pressed="{str(value == status).lower()}">'
        f"{value}</button>"
        for value in ("present", "late")
    )
    return f"""<main>{messages}<p id="counts">{count} present</p>
      <ul><li id="row-1"><b>{name}</b>
        <form method="post" action="/mark" data-in-place="row-1 counts"
              data-failed="No signal: not marked yet.">
          <input type="hidden" name="shown" value="{status}">{buttons}</form>{extra}</li></ul>
      <input id="other"></main>"""


def message_html(text, css="good"):
    return f"<div class='messages' role='status'><div class='{css}'><p>{text}</p></div></div>"


def pressed(page):
    return page.eval_on_selector_all("[aria-pressed=true]", "found => found.map(one => one.value)")


@pytest.fixture
def sent(harness):
    """What the server gets: the bodies of the POSTs, in their order."""
    return []


@pytest.fixture
def page(harness, sent):
    """The page with its script; the server marks what was tapped."""

    def mark(route):
        sent.append(route.request.post_data)
        status = "late" if '"status"\r\n\r\nlate' in sent[-1] else "present"
        body = roll(status, messages=message_html(f"Budi: {status}, 22.01."), count=1)
        route.fulfill(body=body, content_type="text/html")

    harness.answers["/mark"] = mark
    page = harness.open(roll(), "behaviours/in_place")
    page.evaluate("window.sameDocument = true")
    return page


def same_page(page):
    return page.evaluate("window.sameDocument === true")


def test_a_tap_marks_without_leaving_the_page(harness, page, sent):
    page.click("[value=late]")
    page.wait_for_selector("[value=late][aria-pressed=true]")
    assert same_page(page)
    assert page.inner_text("#counts") == "1 present"
    assert harness.asked_so_far() == [("POST", "/mark")]
    assert '"shown"' in sent[0]


def test_the_focus_stays_on_the_same_button_and_the_answer_is_read_out(harness, page):
    page.focus("[value=present]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[value=present][aria-pressed=true]")
    assert page.evaluate("document.activeElement.value") == "present"
    status = page.locator("body > [role=status]")
    assert status.inner_text() == "Budi: present, 22.01."
    assert page.locator(".messages").count() == 0


def test_a_focus_elsewhere_is_left_alone(harness, page):
    held = []
    harness.answers["/mark"] = held.append
    page.click("[value=present]")
    harness.wait_until(lambda: held)
    page.focus("#other")
    held[0].fulfill(body=roll("present"), content_type="text/html")
    page.wait_for_selector("[value=present][aria-pressed=true]")
    assert page.evaluate("document.activeElement.id") == "other"


def test_two_quick_taps_are_sent_one_after_the_other(harness, page, sent):
    """The second goes with what the first has answered, so that it is no old page."""
    page.evaluate(
        """for (const value of ["present", "late"]) {
          document.querySelector(`[value=${value}]`).click();
        }"""
    )
    page.wait_for_selector("[value=late][aria-pressed=true]")
    assert len(sent) == 2
    assert '"shown"\r\n\r\n\r\n' in sent[0]
    assert '"shown"\r\n\r\npresent' in sent[1]


def test_the_same_tap_twice_leaves_the_mark(harness, page, sent):
    page.dblclick("[value=present]")
    harness.wait_until(lambda: len(sent) == 2)
    page.wait_for_selector("form:not([aria-busy])")
    assert pressed(page) == ["present"]
    assert same_page(page)


def test_what_was_put_into_the_page_later_works_too(harness, page, sent):
    page.click("[value=present]")
    page.wait_for_selector("[value=present][aria-pressed=true]")
    page.click("[value=late]")
    page.wait_for_selector("[value=late][aria-pressed=true]")
    assert same_page(page)


def test_a_refusal_is_shown_beside_the_form(harness, page):
    refusal = message_html("Kapolsek has marked Budi since.", "danger")
    harness.answers["/mark"] = roll("late", messages=refusal)
    page.click("[value=present]")
    notice = page.wait_for_selector("#row-1 [data-beside]")
    assert notice.inner_text() == "Kapolsek has marked Budi since."
    assert pressed(page) == ["late"]
    harness.answers["/mark"] = roll("present")
    page.click("[value=present]")
    page.wait_for_selector("[value=present][aria-pressed=true]")
    assert page.locator("[data-beside]").count() == 0


def test_without_a_signal_it_says_so_and_a_further_tap_sends(harness, page):
    harness.answers["/mark"] = lambda route: route.abort()
    for _tap in range(2):
        page.click("[value=present]")
        page.wait_for_selector("form:not([aria-busy]) >> xpath=.. >> [data-beside]")
    assert page.locator("[data-beside]").count() == 1
    assert page.locator("body > [role=status]").inner_text() == "No signal: not marked yet."
    assert pressed(page) == []
    harness.answers["/mark"] = roll("present")
    page.click("[value=present]")
    page.wait_for_selector("[value=present][aria-pressed=true]")
    assert same_page(page)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "body": "<h1>Sign in</h1>", "content_type": "text/html"},
        {"status": 403, "body": roll("present"), "content_type": "text/html"},
        "<h1>Another page</h1>",
    ],
    ids=["signed out", "refused", "another page"],
)
def test_where_another_page_answers_the_form_is_sent_the_plain_way(harness, page, answer):
    harness.answers["/mark"] = answer
    with page.expect_navigation():
        page.click("[value=late]")
    assert not same_page(page)
    assert harness.asked_so_far() == [("POST", "/mark"), ("POST", "/mark")]


def test_a_form_that_goes_with_its_part_gives_the_focus_to_the_part(harness):
    """Such as taking a mark back: afterwards there is none to take back."""
    clear = """<details open><summary>More</summary>
      <form method="post" action="/clear" data-in-place="row-1 counts"><button>Yes</button></form>
      </details>"""
    page = harness.open(roll("present", extra=clear), "behaviours/in_place")
    harness.answers["/clear"] = roll("", messages=message_html("Budi: not marked any more."))
    page.focus("details button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-pressed=true]", state="detached")
    assert page.evaluate("document.activeElement.value") == "present"
    assert page.locator("details").count() == 0


def test_an_older_browser_sends_the_tapped_button_too(harness, page, sent):
    page.evaluate("delete AbortSignal.timeout")
    page.click("[value=late]")
    page.wait_for_selector("[value=late][aria-pressed=true]")
    assert '"status"\r\n\r\nlate' in sent[0]


def test_a_form_without_the_attribute_is_left_alone(harness, page):
    harness.answers["/other"] = "<p>Other</p>"
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML(
          "beforeend", '<form method="post" action="/other"><button id="go">Go</button></form>')"""
    )
    with page.expect_navigation():
        page.click("#go")
