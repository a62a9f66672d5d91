"""How often the search finds what citizens mean: two lists of phrases tuned it, the third nobody
looked at while tuning. Never open phrases_unseen.csv, or it measures nothing any more."""

import csv
from copy import copy
from pathlib import Path

import pytest
from django.conf import settings

from reports.category_words import everyday, match_categories, matches, sure_category
from reports.models import Category

VIOLENCE = "domestic_violence"


@pytest.fixture(scope="module")
def categories():
    """Those of the seeds, without a database."""
    with Path(settings.BASE_DIR, "seeds", "categories.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        Category(
            pk=number,
            order=int(row["order"]),
            code=row["code"],
            label=row["label"],
            synonyms=row["synonyms"].split("|") if row["synonyms"] else [],
            is_sealed=row["is_sealed"] == "yes",
            target_minutes=int(row["target_minutes"]) if row["target_minutes"] else None,
        )
        for number, row in enumerate(rows, start=1)
    ]


def found_codes(text, categories):
    return [category.code for category in match_categories(text, categories)]


def shares_found(half, categories):
    """The percentages of phrases whose category is found first, and among the first three."""
    with Path(__file__).with_name(f"phrases_{half}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first = three = 0
    for row in rows:
        meant = {row["code"], *row["also"].split()}
        found = found_codes(row["text"], categories)
        first += bool(meant.intersection(found[:1]))
        three += bool(meant.intersection(found[:3]))
    return 100 * first / len(rows), 100 * three / len(rows)


# Wanted on the unseen half: 85 % first and 95 % among the first three; it has 91.3 % and 97.3 %.
# The tuning half stands among the examples of the search. No phrase for development does, but words
# were added where its first 181 were found wrongly. Its last 64 were written after that and had
# 82.8 % and 96.9 % then.
@pytest.mark.parametrize(
    ("half", "first", "three"), [("tuning", 98, 100), ("development", 94, 98), ("unseen", 90, 96)]
)
def test_most_phrases_are_found(categories, half, first, three):
    in_first, in_three = shares_found(half, categories)
    assert (in_first >= first, in_three >= three) == (True, True), (in_first, in_three)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("STNK motor hilang", "lost_document"),
        ("jualan pil koplo", "narcotics"),
        ("bank keliling ngancem", "threat"),
        ("bapak mabok mukulin emak", "domestic_violence"),
        ("laki aku galak nian nampar aku", "domestic_violence"),
        ("anak tenggelam di kali", "traffic_accident"),
        ("adek dak balik dari semalem", "missing_child"),
        ("duit dilarike wong liwat shopee", "online_fraud"),
        ("pacar nyebar foto bugil", "sexual_violence"),
        ("kos dipake begituan", "prostitution"),
        ("bojoku ngantemi aku", "domestic_violence"),
        ("salaki abdi resep neunggeul", "domestic_violence"),
        ("montorku digondol wong", "vehicle_theft"),
        ("imah tatangga kahuruan", "fire"),
        ("suami abis judi pulang2 ngegampar gue depan anak", "domestic_violence"),
        ("kabel udah nempel genteng keluar percikan kalo ujan", "dangling_cable"),
    ],
)
def test_what_was_once_found_wrongly(categories, text, code):
    assert found_codes(text, categories)[0] == code


@pytest.mark.parametrize(
    ("begun", "code"), [("kebak", "fire"), ("jamb", "robbery"), ("tawu", "brawl")]
)
def test_the_last_word_may_be_half_typed(categories, begun, code):
    assert code in found_codes(begun, categories)[:3]


def test_everyday_speech_makes_nothing_sure(categories):
    """Only the category's own words may seal a report."""
    for text in ("laki aku nampar aku", "jualan pil koplo", "pacar nyebar foto bugil"):
        assert sure_category(text, categories) is None
        assert match_categories(text, categories)[0].is_sealed


def test_a_phrase_left_empty_in_the_table_means_nothing(tmp_path, monkeypatch):
    table = tmp_path / "phrases.csv"
    table.write_text("category,phrases\nfire,api besar||asap tebal|\n", encoding="utf-8")
    monkeypatch.setattr(everyday, "PHRASES", table)
    cues = everyday.everyday_cues.__wrapped__()
    assert [cue.words for cue in cues] == [("api", "besar"), ("asap", "tebal")]


def test_a_category_of_an_administrator_is_found_by_its_synonyms(categories):
    own = Category(
        pk=99, code="drones", label="Drone", order=5, synonyms=["drone liar", "pesawat kecil"]
    )
    assert match_categories("ado drone liar di atas rumah", [*categories, own])[0] == own


def test_what_cannot_wait_comes_first(categories):
    """Where as much speaks for drink as for violence at home."""
    text = "bapak mabok mukulin emak"
    assert found_codes(text, categories)[0] == VIOLENCE
    usual = [copy(category) for category in categories]
    for category in usual:
        category.target_minutes = 60
    urgent, waiting = (
        next(match.score for match in matches(text, kinds) if match.category.code == VIOLENCE)
        for kinds in (categories, usual)
    )
    assert urgent > waiting
