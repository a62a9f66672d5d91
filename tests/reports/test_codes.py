import re
import secrets
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


# In what people paste


OTHER = "LW-0A1B-2C3D-4E5F"
# What the receipt puts into WhatsApp.
KEPT = "Kode laporan saya: {code}. Perkembangannya: https://kamtibmas.example/lacak/"
KEPT_ENGLISH = "My report's code: {code}. What came of it: https://kamtibmas.example/lacak/"


@pytest.mark.parametrize(
    "text",
    [
        KEPT.format(code=CODE),
        KEPT_ENGLISH.format(code=CODE),
        f"[21.14, 21/11/2026] Bu RT: {KEPT.format(code=CODE)}",
        f"https://wa.me/?text={quote(KEPT.format(code=CODE))}",
        f"https://kamtibmas.example/lacak/?kode={CODE}&x=1",
        f"https://kamtibmas.example/lacak/#{CODE}",
        "kode=LW%2D7F3K%2D92QX%2D4MPD",
        "LW\u20117F3K\u201192QX\u20114MPD",
        "LW\u20107F3K\u221292QX\uff0d4MPD",
        "LW\u00ad-7F3K-\u200b92QX-\u20604MPD\ufeff",
        "\u202aLW-7F3K-92QX-4MPD\u202c",
        "LW\u00a07F3K\u00a092QX\u202f4MPD",
        "ＬＷ－７Ｆ３Ｋ－９２ＱＸ－４ＭＰＤ",
        "ｌｗ７ｆ３ｋ９２ｑｘ４ｍｐｄ",
        "𝐋𝐖-𝟕𝐅𝟑𝐊-𝟗𝟐𝐐𝐗-𝟒𝐌𝐏𝐃",
        f"*{CODE}*",
        f"_{CODE}_",
        f"~{CODE}~",
        f"*_{CODE}_*",
        f"```{CODE}```",
        "LW-*7F3K-92QX-4MPD*",
        "*LW*-*7F3K*-*92QX*-*4MPD*",
        f"({CODE})",
        f"“{CODE}”",
        f"{CODE}.",
        f"{CODE}, terima kasih",
        f"Kode saya {CODE}\nmohon dicek ya pak",
        "Kode saya:\nLW-7F3K-\n92QX-4MPD",
        "> LW-7F3K-\n> 92QX-4MPD",
        "kode: 7f3k 92qx 4mpd",
        "kode: 7f3k-92qx-4mpd terima kasih",
        "Ini kodenya\n7F3K 92QX 4MPD\nTerima kasih pak",
        "kode saya 7F3K92QX4MPD mohon dicek",
        "kode saya lw7f3k92qx4mpd mohon dicek",
        "1w-7f3k-92qx-4mpd",
        "lw – 7f3k – 92qx – 4mpd",
        "LW - 7F3K - 92QX - 4MPD",
        "L W 7 F 3 K 9 2 Q X 4 M P D",
        f"{CODE} {CODE.lower()} {CODE}",
        f"{CODE}\nTelepon 0812-3456-7890, nomor LK-000123",
        f"LK-000123 {CODE}",
        f"🙏{CODE}🙏",
        f"kode\t{CODE}\r\n",
        f"<b>{CODE}</b>",
        f"&nbsp;{CODE}&nbsp;",
        f"%{CODE}%",
        f"Diskon 100% untuk {CODE}",
    ],
)
def test_a_code_is_found_in_what_people_paste(text):
    assert read_code(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        f"{CODE} {OTHER}",
        f"{KEPT.format(code=CODE)}\n{KEPT.format(code=OTHER)}",
        f"{CODE}/{OTHER}",
        "7F3K-92QX-4MPD atau 0A1B-2C3D-4E5F",
        "https://kamtibmas.example/lacak/",
        "Kode laporan saya hilang, tolong pak, nanti saya cari",
        "Saya tidak tahu kode saya. Motor hilang di Jalan Kali Anyar.",
        "telepon 0812 3456 7890 atau 0813-9876-5432",
        "hubungi 081234567890 ya",
        "Sprin/145/XI/2026, LP/B/123/XI/2026",
        f"{CODE}{OTHER}",
        f"x{CODE}",
        f"{CODE}x",
        "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        "kode: LW-",
        "LW-7F3K-92QX bukan",
        "nomor: laporan nomor",
        "%4",
        "%ff%fe",
        "\ud800%20\ud800",
    ],
)
def test_what_holds_no_code_or_two(text):
    assert read_code(text) is None


codes = st.lists(st.sampled_from(ALPHABET), min_size=12, max_size=12).map(
    lambda letters: "-".join(["LW", *("".join(letters[n : n + 4]) for n in (0, 4, 8))])
)
# Indonesian words have no digits: none can pass for a code without its LW.
talk = st.text("abcdefghijkmnopqrstuvxyz ,.\n", max_size=80)
hyphens = st.sampled_from("-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad\u200b\uff0d _.*")
invisible = st.sampled_from(["", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f"])


@given(codes, talk, talk, st.lists(hyphens, min_size=3, max_size=3), invisible, st.booleans())
def test_any_code_is_found_in_any_talk(code, before, after, between, unseen, is_wide):
    groups = [unseen.join(group) for group in code.split("-")]
    written = "".join(a + b for a, b in zip(groups, [*between, ""], strict=True))
    if is_wide:
        written = "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "Z" else c for c in written)
    assert read_code(f"{before} {written} {after}") == code


@given(codes, codes, talk)
def test_two_codes_are_none(one, other, between):
    assert read_code(f"{one} {between} {other}") == (one if one == other else None)


@given(st.text())
def test_whatever_is_pasted_gives_a_code_or_nothing(text):
    found = read_code(text)
    assert found is None or re.fullmatch(PATTERN, found)


@given(st.text(st.sampled_from("LWlw1-7F3K92QX4MPD _\u200b\n%2"), max_size=200))
def test_what_is_found_stands_in_the_text(text):
    found = read_code(text)
    if found is not None:
        letters = re.sub(r"[\W_]", "", text.upper()).translate(str.maketrans("OIL", "011"))
        assert re.fullmatch(PATTERN, found)
        if "%" not in text:
            assert found[3:].replace("-", "") in letters


@pytest.mark.parametrize(
    "part",
    [
        *("LW-7F3K-92QX-", "LW", "LW-", "7F3K-", "1", " ", "-", "\u200b", "L W ", "\n", "%2D", "%"),
        *("7F3K-92QX-4MP ", "a\u0300\u0316", "\ufdfa", f"{CODE} ", "LK-", "LK 1", "9"),
    ],
)
def test_reading_is_never_slow(part):
    text = (part * 10_000)[:10_000]
    for read in (read_code, read_number_of):
        began = time.perf_counter()
        read(text)
        assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("LK\u2011000123", 123),
        ("lk – 123", 123),
        ("*LK-000123*", 123),
        ("_LK-000123_", 123),
        ("(LK-000123)", 123),
        ("LK-000123.", 123),
        ("#123", 123),
        ("ＬＫ－０００１２３", 123),
        ("LK\u200b-000\u2060123\ufeff", 123),
        ("LK\u00a0000123", 123),
        ("LK.000123", 123),
        ("Nomor: LK-000123", 123),
        ("Perihal: Laporan kejadian Kabel menjuntai (LK-000123)", 123),
        ("No. LK-000123 dan LK-000123", 123),
        ("LK-000123\nJenis: tertutup", 123),
        ("https://kamtibmas.example/reports/?q=LK-000123", 123),
        ("https://kamtibmas.example/reports/?q=LK%2D000123", 123),
        ("LK-1234567", 1234567),
        ("LK-000123 LK-000124", None),
        ("xLK-000123", None),
        ("LK-000123x", None),
        ("lk 3 orang", None),
        ("2 lk 1 pr", None),
        ("0812-3456-7890", None),
        ("motor 123", None),
        ("LK-\u0661\u0662\u0663", None),
        (CODE, None),
        ("\ud800", None),
    ],
)
def test_a_number_in_what_officers_paste(typed, number):
    assert read_number_of(typed) == number


@given(st.integers(1, 10**12), talk, talk, hyphens.filter(lambda c: c != "*"), invisible)
def test_any_number_is_found_in_any_talk(number, before, after, between, unseen):
    written = f"LK{between}{unseen.join(f'{number:06d}')}"
    assert read_number_of(f"{before} {written} {after}") == number
