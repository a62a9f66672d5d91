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
    assert "7890" not in text


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
    monkeypatch.setattr("patrols.views.sharing.MOST_LINES", 2)
    for number in range(4):
        make.make_entry(running_duty, officer, text=f"Ke-{number}.")
    text = text_of(sign_in(officer).get(url(running_duty)))
    assert "Ke-1." in text
    assert "Ke-3." not in text
    assert "dan 2 catatan lagi" in text


def test_statements(sign_in, officer, written_duty, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(10):
        client.get(url(written_duty))


# Issue 7, line 18


@pytest.fixture
def written_about_people(officer, running_duty):
    mark_all_present(duty=running_duty, by=officer)
    words = {
        EntryKind.CONTACT: "Bu Aminah, telepon (021) 5551234, NIK 3173041201850001",
        EntryKind.WARNING: "Rudi ditegur, 0812 3456 7890, denda Rp 12.500.000",
        EntryKind.FINDING: "Motor hilang, hubungi 021-5551234, senilai Rp 12.500.000",
    }
    for kind, text in words.items():
        make.make_entry(running_duty, officer, kind=kind, text=text)
    return running_duty


@pytest.mark.parametrize("query", [{}, {"residents": "1"}, {"residents": ""}])
def test_line_18_a_volunteer_never_shares_what_names_residents(
    sign_in, volunteer, written_about_people, query
):
    response = sign_in(volunteer).get(url(written_about_people), query)
    text = text_of(response)
    for word in ("Aminah", "Rudi", "5551234", "317304", "7890"):
        assert word not in text
    assert "senilai Rp 12.500.000" in text
    assert "residents=1" not in response.content.decode()
    for entry in written_about_people.entries.filter(kind__in=["contact", "warning"]):
        answer = sign_in(volunteer).get(reverse("patrols:entry_share", args=[entry.pk]), query)
        assert "Aminah" not in text_of(answer)
        assert "Rudi" not in text_of(answer)


def test_line_18_a_volunteer_counts_guests_where_the_unit_names_people(
    sign_in, officer, volunteer, units, written_duty
):
    make.make_attendance(written_duty, guest_name="Pak Darmo", status="present", expected=False)
    ShareTemplate.objects.create(
        unit=units.polres, duty_text="{personel}", entry_text="{personel}", names_people=True
    )
    assert "Pak Darmo" in text_of(sign_in(officer).get(url(written_duty)))
    text = text_of(sign_in(volunteer).get(url(written_duty)))
    assert "Pak Darmo" not in text
    assert "1 tamu" in text


def test_line_18_an_officer_puts_names_in_but_no_numbers(sign_in, officer, written_about_people):
    client = sign_in(officer)
    assert "Rudi" not in text_of(client.get(url(written_about_people)))
    response = client.get(url(written_about_people), {"residents": "1"})
    text = text_of(response)
    for word in ("Aminah", "Rudi", "denda Rp 12.500.000", "senilai Rp 12.500.000"):
        assert word in text
    for word in ("5551234", "317304", "7890"):
        assert word not in text
    assert "5551234" not in response.context["whatsapp"]
