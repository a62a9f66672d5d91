from datetime import timedelta

import pytest
from django.utils import timezone

from reports.models import Report
from tests import factories as make
from tests.reports.report_pages import make_report_in_state, messages_in, page_url, reload_report


def similar_texts(answer):
    return [one.report.text for one in answer.context["form"].candidates()]


def test_candidates_by_kind_unit_days_and_distance(sign_in, units, officer):
    now = timezone.now()
    here = {"lat": -6.15, "lon": 106.8}
    report = make.make_report(units.polsek, "Ribut di gang", **here)
    make.make_report(units.polsek, "Jauh", lat=-6.18, lon=106.8)
    make.make_report(units.polsek, "Tanpa tempat")
    make.make_report(units.polsek, "Dekat", lat=-6.151, lon=106.8)
    make.make_report(units.polsek, "Lama", now=now - timedelta(days=3), **here)
    make.make_report(units.polsek_neighbour, "Tetangga", **here)
    make.make_report(units.polsek, "Lain jenis", category=make.make_category("theft"), **here)
    make_report_in_state("closed", units.polsek, officer, text="Sudah ditutup", **here)
    answer = sign_in(officer).get(page_url("report_merge", report))
    assert similar_texts(answer) == ["Dekat", "Jauh", "Tanpa tempat"]
    html = answer.content.decode()
    assert "jarak 111 m" in html
    assert "jarak tidak diketahui" in html
    assert "selisih 0 menit" in html


def test_a_sealed_one_is_no_candidate(sign_in, units, officer):
    report = make.make_report(units.polsek, "Ribut")
    other = make.make_report(units.polsek, "Disegel")
    Report.objects.filter(pk=other.pk).update(is_sealed=True)
    assert similar_texts(sign_in(officer).get(page_url("report_merge", report))) == []
    answer = sign_in(officer).post(page_url("report_merge", report), {"into": other.number})
    assert "Tidak ada laporan bernomor ini" in answer.content.decode()


def test_merged_by_its_number_as_people_write_it(sign_in, units, officer):
    for written in ("LK-{:06}", "lk {}", "{}", " LK-{} "):
        report, other = (make.make_report(units.polsek, text) for text in ("Satu", "Dua"))
        sent = {"into": written.format(other.pk), "seen": reload_report(report).stamp}
        answer = sign_in(officer).post(page_url("report_merge", report), sent, follow=True)
        assert f"Digabung dengan {other.number}" in messages_in(answer)
        assert reload_report(report).duplicate_of == other


def test_what_cannot_be_is_said_beside_the_field(sign_in, units, officer, neighbour):
    report = make.make_report(units.polsek)
    foreign = make.make_report(units.polsek_neighbour)
    merged = make_report_in_state("duplicate", units.polsek, officer)
    for into in ("", "abc", "LK-", "LK-999999", report.number, foreign.number, merged.number):
        answer = sign_in(officer).post(page_url("report_merge", report), {"into": into})
        assert 'id="id_into_error"' in answer.content.decode(), into
    assert reload_report(report).state == "received"


def test_no_other_number_is_named(sign_in, units, officer):
    report = make.make_report(units.polsek)
    merged, closed = (
        make_report_in_state(state, units.polsek, officer) for state in ("duplicate", "closed")
    )
    for into in (merged, closed):
        answer = sign_in(officer).post(page_url("report_merge", report), {"into": into.number})
        (error,) = answer.context["form"].errors["into"]
        assert "LK-" not in error


def test_the_reporter_is_not_told_with_which(sign_in, units, officer):
    report, other = make.make_report(units.polsek), make.make_report(units.polsek)
    sign_in(officer).post(page_url("report_merge", report), {"into": other.number})
    assert other.number not in report.timeline.latest("pk").text


PASTED = """*Kepada Yth. Komandan*
Dari: Polsek A
Perihal: Laporan kejadian Tetangga ribut (*{}*)

Mohon izin Komandan, melaporkan dengan jelas dan lengkap kejadian semalam di wilayah."""


@pytest.mark.parametrize("lead", ["", "Izin melapor, Ndan. " * 20])
def test_line_15_the_number_is_found_in_a_pasted_message(sign_in, units, officer, lead):
    report, other = (make.make_report(units.polsek, text) for text in ("Satu", "Dua"))
    client = sign_in(officer)
    page = client.get(page_url("report_merge", report)).content.decode()
    assert 'maxlength="4000"' in page
    sent = {"into": lead + PASTED.format(other.number), "seen": reload_report(report).stamp}
    client.post(page_url("report_merge", report), sent)
    assert reload_report(report).duplicate_of == other
