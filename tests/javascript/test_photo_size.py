import pytest

pytestmark = pytest.mark.browser

BODY = """<input type="file" multiple data-photo-size="#size" data-text="{n} photos, {mb} MB">
  <p id="size"></p>"""


def photo(size):
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": b"0" * size}


def test_number_and_size_are_said_before_sending(harness):
    page = harness.open(BODY, "behaviours/photo_size")
    page.set_input_files("input", [photo(1_200_000), photo(340_000)])
    assert page.inner_text("#size") == "2 photos, 1,5 MB"
    page.set_input_files("input", [])
    assert page.inner_text("#size") == ""
