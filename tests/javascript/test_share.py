import pytest

pytestmark = pytest.mark.browser

PHONE_SHARES = """
  navigator.share = async (data) => {
    window.shared = { ...data };
    if (data.files) window.shared.files = data.files.map((file) => `${file.name} ${file.type}`);
    if (window.failure) throw new DOMException("", window.failure);
  };
  navigator.canShare = () => window.takesFiles ?? true;
"""
PHOTOS = '["/photo/1", "/photo/2"]'


def body(photos="[]"):
    return f"""<textarea id="id_text">Mohon izin</textarea>
      <button data-share="#id_text" data-title="Laporan" data-photos='{photos}'>Share</button>"""


@pytest.fixture
def sharing(harness):
    """``sharing(photos)`` gives a page with these photos on a phone that can share."""
    harness.answers |= {f"/photo/{n}": {"body": b"jpeg"} for n in (1, 2)}

    def opened(photos="[]"):
        return harness.open(body(photos), "behaviours/share", before=PHONE_SHARES)

    return opened


def shared(page):
    page.click("button")
    return page.wait_for_function("window.shared").json_value()


def test_a_browser_that_cannot_share_shows_no_button(harness):
    page = harness.open(body(), "behaviours/share", before="delete Navigator.prototype.share")
    assert not page.is_visible("button")


def test_what_was_typed_is_shared(sharing):
    page = sharing()
    page.fill("textarea", "Mohon izin melaporkan")
    assert shared(page) == {"title": "Laporan", "text": "Mohon izin melaporkan"}


def test_photos_go_along(sharing):
    page = sharing(PHOTOS)
    assert shared(page)["files"] == ["foto-1.jpg image/jpeg", "foto-2.jpg image/jpeg"]


def test_a_phone_that_takes_no_files_shares_the_text(sharing):
    page = sharing(PHOTOS)
    page.evaluate("window.takesFiles = false")
    assert shared(page) == {"title": "Laporan", "text": "Mohon izin"}


def test_without_a_signal_for_a_photo_the_text_still_goes(harness, sharing):
    harness.answers["/photo/2"] = lambda route: route.abort()
    page = sharing(PHOTOS)
    assert shared(page) == {"title": "Laporan", "text": "Mohon izin"}


def test_a_photo_that_is_gone_keeps_back_no_text(harness, sharing):
    del harness.answers["/photo/1"]
    page = sharing(PHOTOS)
    assert shared(page) == {"title": "Laporan", "text": "Mohon izin"}


def test_closing_the_dialog_is_no_error(sharing):
    page = sharing()
    page.evaluate("window.failure = 'AbortError'")
    assert shared(page)


def test_another_failure_reaches_the_console(harness, sharing):
    page = sharing()
    page.evaluate("window.failure = 'NotAllowedError'")
    with page.expect_event("pageerror"):
        page.click("button")
    assert len(harness.errors) == 1
    harness.errors.clear()
