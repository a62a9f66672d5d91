import pytest

pytestmark = pytest.mark.browser


def form(text="", kind="finding"):
    return f"""<form data-keep="entry-1" data-keep-names="kind text place gone">
      <input name="kind" type="hidden" value="{kind}"><textarea name="text">{text}</textarea>
      <input name="place"></form>"""


def values(page):
    return page.input_value("[name=text]"), page.input_value("[name=place]")


def test_words_come_back_on_the_next_visit(harness):
    page = harness.open(form(), "behaviours/keep", path="/entry")
    page.fill("[name=text]", "Kabel menjuntai")
    page.fill("[name=place]", "Gang 3")
    page.reload()
    assert values(page) == ("Kabel menjuntai", "Gang 3")


def test_what_the_server_wrote_stays(harness):
    page = harness.open(form(), "behaviours/keep", path="/entry")
    page.fill("[name=text]", "Kabel menjuntai")
    page = harness.open(form("Lampu padam"), "behaviours/keep", path="/entry")
    assert values(page) == ("Lampu padam", "")


def test_words_of_another_kind_lead_to_its_page(harness):
    page = harness.open(form(), "behaviours/keep", path="/entry")
    page.fill("[name=text]", "Kabel menjuntai")
    harness.answers["/contact?kind=finding"] = "The page of findings"
    page = harness.open(form(kind="contact"), "behaviours/keep", path="/contact")
    page.wait_for_selector("text=The page of findings")


def test_nothing_is_kept_after_sending(harness):
    page = harness.open(form(), "behaviours/keep", path="/entry")
    page.fill("[name=text]", "Kabel menjuntai")
    harness.open('<div data-drop-kept="entry-2"></div>', "behaviours/drop_kept", path="/other")
    assert page.evaluate("sessionStorage.getItem('entry-1')")
    harness.open('<div data-drop-kept="entry-1"></div>', "behaviours/drop_kept", path="/duty")
    assert page.evaluate("sessionStorage.getItem('entry-1')") is None
    harness.open(form(), "behaviours/keep", path="/entry")
    assert values(page) == ("", "")
