"""Texts for WhatsApp. The tests of the pages ask what the apps write into them."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from patrols.models import EntryPhoto
from toolkit.photos.store import MOST_SHARED
from toolkit.sharing.page import share_context
from toolkit.sharing.text import fill_template, placeholders, without_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NIK 3173041234567890", "NIK …"),
        ("telp +62 812 3456 7890.", "telp …."),
        ("pukul 22.15, 4 orang, RT 05", "pukul 22.15, 4 orang, RT 05"),
        ("tanggal 11.11.2026", "tanggal 11.11.2026"),
    ],
)
def test_long_numbers(text, expected):
    assert without_numbers(text) == expected


def test_placeholders_are_words_in_braces():
    text = "{unit}: {a b} {unit} {} { {x"
    assert placeholders(text) == {"unit", "a b", ""}
    assert fill_template(text, {"unit": "Polsek A"}) == "Polsek A: {a b} Polsek A {} { {x"


def test_what_is_filled_in_is_not_filled_again():
    assert fill_template("{text}", {"text": "{phone} {{text}}", "phone": "1"}) == "{phone} {{text}}"


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("Dasar: {sprin}\nSituasi: {state}", "Situasi: aman"),
        ("{state}\nDasar: {sprin}", "aman"),
        ("Dasar: {sprin}, {state}", "Dasar: –, aman"),
        ("Hasil:\n{sprin}", "Hasil:\n–"),
        ("Catatan: –", "Catatan: –"),
        ("Uraian: {text}", "Uraian: Pukul 22: –\nPukul 23: –"),
    ],
)
def test_a_line_of_no_value_is_left_out_but_not_what_a_person_wrote(template, filled):
    words = {"sprin": "–", "state": "aman", "text": "Pukul 22: –\nPukul 23: –"}
    assert fill_template(template, words) == filled


def test_the_page_takes_ten_photos_at_most():
    photos = [EntryPhoto(pk=pk) for pk in range(1, MOST_SHARED + 2)]
    context = share_context(
        "Situasi & aman", photos, photo_page="patrols:photo_view", title="A", with_residents=False
    )
    assert context["photos"] == photos[:MOST_SHARED]
    addresses = json.loads(context["photo_urls"])
    assert len(addresses) == MOST_SHARED
    assert addresses[0] == reverse("patrols:photo_view", args=[1, "large"])
    assert parse_qs(urlsplit(context["whatsapp"]).query) == {"text": ["Situasi & aman"]}
    assert context["form"]["text"].value() == "Situasi & aman"
