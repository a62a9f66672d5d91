import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.characters import plain_characters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("Jembatan Lima", "Jembatan Lima"),
        ("Jem\u200bbatan\ufeff Li\u00adma\u2060", "Jembatan Lima"),
        ("\u202aKali Anyar\u202c\u200e", "Kali Anyar"),
        ("Duri\u00a0Utara\u2003\u3000x\u1680y", "Duri Utara  x y"),
        ("a\nb\tc\r\nd", "a\nb\tc\r\nd"),
        ("a\u2028b\u2029c\u0085d", "a\nb\nc\nd"),
        ("4\u20115\u20106\u20137\u20148\u22129\ufe630\uff0d1", "4-5-6-7-8-9-0-1"),
        ("Ma’u Ma‘u Maʼu Ma´u Ma`u Ma′u Ma＇u", "Ma'u Ma'u Ma'u Ma'u Ma'u Ma'u Ma'u"),
        ("ＬＷ－７Ｆ３Ｋ", "LW-7F3K"),
        ("𝐋𝐖-𝟕𝐅𝟑𝐊", "LW-7F3K"),
        ("7\ufe0f\u20e3", "7"),
        ("Ciléungsi Cile\u0301ungsi", "Cileungsi Cileungsi"),
        ("ﬁ", "fi"),
        ("\ud800", "\ud800"),
    ],
)
def test_the_same_text_however_it_was_written(text, plain):
    assert plain_characters(text) == plain


@given(st.text())
def test_what_is_plain_stays_so(text):
    plain = plain_characters(text)
    assert plain_characters(plain) == plain


@given(st.text(st.characters(max_codepoint=126)))
def test_what_a_keyboard_has_stays_as_it_is(text):
    assert plain_characters(text) == text.replace("`", "'")


@pytest.mark.parametrize("letter", ["a\u0300\u0316", "\ufdfa", "\u200b", "\u0345", "ẛ̣", "각"])
def test_ten_thousand_odd_characters_take_no_time(letter):
    # A square of ten thousand would take minutes.
    began = time.process_time()
    plain_characters(letter * 10_000)
    assert time.process_time() - began < 2
