from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.models import Report
from reports.services.casework import note_report
from reports.services.changes import dispatch_report, refer_report, resolve_report
from reports.services.reporter import add_reporter_note
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo

NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


def share_url(report):
    return reverse("reports:report_share", args=[report.pk])


def shared_text(response):
    assert response.status_code == 200
    return response.context["form"]["text"].value()


@pytest.fixture
def handled_report(units, officer):
    report = make.make_report(
        units.polsek,
        "Ribut {lagi}, hubungi 0812-3456-7890",
        place="Gang Sempit 5",
        lat=-6.1427,
        lon=106.8021,
        reported_at=timezone.now() - timedelta(hours=1),
        precision="exact",
        occurred_from=timezone.now() - timedelta(hours=3),
        occurred_to=timezone.now() - timedelta(hours=2),
        privacy="officers",
        contact_name="Bu Kenanga",
        contact_phone="+6281299990000",
    )
    village = make.make_area("31.73.04.1001", "Duri Utara")
    Report.objects.filter(pk=report.pk).update(village=village)
    note_report(report=report, by=officer, text="Catatan dalam")
    add_reporter_note(code=report.code, text="Kata pelapor")
    dispatch_report(report=report, by=officer, assignee=officer)
    return report


def test_the_report_as_units_send_it(sign_in, officer, handled_report):
    resolve_report(
        report=handled_report, by=officer, outcome="handled", reason="Pemuda diimbau pulang"
    )
    text = shared_text(sign_in(officer).get(share_url(handled_report)))
    for part in (
        "Kepada Yth.",
        "Dari: Polsek A",
        f"Perihal: Laporan kejadian Noise dispute ({handled_report.number})",
        "Hari: Rabu",
        "Tanggal: 11 November 2026",
        "Pukul: 22.30 WIB",
        "Waktu kejadian: 11 Nov 2026 20.30 WIB sampai 21.30 WIB",
        "Tempat: Gang Sempit 5, Duri Utara, Wilayah 31.73.04",
        "Petugas: Bhabin A",
        f"(uraian pelapor ada pada laporan {handled_report.number})",
        "- 11 Nov 2026 23.30 WIB Petugas ditugaskan",
        "Hasil: Ditangani di tempat\n",
        "Situasi: selesai ditangani",
        "Demikian dilaporkan.",
    ):
        assert part in text, part
    for part in (
        "Kenanga",
        "99990000",
        handled_report.code,
        "Catatan dalam",
        "Kata pelapor",
        "{uraian}",
    ):
        assert part not in text
    for part in ("Ribut", "Koordinat", "-6.1427", "diimbau"):
        assert part not in text


def test_line_18_words_are_put_in_when_asked_for_numbers_and_the_reporter_never(
    sign_in, officer, handled_report
):
    response = sign_in(officer).get(share_url(handled_report), {"residents": "1"})
    text = shared_text(response)
    assert "Ribut {lagi}, hubungi …" in text
    assert "3456" not in response.context["whatsapp"]
    assert "Koordinat: -6.14270, 106.80210" in text
    assert "Di dalam teks: kata-kata pelapor" in response.content.decode()
    assert "99990000" not in response.content.decode()
    assert handled_report.code not in response.content.decode()


def test_the_page_says_what_is_left_out_and_offers_it(sign_in, units, officer, handled_report):
    client = sign_in(officer)
    resolve_report(report=handled_report, by=officer, outcome="handled", reason="Pak Budi diimbau")
    html = client.get(share_url(handled_report)).content.decode()
    assert "Tidak dicantumkan: kata-kata pelapor sendiri, posisi, rincian penanganan" in html
    assert 'href="?residents=1"' in html
    assert "Hasil: Ditangani di tempat. Pak Budi diimbau" in shared_text(
        client.get(share_url(handled_report), {"residents": "1"})
    )


@pytest.mark.parametrize(("source", "at"), [("phone", False), ("patrol", True)])
def test_words_an_officer_took_down_are_in_it(sign_in, units, officer, source, at):
    report = make.make_report(
        units.polsek,
        "Ribut, hubungi 0812-3456-7890",
        by=officer,
        source=source,
        lat=-6.1,
        lon=106.8,
    )
    text = shared_text(sign_in(officer).get(share_url(report)))
    assert "Ribut, hubungi …" in text
    assert ("Koordinat: -6.10000" in text) is at


def test_what_is_not_known_is_left_out(sign_in, units, officer):
    text = shared_text(sign_in(officer).get(share_url(make.make_report(units.polsek, "Ribut"))))
    for part in ("Tempat", "Koordinat", "Petugas", "Waktu kejadian", "Hasil", "terlampir"):
        assert part not in text
    assert "Tindakan: belum ada, menunggu verifikasi.\n" in text


def test_passed_on_names_the_agency(sign_in, officer, handled_report):
    refer_report(report=handled_report, by=officer, agency="PLN", text="Kabel putus")
    text = shared_text(sign_in(officer).get(share_url(handled_report)))
    assert "Diteruskan: PLN. Kabel putus" in text


def test_sealed_is_a_number_and_a_state(sign_in, units, keeper):
    sealed = make.make_category("domestic", label="Kekerasan di rumah", is_sealed=True)
    report = make.make_report(
        units.polsek, "Suami memukul", category=sealed, photos=(clean_photo(jpeg()),)
    )
    client = sign_in(keeper)
    for query in ({}, {"residents": "1"}):
        response = client.get(share_url(report), query)
        text = shared_text(response)
        assert report.number in text
        assert "tertutup" in text
        html = response.content.decode()
        assert "Laporan ini tertutup" in html
        for part in ("memukul", "Kekerasan", "<img", report.code):
            assert part not in html


def test_links_and_photos(sign_in, units, officer):
    report = make.make_report(units.polsek, photos=(clean_photo(jpeg()),))
    response = sign_in(officer).get(share_url(report))
    text = shared_text(response)
    assert "dokumentasi terlampir" in text
    link = urlsplit(response.context["whatsapp"])
    assert link.netloc == "wa.me"
    assert parse_qs(link.query)["text"] == [text]
    photo = reverse("reports:report_photo", args=[report.photos.get().pk, "large"])
    assert photo in response.context["photo_urls"]


def test_in_indonesian_and_in_the_zone_of_the_unit(sign_in, units, officer_east):
    report = make.make_report(units.polsek_east)
    client = sign_in(officer_east)
    client.cookies["django_language"] = "en"
    text = shared_text(client.get(share_url(report)))
    assert "Pukul: 01.30 WIT" in text
    assert "Situasi: diterima" in text


def test_neighbours_find_nothing(sign_in, neighbour, volunteer, handled_report):
    for person in (neighbour, volunteer):
        assert sign_in(person).get(share_url(handled_report)).status_code == 404


def test_statements(sign_in, officer, handled_report, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(6):
        client.get(share_url(handled_report))


def test_line_18_numbers_stay_out_of_every_part_and_amounts_stay(sign_in, units, officer):
    numbers = "telepon (021) 5551234, NIK 3173041201850001, rugi Rp 12.500.000"
    report = make.make_report(units.polsek, numbers, by=officer, place=f"Gang 5, {numbers}"[:200])
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason=numbers)
    text = shared_text(sign_in(officer).get(share_url(report), {"residents": "1"}))
    assert text.count("rugi Rp 12.500.000") == 3
    for digits in ("5551234", "317304"):
        assert digits not in text


def test_line_18_who_does_not_work_on_it_puts_no_names_in(sign_in, units, handled_report):
    administrator = make.make_user("Admin A", units.polsek, "admin")
    response = sign_in(administrator).get(share_url(handled_report), {"residents": "1"})
    assert "Ribut" not in shared_text(response)
    assert "residents=1" not in response.content.decode()
