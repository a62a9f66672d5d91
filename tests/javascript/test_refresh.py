import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def clock(phone):
    phone.clock.install()


def board(text, inside="", name="board"):
    return f"""<button id="outside">Outside</button>
      <div id="{name}" data-refresh="60" data-failed="Could not refresh"><p>{text}</p>
      <small data-stamp>22.00</small>{inside}</div>"""


@pytest.fixture
def page(harness):
    page = harness.open(board("old", '<button id="inside">Mark</button>'), "behaviours/refresh")
    harness.answers["/"] = board("new")
    return page


def shows(page, text):
    page.wait_for_selector(f"#board p:text-is('{text}')")


def test_it_reads_the_page_again_after_its_time(harness, page):
    page.clock.run_for(59_000)
    assert harness.asked_so_far() == []
    page.clock.run_for(6_000)
    shows(page, "new")
    assert harness.asked_so_far() == [("GET", "/")]
    harness.answers["/"] = board("newer")
    page.clock.run_for(65_000)
    shows(page, "newer")


def test_nothing_moves_under_the_focus(harness, page):
    page.focus("#inside")
    page.clock.run_for(120_000)
    assert harness.asked_so_far() == []
    page.focus("#outside")
    page.clock.run_for(5_000)
    shows(page, "new")


def test_nothing_is_read_for_a_hidden_page(harness, page):
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.isHidden })")
    page.evaluate("window.isHidden = true")
    page.clock.run_for(120_000)
    assert harness.asked_so_far() == []
    page.evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    shows(page, "new")


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 500, "body": board("new"), "content_type": "text/html"},
        board("signed out", name="login"),
        lambda route: route.abort(),
    ],
    ids=["refused", "other page", "no signal"],
)
def test_a_failure_is_said_and_the_last_state_stays(harness, page, reply):
    harness.answers["/"] = reply
    page.clock.run_for(65_000)
    page.wait_for_selector("[data-stamp]:text-is('Could not refresh')")
    shows(page, "old")
