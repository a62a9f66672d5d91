import pytest

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("still_clock")]

BODY = """<form data-find-kinds="/kinds"><input name="csrfmiddlewaretoken" value="token">
  <input name="words"></form><div data-found><p>Searched before</p></div>"""
FOUND = "[data-found]"


@pytest.fixture
def waiting(harness):
    return harness.hold("/kinds")


@pytest.fixture
def page(harness, waiting):
    return harness.open(BODY, "behaviours/find_kinds")


def type_and_pause(page, text, milliseconds=300):
    page.fill("[name=words]", text)
    page.clock.run_for(milliseconds)


def answer(page, route, *names, **options):
    with page.expect_request_finished():
        body = "".join(f"<button>{name}</button>" for name in names)
        route.fulfill(body=body, content_type="text/html; charset=utf-8", **options)


def shown(page):
    return page.inner_text(FOUND).split()


def test_what_is_found_is_shown_after_a_pause(harness, waiting, page):
    type_and_pause(page, "mt")
    type_and_pause(page, "mtr", 200)
    type_and_pause(page, "mtr ilang", 200)
    assert harness.asked_so_far() == []
    page.clock.run_for(100)
    harness.wait_until(lambda: waiting)
    body = waiting[0].request.post_data
    assert 'name="words"\r\n\r\nmtr ilang\r\n' in body
    assert 'name="csrfmiddlewaretoken"\r\n\r\ntoken\r\n' in body
    answer(page, waiting[0], "Motor")
    page.wait_for_selector("button")
    assert shown(page) == ["Motor"]
    type_and_pause(page, "mtr ilang ")
    assert harness.asked_so_far() == [("POST", "/kinds")]


def test_the_last_words_win(harness, waiting, page):
    for text in ("suami", "suami mukul"):
        type_and_pause(page, text)
    harness.wait_until(lambda: len(waiting) == 2)
    first, second = waiting
    answer(page, second, "Kekerasan")
    page.wait_for_selector("button")
    answer(page, first, "Orang")
    assert shown(page) == ["Kekerasan"]


def test_an_emptied_field_shows_nothing(harness, waiting, page):
    type_and_pause(page, "mtr")
    harness.wait_until(lambda: waiting)
    type_and_pause(page, "")
    answer(page, waiting[0], "Motor")
    assert shown(page) == []


@pytest.mark.parametrize("refused", [True, False])
def test_without_an_answer_nothing_stands_that_fits_other_words(harness, waiting, page, refused):
    type_and_pause(page, "mtr")
    harness.wait_until(lambda: waiting)
    if refused:
        answer(page, waiting[0], "Sign in", status=403)
    else:
        waiting[0].abort()
    page.wait_for_function("document.querySelector('[data-found]').children.length === 0")
    assert page.input_value("[name=words]") == "mtr"


def test_whoever_comes_back_finds_nothing(harness, waiting, page):
    type_and_pause(page, "suami mukul")
    harness.wait_until(lambda: waiting)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.input_value("[name=words]") == ""
    # Also where the answer comes as the page goes.
    answer(page, waiting[0], "KDRT")
    assert shown(page) == []
