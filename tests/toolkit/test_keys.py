from uuid import UUID

import pytest

from toolkit.keys import read_key, row_key


@pytest.mark.parametrize("text", ["7", 7, "007"])
def test_a_number_is_a_key(text):
    assert row_key(text) == 7


@pytest.mark.parametrize("text", ["", None, "-1", "1.5", "²", "abc", "7\x00", "9" * 19])
def test_what_is_no_number_of_a_row_is_no_key(text):
    assert row_key(text) is None


UUID_TEXT = "0b0e1c9a-5a4f-4d3e-8b1a-6f6f2b7f3a10"


@pytest.mark.parametrize(
    ("text", "key"),
    [("12", 12), (UUID_TEXT, UUID(UUID_TEXT)), ("", None), ("x", None), ("9" * 19, None)],
)
def test_a_key_is_a_number_or_a_uuid(text, key):
    assert read_key(text) == key
