import pytest

pytestmark = pytest.mark.browser

NIGHTS = """<label><input type="radio" name="nights" value="every" checked>Every</label>
  <label><input type="radio" name="nights" value="some">Some</label>
  <label><input type="radio" name="nights" value="step">Every so many days</label>
  <div class="field"><input name="every"></div>"""
WEEKDAYS = """<fieldset class="field" id="days">
  <legend>Days <span class="soft">optional</span></legend>
  <input type="checkbox" name="weekdays" value="0">
  <input type="checkbox" name="weekdays" value="1">
  </fieldset>"""


def body(preview="old", start="22:00"):
    return f"""<form id="schedule-form" method="post">{NIGHTS}{WEEKDAYS}
      <input name="start" value="{start}"><input name="end" value="05:00"><input name="name">
      <section id="preview"><p>{preview}</p><a href="#preview">Link</a></section></form>"""


@pytest.fixture(scope="module", autouse=True)
def clock(phone):
    phone.clock.install()


@pytest.fixture
def waiting(harness):
    """Requests for a preview that wait for their answer."""
    return []


@pytest.fixture
def page(harness, waiting):
    page = harness.open(body(), "pages/schedule_preview")
    harness.answers["/"] = waiting.append
    return page


@pytest.fixture
def change(harness, page, waiting):
    """``change(name)`` types a name, and waits until a preview is asked for."""

    def changed(name):
        number = len(waiting) + 1
        page.fill("[name=name]", name)
        page.dispatch_event("[name=name]", "change")
        page.clock.run_for(600)
        harness.wait_until(lambda: len(waiting) == number)

    return changed


def answer(page, route, preview):
    with page.expect_request_finished():
        route.fulfill(body=body(preview), content_type="text/html")


def test_single_weekdays_show_where_they_count(page):
    assert not page.is_visible("#days")
    assert page.locator("[name=weekdays]:disabled").count() == 2
    page.check("[name=nights][value=some]")
    assert page.is_visible("#days")
    assert page.locator("[name=weekdays]:disabled").count() == 0
    assert page.inner_text("legend") == "Days"


def test_the_preview_follows_what_is_typed(page, waiting, change):
    change("Malam")
    assert 'name="preview"\r\n\r\n1\r\n' in (waiting[0].request.post_data or "")
    answer(page, waiting[0], "new")
    page.wait_for_selector("#preview p:text-is('new')")


def test_a_late_answer_to_an_earlier_change_is_ignored(page, waiting, change):
    change("Malam")
    change("Malam Minggu")
    answer(page, waiting[1], "second")
    page.wait_for_selector("#preview p:text-is('second')")
    answer(page, waiting[0], "first")
    assert page.inner_text("#preview p") == "second"


def test_nothing_moves_under_the_focus(page, waiting, change):
    change("Malam")
    page.focus("#preview a")
    answer(page, waiting[0], "new")
    assert page.inner_text("#preview p") == "old"


def test_without_times_nothing_is_asked(harness, page, waiting):
    page.fill("[name=start]", "")
    page.dispatch_event("[name=start]", "change")
    page.clock.run_for(1000)
    assert harness.asked_so_far() == []


def test_without_a_signal_the_last_preview_stays(page, waiting, change):
    change("Malam")
    with page.expect_event("requestfailed"):
        waiting[0].abort()
    assert page.inner_text("#preview p") == "old"
