from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from patrols.models import AttendanceStatus, Duty
from patrols.services.duties import cancel_duty, end_duty, start_duty
from patrols.views.command import BOARD_ROWS_OF_MANY
from patrols.workflow import DutyState
from reports.models import Report
from reports.services.changes import arrive_at_report, dispatch_report
from tests import factories as make

URL = "/patrols/tonight/"
NOW = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta, 01.30 on the 12th in Jayapura


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def page(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return response


def names(response):
    return [row.duty.name for row in response.context["rows"]]


def time_ago(**length):
    return timezone.now() - timedelta(**length)


def test_a_row_says_who_when_and_how_many_came(sign_in, commander, officer, volunteer, duty):
    duty = start_duty(duty=duty, by=officer, now=time_ago(minutes=20))
    mine = duty.attendances.get(officer=officer)
    mine.status, mine.at = AttendanceStatus.PRESENT, timezone.now()
    mine.save()
    make.make_attendance(duty, guest_name="Pak RW", expected=False, status=AttendanceStatus.PRESENT)
    html = page(sign_in(commander)).content.decode()
    assert "Malam 11–12 Nov" in html
    assert "Patroli A" in html
    assert "23.40–02.40 WIB" in html
    assert "Bhabin A" in html
    assert "1/2" in html
    assert "+1 tambahan" in html
    assert "20 menit lalu" in html
    assert 'title="11 Nov 2026 23.10 WIB"' in html
    assert "diperbarui" in html
    assert "23.30.00 WIB" in html
    assert reverse("patrols:duty_detail", args=[duty.pk]) in html


def test_who_leads_has_one_name_on_desk_and_phone(sign_in, commander, duty):
    html = sign_in(commander).get(URL).content.decode()
    assert '<th scope="col">Ketua tim</th>' in html
    assert 'data-label="Ketua tim"' in html
    assert "Pimpinan" not in html


def test_trouble_comes_first_with_its_words(sign_in, units, officer, commander):
    unit = units.polsek
    planned = make.make_duty(unit, "Nanti", leader=officer)
    running = start_duty(duty=make.make_duty(unit, "Lancar", time_ago(minutes=30)), by=officer)
    silent = make.make_duty(unit, "Diam", time_ago(minutes=60))
    start_duty(duty=silent, by=officer, now=time_ago(minutes=52))
    make.make_duty(unit, "Telat", time_ago(minutes=12))
    make.make_duty(unit, "Luput", time_ago(hours=4), time_ago(hours=1), state=DutyState.MISSED)
    done = start_duty(duty=make.make_duty(unit, "Tuntas", time_ago(hours=2)), by=officer)
    end_duty(duty=done, by=officer)
    off = make.make_duty(unit, "Batal")
    cancel_duty(duty=off, by=commander, reason="Hujan lebat")
    response = page(sign_in(commander))
    assert names(response) == ["Diam", "Telat", "Luput", "Lancar", "Nanti", "Tuntas", "Batal"]
    html = response.content.decode()
    said = {row.duty.name: (row.word, row.note) for row in response.context["rows"]}
    assert said["Telat"] == ("belum mulai", "lewat 12 menit")
    assert said["Diam"] == ("tidak ada laporan 52 menit", "")
    assert said["Tuntas"] == ("selesai", "menunggu persetujuan")
    assert "Hujan lebat" in html
    figures = response.context["figures"]
    assert (figures.total, figures.on, figures.running) == (7, 6, 2)
    assert (figures.overdue, figures.silent, figures.missed) == (1, 1, 1)
    assert response.context["waiting"].number == 1
    assert planned.name in html
    assert running.name in html


def test_figures_lead_to_their_duties(sign_in, units, officer, commander, duty):
    silent = make.make_duty(units.polsek, "Diam", time_ago(minutes=60))
    start_duty(duty=silent, by=officer, now=time_ago(minutes=52))
    make.make_attendance(silent, guest_name="Pak RT", expected=True)
    make.make_duty(units.polsek, "Telat", time_ago(minutes=12))
    client = sign_in(commander)
    html = page(client).content.decode()
    for show in ("running", "short", "overdue", "silent"):
        assert f'href="?show={show}"' in html
    assert f'href="{reverse("patrols:duty_list")}?review=waiting"' in html
    assert names(page(client, "?show=silent")) == ["Diam"]
    assert names(page(client, "?show=overdue")) == ["Telat"]
    assert names(page(client, "?show=running")) == ["Diam"]
    assert names(page(client, "?show=short")) == ["Diam"]
    assert names(page(client, "?show=planned")) == ["Telat", "Patroli A"]
    assert names(page(client, "?show=trouble")) == ["Diam", "Telat"]
    assert "Tidak ada saat ini" in page(client, "?show=missed").content.decode()


def test_a_figure_that_was_tapped_says_what_it_shows(sign_in, units, commander, duty):
    make.make_duty(units.polsek, "Telat", time_ago(minutes=12))
    client = sign_in(commander)
    html = page(client, "?show=overdue").content.decode()
    assert 'id="chosen">Tugas yang belum mulai pada jamnya' in html
    assert html.index('id="chosen"') < html.index("Telat") < html.index('id="figures"')
    assert "1 tugas cocok" in html
    assert 'href="?"' in html
    assert 'id="chosen"' not in page(client).content.decode()


def test_trouble_stands_first_and_figures_last(sign_in, units, officer, commander):
    silent = make.make_duty(units.polsek, "Diam", time_ago(minutes=60), leader=officer)
    make.make_attendance(silent, guest_name="Pak Hilang", status="absent", at=timezone.now())
    start_duty(duty=silent, by=officer, now=time_ago(minutes=52))
    make.make_duty(units.polsek, "Telat", time_ago(minutes=12))
    for days in range(3):
        make.make_report(units.polsek, "Tua", now=time_ago(minutes=90 + days))
    late = make.make_report(units.polsek, "Lama", now=time_ago(minutes=93))
    urgent = make.make_report(units.polsek, "Gawat")
    Report.objects.filter(pk=urgent.pk).update(priority="urgent")
    response = page(sign_in(commander))
    html = response.content.decode()
    places = [
        html.index(part)
        for part in (
            'id="trouble"',
            "Tidak ada laporan 52 menit",
            "Belum mulai · lewat 12 menit",
            "Pak Hilang",
            urgent.number,
            late.number,
            "<table",
            'id="figures"',
        )
    ]
    assert places == sorted(places)
    assert "1 jam 33 mnt lalu" in html


def test_many_late_duties_leave_the_silent_one_in_sight(sign_in, units, officer, chief):
    """Where units stand as lines, only the first duties of the board are read."""
    for number in range(BOARD_ROWS_OF_MANY + 1):
        unit = units.polsek_other if number % 2 else units.polsek
        make.make_duty(unit, f"Telat {number}", time_ago(minutes=30))
    silent = make.make_duty(units.polsek, "Diam", time_ago(minutes=60))
    start_duty(duty=silent, by=officer, now=time_ago(minutes=52))
    response = page(sign_in(chief))
    assert response.context["lines"]
    assert response.context["trouble"].duties[0].duty == silent


def test_of_a_roll_that_was_held_who_was_passed_over_is_missing(sign_in, units, officer, commander):
    duty = make.make_duty(units.polsek, "Patroli", time_ago(minutes=20))
    make.make_attendance(duty, guest_name="Pak Lupa")
    start_duty(duty=duty, by=officer, now=time_ago(minutes=20))
    assert "Pak Lupa" not in page(sign_in(commander)).content.decode()
    make.make_attendance(duty, officer=officer, status="present", at=timezone.now())
    assert "Pak Lupa" in page(sign_in(commander)).content.decode()


def test_the_absent_of_duties_that_the_board_does_not_list_are_named(sign_in, units, chief):
    for number in range(BOARD_ROWS_OF_MANY + 1):
        unit = units.polsek_other if number % 2 else units.polsek
        make.make_duty(unit, f"Telat {number}", time_ago(minutes=30))
    quiet = make.make_duty(units.polsek, "Pos tenang", time_ago(minutes=5))
    make.make_attendance(quiet, guest_name="Pak Absen", status="absent", at=timezone.now())
    Duty.objects.filter(pk=quiet.pk).update(state="running", started_at=timezone.now())
    response = page(sign_in(chief))
    assert quiet not in [row.duty for row in response.context["rows"]]
    assert [row.person_name for row, _call in response.context["trouble"].missing] == ["Pak Absen"]


def test_on_paper_a_sealed_report_is_only_a_number(sign_in, units, commander):
    sealed = make.make_category("domestic_violence", label="KDRT", is_sealed=True)
    make.make_report(units.polsek, category=sealed, place="Gang Mawar", now=time_ago(minutes=90))
    Report.objects.update(assignee=commander)
    html = " ".join(page(sign_in(commander)).content.decode().split())
    assert '<b class="print-only">Laporan tertutup</b>' in html
    assert html.count("KDRT") == html.count("Gang Mawar") == 1
    hidden = html.partition('<span class="stack tight no-print">')[2]
    assert hidden.startswith("<b>KDRT</b> <small>Gang Mawar</small> </span>")


def test_without_trouble_that_is_said(sign_in, commander, duty):
    assert "Tidak ada yang perlu Anda tangani" in page(sign_in(commander)).content.decode()


def test_reports_of_other_units_are_no_trouble(sign_in, units, commander, neighbour):
    make.make_report(units.polsek_neighbour, now=time_ago(minutes=90))
    sealed = make.make_report(units.polsek, now=time_ago(minutes=90))
    Report.objects.filter(pk=sealed.pk).update(is_sealed=True)
    assert page(sign_in(commander)).context["reports"].first == []
    assert len(page(sign_in(neighbour)).context["reports"].first) == 1


def test_a_duty_of_last_night_stays_while_it_runs(sign_in, units, officer, commander):
    start = time_ago(hours=26)
    old = make.make_duty(units.polsek, "Kemarin", start)
    start_duty(duty=old, by=officer, now=start)
    make.make_duty(units.polsek, "Lewat", start)
    response = page(sign_in(commander))
    assert names(response) == ["Kemarin"]
    assert "Malam 10–11 Nov" in response.content.decode()


def test_empty_says_what_will_stand_here(sign_in, units, officer, commander):
    html = page(sign_in(commander)).content.decode()
    assert "Tidak ada tugas malam ini" in html
    assert reverse("patrols:schedule_add") in html
    assert reverse("patrols:schedule_add") not in page(sign_in(officer)).content.decode()


def test_closed_to_people_without_a_posting(sign_in, volunteer, nobody, duty):
    for person in (volunteer, nobody):
        assert sign_in(person).get(URL).status_code == 403


def test_neighbours_duties_and_units_stay_out(sign_in, units, commander, neighbour, duty):
    assert names(page(sign_in(neighbour))) == []
    assert sign_in(neighbour).get(f"{URL}?unit={units.polsek.pk}").status_code == 404


@pytest.mark.parametrize("query", ["?unit=x", "?unit=-1", "?unit=", "?show=%00", "?own=2&show=zzz"])
def test_junk_in_the_address_narrows_nothing(sign_in, commander, duty, query):
    assert names(page(sign_in(commander), query)) == ["Patroli A"]


def test_a_number_nobody_has_is_not_found(sign_in, commander, duty):
    assert sign_in(commander).get(f"{URL}?unit=999999999999999999").status_code == 404
    assert names(page(sign_in(commander), f"?unit={'9' * 30}")) == ["Patroli A"]


def test_a_polda_sees_its_polres_and_goes_down_to_the_polsek(sign_in, units, chief, duty):
    make.make_duty(units.polsek_other, "Patroli B", time_ago(minutes=30))
    own = make.make_duty(units.polda, "Tugas Polda")
    client = sign_in(chief)
    response = page(client)
    lines = response.context["lines"]
    assert [(line.name, line.on, line.overdue) for line in lines] == [
        ("Polres A", 1, 0),
        ("Polres B", 1, 1),
        ("", 1, 0),
    ]
    assert names(response) == ["Patroli B", "Patroli A", "Tugas Polda"]
    assert "1 belum mulai" in response.content.decode()
    assert "Polsek B" in response.content.decode()
    assert names(page(client, f"?unit={units.polres.pk}")) == ["Patroli A"]
    assert names(page(client, f"?unit={units.polsek.pk}")) == ["Patroli A"]
    assert names(page(client, "?own=1")) == [own.name]
    assert (
        f'href="?unit={units.polres.pk}&amp;show=silent"'
        in page(client, f"?unit={units.polres.pk}").content.decode()
    )


def test_the_whole_country_is_split_by_polda(sign_in, units, superuser, duty):
    make.make_duty(units.polsek_east, "Patroli Timur")
    response = page(sign_in(superuser))
    assert [line.name for line in response.context["lines"]] == ["Polda A", "Polda Timur"]
    response = page(sign_in(superuser), f"?unit={units.mabes.pk}")
    assert [line.name for line in response.context["lines"]] == ["Polda A", "Polda Timur"]


def test_two_postings_of_one_kind_are_two_lines(sign_in, units, commander, duty):
    make.make_posting(commander, units.polsek_other, Role.COMMANDER)
    make.make_duty(units.polsek_other, "Patroli B")
    response = page(sign_in(commander))
    assert [line.name for line in response.context["lines"]] == ["Polsek A", "Polsek B"]


def test_the_east_keeps_its_own_hours(sign_in, units, officer_east):
    make.make_duty(units.polsek_east, "Patroli Timur")
    html = page(sign_in(officer_east)).content.decode()
    assert "Malam 11–12 Nov" in html
    assert "01.40–04.40 WIT" in html
    assert "01.30.00 WIT" in html


def test_at_dawn_the_east_is_a_night_ahead(sign_in, clock, units, superuser):
    clock.move_to(datetime(2026, 11, 11, 22, 0, tzinfo=UTC), tick=False)  # 05.00 WIB, 07.00 WIT
    west = make.make_duty(units.polsek, "Barat", time_ago(hours=3))
    east = make.make_duty(units.polsek_east, "Timur", timezone.now() + timedelta(hours=1))
    old = make.make_duty(units.polsek_east, "Timur kemarin", time_ago(hours=8))
    assert (west.night.day, east.night.day, old.night.day) == (11, 12, 11)
    assert sorted(names(page(sign_in(superuser)))) == ["Barat", "Timur"]


def test_before_six_it_is_still_the_night_before(sign_in, clock, units, commander):
    clock.move_to(datetime(2026, 11, 11, 22, 30, tzinfo=UTC), tick=False)  # 05.30
    make.make_duty(units.polsek, "Subuh", time_ago(minutes=5))
    response = page(sign_in(commander))
    assert names(response) == ["Subuh"]
    assert "Malam 11–12 Nov" in response.content.decode()


def make_duties(units, count):
    night = timezone.now()
    Duty.objects.bulk_create(
        Duty(
            unit=units.polsek,
            name=f"Tugas {number}",
            night="2026-11-11",
            starts_at=night,
            ends_at=night + timedelta(hours=2),
        )
        for number in range(count)
    )


@pytest.mark.parametrize("count", [1, 200])
def test_statements_do_not_grow(
    sign_in, units, commander, officer, django_assert_max_num_queries, count
):
    make_duties(units, count)
    many = max(count // 20, 1)
    schedule = make.make_schedule(units.polsek, officers=[officer], leader=officer)
    Duty.objects.filter(name="Tugas 0").update(schedule=schedule)
    for number in range(many):
        make.make_report(units.polsek, now=time_ago(hours=3))
        led = make.make_duty(units.polsek, leader=officer)
        make.make_attendance(led, guest_name=f"Tamu {number}", status="absent", at=NOW)
        Duty.objects.filter(pk=led.pk).update(state="running", started_at=NOW)
    client = sign_in(commander)
    page(client, f"?unit={units.polsek.pk}")  # response times are kept for ten minutes
    # Where the board does not show every duty, one statement counts them.
    with django_assert_max_num_queries(13 if count > 100 else 12):
        response = page(client, f"?unit={units.polsek.pk}")
    assert len(response.context["rows"]) == min(count + many, 100)
    assert ("Ini 100 tugas pertama" in response.content.decode()) == (count > 100)


def test_of_many_units_only_the_first_stand_below_the_counts(sign_in, units, chief):
    make_duties(units, 30)
    make.make_duty(units.polsek_other, "Telat", time_ago(minutes=30))
    client = sign_in(chief)
    response = page(client)
    assert len(response.context["rows"]) == 20
    assert names(response)[0] == "Telat"
    assert "Ini 20 tugas pertama" in response.content.decode()
    assert len(page(client, "?show=planned").context["rows"]) == 31


def test_statements_are_the_same_for_one_and_for_many(sign_in, units, chief, commander):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    page(sign_in(chief))  # response times are kept for ten minutes
    for extra in (1, 60):
        make_duties(units, extra)
        make.make_duty(units.polsek_other)
        client = sign_in(chief)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# Reports.


def test_open_late_and_unassigned_lead_to_their_lists(sign_in, units, commander):
    for minutes in (5, 90):
        make.make_report(units.polsek, now=time_ago(minutes=minutes))
    make.make_report(units.polsek_other)
    response = page(sign_in(commander))
    figures = response.context["reports"]
    assert (figures.open.number, figures.late.number, figures.unassigned.number) == (2, 1, 2)
    html = response.content.decode()
    for state in ("open", "overdue", "unassigned"):
        assert f'href="{reverse("reports:report_list")}?state={state}"' in html
    assert html.count("belum cukup data dalam 30 hari") == 2


def test_figures_of_reports_are_those_of_the_unit_asked_for(sign_in, units, chief):
    make.make_report(units.polsek)
    make.make_report(units.polsek_other)
    response = page(sign_in(chief), f"?unit={units.polres.pk}")
    assert response.context["reports"].open.number == 1
    assert f"?state=open&amp;unit={units.polres.pk}" in response.content.decode()
    own = page(sign_in(chief), f"?unit={units.polres.pk}&own=1")
    assert own.context["reports"].open.number == 0


def test_response_times_are_said_in_minutes(sign_in, units, officer, commander):
    for minutes in (4, 6, 10, 20, 60):
        report = make.make_report(units.polsek, now=time_ago(days=1))
        start = report.reported_at
        dispatch_report(
            report=report, by=officer, assignee=officer, now=start + timedelta(minutes=2)
        )
        arrive_at_report(report=report, by=officer, now=start + timedelta(minutes=minutes))
    html = page(sign_in(commander)).content.decode()
    assert "<b>10 mnt</b>" in html
    assert "biasanya 10 menit, paling lama 44 untuk 9 dari 10" in html
    assert html.count("5 laporan dalam 30 hari") == 2


def test_a_figure_of_duties_shows_duties_only(sign_in, units, commander):
    assert page(sign_in(commander), "?show=running").context["reports"] is None
