from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from patrols.models import EntryKind, EntryPhoto, ShareTemplate
from patrols.presenters.duty_text import DUTY_TEXT, ENTRY_TEXT
from patrols.services.duties import end_duty
from patrols.services.entries import withdraw_entry
from patrols.services.rollcall import mark_all_present
from tests import factories as make
from tests.patrols.test_entry_add import picture
from toolkit.photos.clean import clean_photo


def url(duty):
    return reverse("patrols:duty_share", args=[duty.pk])


def text_of(response):
    assert response.status_code == 200
    return response.context["form"]["text"].value()


@pytest.fixture
def written_duty(officer, running_duty):
    mark_all_present(duty=running_duty, by=officer)
    make.make_entry(running_duty, officer, text="Hubungi 0812-3456-7890 bila ribut")
    make.make_entry(running_duty, officer, kind=EntryKind.CONTACT, text="Bu Aminah", people_count=3)
    wrong = make.make_entry(running_duty, officer, text="Salah tulis")
    withdraw_entry(entry=wrong, by=officer)
    return running_duty


def test_the_report_as_units_send_it(sign_in, officer, written_duty):
    end_duty(duty=written_duty, by=officer, summary="Pemuda diimbau pulang")
    text = text_of(sign_in(officer).get(url(written_duty)))
    for part in (
        "Kepada Yth.",
        "Dari: Bhabin A",
        "Perihal: Laporan Patroli A",
        "Mohon izin Komandan",
        "WIB",
        "Rute A",
        "Hubungi …",
        "Pemuda diimbau pulang",
        "Demikian dilaporkan.",
        "Polsek A",
    ):
        assert part in text
    assert "{" not in text
    assert "Salah tulis" not in text


def test_residents_stay_out_unless_switched_on(sign_in, officer, written_duty):
    client = sign_in(officer)
    text = text_of(client.get(url(written_duty)))
    assert "Aminah" not in text
    assert "7890" not in text
    text = text_of(client.get(url(written_duty), {"residents": "1"}))
    assert "Bu Aminah" in text
    assert "0812-3456-7890" in text


def test_people_on_duty_are_counted_not_named(sign_in, officer, written_duty, units):
    client = sign_in(officer)
    assert "Relawan A" not in text_of(client.get(url(written_duty)))
    ShareTemplate.objects.create(
        unit=units.polres,
        duty_text="{kesatuan}: {personel} {ngawur}",
        entry_text="{catatan}",
        names_people=True,
    )
    text = text_of(client.get(url(written_duty)))
    assert text.startswith("Polsek A: ")
    assert "Relawan A" in text
    assert text.endswith("{ngawur}")


def test_links_and_photos(sign_in, settings, tmp_path, officer, running_duty):
    settings.MEDIA_ROOT = tmp_path
    make.make_entry(running_duty, officer, photos=(clean_photo(picture()),))
    response = sign_in(officer).get(url(running_duty))
    text = text_of(response)
    assert "dokumentasi terlampir" in text
    link = urlsplit(response.context["whatsapp"])
    assert link.netloc == "wa.me"
    assert parse_qs(link.query)["text"] == [text]
    photo = reverse("patrols:photo_view", args=[EntryPhoto.objects.get().pk, "large"])
    assert photo in response.context["photo_urls"]


def test_the_default_texts_know_their_words(units):
    ShareTemplate(unit=units.polsek, duty_text=DUTY_TEXT, entry_text=ENTRY_TEXT).full_clean()


def test_in_the_zone_of_the_unit(sign_in, units, officer_east):
    duty = make.make_duty(units.polsek_east)
    make.make_attendance(duty, officer=officer_east)
    text = text_of(sign_in(officer_east).get(url(duty)))
    assert " WIT" in text
    assert "WIB" not in text


def test_neighbours_find_nothing(sign_in, neighbour, duty):
    assert sign_in(neighbour).get(url(duty)).status_code == 404


def test_many_entries_are_cut(sign_in, officer, running_duty, monkeypatch):
    monkeypatch.setattr("patrols.presenters.duty_text.MOST_LINES", 2)
    for number in range(4):
        make.make_entry(running_duty, officer, text=f"Ke-{number}.")
    text = text_of(sign_in(officer).get(url(running_duty)))
    assert "Ke-1." in text
    assert "Ke-3." not in text


def test_statements(sign_in, officer, written_duty, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(10):
        client.get(url(written_duty))
