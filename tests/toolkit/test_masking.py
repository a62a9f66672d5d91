"""What leaves the house without telephone numbers and NIK, and what stays readable."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.sharing.text import without_numbers

TELEPHONES = [
    "081234567890",
    "08123456789",
    "0812345678901",
    "0812-3456-7890",
    "0812 3456 7890",
    "0812.3456.7890",
    "0812 345 678 90",
    "0812  3456  7890",
    "0812 - 3456 - 7890",
    "0812–3456–7890",
    "0812\u20113456\u20117890",
    "0812\u00a03456\u00a07890",
    "0812\u200b3456\u200b7890",
    "0812_3456_7890",
    "0812*3456*7890",
    "0812....3456....7890",
    "0812    3456    7890",
    "0812 -- 3456 -- 7890",
    "0812,3456,7890",
    "0812/3456/7890",
    "08 12 34 56 78 90",
    "08.12.34.56.78.90",
    "0 8 1 2 3 4 5 6 7 8 9 0",
    "０８１２３４５６７８９０",
    "０８１２－３４５６－７８９０",
    "+6281234567890",
    "+62 812 3456 7890",
    "+62-812-3456-7890",
    "+62 812-3456-7890",
    "(+62) 812 3456 7890",
    "(+62)81234567890",
    "+62(812)3456-7890",
    "＋62 812 3456 7890",
    "6281234567890",
    "62 812 3456 7890",
    "0062 812 3456 7890",
    "+62 0812 3456 7890",
    "81234567890",
    "812-3456-7890",
    "(021) 5551234",
    "(021)5551234",
    "(021) 555 1234",
    "(021) 555-1234",
    "( 021 ) 555 1234",
    "021-5551234",
    "021 5551234",
    "021-555 1234",
    "021.555.1234",
    "021/5551234",
    "0215551234",
    "+62 21 5551234",
    "+62 (21) 555 1234",
    "(0741) 22345",
    "0741-22345",
    "0741 223456",
    "5551234",
    "555-1234",
    "555 1234",
    "0800-1-234567",
    "+60 12-345 6789",
    "+1 (202) 555-0143",
]
OTHER_LONG_NUMBERS = [
    "3173041234567890",
    "3173 0412 3456 7890",
    "3173.0412.3456.7890",
    "3173-0412-3456-7890",
    "31 73 04 123456 7890",
    "31.73.04.123456.7890",
    "317304 010190 0001",
    "317304.010190.0001",
    "3.173.041.234.567.890",
    "３１７３０４１２３４５６７８９０",
    "3173\u200b0412\u200b3456\u200b7890",
    "12.345.678.9-012.345",
    "78051234",
    "198505122010011003",
    "1234567890123",
    "123-45-67890-1",
]
LONG_NUMBERS = TELEPHONES + OTHER_LONG_NUMBERS
SENTENCES = [
    "{}",
    "Hubungi {} segera.",
    "HP: {}, Bu RT",
    "WA:{}",
    "hp{}",
    "NIK {}",
    "({})",
    "[{}]",
    "*{}*",
    "no {}/rumah",
    "tel:{}",
    "pukul 22.15 {}",
    "tanggal 21.11.2026 {}",
    "{} pukul 22.15",
    "RT 05 {}",
    "B 1234 XYZ {}",
    "dua nomor\n{}\n4 orang",
]
# Where a shorter number would be an amount, or the number of a report.
FOR_LONGER_ONES = ["Rp {}", "Rp. {}", "Rp{}", "LK {}", "LK-{}", "{} rupiah"]


def digits_of(text):
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("number", LONG_NUMBERS)
def test_numbers_of_people_are_always_masked(number):
    digits = digits_of(number)
    long = digits.startswith(("0", "628")) or len(digits) > 13
    for sentence in SENTENCES + FOR_LONGER_ONES * long:
        masked = without_numbers(sentence.format(number))
        assert "…" in masked, sentence
        assert digits_of(masked) in digits_of(sentence), f"{sentence}: {masked}"


@pytest.mark.parametrize("number", LONG_NUMBERS)
def test_the_words_around_a_number_stay(number):
    masked = without_numbers(f"Bu Siti, {number}, rumah hijau")
    assert masked == "Bu Siti, …, rumah hijau"


@pytest.mark.parametrize(
    "text",
    [
        # Amounts
        "Rp 12.500.000",
        "Rp12.500.000",
        "Rp. 12.500.000,-",
        "Rp 12.500.000,00",
        "Rp 12 500 000",
        "Rp\u00a012.500.000",
        "RP 12,500,000",
        "IDR 12.500.000",
        "Rp12,5 juta",
        "Rp 12500000",
        "Rp 1.250.000.000",
        "Rp 2.000.000.000.000",
        "Rp 10.000.000–15.000.000",
        "Rp 10.000.000 - Rp 15.000.000",
        "12.500.000 rupiah",
        "12500000 rupiah",
        "12,5 juta",
        "kerugian 12.500.000",
        "kerugian sekitar 12.750.000",
        "uang tunai 8.123.450",
        "senilai 150.000.000",
        "15.000.000",
        "1.250.000 jiwa",
        "Rp 500.000",
        "Rp 7.500",
        # Dates
        "21.11.2026",
        "21-11-2026",
        "21/11/2026",
        "21 - 11 - 2026",
        "2026-11-21",
        "08.12.2026",
        "8/12/2026",
        "21.11.26",
        "20-21.11.2026",
        "20–21/11/2026",
        "21-11-2026 s.d. 23-11-2026",
        "21/11/2026 - 23/11/2026",
        "21 Nov 2026",
        "2019–2024",
        "2019-2024",
        "2025/2026",
        # Hours
        "pukul 22.15",
        "22.00–23.00",
        "22.00-23.00 WIB",
        "22.00 - 23.00",
        "08.00-09.30",
        "22:00–23:00",
        "22.00 s.d. 23.00",
        "22.00 s/d 05.00",
        "21.11.2026 22.15",
        "21.11.2026 22.00–23.00",
        "08.12.2026 08.15 WIB",
        "2026-11-21 22:15:30",
        "2026-11-21T22:15:30",
        "21/11/2026, 22.15",
        "21-11-2026 4 orang",
        "22.15 4 orang",
        # Numbers of reports and orders
        "LK-000123",
        "LK-1234567",
        "LK 000123",
        "LP/B/123/XI/2026/SPKT/POLSEK TAMBORA",
        "LP/1234/XI/2026",
        "LP-B/0123/2026",
        "LP 1234-2026",
        "STPL/0123/2026",
        "Sprin/145/XI/PAM.3.3./2026",
        "Sprin 1456/2026",
        "Sprin/0145/2026",
        "Sprin-0145-2026",
        "Nomor: 0123/2026",
        # Plates, addresses, short numbers
        "B 1234 XYZ",
        "B1234XYZ",
        "BG 4567 AB dan B 1234 XYZ",
        "RT 05, 4 orang",
        "RT 005/RW 003",
        "RT 005/003",
        "Jl. Kali Anyar X No. 12 RT 3/RW 4",
        "Gg. 4 No. 17A, 11310",
        "hubungi 110",
        "call center 110 atau 129",
        "SAPA 129",
        "umur 17 tahun, 2 orang, 3 motor",
        "1, 2, 3, 4, 5, 6, 7, 8",
        "10, 20, 30, 40, 50",
        "0,5 0,75 1,25 kg",
        "kerugian 3,5 juta; 2 hp",
        "pasal 363 ayat (1) ke-4",
        "UU 11/2012, UU 27/2022",
        "Perkap 7/2009",
    ],
)
def test_what_is_nobody_s_number_stays(text):
    for sentence in ("{}", "Catatan: {}.", "({})", "{}\n{}"):
        whole = sentence.format(text, text)
        assert without_numbers(whole) == whole


COORDINATES = [
    "-6.14523, 106.79812",
    "-6.14523,106.79812",
    "-6.14523 106.79812",
    "(-6.14523, 106.79812)",
    "−6,14523; 106,79812",
    "6.14523 S, 106.79812 E",
    "6.14523 LS 106.79812 BT",
    "https://maps.google.com/?q=-6.14523,106.79812",
    "https://www.google.com/maps/@-6.14523,106.79812,17z",
    "6°08'42.8\"S 106°47'53.2\"E",
    "6° 08’ 42,8” LS 106° 47’ 53,2” BT",
    "3.59523, 98.67222",
]


@pytest.mark.parametrize("text", COORDINATES)
def test_coordinates_go_unless_they_are_kept(text):
    masked = without_numbers(f"Di {text} dekat pos 3.")
    assert not re.search(r"\d{3}|\d°", masked)
    assert masked.startswith("Di ")
    assert masked.endswith(" dekat pos 3.")
    whole = f"Di {text} dekat pos 3."
    assert without_numbers(whole, keep_coordinates=True) == whole


def test_numbers_beside_kept_coordinates_go():
    text = "Di -6.14523, 106.79812 hubungi 0812 3456 7890"
    assert without_numbers(text, keep_coordinates=True) == "Di -6.14523, 106.79812 hubungi …"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("NIK 3173041234567890", "NIK …"),
        ("telp +62 812 3456 7890.", "telp …."),
        ("0812 3456 7890 / 0813 9876 5432", "… / …"),
        ("081234567890/081398765432", "…/…"),
        ("081234567890, 081398765432", "…, …"),
        ("0812-3456-7890 dan 021-5551234", "… dan …"),
        ("(021) 5551234 ext. 12", "… ext. 12"),
        ("021-5551234/35", "…"),
        ("pukul 22.15 081234567890", "pukul 22.15 …"),
        ("22.15 081234567890", "22.15 …"),
        ("081234567890 22.15", "… 22.15"),
        ("21.11.2026 081234567890 22.00–23.00", "21.11.2026 … 22.00–23.00"),
        ("RT 05 081234567890", "RT 05 …"),
        ("kerugian Rp 12.500.000, hp 0812.3456.7890", "kerugian Rp 12.500.000, hp …"),
        ("Rp 12.500.000 081234567890", "Rp 12.500.000 …"),
        ("LK-000123 081234567890", "LK-000123 …"),
        ("B 1234 XYZ 081234567890", "B 1234 XYZ …"),
        ("telp 555123", "telp …"),
        ("Tlp. 22345 6", "Tlp. …"),
        ("telepon: 223456", "telepon: …"),
        ("hp 12 orang", "hp 12 orang"),
        ("hubungi 14022", "hubungi 14022"),
        ("https://wa.me/6281234567890?text=1", "https://wa.me/…?text=1"),
        ("Pelapor: 085712345678/0811 222 333", "Pelapor: …/…"),
        ("No HP 0857 1234 567 an. Budi NIK: 3173042112900003", "No HP … an. Budi NIK: …"),
        ("[0857] 1234 5678", "[…"),
        ("21-11-26 22.00-04.00 telp 6312345", "21-11-26 22.00-04.00 telp …"),
        ("email budi@contoh.id, IG @budi_12345678", "email budi@contoh.id, IG @budi_…"),
        ("", ""),
        ("…", "…"),
    ],
)
def test_only_the_number_goes(text, masked):
    assert without_numbers(text) == masked


# Any number of a person, grouped and joined in any of the ways people do it

leads = st.sampled_from(["08", "628", "+628", "021", "0741", "+6221"])
joints = st.sampled_from(["", " ", "-", ".", " - ", "\u2011", "–", "\u00a0", "\u200b"])


@st.composite
def telephones(draw):
    number = draw(leads) + draw(st.text("0123456789", min_size=8, max_size=10))
    joint = draw(joints)
    size = draw(st.sampled_from([2, 3, 4, 20]))
    plus = "+" if number.startswith("+") else ""
    digits = number.lstrip("+")
    return plus + joint.join(digits[n : n + size] for n in range(0, len(digits), size))


@st.composite
def niks(draw):
    day, month = draw(st.integers(1, 71)), draw(st.integers(1, 12))
    head, tail = draw(st.integers(110101, 949999)), draw(st.integers(0, 999999))
    digits = f"{head}{day:02d}{month:02d}{tail:06d}"
    joint = draw(joints)
    size = draw(st.sampled_from([2, 4, 6, 20]))
    return joint.join(digits[n : n + size] for n in range(0, 16, size))


words = st.text("abcdefgh ,.:;()\n", max_size=30)


@given(telephones() | niks(), words, words)
@example("08.12.20.26.11.21", "", "")
@example("31.12.20.26.11.21.12.34", "", "")
@example("22.15.08.12.20.26.11.21", "", "")
def test_nothing_of_any_number_stays(number, before, after):
    masked = without_numbers(f"{before} {number} {after}")
    assert not re.search(r"\d", masked), masked


@given(st.text())
def test_words_without_digits_stay_as_they_are(text):
    if not re.search(r"\d", text):
        assert without_numbers(text) == text


@given(st.text(st.sampled_from("0128 .-/(),:\nRpLKa°"), max_size=120))
def test_masking_twice_changes_no_more(text):
    once = without_numbers(text)
    assert without_numbers(once) == once


@given(st.text(st.sampled_from("0128 .-()"), max_size=80))
def test_eight_digits_in_one_piece_never_stay(text):
    assert not re.search(r"\d{8}", without_numbers(text))


@pytest.mark.parametrize(
    "part",
    [
        *(
            "1",
            "1 ",
            "1  ",
            "0812 ",
            "12.",
            "(",
            "(0 ",
            "Rp ",
            "Rp 1.",
            "Rp 1.000 - ",
            "1.000.",
            "-",
        ),
        *(
            "22.00-",
            "22.00 - ",
            "21.11.2026 ",
            "21-22",
            "2019-",
            "telp ",
            "telp 1 ",
            "LK",
            "LK-1",
            " ",
        ),
        *("1,", "1/", "6°", "6.12345", "6.12345 ", "RT 1 ", "+62 ", "Sprin", "Sprin 1 "),
    ],
)
def test_masking_is_never_slow(part):
    began = time.perf_counter()
    without_numbers((part * 10_000)[:20_000])
    assert time.perf_counter() - began < 1
