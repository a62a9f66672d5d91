"""Which categories everyday words mean."""

import csv

import pytest
from django.conf import settings

from reports.category_words import match_categories, sure_category
from reports.models import Category


@pytest.fixture(scope="module")
def categories():
    """Common categories, without a database."""
    words = {
        "robbery": ("Begal atau jambret", "begal|jambret|ditodong|rampok"),
        "vehicle_theft": (
            "Motor atau mobil hilang",
            "motor hilang|curanmor|maling motor|mtr ilang|mobil dicuri",
        ),
        "burglary": ("Kemalingan", "kemalingan|dibobol|maling|pencurian"),
        "brawl": ("Tawuran atau senjata tajam", "tawuran|sajam|celurit|gangster"),
        "domestic_violence": (
            "Kekerasan di rumah atau pada anak",
            "KDRT|suami mukul|istri dipukul|anak disiksa",
        ),
        "narcotics": ("Narkoba", "narkoba|sabu|bandar|ganja"),
        "gambling": ("Judi", "judi|togel|sabung ayam"),
        "drunkenness": ("Orang mabuk atau miras", "mabuk|miras|oplosan"),
        "suspicious_person": ("Orang mencurigakan", "orang mencurigakan|ngintip rumah"),
        "missing_child": ("Anak hilang", "anak hilang|anak tidak pulang"),
        "missing_person": ("Orang hilang", "orang hilang|belum pulang|kehilangan"),
        "assault": ("Pengeroyokan", "pengeroyokan|dipukuli|dibacok"),
        "mental_crisis": ("Orang mengamuk atau ODGJ", "ODGJ|mengamuk|orang gila"),
        "fire": ("Kebakaran", "kebakaran|asap|gas bocor|api"),
        "dangling_cable": ("Kabel atau tiang berbahaya", "kabel menjuntai|tiang miring"),
        "lost_document": ("Surat atau barang hilang", "STNK hilang|dompet hilang|barang hilang"),
        "other": ("Lainnya", ""),
    }
    return [
        Category(
            pk=number,
            order=number,
            code=code,
            label=label,
            synonyms=[word for word in synonyms.split("|") if word],
            is_sealed=code in {"domestic_violence", "narcotics"},
        )
        for number, (code, (label, synonyms)) in enumerate(words.items(), start=1)
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("motor hilang", "vehicle_theft"),
        ("mtr ilang", "vehicle_theft"),
        ("MTR sy ILANG!!", "vehicle_theft"),
        ("motor saya dicuri tadi malam", "vehicle_theft"),
        ("curanmr", "vehicle_theft"),
        ("rmh saya kemalingan", "burglary"),
        ("rumah dimaling", "burglary"),
        ("suami mukul", "domestic_violence"),
        ("istri dipukuli suaminya", "domestic_violence"),
        ("tawurn pelajar", "brawl"),
        ("anak-anak tawuran bawa sajam", "brawl"),
        ("org gila ngamuk", "mental_crisis"),
        ("kebakran", "fire"),
        ("ada yg terbakar", "fire"),
        ("kbl menjuntai", "dangling_cable"),
        ("mabok", "drunkenness"),
        ("sabuuu", "narcotics"),
        ("anak hilang", "missing_child"),
        ("dompet ilang di pasar", "lost_document"),
    ],
)
def test_everyday_words_typos_and_words_without_vowels(categories, text, code):
    assert match_categories(text, categories)[0].code == code


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "situasi aman", "jadi malam ini masuk", "kereta api lewat", "👍"]
)
def test_what_means_no_trouble_matches_nothing(categories, text):
    assert match_categories(text, categories) == []


def test_a_word_of_many_categories_offers_them_all(categories):
    found = {category.code for category in match_categories("hilang", categories)}
    assert {"vehicle_theft", "missing_child", "lost_document"} <= found
    assert sure_category("hilang", categories) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ditemukan botol miras di taman", "drunkenness"),
        ("tawurn pelajar di jembatan", "brawl"),
        ("Ada bandar sabu di gang 3", "narcotics"),
        ("Lampu jalan mati", None),
        ("Rombongan sepeda motor melintas pelan", None),
        ("Portal sudah ditutup pukul 23.40", None),
        ("Tutup saluran hilang di gang", None),
        ("Mengimbau remaja pulang", None),
        ("Memantau akun pelajar, tidak ada ajakan tawuran", None),
        ("Tidak ditemukan miras. Kabel menjuntai di gang 3.", "dangling_cable"),
        ("Anak-anak bermain. Dompet ditemukan. Tutup saluran hilang", None),
        ("bawa ganjaaa", "narcotics"),
        # A typo does not seal a report.
        ("narkba", None),
    ],
)
def test_only_what_was_said_whole_is_sure(categories, text, code):
    found = sure_category(text, categories)
    assert (found.code if found else None) == code


def test_a_long_text_is_no_burden(categories):
    text = " ".join(f"kata{number} menunggu" for number in range(2000))
    assert match_categories(text, categories) == []


def test_the_seeds_are_found_by_their_own_words():
    path = settings.BASE_DIR / "seeds" / "categories.csv"
    if not path.exists():
        pytest.skip("No categories among the seeds yet.")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    categories = [
        Category(
            pk=number,
            order=number,
            code=row["code"],
            label=row["label"],
            synonyms=[word for word in row["synonyms"].split("|") if word],
        )
        for number, row in enumerate(rows, start=1)
    ]
    for category in categories:
        for words in category.synonyms:
            assert category in match_categories(words, categories)[:2], words
