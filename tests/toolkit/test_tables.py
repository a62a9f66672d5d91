import pytest

from toolkit.tables.cells import (
    choice_of,
    choice_words,
    digits_of,
    parts_of,
    phone_of,
    whole_number,
)
from toolkit.tables.reading import MOST_LINES, Column, TableSpec, read_table
from toolkit.tables.rt_rw import NotNumbers, TooHigh, read_rts, read_rw, spans_of

SPEC = TableSpec(
    columns=(
        Column("name", "Nama", ("name", "nama lengkap"), required=True, most=30),
        Column("nrp", "NRP", ("nip",)),
        Column("unit", "Kesatuan", ("unit", "satuan")),
    ),
    example=("Budi", "80010001", "Polsek A"),
)


def read(text):
    return read_table(text, SPEC)


def cells(text):
    table = read(text)
    assert table.mistakes == []
    return [list(line.cells.values()) for line in table.lines]


BUDI = ["Budi", "80010001", "Polsek A"]


@pytest.mark.parametrize(
    "text",
    [
        "Budi\t80010001\tPolsek A",
        "Budi,80010001,Polsek A\r\n",
        "Budi;80010001;Polsek A\r\n\r\n",
        '\ufeff"Budi";"80010001";"Polsek A"',
        "\n\n Budi \t80010001\tPolsek\u00a0\u00a0A\t\t\n",
        "Budi\u200b\t\u206880010001\u2069\tPolsek A",
        "Nama\tNRP\tKesatuan\nBudi\t80010001\tPolsek A",
        "KESATUAN;Nama Lengkap;N.R.P.\nPolsek A;Budi;80010001",
        "No,Satuan,NIP,Name\n1,Polsek A,80010001,Budi",
        "unit\tnrp\tname\nPolsek A\t80010001\tBudi",
    ],
)
def test_the_same_line_however_it_was_copied(text):
    assert cells(text) == [BUDI]


def test_quoted_cells_keep_commas_and_quotation_marks():
    assert cells('"Budi, S.H.",80010001,"Polsek ""A"""') == [
        ["Budi, S.H.", "80010001", 'Polsek "A"']
    ]


def test_what_is_left_out_is_empty_and_lines_have_the_numbers_that_people_see():
    table = read("Nama;NRP\n\nBudi;80010001\n;;\nSiti;\n")
    assert [(line.number, line["name"], line["unit"]) for line in table.lines] == [
        (3, "Budi", ""),
        (5, "Siti", ""),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " ;;\n;", "\ufeff"])
def test_nothing_is_no_line_and_no_mistake(text):
    table = read(text)
    assert (table.lines, table.mistakes) == ([], [])


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("\t80010001\tPolsek A", 1, "Nama", "kosong"),
        ("Budi\t1\tA\tlebih", 1, "", "lebih banyak"),
        ("\n" + "a\t" * 61 + "b", 2, "", "lebih banyak"),
        ("Budi" * 8 + "\t1\tA", 1, "Nama", "paling banyak 30"),
        ("Budi\x07\t1\tA", 1, "Nama", "Ketik ulang"),
        ("Budi\x1c\t1\tA", 1, "Nama", "Ketik ulang"),
        ('"Budi\nSiti\t1\tA', 1, "Nama", "beberapa baris"),
        ("Budi\t#N/A\tA", 1, "NRP", "galat"),
        ("Budi\t########\tA", 1, "NRP", "galat"),
        ("Nama;NRP;Zodiak\nBudi;1;Leo", 1, "Zodiak", "Nama, NRP, Kesatuan"),
        ("Nama;NRP;nama lengkap\nBudi;1;Budi", 1, "nama lengkap", "Dua kolom"),
        ("NRP;Kesatuan\n1;A", 1, "Nama", "tidak ada"),
    ],
)
def test_a_line_that_cannot_be_read_says_where_and_what_to_do(text, line, column, words):
    (mistake,) = read(text).mistakes
    assert (mistake.line, mistake.column) == (line, column)
    assert words in mistake.words
    assert len(mistake.text) <= 120


def test_a_line_that_cannot_be_read_is_no_line():
    table = read("Budi\t1\tA\n\t2\tB\nSiti\t3\tC")
    assert [line["name"] for line in table.lines] == ["Budi", "Siti"]


def test_without_a_needed_column_no_line_is_read():
    assert read("NRP;Kesatuan\n1;A\n2;B").lines == []


def test_more_lines_than_one_table_holds():
    table = read("Nama\n" + "Budi\n" * (MOST_LINES + 3))
    assert len(table.lines) == MOST_LINES
    (mistake,) = table.mistakes
    assert mistake.line == MOST_LINES + 2


def test_a_word_of_a_heading_in_one_cell_is_a_line():
    assert cells("Unit\t80010001\tPolsek A") == [["Unit", "80010001", "Polsek A"]]


@pytest.mark.parametrize(
    "text",
    ['"' * 9999, "\t" * 50_000, "a," * 60_000, "\r" * 9999, "x" * 119_999, "\x00\ud7ff\U0001f600"],
)
def test_odd_texts_are_answered(text):
    read(text)


def test_what_cells_say():
    words = choice_words(["officer", "admin"], officer="petugas bhabin")
    assert choice_of("Petugas ", words) == choice_of("BHABIN", words) == "officer"
    assert choice_of("raja", words) is None
    assert parts_of("Angke, Duri; Krukut dan Maphar | ") == ["Angke", "Duri", "Krukut", "Maphar"]
    assert parts_of("Pedan") == ["Pedan"]
    assert [whole_number(text) for text in ("12", "1.250", "1 250 000", "0")] == [
        12,
        1250,
        1250000,
        0,
    ]
    assert [whole_number(text) for text in ("", "1,5", "12a", "²", "-3")] == [None] * 5
    assert digits_of("'80.01 0001") == "80010001"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", ""),
        ("0812-3456-7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("'081234567890", "+6281234567890"),
        ("nanti", None),
        ("12", None),
        ("0812345678x", None),
    ],
)
def test_telephone_numbers(text, number):
    assert phone_of(text) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("3", [1, 2, 3]),
        ("3 RT", [1, 2, 3]),
        ("RT 03", [3]),
        ("003", [3]),
        ("1-3", [1, 2, 3]),
        ("RT 001 s.d. RT 003", [1, 2, 3]),
        ("01, 02; 05", [1, 2, 5]),
        ("1-2, 5", [1, 2, 5]),
    ],
)
def test_rt(text, numbers):
    assert read_rts(text) == numbers


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("banyak", NotNumbers),
        ("3-1", NotNumbers),
        ("1,,2", NotNumbers),
        ("1000", TooHigh),
        ("0", TooHigh),
    ],
)
def test_rt_that_are_none(text, error):
    with pytest.raises(error):
        read_rts(text)


def test_rw():
    assert [read_rw(text) for text in ("RW 01", "rw.1", "001", "1", "Rukun Warga 12")] == [
        1,
        1,
        1,
        1,
        12,
    ]
    for text, error in (
        ("RW satu", NotNumbers),
        ("", NotNumbers),
        ("0", TooHigh),
        ("1000", TooHigh),
    ):
        with pytest.raises(error):
            read_rw(text)
    assert spans_of([1, 2, 3, 5, 8, 9]) == "001–003, 005, 008–009"
    assert spans_of([]) == ""
