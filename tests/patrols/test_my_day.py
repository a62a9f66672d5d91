from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from patrols.models import AttendanceStatus, Duty
from patrols.services.duties import end_duty, review_duty, start_duty
from reports.models import Report
from reports.services.changes import dispatch_report
from tests import factories as make

URL = "/patrols/"
# 23.30 in Jakarta, 01.30 of the next day in Jayapura.
LATE_EVENING = "2026-11-11T16:30:00+00:00"


def page(client):
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_tonight_with_hours_and_starts_it(sign_in, officer, duty):
    html = page(sign_in(officer))
    assert "Patroli A" in html
    assert reverse("patrols:duty_start", args=[duty.pk]) in html
    assert reverse("patrols:duty_begin") in html


def test_a_running_duty_is_continued(sign_in, officer, running_duty):
    html = page(sign_in(officer))
    assert reverse("patrols:duty_start", args=[running_duty.pk]) not in html
    assert f'href="{reverse("patrols:duty_detail", args=[running_duty.pk])}"' in html


def test_a_volunteer_signs_in_and_starts_nothing(sign_in, volunteer, duty):
    html = page(sign_in(volunteer))
    own = duty.attendances.get(member=volunteer.membership)
    assert reverse("patrols:attendance_mark", args=[own.pk]) in html
    assert reverse("patrols:duty_start", args=[duty.pk]) not in html
    assert reverse("patrols:duty_begin") not in html


def test_is_empty_without_duties(sign_in, nobody, duty):
    html = page(sign_in(nobody))
    assert "Patroli A" not in html
    assert reverse("patrols:duty_begin") not in html


def test_a_neighbour_sees_nothing_of_it(sign_in, neighbour, duty):
    assert "Patroli A" not in page(sign_in(neighbour))


def test_the_next_fourteen_nights_and_no_more(sign_in, units, officer):
    for days in (1, 14, 16):
        coming = make.make_duty(
            units.polsek, f"Besok {days}", timezone.now() + timedelta(days=days)
        )
        make.make_attendance(coming, officer=officer)
    html = page(sign_in(officer))
    assert "Besok 1<" in html
    assert "Besok 14<" in html
    assert "Besok 16<" not in html


def test_one_duty_over_many_nights_is_one_row(sign_in, units, officer):
    start = timezone.now() + timedelta(days=1)
    made = [make.make_duty(units.polsek, "Pos", start + timedelta(days=n)) for n in range(10)]
    for one in made:
        make.make_attendance(one, officer=officer)
    html = page(sign_in(officer))
    assert html.count("<b>Pos</b>") == 1
    assert "10 malam" in html
    for one in made:
        assert reverse("patrols:duty_detail", args=[one.pk]) in html


def test_a_returned_log_stays_in_sight(sign_in, units, officer, commander):
    old = make.make_duty(units.polsek, "Lama sekali", timezone.now() - timedelta(days=30))
    make.make_attendance(old, officer=officer)
    start_duty(duty=old, by=officer)
    end_duty(duty=old, by=officer)
    assert "Lama sekali" not in page(sign_in(officer))
    review_duty(duty=old, by=commander, action="return", comment="Lengkapi")
    assert "Lama sekali" in page(sign_in(officer))


@time_machine.travel(LATE_EVENING, tick=False)
def test_tonight_and_the_clock_are_those_of_the_unit(sign_in, units, officer_east):
    now = timezone.now()
    east = make.make_duty(units.polsek_east, "Pos Timur", now + timedelta(minutes=30))
    make.make_attendance(east, officer=officer_east)
    html = page(sign_in(officer_east))
    assert "02.00 WIT" in html
    assert "05.00" in html
    assert "WIB" not in html
    assert "11–12 Nov" in html
    assert reverse("patrols:duty_start", args=[east.pk]) in html


@time_machine.travel("2026-11-11T22:30:00+00:00", tick=False)  # 05.30 in Jakarta
def test_before_six_it_is_still_the_night_before(sign_in, units, officer):
    now = timezone.now()
    tonight = make.make_duty(units.polsek, "Pos subuh", now - timedelta(hours=4))
    make.make_attendance(tonight, officer=officer)
    assert "11–12 Nov" in page(sign_in(officer))
    with time_machine.travel("2026-11-11T23:05:00+00:00", tick=False):
        html = page(sign_in(officer))
    assert html.index(reverse("patrols:duty_begin")) < html.index("Pos subuh")


@time_machine.travel("2026-11-11T22:30:00+00:00", tick=False)  # 05.30 in Jakarta
def test_a_duty_of_the_morning_may_be_begun_before_six(sign_in, units, officer):
    """Its roll call is open, though its night has not begun."""
    for name, hours in (("Pagi", 1), ("Siang", 3)):
        start = timezone.now() + timedelta(hours=hours)
        duty = make.make_duty(units.polsek, name, start, start + timedelta(hours=1))
        make.make_attendance(duty, officer=officer)
    html = page(sign_in(officer))
    morning, noon = Duty.objects.order_by("starts_at")
    assert reverse("patrols:duty_start", args=[morning.pk]) in html
    assert reverse("patrols:duty_start", args=[noon.pk]) not in html


def test_start_is_offered_near_its_time_only(sign_in, units, officer):
    later = make.make_duty(units.polsek, "Nanti", timezone.now() + timedelta(hours=5))
    if later.night != make.night_of(timezone.now().astimezone(units.polsek.zone)):
        pytest.skip("the night turns in between")
    make.make_attendance(later, officer=officer)
    assert reverse("patrols:duty_start", args=[later.pk]) not in page(sign_in(officer))


def test_statements_do_not_grow(sign_in, units, officer, django_assert_max_num_queries):
    client = sign_in(officer)
    for number in range(12):
        start = timezone.now() + timedelta(days=number)
        made = make.make_duty(units.polsek, "", start, route=make.make_route(units.polsek))
        make.make_attendance(made, officer=officer)
        for _ in range(3):
            make.make_attendance(made, guest_name="Tamu", status=AttendanceStatus.PRESENT)
    for number in range(8):
        make.make_report(units.polsek, text=f"Laporan {number}")
    with django_assert_max_num_queries(8):
        client.get(URL)


# Reports of the area.


def test_reports_of_the_own_villages_lead_to_them(sign_in, units, officer, commander):
    here = make.make_area("31.73.04.1001", "Tanah Sereal")
    officer.postings.get().villages.add(here)
    category = make.make_category("fire", label="Kebakaran", target_minutes=10)
    late = make.make_report(
        units.polsek,
        category=category,
        area=here,
        place="Gang 3",
        now=timezone.now() - timedelta(minutes=30),
    )
    Report.objects.filter(pk=late.pk).update(unit=units.polsek)
    elsewhere = make.make_report(units.polsek)
    html = page(sign_in(officer))
    assert "Laporan di wilayah saya" in html
    assert reverse("reports:report_detail", args=[late.pk]) in html
    assert "Kebakaran" in html
    assert "Gang 3 · Tanah Sereal" in html
    assert f"{late.number}</span> · " in html
    assert "lewat target" in html
    assert reverse("reports:report_detail", args=[elsewhere.pk]) not in html
    assert f'href="{reverse("reports:report_list")}?area=mine&amp;state=open"' in html


def test_the_assigned_officer_finds_the_own_report_first(sign_in, units, officer, commander):
    mine = make.make_report(units.polsek)
    dispatch_report(report=mine, by=commander, assignee=officer)
    make.make_report(units.polsek, now=timezone.now() + timedelta(seconds=1))
    response = sign_in(officer).get(URL)
    assert response.context["reports"][0].pk == mine.pk
    assert "ditugaskan ke Anda" in response.content.decode()


def test_no_open_report_is_said(sign_in, officer):
    assert "Tidak ada laporan terbuka di wilayah Anda" in page(sign_in(officer))


@pytest.mark.parametrize("who", ["volunteer", "nobody"])
def test_who_is_no_officer_reads_of_no_report(sign_in, request, units, duty, who):
    make.make_report(units.polsek)
    html = page(sign_in(request.getfixturevalue(who)))
    assert "Laporan" not in html
    assert reverse("reports:report_list") not in html
