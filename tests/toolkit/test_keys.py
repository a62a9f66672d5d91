import pytest

from toolkit.keys import row_key


@pytest.mark.parametrize("text", ["7", 7, "007"])
def test_a_number_is_a_key(text):
    assert row_key(text) == 7


@pytest.mark.parametrize("text", ["", None, "-1", "1.5", "²", "abc", "7\x00", "9" * 19])
def test_what_is_no_number_of_a_row_is_no_key(text):
    assert row_key(text) is None
