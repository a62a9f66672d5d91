import pytest

pytestmark = pytest.mark.browser

NOW = "2026-11-11T18:00:00.000Z"
CLOCK_STANDS = f"""const RealDate = Date;
  Date = class extends RealDate {{ constructor() {{ super("{NOW}"); }} }};"""


def form(device_at="", fields='<input name="sent_at">'):
    return f"""<form method="post" action="/send">
      <input name="device_at" value="{device_at}" data-device-clock>{fields}<button>Send</button>
      </form>"""


@pytest.fixture
def show(harness):
    """``show(body)`` gives a page whose clock stands at NOW."""
    harness.answers["/send"] = {"status": 204}

    def shown(body):
        return harness.open(body, "behaviours/device_clock", before=CLOCK_STANDS)

    return shown


def test_the_first_input_and_the_sending_are_noted_never_the_opening(show):
    page = show(form(fields='<input name="sent_at"><input name="words">'))
    assert page.input_value("[name=device_at]") == ""
    page.fill("[name=words]", "a")
    assert page.input_value("[name=device_at]") == NOW
    assert page.input_value("[name=sent_at]") == ""
    with page.expect_request("**/send"):
        page.click("button")
    assert page.input_value("[name=sent_at]") == NOW


def test_a_form_that_is_shown_again_keeps_its_first_time(show):
    page = show(form("2026-11-11T17:00:00Z"))
    assert page.input_value("[name=device_at]") == "2026-11-11T17:00:00Z"


def test_a_form_without_a_field_for_the_sending(show):
    page = show(form(fields=""))
    with page.expect_request("**/send"):
        page.click("button")


def test_the_tap_counts_where_nothing_was_typed(show):
    page = show(form(fields='<button type="button" id="gps">Here</button><input name="sent_at">'))
    page.click("#gps")
    assert page.input_value("[name=device_at]") == NOW
    assert page.input_value("[name=sent_at]") == ""


def test_sending_without_any_input_counts(show):
    page = show(form())
    with page.expect_request("**/send"):
        page.click("button")
    assert page.input_value("[name=device_at]") == NOW
