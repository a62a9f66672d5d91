import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.names import Place, RtRw, name_key, plain_name, read_place, split_rt_rw

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

JEMBATAN_LIMA = [
    "Jembatan Lima",
    "jembatan lima",
    "JEMBATAN LIMA",
    " Jembatan  Lima ",
    "Jembatan\u00a0Lima",
    "Jembatan\u3000Lima",
    "Jembatan\tLima\n",
    "Jembatan\u200b Lima\ufeff",
    "Jem\u00adbatan Lima",
    "Jembatan Lima.",
    "Jembatan Lima,",
    "Jembatan Lima!?",
    "…Jembatan Lima…",
    "Jembatan-Lima",
    "Jembatan\u2011Lima",
    "Jembatan – Lima",
    "Jembatan_Lima",
    "Jembatan.Lima",
    "Jembatan/Lima",
    "“Jembatan Lima”",
    "(Jembatan Lima)",
    "*Jembatan Lima*",
    "Ｊｅｍｂａｔａｎ　Ｌｉｍａ",
    "𝗝𝗲𝗺𝗯𝗮𝘁𝗮𝗻 𝗟𝗶𝗺𝗮",
    "Jémbatan Limà",
    "Je\u0301mbatan Lima",
]


@pytest.mark.parametrize("text", JEMBATAN_LIMA)
def test_a_name_is_the_same_however_it_is_typed(text):
    assert plain_name(text) == "jembatan lima"
    assert name_key(text) == "jembatanlima"


@pytest.mark.parametrize("sign", "'’‘`´ʼʻ′＇‛")
def test_apostrophes_of_all_kinds_are_left_out(sign):
    assert plain_name(f"Ma{sign}u") == "mau"
    assert plain_name(f"Hilisalawa{sign}ahe") == plain_name("Hilisalawaahe")
    assert plain_name(f"Tampan{sign} Amma") == "tampan amma"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kali Anyar", "Kalianyar"),
        ("Toli-Toli", "Tolitoli"),
        ("Fak-Fak", "FakFak"),
        ("Hiliserangkai", "Hili Serangkai"),
        ("Lho'nga", "Lhonga"),
        ("Bl. Limbangan", "Bl Limbangan"),
        ("Na IX - X", "Na IX-X"),
    ],
)
def test_the_key_leaves_out_spaces_too(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("text", ["", " ", ".", "—", "\u200b", "ﷺ", "京", "%", "_"])
def test_what_holds_no_letter_is_no_name(text):
    assert plain_name(text) == name_key(text) == ""


def test_no_two_places_of_one_district_get_the_same_key():
    """Nor does any name get lost."""
    with (SEEDS / "areas.csv").open() as file:
        rows = [(row["code"].rpartition(".")[0], row["name"]) for row in csv.DictReader(file)]
    keys = [(parent, name_key(name)) for parent, name in rows]
    assert all(key for _parent, key in keys)
    assert len(set(keys)) == len(set(rows))


@given(st.text())
def test_a_plain_name_is_plain_already(text):
    plain = plain_name(text)
    assert plain_name(plain) == plain
    assert plain_name(text.swapcase().swapcase()) == plain_name(text.swapcase().swapcase().lower())
    assert name_key(plain) == name_key(text) == plain.replace(" ", "")
    assert not set(plain) - set("abcdefghijklmnopqrstuvwxyz0123456789 ")


# RT and RW


@pytest.mark.parametrize(
    ("text", "name", "rt", "rw"),
    [
        ("Jembatan Lima RT 05/RW 03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT05/RW03", "Jembatan Lima", 5, 3),
        ("RT05RW03 Jembatan Lima", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RW.03RT.05", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT.05 RW.03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima, Rt. 005 / Rw. 003", "Jembatan Lima", 5, 3),
        ("Jembatan Lima (RT 5, RW 3)", "Jembatan Lima", 5, 3),
        ("Jembatan Lima rt 5 rw 3.", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RW 03 RT 05", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT/RW 05/03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT/RW: 005/003", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT 05/03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT-05-RW-03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT\u00a005\u2011RW\u200b03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima RT 05A/RW 03", "Jembatan Lima", 5, 3),
        ("Jembatan Lima rw.3", "Jembatan Lima", None, 3),
        ("Jembatan Lima RW III", "Jembatan Lima", None, 3),
        ("Jembatan Lima RT V RW XIV", "Jembatan Lima", 5, 14),
        ("Jembatan Lima RT 12", "Jembatan Lima", 12, None),
        ("Jembatan Lima Rukun Tetangga 05 Rukun Warga 03", "Jembatan Lima", 5, 3),
        ("RT 05/RW 03 Jembatan Lima", "Jembatan Lima", 5, 3),
        ("RT 05 RW 03, Jembatan Lima", "Jembatan Lima", 5, 3),
        ("RW 3 Jembatan Lima, Tambora", "Jembatan Lima, Tambora", None, 3),
        ("Jembatan Lima RW 03 Tambora", "Jembatan Lima Tambora", None, 3),
        ("Kel. Jembatan Lima RT 05, Kec. Tambora", "Kel. Jembatan Lima, Kec. Tambora", 5, None),
        ("RW 005", "", None, 5),
        ("", "", None, None),
        ("Jembatan Lima", "Jembatan Lima", None, None),
        # No RT and no RW
        ("Rw. Buaya", "Rw. Buaya", None, None),
        ("Rw. Bunga", "Rw. Bunga", None, None),
        ("Kartini", "Kartini", None, None),
        ("RT", "RT", None, None),
        ("RT Jembatan Lima", "RT Jembatan Lima", None, None),
        ("Jembatan Lima 05", "Jembatan Lima 05", None, None),
        ("Smart 05", "Smart 05", None, None),
        ("RT 1234", "RT 1234", None, None),
        ("RT ٣", "", 3, None),
        ("RT IIII", "RT IIII", None, None),
    ],
)
def test_rt_and_rw_are_told_from_the_name(text, name, rt, rw):
    assert split_rt_rw(text) == RtRw(name, rt, rw)


numbers = st.integers(1, 199)
gaps = st.sampled_from(["", " ", ".", ". ", "-", "\u00a0", "\u2011"])


@given(numbers, numbers, gaps, st.sampled_from([" ", "/", " / ", ", ", "-"]), st.booleans())
def test_any_rt_and_rw_before_or_behind(rt, rw, gap, between, is_before):
    written = f"RT{gap}{rt:03d}{between}rw{gap}{rw}"
    text = f"{written} Kali Anyar" if is_before else f"Kali Anyar {written}"
    assert split_rt_rw(text) == RtRw("Kali Anyar", rt, rw)


# Places


@pytest.mark.parametrize("text", JEMBATAN_LIMA)
@pytest.mark.parametrize(
    "frame",
    ["{}", "{} RT 05/RW 03", "rw.3 {}", "{} RT 05, Rw 03."],
)
def test_a_place_is_the_same_however_it_is_typed(frame, text):
    place = read_place(frame.format(text.rstrip(",")))
    assert place.names == ("jembatan lima",)
    assert place.around == ()


@pytest.mark.parametrize(
    "title", ["kel.", "Kel", "KELURAHAN", "kelurahan ", "Desa", "ds.", "Ds", "kel .", "kel:"]
)
def test_the_title_of_a_village(title):
    place = read_place(f"{title} Jembatan Lima")
    assert place.names[-1] == "jembatan lima"
    assert place.level == "village"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Kec. Tambora", Place(("kec tambora", "tambora"), level="district")),
        ("kecamatan tambora", Place(("kecamatan tambora", "tambora"), level="district")),
        ("Kab. Bogor", Place(("kab bogor", "bogor"), level="regency")),
        (
            "Kota Administrasi Jakarta Barat",
            Place(("kota administrasi jakarta barat", "jakarta barat"), level="regency"),
        ),
        (
            "Kota Adm. Jakarta Barat",
            Place(("kota adm jakarta barat", "jakarta barat"), level="regency"),
        ),
        # Is it a village of this name, or a city?
        ("Kota Bambu", Place(("kota bambu", "bambu"), level="")),
        ("Desa Baru", Place(("desa baru", "baru"), level="village")),
        (
            "Kel. Kota Bambu Utara",
            Place(("kel kota bambu utara", "kota bambu utara", "bambu utara"), level="village"),
        ),
        ("Kota", Place(("kota",))),
        ("Desa", Place(("desa",))),
        ("kel. kec.", Place(("kel kec",))),
        ("Sanga Desa", Place(("sanga desa",))),
        ("Medan Kota", Place(("medan kota",))),
        ("Poso Kota Selatan", Place(("poso kota selatan",))),
        # What stands around it
        ("Menteng, Jakarta", Place(("menteng",), ("jakarta",))),
        ("Menteng, Kota Jakarta Pusat", Place(("menteng",), ("jakarta pusat",))),
        ("Menteng,,", Place(("menteng",))),
        (", Menteng", Place(("menteng",))),
        ("Menteng\nJakarta", Place(("menteng",), ("jakarta",))),
        ("Menteng; Jakarta", Place(("menteng",), ("jakarta",))),
        (
            "kel. duri utara kec tambora",
            Place(("kel duri utara", "duri utara"), ("tambora",), "village"),
        ),
        (
            "Desa Sukamaju Kec. Cibungbulang Kab. Bogor Prov. Jawa Barat",
            Place(
                ("desa sukamaju", "sukamaju"), ("cibungbulang", "bogor", "jawa barat"), "village"
            ),
        ),
        (
            "Kec. Tambora, Kel. Duri Utara",
            Place(("kel duri utara", "duri utara"), ("tambora",), "village"),
        ),
        (
            "Tambora kelurahan Duri Utara",
            Place(("kelurahan duri utara", "duri utara"), ("tambora",), "village"),
        ),
        (
            "Kec. Tambora, Jakarta Barat",
            Place(("kec tambora", "tambora"), ("jakarta barat",), "district"),
        ),
        ("Sanga Desa Kec. Sanga Desa", Place(("sanga desa",), ("sanga desa",))),
        (
            "RT 05/RW 03 Kel. Jembatan Lima, Kec. Tambora.",
            Place(("kel jembatan lima", "jembatan lima"), ("tambora",), "village", 5, 3),
        ),
        ("RW 005", Place((), rw=5)),
        ("", Place(())),
        ("%", Place(())),
        (",.;", Place(())),
    ],
)
def test_a_place_and_what_is_around_it(text, place):
    assert read_place(text) == place


@given(st.text(st.sampled_from("kel des. rtw03,/-\n'Kota"), max_size=60))
def test_whatever_is_typed_is_read(text):
    place = read_place(text)
    for name in (*place.names, *place.around):
        assert name
        assert plain_name(name) == name
    assert len(set(place.names)) == len(place.names)


def test_every_name_of_the_seeds_is_read_as_itself():
    with (SEEDS / "areas.csv").open() as file:
        names = {row["name"] for row in csv.DictReader(file)}
    wrong = [name for name in names if read_place(name).names[:1] != (plain_name(name),)]
    assert wrong == []


@pytest.mark.parametrize(
    "part", ["RT ", "RT 1/", "kel ", "kec.", ",", "'", "a", " ", "-", "1 ", "ﷺ"]
)
def test_reading_names_is_never_slow(part):
    for read in (plain_name, split_rt_rw, read_place):
        began = time.perf_counter()
        read((part * 10_000)[:10_000])
        assert time.perf_counter() - began < 0.5
