import re
import secrets

import pytest

from reports.codes import ALPHABET, PATTERN, new_code, read_code, read_number_of

CODE = "LW-7F3K-92QX-4MPD"


def test_codes_are_of_one_form_and_all_different():
    made = {new_code() for _number in range(2000)}
    assert len(made) == 2000
    for code in made:
        assert re.fullmatch(PATTERN, code)
        assert read_code(code) == code
    letters = {letter for code in made for letter in code[2:]} - {"-"}
    assert letters == set(ALPHABET)  # every letter occurs


def test_no_letter_is_mistaken_for_another():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_codes_come_from_the_system_s_randomness(monkeypatch):
    drawn = iter("7F3K92QX4MPD")
    monkeypatch.setattr(secrets, "choice", lambda letters: next(drawn) if letters else "")
    assert new_code() == CODE


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "lw-7f3k-92qx-4mpd",
        "LW7F3K92QX4MPD",
        "7F3K92QX4MPD",
        "7f3k 92qx 4mpd",
        "  LW 7F3K 92QX 4MPD\n",
        "LW–7F3K–92QX–4MPD",
        "LW_7F3K.92QX—4MPD",
        "lw-7f3k92qx-4mpd",
    ],
)
def test_a_code_is_read_however_it_is_typed(text):
    assert read_code(text) == CODE


def test_letters_that_look_alike_are_read_as_digits():
    assert read_code("LW-OIL0-10oi-l000") == "LW-0110-1001-1000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LW",
        "LW-7F3K-92QX",
        "LW-7F3K-92QX-4MP",
        "LW-7F3K-92QX-4MPDD",
        "LW-LW-7F3K-92QX-4MPD",
        "XX-7F3K-92QX-4MPD",
        "LW-7F3K-92QX-4MPU",
        "LW-7F3K-92QX-4MP!",
        "LW-7F3K-92QX-4MP\x00",
        "LW-7F3K-92QX-4MP٣",
        "LK-000123",
        "%",
        "' OR 1=1 --",
        "LW-7F3K-92QX-4MPD" * 1000,
        "\ud800",
    ],
)
def test_what_is_no_code(text):
    assert read_code(text) is None


def test_what_is_read_is_a_code_or_nothing():
    for letter in map(chr, [*range(0x300), 0x1E9E, 0xFB00, 0x131, 0x130, 0xFF21]):
        found = read_code(f"7F3K92QX4MP{letter}")
        assert found is None or re.fullmatch(PATTERN, found), repr(letter)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("LK-000123", 123),
        (" lk 123 ", 123),
        ("LK123456789012345", 123456789012345),
        ("123", 123),
        ("0812345678901", None),
        ("LK-", None),
        ("LK-1 x", None),
        (CODE, None),
        ("", None),
        ("9" * 90, None),
        (f"LK{'9' * 30}", None),
    ],
)
def test_a_number_as_people_write_it(typed, number):
    assert read_number_of(typed) == number
