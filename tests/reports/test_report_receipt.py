import re

import pytest
from django.core import signing
from django.urls import reverse

from reports.views.code_cookie import NAME
from territory.models import Unit
from tests import factories as make
from tests.reports.citizen import RECEIPT, TRACK, give_code
from toolkit.photos.clean import digest_of, missing_photo

pytestmark = pytest.mark.django_db


def get_receipt(client, report):
    give_code(client, report.code)
    answer = client.get(RECEIPT)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_stands_on_it(client, units, django_assert_num_queries):
    Unit.objects.filter(pk=units.polsek.pk).update(phone="+62215601234")
    report = make.make_report(units.polsek, "Kenari bercerita", place="Gang kenari 4")
    give_code(client, report.code)
    with django_assert_num_queries(2):  # the report, and its photos, of which some may be missing
        page = client.get(RECEIPT).content.decode()
    assert f'id="code">{report.code}<' in page
    assert report.number in page
    assert "Polsek A" in page
    assert "dalam 30 menit" in page
    assert 'href="tel:+62215601234"' in page
    assert "Ini bukan Laporan Polisi" in page
    assert "SPKT Polsek A" in page
    assert "data-copy" in page
    assert "data-print" in page
    assert "enari" not in page


def test_photos_that_are_missing_are_a_button_away(client, units):
    lost = [missing_photo(digest_of(name)) for name in (b"a", b"b")]
    page = get_receipt(client, make.make_report(units.polsek, photos=lost))
    assert "Kedua foto tidak dapat disimpan" in page
    link = re.search(rf'<a class="([^"]+)" href="{TRACK}#more">', page)
    assert "btn" in link[1].split()
    assert "Kedua foto" not in get_receipt(client, make.make_report(units.polsek))


def test_the_link_for_whatsapp_tells_nothing_of_the_report(client, units):
    report = make.make_report(units.polsek, "Kenari", place="Kenari")
    link = re.search(r'https://wa\.me/\?text=([^"]+)"', get_receipt(client, report))[1]
    assert report.code in link
    assert "%2Flacak%2F" in link
    for word in ("enari", "Polsek", report.number, report.category.label, "+"):
        assert word not in link


def test_a_sealed_one_is_for_paper_only(client, units):
    category = make.make_category("domestic_violence", is_sealed=True)
    page = get_receipt(client, make.make_report(units.polsek, category=category))
    assert "<title>Formulir" in page
    assert "Catat kode ini di kertas" in page
    assert reverse("reports:report_leave") in page
    assert reverse("reports:track_forget") in page
    for absent in ("wa.me", "data-copy", "data-print", category.label):
        assert absent not in page


def test_where_a_laporan_polisi_is_made(client, units):
    Unit.objects.filter(pk=units.polsek.pk).update(investigates=False)
    assert "SPKT Polres A" in get_receipt(client, make.make_report(units.polsek))


def test_a_category_others_handle_says_who(client, units):
    category = make.make_category("dangling_cable", handler="PLN")
    page = get_receipt(client, make.make_report(units.polsek, category=category))
    assert "diteruskan ke PLN" in page
    assert "menit" not in page


def test_without_a_code_there_is_only_the_form_for_it(client, units):
    make.make_report(units.polsek)
    assert client.get(RECEIPT).url == TRACK
    client.cookies[NAME] = "LW-7F3K-92QX-4MPD"
    assert client.get(RECEIPT).url == TRACK
    give_code(client, "LW-7F3K-92QX-4MPD")
    assert client.get(RECEIPT).url == TRACK


def test_a_cookie_counts_for_two_hours_and_only_unchanged(client, units, time_machine):
    report, other = make.make_report(units.polsek), make.make_report(units.polsek)
    give_code(client, report.code)
    client.cookies[NAME] = client.cookies[NAME].value.replace(report.code, other.code)
    assert client.get(RECEIPT).status_code == 302
    client.cookies[NAME] = signing.get_cookie_signer(salt="another").sign(report.code)
    assert client.get(RECEIPT).status_code == 302
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    give_code(client, report.code)
    time_machine.move_to("2026-11-11T11:59:00+00:00", tick=False)
    assert client.get(RECEIPT).status_code == 200
    time_machine.move_to("2026-11-11T12:01:00+00:00", tick=False)
    assert client.get(RECEIPT).status_code == 302
