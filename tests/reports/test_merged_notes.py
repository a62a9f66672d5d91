"""Reporters of merged reports are heard, and learn what came of it (issue 7, line 10)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Q
from django.urls import reverse

from reports.models import Report
from reports.selectors.attention import open_reports
from reports.selectors.marks import marks_of, marks_of_rows, with_last
from reports.selectors.mine import my_open_reports
from reports.services.casework import note_report
from reports.services.changes import merge_report, refer_report, resolve_report, verify_report
from reports.services.reporter import add_reporter_note, dispute_outcome
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.citizen import TRACK, give_code
from tests.reports.report_pages import detail_url, reload_report
from toolkit.photos.clean import clean_photo

START = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def later(clock):
    return lambda: clock.shift(timedelta(minutes=1))


@pytest.fixture
def main(units, officer, later):
    report = make.make_report(units.polsek, "KENARI-UTAMA di gang", place="KENARI-TEMPAT")
    later()
    return report


@pytest.fixture
def merged(units, officer, main, later):
    report = make.make_report(units.polsek, "Ribut juga", photos=(clean_photo(jpeg()),))
    later()
    merge_report(report=report, by=officer, into=main)
    later()
    return reload_report(report)


def page_of(client, report):
    answer = client.get(detail_url(report))
    assert answer.status_code == 200
    return answer.content.decode()


def noted_in_list(client):
    return client.get(reverse("reports:report_list")).context["marks"].new_note


def noted_tonight(user):
    return open_reports(user, Q(), now=START + timedelta(hours=1)).noted.number


def noted_in_my_day(user):
    return {report.pk for report in my_open_reports(user) if report.new_note}


def seal(report):
    Report.objects.filter(pk=report.pk).update(is_sealed=True)


def test_line_10_a_note_on_a_merged_report_stands_in_the_other(sign_in, officer, main, merged):
    add_reporter_note(code=merged.code, text="KENARI mereka kembali", photos=[clean_photo(jpeg())])
    html = page_of(sign_in(officer), main)
    assert "KENARI mereka kembali" in html
    assert f'dari <a href="{detail_url(merged)}">{merged.number}</a>' in html
    for photo in merged.photos.all():  # the first one too, that came with the report
        assert reverse("reports:report_photo", args=[photo.pk, "small"]) in html
    assert merged.photos.count() == 2


def test_what_officers_do_with_the_merged_report_stays_there(sign_in, officer, main, merged):
    note_report(report=merged, by=officer, text="KENARI dalam")
    assert "KENARI dalam" not in page_of(sign_in(officer), main)
    assert "KENARI dalam" in page_of(sign_in(officer), merged)


def test_a_sealed_merged_report_tells_nothing_to_others(
    sign_in, officer, commander, keeper, main, merged
):
    seal(merged)
    add_reporter_note(code=merged.code, text="KENARI rahasia", photos=[clean_photo(jpeg())])
    for person in (officer, commander):
        html = page_of(sign_in(person), main)
        assert "KENARI rahasia" not in html
        assert merged.number not in html
        assert "/photos/" not in html
        assert noted_in_list(sign_in(person)) == noted_in_my_day(person) == set()
        assert noted_tonight(person) == 0
    assert "KENARI rahasia" in page_of(sign_in(keeper), main)
    assert noted_in_list(sign_in(keeper)) == {main.pk, merged.pk}


def test_a_merged_report_about_a_unit_tells_nothing_to_that_unit(sign_in, units, keeper, main):
    """The keeper of Polsek A may unseal, but not what is about Polsek A."""
    about = make.make_report(
        units.polsek,
        "Minta uang",
        category=make.make_category("misconduct", is_sealed=True, is_about_police=True),
        about_unit=units.polsek,
    )
    Report.objects.filter(pk=about.pk).update(state="duplicate", duplicate_of=main)
    add_reporter_note(code=about.code, text="KENARI namanya")
    assert "KENARI namanya" not in page_of(sign_in(keeper), main)
    assert noted_in_list(sign_in(keeper)) == set()


def test_a_report_of_another_unit_merged_here_tells_nothing(sign_in, units, officer, main):
    foreign = make.make_report(units.polsek_neighbour, "Tetangga")
    Report.objects.filter(pk=foreign.pk).update(state="duplicate", duplicate_of=main)
    add_reporter_note(code=foreign.code, text="KENARI tetangga")
    assert "KENARI tetangga" not in page_of(sign_in(officer), main)
    assert noted_in_list(sign_in(officer)) == set()


@pytest.mark.parametrize("which", ["main", "merged"])
def test_a_new_note_is_seen_until_an_officer_acts(
    sign_in, officer, main, merged, later, which, clock
):
    client = sign_in(officer)
    noted = {main.pk} if which == "main" else {main.pk, merged.pk}
    assert noted_in_list(client) == noted_in_my_day(officer) == set()
    add_reporter_note(code={"main": main, "merged": merged}[which].code, text="Mereka kembali")
    later()
    assert noted_in_list(client) == noted
    assert noted_in_my_day(officer) == {main.pk}
    assert noted_tonight(officer) == 1
    assert "Ada catatan baru" in client.get(reverse("reports:report_list")).content.decode()
    assert "Ada catatan baru" in client.get(reverse("patrols:my_day")).content.decode()
    note_report(report=main, by=officer, text="Patroli ke sana")
    assert noted_in_list(client) == noted_in_my_day(officer) == set()
    assert noted_tonight(officer) == 0
    later()
    add_reporter_note(code=main.code, text="Masih ribut")
    later()
    verify_report(report=main, by=officer)
    assert noted_in_list(client) == set()


def test_a_board_marks_open_reports_as_a_list_does(units, officer, main, merged, later):
    others = [make.make_report(units.polsek, f"Lain {number}") for number in range(4)]
    noted, answered, disputed, _plain = others
    for report in (noted, answered, merged):
        later()
        add_reporter_note(code=report.code, text="Mereka kembali")
    verify_report(report=disputed, by=officer)
    resolve_report(report=disputed, by=officer, outcome="handled", reason="Selesai")
    later()
    dispute_outcome(code=disputed.code, reason="Masih ada")
    later()
    note_report(report=answered, by=officer, text="Patroli ke sana")
    rows = with_last(Report.objects.in_scope(officer).open())
    marks = marks_of_rows(rows, officer)
    assert marks == marks_of({row.pk: None for row in rows}, officer)
    assert (marks.new_note, marks.disputed) == ({main.pk, noted.pk}, {disputed.pk})


def test_merged_reports_without_a_note_are_not_asked_about(
    officer, main, merged, later, django_assert_num_queries
):
    def marks():
        return marks_of_rows(with_last(Report.objects.in_scope(officer)), officer)

    with django_assert_num_queries(1):
        assert marks().new_note == set()
    add_reporter_note(code=merged.code, text="Mereka kembali")
    with django_assert_num_queries(2):
        assert marks().new_note == {main.pk, merged.pk}


def test_an_act_on_one_merged_report_does_not_answer_another(
    sign_in, units, officer, main, merged, later
):
    add_reporter_note(code=merged.code, text="Mereka kembali")
    later()
    third = make.make_report(units.polsek, "Sama")
    merge_report(report=third, by=officer, into=main)
    assert noted_in_list(sign_in(officer)) == {main.pk, merged.pk}


def test_a_merged_code_shows_the_outcome_and_nothing_else(client, officer, main, merged):
    verify_report(report=main, by=officer)
    note_report(report=main, by=officer, text="KENARI publik", is_public=True)
    add_reporter_note(code=main.code, text="KENARI lain", photos=[clean_photo(jpeg())])
    resolve_report(
        report=main,
        by=officer,
        outcome="police_report",
        reason="Pelaku dibawa ke Polsek",
        lp_number="KENARI/LP/1",
    )
    give_code(client, merged.code)
    html = client.get(TRACK).content.decode()
    for words in ("Selesai", "Laporan Polisi", "Pelaku dibawa ke Polsek"):
        assert words in html
    assert "KENARI" not in html
    assert main.number not in html
    assert main.code not in html
    for photo in main.photos.all():
        assert reverse("reports:track_photo", args=[photo.pk, "small"]) not in html
    assert reverse("reports:track_confirm") not in html
    assert reverse("reports:track_rate") not in html
    client.post(reverse("reports:track_confirm"))
    assert reload_report(main).state == "resolved"
    client.post(reverse("reports:track_note"), {"text": "Terima kasih"})
    assert merged.timeline.filter(kind="reporter_note").count() == 1


def test_a_merged_code_follows_where_it_was_passed_on(client, officer, main, merged):
    refer_report(report=main, by=officer, agency="PLN", text="KENARI kabel")
    give_code(client, merged.code)
    html = client.get(TRACK).content.decode()
    assert "Diteruskan ke PLN" in html
    assert "KENARI" not in html


def test_a_sealed_outcome_stays_sealed(client, officer, main, merged):
    verify_report(report=main, by=officer)
    resolve_report(report=main, by=officer, outcome="held", reason="KENARI suaminya ditahan")
    seal(main)
    give_code(client, merged.code)
    html = client.get(TRACK).content.decode()
    assert "KENARI" not in html
    assert "ditahan" not in html
    assert "Tanyakan hasilnya ke kesatuan" in html


def test_disputing_a_merged_report_opens_it_alone(officer, main, merged):
    dispute_outcome(code=merged.code, reason="Bukan kejadian yang sama")
    assert reload_report(merged).state == "verified"
    assert reload_report(main).state == "received"
