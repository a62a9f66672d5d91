"""The citizen's form: errors stand beside their field, and nothing is stored about the person."""

import struct
import threading
import uuid
import zlib
from datetime import timedelta
from io import BytesIO
from unittest.mock import Mock

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from reports.models import Category, Report, ReportContact, ReportEvent
from reports.views.throttle import REPORTS
from seeds.reports import load_categories
from territory.models import Area, UnitArea
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.citizen import FILL, RECEIPT, SEND, choose, code_in_cookie, form_data
from tests.roles import owner_role
from toolkit.photos.files import open_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def areas_and_categories(units, settings, tmp_path):
    """Two villages called Menteng, and Duri Utara of Polsek A."""
    settings.MEDIA_ROOT = tmp_path
    make.make_area("31.73", "Jakarta Barat")
    make.make_area("31.73.04", "Tambora")
    village = make.make_area("31.73.04.1005", "Duri Utara", lat=-6.15, lon=106.81)
    make.make_area("31.71.06.1001", "Menteng", lat=-6.195, lon=106.835)
    make.make_area("32.71.01.1001", "Menteng", lat=-6.586, lon=106.78)
    UnitArea.objects.create(area=village, unit=units.polsek)
    make.make_category("noise_dispute", label="Tetangga ribut", synonyms=["sound horeg"])
    make.make_category(
        "domestic_violence",
        label="Kekerasan di rumah",
        group="crime",
        synonyms=["suami mukul"],
        is_sealed=True,
        hotline="129",
        hotline_name="SAPA",
    )
    make.make_category(
        "misconduct", label="Polisi bermasalah", is_sealed=True, is_about_police=True
    )
    make.make_category("other", label="Lainnya", group="other")
    return village


def page_text(answer):
    return answer.content.decode()


def field_errors(answer):
    """The error text by field."""
    form = answer.context["form"]
    return {name: " ".join(found) for name, found in form.errors.items()}


# First: what happened


def test_danger_comes_first_then_the_tiles(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = page_text(client.get(SEND))
    assert page.index('href="tel:110"') < page.index('name="words"') < page.index('name="category"')
    assert page.count('name="category"') == 4
    assert reverse("reports:report_leave") in page
    assert "Kekerasan" not in page.partition("</title>")[0]


def test_everyday_words_find_the_tile(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.post(SEND, {"step": "search", "words": "suami mkul"}, follow=True)
    assert answer.context["found"][0].code == "domestic_violence"
    assert "suami mkul" in page_text(answer)
    nothing = client.post(SEND, {"step": "search", "words": "xyzzy"}, follow=True)
    assert "Tidak ada yang cocok" in page_text(nothing)
    for odd in ("", "\x00", "a" * 5000, "\ud800".encode("utf-8", "surrogatepass")):
        assert client.post(SEND, {"step": "search", "words": odd}, follow=True).status_code == 200


def test_no_address_names_the_category(client):
    page = page_text(client.get(SEND))
    assert "domestic_violence" not in page.replace('value="domestic_violence"', "")
    chosen = choose(client, "domestic_violence")
    assert chosen.status_code == 200
    assert chosen["Referrer-Policy"] in ("same-origin", "no-referrer")


@pytest.mark.parametrize("category", ["", "tidak-ada", "\x00", "other'--"])
@pytest.mark.parametrize("step", ["choose", "send"])
def test_an_unknown_category_asks_again_and_keeps_the_words(client, step, category):
    answer = client.post(FILL, form_data(step=step, category=category), follow=True)
    assert answer.redirect_chain[-1][0].startswith(SEND)
    assert "Pilih dulu apa yang terjadi" in page_text(answer)
    assert "Musik keras sejak sore" in page_text(choose(client, "other"))
    assert not Report.objects.exists()


def test_pages_are_small(client):
    """The first visit costs under 60 kB, with some 11 kB of style and script."""
    with owner_role():
        Category.objects.all().delete()
    load_categories(site.BASE_DIR / "seeds", update=True)
    client.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
    pages = [
        client.get("/"),
        client.get(SEND),
        choose(client, "noise_dispute"),
    ]
    assert [page["Content-Encoding"] for page in pages] == ["gzip"] * 3
    assert all(len(page.content) < 9_000 for page in pages)


# Then: the form


def test_the_form(client, django_assert_num_queries):
    choose(client, "noise_dispute")
    with django_assert_num_queries(1):
        page = page_text(client.get(FILL))
    assert "<h1>Tetangga ribut</h1>" in page
    assert 'href="tel:110"' in page
    assert 'value="anonymous" id="id_privacy_0" checked' in page.replace(" required", "")
    for sentence in (
        "Tanpa nama",
        "Nama dirahasiakan",
        "Nama untuk petugas",
        "UU 31/2014",
        "gratis",
    ):
        assert sentence in page
    assert "Relawan, RT/RW, dan umum" in page
    assert "data-keep>" in page
    assert 'name="about_unit"' not in page


def test_a_sealed_form_is_discreet(client):
    page = page_text(choose(client, "domestic_violence"))
    assert "<title>Formulir" in page
    assert page.index('href="tel:110"') < page.index('href="tel:129"') < page.index("village_name")
    assert reverse("reports:report_leave") in page
    assert 'autocomplete="off"' in page
    assert 'autocomplete="name"' not in page
    assert 'data-keep="never"' in page


def test_another_kind_keeps_what_was_typed(client):
    change = client.post(FILL, form_data(step="change"))
    assert (change.status_code, change.url) == (303, SEND)
    again = choose(client, "other")
    assert "Musik keras sejak sore" in page_text(again)
    assert 'value="Duri Utara"' in page_text(again)


# Sent


def test_a_report_is_stored_and_leads_to_its_receipt(client, units, areas_and_categories):
    answer = client.post(FILL, form_data())
    assert (answer.status_code, answer.url) == (303, RECEIPT)
    report = Report.objects.get()
    assert (report.unit, report.village) == (units.polsek, areas_and_categories)
    assert (report.text, report.privacy) == ("Musik keras sejak sore", "anonymous")
    assert (report.source, report.precision) == ("web", "unknown")
    assert not ReportContact.objects.exists()
    assert code_in_cookie(client) == report.code
    assert report.code not in answer.url
    cookie = client.cookies["laporan"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", "")


def test_the_cookie_is_sent_over_https_only_where_the_site_is(client, settings):
    settings.PLAIN_HTTP = False
    client.post(FILL, form_data())
    assert client.cookies["laporan"]["secure"]


def test_statements_of_a_report(client, django_assert_max_num_queries):
    # categories; village; limit; savepoint and its end; already known?; unit; report, event, trail
    with django_assert_max_num_queries(10):
        client.post(FILL, form_data())


def test_a_position_stands_in_for_the_village(client, units, areas_and_categories):
    client.post(
        FILL, form_data(village_name=None, lat="-6.1501", lon="106.8102", accuracy_m="12.4")
    )
    report = Report.objects.get()
    assert (report.village, report.unit, report.accuracy_m) == (
        areas_and_categories,
        units.polsek,
        13,
    )
    assert report.h3_cell


def test_just_now_is_the_first_input(client):
    opened = timezone.now() - timedelta(minutes=7)
    client.post(FILL, form_data(when="now", shown_at=opened.isoformat()))
    report = Report.objects.get()
    assert (report.occurred_from, report.precision) == (opened, "about")


def test_hours_are_those_of_the_place(client, units, areas_and_categories, time_machine):
    time_machine.move_to("2026-11-11T05:00:00+00:00", tick=False)
    far = make.make_area("94.71.01.1001", "Gurabesi")
    UnitArea.objects.create(area=far, unit=units.polsek_east)
    for village, hour in (("Duri Utara", 3), ("Gurabesi", 1)):
        client.post(
            SEND,
            form_data(
                village_name=village,
                when="about",
                occurred_on="2026-11-11",
                occurred_at="10:00",
                occurred_until="10:30",
            ),
        )
        report = Report.objects.latest("pk")
        assert report.occurred_from.hour == hour
        assert report.occurred_to - report.occurred_from == timedelta(minutes=30)


def test_several_villages_of_a_name_are_a_choice(client):
    answer = client.post(FILL, form_data(village_name="Menteng"))
    assert answer.status_code == 200
    assert "Pilih yang dimaksud" in field_errors(answer)["area"]
    page = page_text(answer)
    assert page.count('type="radio" name="area"') >= 2
    assert "Musik keras sejak sore" in page
    pick = next(value for value, _label in answer.context["form"].fields["area"].widget.choices)
    assert client.post(FILL, form_data(village_name="Menteng", area=pick)).status_code == 303
    assert str(Report.objects.get().village_id) == pick


# Issue 7, line 9: punctuation does not decide the unit


@pytest.mark.parametrize(
    ("typed", "place", "stored"),
    [
        ("Duri-Utara.", "", ""),
        ("Duri\u00a0Utara RT 05/RW 03", "Jl. Angke 5", "Jl. Angke 5, RT 05/RW 03"),
        ("kel. duri utara rw.3", "", "RW 03"),
        ("RT 005 RW 003 Duri Utara, Tambora", "RT 05 RW 03", "RT 05 RW 03"),
        ("“Duri Utara” RT 5/3, Kec. Tambora", "dekat pos RW 3", "dekat pos RW 3, RT 05"),
    ],
)
def test_line_9_punctuation_does_not_decide_the_unit(client, units, typed, place, stored):
    assert client.post(FILL, form_data(village_name=typed, place=place)).status_code == 303
    report = Report.objects.get()
    assert (report.unit, report.village.name) == (units.polsek, "Duri Utara")
    assert report.place == stored


@pytest.fixture
def district_of_polsek(units):
    UnitArea.objects.create(area=Area.objects.get(code="31.73.04"), unit=units.polsek_neighbour)
    UnitArea.objects.create(area=Area.objects.get(code="31.73"), unit=units.polres)
    Area.objects.filter(code="31").update(name="DKI Jakarta")
    UnitArea.objects.create(area=Area.objects.get(code="31"), unit=units.polda)


def test_line_9_a_place_that_is_not_listed_asks_for_the_district(client, district_of_polsek):
    answer = client.post(FILL, form_data(village_name="Kampung Apung", area="0"))
    assert answer.status_code == 200
    assert "kecamatan atau kota mana" in field_errors(answer)["around_name"]
    page = page_text(answer)
    assert 'type="text" name="around_name"' in page
    assert "Kampung Apung" in page
    assert not Report.objects.exists()
    again = client.post(
        FILL, form_data(village_name="Kampung Apung", area="0", around_name="Xyzzy")
    )
    assert "tulis provinsinya" in field_errors(again)["around_name"]


@pytest.mark.parametrize(
    ("around", "unit"),
    [
        ("Tambora", "polsek_neighbour"),
        ("kec. tambora.", "polsek_neighbour"),
        ("Tambora, Jakarta-Barat", "polsek_neighbour"),
        ("JAKARTA BARAT", "polres"),
        ("dki jakarta", "polda"),
    ],
)
def test_line_9_the_district_takes_a_place_that_is_not_listed(
    client, units, district_of_polsek, around, unit
):
    sent = form_data(village_name="Kampung Apung RT 01", area="0", around_name=around, place="Pos")
    assert client.post(FILL, sent).status_code == 303
    report = Report.objects.get()
    assert report.unit == getattr(units, unit)
    assert report.place == "Pos, Kampung Apung RT 01"


def test_line_9_several_districts_of_a_name_are_a_choice(client, units, district_of_polsek):
    make.make_area("32.71.02", "Tambora")
    sent = {"village_name": "Kampung Apung", "area": "0", "around_name": "Tambora"}
    answer = client.post(FILL, form_data(**sent))
    assert "Pilih yang dimaksud" in field_errors(answer)["area"]
    pick = str(Area.objects.get(code="31.73.04").pk)
    assert f'name="area" value="{pick}"' in page_text(answer)
    assert client.post(FILL, form_data(**sent | {"area": pick})).status_code == 303
    assert Report.objects.get().unit == units.polsek_neighbour


def test_line_9_near_a_known_place_the_position_decides(client, units):
    where = {"lat": "-6.151", "lon": "106.811", "accuracy_m": "20"}
    sent = form_data(village_name="Kampung Apung", area="0", **where)
    assert client.post(FILL, sent).status_code == 303
    report = Report.objects.get()
    assert (report.unit, report.place) == (units.polsek, "Kampung Apung")


def test_line_9_far_from_every_known_place_the_district_is_asked_for(client, district_of_polsek):
    sea = {"lat": "0.5", "lon": "90.0", "accuracy_m": "20"}
    answer = client.post(FILL, form_data(village_name="Kampung Apung", area="0", **sea))
    assert "around_name" in field_errors(answer)


def test_line_9_nothing_is_cut_off_a_long_place(client):
    answer = client.post(FILL, form_data(village_name="Duri Utara RT 05/RW 03", place="x" * 195))
    assert "terlalu panjang" in field_errors(answer)["place"]
    assert client.post(FILL, form_data(place="x" * 200)).status_code == 303


@pytest.mark.parametrize(
    ("said", "unit", "about"),
    [
        ("polsek", "polres", "polsek"),
        ("polres", "polda", "polres"),
        ("polda", "mabes", "polda"),
        ("unknown", "polda", "polres"),
    ],
)
def test_about_police_goes_above_the_unit(client, units, said, unit, about):
    page = page_text(choose(client, "misconduct"))
    assert "Kesatuan lain, atau tidak tahu: kami kirim ke Polda" in page
    client.post(FILL, form_data(category="misconduct", about_unit=said))
    report = Report.objects.get()
    assert (report.unit, report.about_unit) == (getattr(units, unit), getattr(units, about))
    assert report.is_sealed


@pytest.mark.parametrize("privacy", ["sealed", "officers"])
def test_a_name_is_kept_apart(client, privacy):
    client.post(
        FILL, form_data(privacy=privacy, contact_name="Siti", contact_phone="0812 3456 7890")
    )
    contact = ReportContact.objects.get()
    assert (contact.name, contact.phone) == ("Siti", "+6281234567890")
    assert contact.report.privacy == privacy


def test_without_a_name_none_is_kept_though_it_was_typed(client):
    sent = form_data(privacy="anonymous", contact_name="Siti", contact_phone="12")
    assert client.post(SEND, sent).status_code == 303
    assert not ReportContact.objects.exists()
    assert Report.objects.get().privacy == "anonymous"


# Odd input: beside the field, in Indonesian, and never a failure

YEAR = timezone.now().year
PHONE = {"privacy": "officers"}
DATED = {"when": "exact", "occurred_on": timezone.localdate().isoformat()}
REFUSED = [
    ("village_name", "Isi kelurahan", {"village_name": ""}),
    ("village_name", "", {"village_name": "   "}),
    ("village_name", "", {"village_name": "Atlantis"}),
    ("village_name", "", {"village_name": "D"}),
    ("village_name", "", {"village_name": "Duri\x00Utara"}),
    ("village_name", "121", {"village_name": "x" * 121}),
    ("village_name", "", {"village_name": "\ufffd\ufffd"}),
    ("village_name", "", {"village_name": "%_"}),
    ("village_name", "", {"village_name": "', ', '"}),
    ("village_name", "", {"village_name": None, "lat": "106.8", "lon": "-6.15"}),
    ("village_name", "", {"village_name": None, "lat": "NaN", "lon": "NaN"}),
    ("village_name", "", {"village_name": None, "lat": "1e308", "lon": "1e308"}),
    ("village_name", "", {"village_name": None, "lat": "Infinity", "lon": "0"}),
    ("village_name", "", {"village_name": None, "lat": "\x00", "lon": "\x00"}),
    ("village_name", "", {"village_name": None, "lat": "-6.15"}),
    ("village_name", "jauh", {"village_name": None, "lat": "51.5", "lon": "0.1"}),
    ("area", "", {"village_name": "Menteng", "area": "999999999"}),
    ("area", "", {"village_name": "Menteng", "area": "-1 or 1=1"}),
    ("area", "", {"village_name": "Menteng", "area": "\x00"}),
    ("place", "200", {"place": "x" * 201}),
    ("place", "", {"place": "gang\x00buntu"}),
    ("text", "4000", {"text": "x" * 4001}),
    ("text", "", {"text": "ada\x00apa"}),
    ("text", "Tulis", {"category": "other", "text": " "}),
    ("when", "", {"when": "besok"}),
    ("occurred_at", "", {"when": "exact", "occurred_at": ""}),
    ("occurred_at", "", {**DATED, "occurred_at": "25:61"}),
    ("occurred_at", "", {**DATED, "occurred_at": "sore"}),
    ("occurred_until", "", {**DATED, "occurred_at": "00:01", "occurred_until": "99:99"}),
    ("occurred_on", "", {"when": "exact", "occurred_on": "31-02-2026", "occurred_at": "10:00"}),
    ("occurred_on", "", {"when": "exact", "occurred_on": "0001-01-01", "occurred_at": "00:00"}),
    ("occurred_on", "", {"when": "about", "occurred_on": "9999-12-31", "occurred_at": "23:59"}),
    ("occurred_on", "", {"when": "about", "occurred_on": f"{YEAR + 1}-01-01"}),
    ("privacy", "", {"privacy": "rahasia"}),
    ("contact_phone", "Isi nama atau nomor", PHONE),
    ("contact_phone", "bukan nomor", {**PHONE, "contact_phone": "12"}),
    ("contact_phone", "", {**PHONE, "contact_phone": "nomor saya"}),
    ("contact_phone", "", {**PHONE, "contact_phone": "+62" + "8" * 40}),
    ("contact_phone", "", {**PHONE, "contact_phone": "0812\x00345678"}),
    ("contact_name", "100", {**PHONE, "contact_name": "x" * 101}),
    ("contact_name", "", {**PHONE, "contact_name": "Si\x00ti"}),
    ("about_unit", "Pilih", {"category": "misconduct"}),
    ("about_unit", "", {"category": "misconduct", "about_unit": "mabes"}),
    ("__all__", "tersembunyi", {"subject": "http://beli.example"}),
]


@pytest.mark.parametrize(("field", "words", "changes"), REFUSED)
def test_what_cannot_be_is_said_beside_its_field(client, field, words, changes):
    answer = client.post(FILL, form_data(**changes))
    assert answer.status_code == 200
    found = field_errors(answer)
    assert set(found) == {field}
    if words.isdigit():
        assert words.replace("121", "120") in found[field]
    else:
        assert words in found[field] or "kelurahan" in found[field]
    page = page_text(answer)
    assert "Belum terkirim" in page
    # The error stands beside the field too, not only on top.
    assert page.count(found[field].split(".")[0][:30]) >= (1 if field == "__all__" else 2)
    if "text" not in changes:
        assert "Musik keras sejak sore" in page
    for english in ("This ", "Enter ", "Select ", "Ensure ", "not a valid"):
        assert english not in " ".join(found.values())
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"lat": "106.8", "lon": "-6.15"},
        {"lat": "1e308", "lon": "nan", "accuracy_m": "-5"},
        {"lat": "\x00", "lon": "\x00", "accuracy_m": "\x00"},
        {"lat": "-6.15", "lon": "106.8", "accuracy_m": "1e999"},
        {"lat": "x" * 100_000},
        {"shown_at": "kemarin", "when": "now"},
        {"shown_at": "9999-12-31T23:59:59+00:00", "when": "now"},
        {"shown_at": "\x00", "when": "now"},
        {"client_uuid": "bukan-uuid"},
        {"client_uuid": "\x00"},
        {"client_uuid": None},
        {"when": None},
        {"privacy": None},
        {"when": "now", "occurred_at": "sore", "occurred_on": "besok"},
        {"area": "999999999"},
        {"about_unit": "polsek"},
        {"text": "\U0001f525 \u202e \ufffd <script>alert(1)</script>"},
        {"village_name": "duri utara, tambora"},
        {"village_name": "Duri Utara, Tambora, Jakarta Barat"},
        {"village_name": "Atlantis", "area": "0", "around_name": "kec. tambora"},
    ],
)
def test_what_nobody_can_mend_does_not_cost_the_report(client, changes):
    assert client.post(FILL, form_data(**changes)).status_code == 303
    assert Report.objects.count() == 1


def test_lone_surrogates_and_broken_bytes(client):
    body = b"step=send&category=other&when=unknown&privacy=anonymous&village_name=Duri+Utara&text="
    for broken in (b"%ED%A0%80", b"%FF%FE", b"\xff\xfe", b"%00%ED%BF%BF"):
        answer = client.post(SEND, body + broken, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 303)


def test_a_body_of_megabytes_is_refused(client):
    assert client.post(FILL, form_data(text="x" * 1_100_000)).status_code == 400
    assert not Report.objects.exists()


# Photos


def giant_png():
    """30,000 × 30,000 pixels in a few kilobytes."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    file = BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + chunk(b"IEND", b"")
    )
    file.name = "besar.png"
    return file


def make_file(data, name):
    file = BytesIO(data)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        (lambda: [jpeg(name=f"{n}.jpg") for n in range(6)], "5"),
        (lambda: [giant_png()], "terlalu besar"),
        (
            lambda: [make_file(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto.jpg")],
            "bukan foto",
        ),
        (lambda: [make_file(b"<html><script>1</script>", "foto.jpg")], "bukan foto"),
        (lambda: [make_file(b"", "kosong.jpg")], "kosong"),
        (lambda: [make_file(jpeg((900, 900)).getvalue()[:400], "separuh.jpg")], "bukan foto"),
        (lambda: [make_file(b"\xff" * (12 * 1024 * 1024 + 1), "berat.jpg")], "12 MB"),
    ],
)
def test_photos_that_are_none_are_refused_fast(client, photos, words):
    start = timezone.now()
    answer = client.post(FILL, form_data(photos=photos()))
    assert timezone.now() - start < timedelta(seconds=2)
    assert set(field_errors(answer)) == {"photos"}
    assert words in field_errors(answer)["photos"]
    assert "pilih lagi fotonya" in page_text(answer)
    assert "Musik keras sejak sore" in page_text(answer)
    assert not Report.objects.exists()


def test_nothing_but_the_picture_is_kept_of_a_photo(client):
    taken = Image.Exif()
    taken[0x010F] = "Kamera Rahasia"
    taken.get_ifd(0x8825).update({1: "S", 2: (6.0, 9.0, 0.0), 3: "E", 4: (106.0, 48.0, 0.0)})
    file = BytesIO()
    Image.new("RGB", (640, 480), "red").save(file, "JPEG", exif=taken)
    client.post(FILL, form_data(photos=[make_file(file.getvalue(), "IMG-rahasia.jpg")]))
    photo = Report.objects.get().photos.get()
    for stored in (photo.large, photo.small):
        with open_file(stored.name) as kept, Image.open(kept) as image:
            assert not image.getexif()
            assert "exif" not in image.info
        assert "rahasia" not in stored.name
        with open_file(stored.name) as kept:
            assert b"Rahasia" not in kept.read()


# Twice, at once, too often


def test_a_second_tap_stores_nothing_new(client):
    sent = form_data()
    assert [client.post(SEND, sent).status_code for _ in range(3)] == [303] * 3
    assert code_in_cookie(client) == Report.objects.get().code


def test_another_report_under_the_same_form_is_kept_as_a_new_one(client):
    sent = form_data(photos=[jpeg()])
    client.post(SEND, sent)
    answer = client.post(FILL, form_data(client_uuid=sent["client_uuid"], text="Sekarang lain"))
    assert answer.status_code == 409
    page = page_text(answer)
    assert "sudah terkirim laporan lain" in page
    assert "Sekarang lain" in page
    assert sent["client_uuid"] not in page
    fresh = answer.context["form"]["client_uuid"].value()
    assert client.post(FILL, form_data(client_uuid=fresh, text="Sekarang lain")).status_code == 303
    assert Report.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_posts_at_once_are_one_report(areas_and_categories):
    sent = form_data(when="now")
    barrier, codes, failures = threading.Barrier(50, timeout=60), set(), []

    def send():
        try:
            own = Client(HTTP_USER_AGENT=str(uuid.uuid4()))
            connection.ensure_connection()
            barrier.wait()
            answer = own.post(SEND, {**sent, "photos": [jpeg()]})
            codes.add((answer.status_code, code_in_cookie(own)))
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert codes == {(303, Report.objects.get().code)}
    assert Report.objects.get().photos.count() == 1
    assert ReportEvent.objects.count() == 1


def test_too_many_reports_wait_and_lose_no_word(client):
    for _ in range(REPORTS.most):
        assert client.post(FILL, form_data()).status_code == 303
    answer = client.post(FILL, form_data(text="Yang terakhir"))
    assert answer.status_code == 429
    assert "Terlalu banyak kiriman" in page_text(answer)
    assert "Yang terakhir" in page_text(answer)
    other = Client(HTTP_USER_AGENT="HP tetangga")
    assert other.post(SEND, form_data()).status_code == 303


def test_photos_count_even_if_refused_and_are_not_read_past_the_limit(client, monkeypatch):
    client.get(SEND)  # the cookie of the form tells the device
    clean = Mock(side_effect=ValidationError("Bukan foto"))
    monkeypatch.setattr("toolkit.photos.fields.clean_photo", clean)
    for _ in range(REPORTS.most):
        assert client.post(FILL, form_data(photos=[jpeg((9, 9))])).status_code == 200
    assert clean.call_count == REPORTS.most
    answer = client.post(FILL, form_data(photos=[jpeg((9, 9))]))
    assert answer.status_code == 429
    assert clean.call_count == REPORTS.most
    assert "Musik keras sejak sore" in page_text(answer)
    assert "Terlalu banyak kiriman" in page_text(answer)
    assert "pilih lagi fotonya" in page_text(answer)


def test_a_form_not_yet_filled_in_does_not_count(client):
    for _ in range(REPORTS.most):
        client.post(FILL, form_data(village_name=""))
    assert client.post(FILL, form_data()).status_code == 303


# Without a name


def test_nothing_of_the_sender_is_in_the_database(client, officer):
    client.get(SEND, headers={"user-agent": "Kenari-HP"}, REMOTE_ADDR="203.0.113.77")
    client.post(
        SEND,
        form_data(contact_name="Kenari Nama", contact_phone="0812 9999 8888", photos=[jpeg()]),
        headers={"user-agent": "Kenari-HP"},
        REMOTE_ADDR="203.0.113.77",
    )
    cookies = [morsel.value for morsel in client.cookies.values() if morsel.value]
    assert Report.objects.exists()
    assert not Session.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace ="
            " 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            rows[table] = "\n".join(text for (text,) in cursor.fetchall())
    canaries = ("Kenari", "203.0.113.77", "99998888", "9999 8888", *cookies)
    found = [(table, word) for table, text in rows.items() for word in canaries if word in text]
    assert found == []


def test_nothing_of_it_is_in_the_log(client, caplog):
    caplog.set_level("DEBUG")
    client.post(FILL, form_data())
    client.get(RECEIPT)
    assert Report.objects.get().code not in caplog.text
    assert "Musik keras" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )


def test_every_seeded_category_has_its_form(client):
    with owner_role():
        Category.objects.all().delete()
    load_categories(site.BASE_DIR / "seeds", update=True)
    page = client.get(SEND)
    codes = [row.code for _group, rows in page.context["groups"] for row in rows]
    assert len(codes) > 30
    for code in codes:
        answer = choose(client, code)
        assert answer.status_code == 200
        sealed = answer.context["category"].is_sealed
        assert "<title>Formulir" in page_text(answer)  # the history of the browser names no kind
        assert ("data-exit" in page_text(answer)) == sealed
