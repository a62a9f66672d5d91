import pytest

from tests.javascript.conftest import PLAIN, SECURE

pytestmark = pytest.mark.browser

WORDS = """data-found="Exact to {m} m" data-refused="Refused" data-failed="Failed"
  data-insecure="Insecure" """
FIELDS = '<input name="lat"><input name="lon"><input name="accuracy_m">'


def body(attributes=""):
    return f"""<script>document.body.dataset.searching = "Looking"</script>
      <form method="post" action="/check-in">{FIELDS}
      <p><button type="button" data-gps {WORDS} {attributes}>Position</button></p></form>"""


def wait_for_words(page, text):
    page.wait_for_selector(f"[data-said]:text-is('{text}')", state="attached")
    assert page.is_enabled("button")


def position(page):
    return [page.input_value(f"[name={name}]") for name in ("lat", "lon", "accuracy_m")]


@pytest.fixture
def found(phone):
    phone.grant_permissions(["geolocation"], origin=SECURE)
    phone.set_geolocation({"latitude": -6.15021239, "longitude": 106.81, "accuracy": 8.6})
    yield
    phone.clear_permissions()


@pytest.mark.usefixtures("found")
def test_a_position_is_filled_in_and_its_exactness_said(harness):
    page = harness.open(body(), "behaviours/gps")
    page.click("button")
    wait_for_words(page, "Exact to 9 m")
    assert position(page) == ["-6.150212", "106.810000", "9"]


def test_a_refusal_is_said(harness):
    page = harness.open(body(), "behaviours/gps")
    page.click("button")
    wait_for_words(page, "Refused")
    assert position(page) == ["", "", ""]


def test_while_it_looks_a_second_tap_is_not_possible(harness):
    page = harness.open(body(), "behaviours/gps")
    page.evaluate(
        "navigator.geolocation.getCurrentPosition = (_found, failed) => { window.fail = failed; }"
    )
    page.click("button")
    assert page.inner_text("[data-said]") == "Looking"
    assert page.is_disabled("button")
    page.evaluate("window.fail({ code: 3 })")
    wait_for_words(page, "Failed")


def test_plain_http_has_no_position(harness):
    page = harness.open(body(), "behaviours/gps", origin=PLAIN)
    page.click("button")
    wait_for_words(page, "Insecure")


@pytest.mark.usefixtures("found")
def test_a_check_in_is_sent_with_its_position(harness):
    harness.answers["/check-in"] = {"status": 204}
    page = harness.open(body("data-submit"), "behaviours/gps")
    with page.expect_request("**/check-in") as sent:
        page.click("button")
    assert "lat=-6.150212&lon=106.810000&accuracy_m=9" in (sent.value.post_data or "")
    assert page.inner_text("[data-said]") == ""


def test_a_check_in_is_sent_without_a_position_too(harness):
    harness.answers["/check-in"] = {"status": 204}
    page = harness.open(body("data-submit"), "behaviours/gps")
    with page.expect_request("**/check-in") as sent:
        page.click("button")
    assert "lat=&lon=&accuracy_m=" in (sent.value.post_data or "")
