from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from reports.models import Report, ReportEvent
from reports.services.casework import hand_over_report, note_report
from reports.services.changes import (
    arrive_at_report,
    dispatch_report,
    merge_report,
    resolve_report,
)
from reports.services.reporter import add_reporter_note, rate_report
from tests import factories as make
from tests.pictures import jpeg
from toolkit.photos.clean import clean_photo

NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


def detail_url(report):
    return reverse("reports:report_detail", args=[report.pk])


def get_page(client, report):
    response = client.get(detail_url(report))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def report(units):
    """Sent an hour ago with a name; due half an hour after that."""
    return make.make_report(
        units.polsek,
        "Ribut di ujung gang",
        place="Gang Sempit 5",
        lat=-6.1427,
        lon=106.8021,
        accuracy_m=12,
        reported_at=timezone.now() - timedelta(hours=1),
        precision="about",
        occurred_from=timezone.now() - timedelta(hours=2),
        privacy="officers",
        contact_name="Bu Kenanga",
        contact_phone="+6281299990000",
        photos=(clean_photo(jpeg()),),
    )


def test_what_is_told_and_nothing_of_who(sign_in, officer, report):
    html = get_page(sign_in(officer), report)
    for part in (
        report.number,
        "Ribut di ujung gang",
        "Gang Sempit 5",
        "-6.14270,106.80210",
        "sekitar 11 Nov 2026 21.30 WIB",
        "11 Nov 2026 22.30 WIB",
        "Terlambat 30 menit: target tiba pukul 23.00 WIB",
        "Situs web",
        "Nama untuk petugas",
        "Publik",
        reverse("reports:report_photo", args=[report.photos.get().pk, "small"]),
        reverse("reports:report_share", args=[report.pk]),
    ):
        assert part in html, part
    for part in (report.code, report.code[3:7], "Kenanga", "99990000"):
        assert part not in html


def test_the_timeline_tells_public_from_internal(sign_in, units, officer, report):
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    note_report(report=report, by=officer, text="Catatan dalam")
    add_reporter_note(code=report.code, text="Masih ribut", photos=(clean_photo(jpeg()),))
    html = get_page(sign_in(officer), report)
    for part in ("Catatan dalam", "Internal", "Masih ribut", "Pelapor", "Bhabin A", "Tiba"):
        assert part in html
    assert html.count("Rabu, 11 November 2026") == 1
    assert "1 jam setelah laporan masuk" in html
    assert "Terlambat" not in html


def test_the_outcome_and_the_rating(sign_in, officer, report):
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(
        report=report,
        by=officer,
        outcome="police_report",
        reason="Dibawa ke Polsek",
        lp_number="LP/B/1/XI/2026",
    )
    rate_report(code=report.code, rating=4)
    html = get_page(sign_in(officer), report)
    for part in ("Hasil penanganan", "Dibawa ke Polsek", "LP/B/1/XI/2026", "Dinilai 4 dari 5"):
        assert part in html


def test_handed_over_is_read_and_not_worked_on(sign_in, units, officer, neighbour, report):
    hand_over_report(report=report, by=officer, unit=units.polsek_neighbour, reason="Lokasi sana")
    html = get_page(sign_in(officer), report)
    assert "Dilimpahkan ke Polsek Tetangga" in html
    assert "Lokasi sana" in html
    assert reverse("reports:report_verify", args=[report.pk]) not in html
    html = get_page(sign_in(neighbour), report)
    assert "Dilimpahkan ke Polsek Tetangga. Anda masih" not in html
    assert reverse("reports:report_verify", args=[report.pk]) in html


def test_merged_both_ways(sign_in, units, officer, report):
    double = make.make_report(units.polsek, "Ribut juga")
    merge_report(report=double, by=officer, into=report)
    client = sign_in(officer)
    assert f'<a href="{detail_url(double)}">{double.number}</a>' in get_page(client, report)
    html = get_page(client, double)
    assert "Digabung dengan" in html
    assert f'<a href="{detail_url(report)}">{report.number}</a>' in html


def test_a_merged_report_out_of_sight_has_no_number(sign_in, units, officer, report):
    double = make.make_report(units.polsek, "Ribut juga")
    merge_report(report=double, by=officer, into=report)
    client = sign_in(officer)
    Report.objects.filter(pk=report.pk).update(is_sealed=True)
    html = get_page(client, double)
    assert "Digabung dengan laporan lain." in html
    assert detail_url(report) not in html
    Report.objects.update(is_sealed=False)
    Report.objects.filter(pk=double.pk).update(is_sealed=True)
    assert double.number not in get_page(client, report)


def test_merged_reports_in_sight_are_not_crowded_out(sign_in, units, officer, report, monkeypatch):
    monkeypatch.setattr("reports.selectors.timeline.MOST_MERGED", 1)
    for text in ("Satu", "Dua"):
        merge_report(report=make.make_report(units.polsek, text), by=officer, into=report)
    first, second = Report.objects.filter(duplicate_of=report).order_by("pk")
    Report.objects.filter(pk=first.pk).update(is_sealed=True)
    html = get_page(sign_in(officer), report)
    assert first.number not in html
    assert second.number in html


def test_sealed_opens_to_few(sign_in, units, officer, commander, keeper):
    sealed = make.make_category("domestic", label="Kekerasan di rumah", is_sealed=True)
    report = make.make_report(units.polsek, "Suami memukul", category=sealed)
    for person in (officer, commander):
        assert sign_in(person).get(detail_url(report)).status_code == 404
    html = get_page(sign_in(keeper), report)
    assert "Tertutup" in html
    assert "Suami memukul" in html
    dispatch_report(report=report, by=keeper, assignee=officer)
    assert "Suami memukul" in get_page(sign_in(officer), report)


def test_about_a_unit_says_so(sign_in, units):
    misconduct = make.make_category("misconduct", is_sealed=True, is_about_police=True)
    report = make.make_report(
        units.polsek, "Minta uang", category=misconduct, about_unit=units.polsek
    )
    keeper = make.make_user(
        "Kasi Propam", units.polres, "commander", username="propam.a", opens_sealed=True
    )
    assert report.unit == units.polres
    assert "tentang Polsek A" in get_page(sign_in(keeper), report)


def test_strangers_find_nothing(sign_in, neighbour, volunteer, nobody, officer_east, report):
    for person in (neighbour, volunteer, nobody, officer_east):
        assert sign_in(person).get(detail_url(report)).status_code == 404


def test_words_are_shown_as_words(sign_in, units, officer):
    report = make.make_report(units.polsek, "<script>alert(1)</script>")
    html = get_page(sign_in(officer), report)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_in_the_zone_of_the_unit(sign_in, units, officer_east):
    report = make.make_report(units.polsek_east)
    html = get_page(sign_in(officer_east), report)
    assert "12 Nov 2026 01.30 WIT" in html
    assert "WIB" not in html


def test_a_report_that_says_little(sign_in, units, officer):
    category = make.make_category("plain", target_minutes=None)
    report = make.make_report(units.polsek, "", category=category)
    html = get_page(sign_in(officer), report)
    assert "Tidak ada uraian." in html
    assert "tidak diketahui" in html
    assert "Terlambat" not in html


@pytest.mark.parametrize("notes", [1, 12])
def test_statements_do_not_grow(
    sign_in, units, officer, commander, report, django_assert_max_num_queries, notes
):
    village = make.make_area("31.73.04.1001", "Duri Utara")
    Report.objects.filter(pk=report.pk).update(village=village)
    for number in range(notes):
        note_report(
            report=report, by=officer, text=f"Catatan {number}", photos=(clean_photo(jpeg()),)
        )
        merge_report(report=make.make_report(units.polsek), by=officer, into=report)
    client = sign_in(commander)
    with django_assert_max_num_queries(8):
        html = get_page(client, report)
    assert "Duri Utara" in html


def test_a_kind_of_event_that_a_newer_version_wrote_breaks_no_page():
    assert ReportEvent(kind="note").label == "catatan"
    assert ReportEvent(kind="newer").label == "newer"


def test_a_plain_report_costs_four_statements(sign_in, units, officer, django_assert_num_queries):
    """Session, person with postings, report, timeline."""
    client, plain = sign_in(officer), make.make_report(units.polsek)
    with django_assert_num_queries(4):
        get_page(client, plain)


def test_a_photo_has_the_rights_of_its_report(sign_in, officer, neighbour, report):
    photo = report.photos.get()
    address = reverse("reports:report_photo", args=[photo.pk, "small"])
    response = sign_in(officer).get(address)
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response)[:3] == b"\xff\xd8\xff"
    response = sign_in(officer).get(address + "?download")
    assert f"{report.number}-{photo.pk}.jpg" in response["Content-Disposition"]
    assert b"".join(response)
    assert sign_in(officer).get(address.replace("small", "huge")).status_code == 404
    assert sign_in(neighbour).get(address).status_code == 404


def test_line_19_a_target_of_another_day_is_shown_with_its_date(sign_in, units, officer):
    report = make.make_report(units.polsek, now=timezone.now() - timedelta(days=3))
    page = sign_in(officer).get(detail_url(report)).content.decode()
    day = date_format(report.due_at.astimezone(units.polsek.zone), "j M Y")
    assert f"{day} {report.due_at.astimezone(units.polsek.zone):%H.%M} WIB" in page
