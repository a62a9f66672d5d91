"""Line 8: people who left are expected no more and lead no more; the planner sees the hole."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from patrols.models import Attendance, AttendanceStatus, Duty, Schedule
from patrols.models.schedules import DAYS_AHEAD
from patrols.services.duties import cancel_duty, end_duty, restore_duty, start_duty
from patrols.services.leavers import free_duties
from patrols.services.schedules import make_duties, refresh_duties, save_schedule
from patrols.services.standing import follow_standing
from patrols.workflow import DutyState
from territory.models import TimeZoneName
from tests import factories as make
from tests.roles import owner_role
from toolkit.jobs.registry import jobs
from toolkit.jobs.runner import run_due

WIB = ZoneInfo("Asia/Jakarta")
TODAY = date(2026, 11, 11)  # a Wednesday
LAST_DAY = date(2026, 11, 14)
NIGHTS = DAYS_AHEAD + 1


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon of Wednesday, 11 November 2026, in Jakarta."""
    time_machine.move_to(datetime(2026, 11, 11, 5, 0, tzinfo=UTC), tick=False)
    return time_machine


def at(day, hour, minute=0, zone=WIB):
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


def planned(unit, *officers, **fields):
    schedule = make.make_schedule(unit, officers=officers, **fields)
    refresh_duties(schedule)
    return schedule


def end_posting(user, last_day=LAST_DAY):
    """As by SQL or an import, without the admin's page."""
    user.postings.update(ends_on=last_day)


def nights_of(user, schedule=None):
    rows = Attendance.objects.filter(officer=user, expected=True)
    rows = rows.filter(duty__schedule=schedule) if schedule else rows
    return sorted(rows.values_list("duty__night", flat=True))


def nights_led(user):
    return sorted(Duty.objects.filter(leader=user).values_list("night", flat=True))


def until(last):
    return [TODAY + timedelta(days=n) for n in range((last - TODAY).days + 1)]


def duty_of(schedule, night):
    return Duty.objects.get(schedule=schedule, night=night)


def fresh(user):
    return User.objects.get(pk=user.pk)


# Duties to come are freed


def test_who_left_is_expected_and_leads_only_until_the_last_day(units, officer, operator):
    schedule = planned(units.polsek, officer, operator, leader=officer)
    assert len(nights_of(officer)) == len(nights_led(officer)) == NIGHTS
    end_posting(officer)
    assert free_duties() == NIGHTS - 4
    assert nights_of(officer) == nights_led(officer) == until(LAST_DAY)
    assert len(nights_of(operator, schedule)) == NIGHTS


def test_the_history_keeps_who_was_expected_and_who_led(units, officer):
    schedule = planned(units.polsek, officer, leader=officer)
    duty = duty_of(schedule, date(2026, 11, 20))
    end_posting(officer)
    free_duties()
    gone = Attendance.pgh_event_model.objects.filter(pgh_label="delete", duty=duty)
    assert [event.officer for event in gone] == [officer]
    assert [event.leader for event in duty.events.all()] == [officer]


def test_freed_again_nothing_changes(units, officer):
    planned(units.polsek, officer, leader=officer)
    end_posting(officer)
    free_duties()
    before = list(Attendance.objects.order_by("pk").values())
    assert free_duties() == 0
    make_duties()
    assert list(Attendance.objects.order_by("pk").values()) == before


def test_the_registered_job_does_it(units, officer, clock):
    planned(units.polsek, officer, leader=officer)
    end_posting(officer)
    assert run_due([job for job in jobs.all() if job.name == "free_duties"]) == []
    assert nights_of(officer) == until(LAST_DAY)


@pytest.mark.parametrize("is_freed_first", [True, False])
def test_the_new_unit_plans_who_moved_there(units, officer, superuser, is_freed_first):
    planned(units.polsek, officer, leader=officer)
    end_posting(officer)
    make.make_posting(officer, units.polsek_other, starts_on=date(2026, 11, 15))
    if is_freed_first:
        free_duties()
    follow_standing(officer, superuser)
    new = Schedule(
        unit=units.polsek_other, name="Patroli B", start=time(22), end=time(2), valid_from=TODAY
    )
    save_schedule(schedule=new, officers=[officer], groups=[], by=superuser)
    assert nights_of(officer, new) == [
        date(2026, 11, 15) + timedelta(days=n) for n in range(NIGHTS - 4)
    ]


def test_duties_made_afterwards_do_without_who_left(units, officer, operator):
    end_posting(officer)
    schedule = make.make_schedule(units.polsek, officers=[officer, operator], leader=officer)
    make_duties()
    assert nights_of(officer) == nights_led(officer) == until(LAST_DAY)
    assert len(nights_of(operator)) == schedule.duties.count() == NIGHTS


def test_who_comes_later_is_expected_from_the_first_day(units, officer, operator):
    officer.postings.update(starts_on=date(2026, 11, 20))
    schedule = make.make_schedule(units.polsek, officers=[officer, operator], leader=officer)
    make_duties()
    assert nights_of(officer)[0] == nights_led(officer)[0] == date(2026, 11, 20)
    assert duty_of(schedule, date(2026, 11, 19)).leader is None
    officer.postings.update(starts_on=date(2026, 11, 12))
    make_duties()
    assert nights_of(officer)[0] == nights_led(officer)[0] == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"start": time(22, 15), "end": time(1)}, 14),
        # Begins on the 15th, when the posting has ended.
        ({"start": time(0, 30), "end": time(4), "after_midnight": True}, 13),
        ({"start": time(8), "end": time(12)}, 14),
    ],
)
def test_the_day_on_which_the_duty_begins_decides(units, officer, fields, last):
    planned(units.polsek, officer, leader=officer, **fields)
    end_posting(officer)
    free_duties()
    assert nights_of(officer)[-1] == nights_led(officer)[-1] == date(2026, 11, last)


def test_in_papua_the_day_ends_two_hours_earlier(units, officer_east, clock):
    schedule = planned(units.polsek_east, officer_east, leader=officer_east)
    end_posting(officer_east)
    clock.move_to(at(14, 21, 59), tick=False)  # 23.59 in Papua
    assert fresh(officer_east).scope.grants
    clock.move_to(at(14, 22, 1), tick=False)  # 00.01 on the 15th
    assert not fresh(officer_east).scope.grants
    assert not User.objects.posted_in(units.polsek_east).exists()
    free_duties()
    assert nights_of(officer_east, schedule) == until(LAST_DAY)


@pytest.mark.parametrize("zone", TimeZoneName.values)
def test_a_posting_begins_at_midnight_of_its_unit(units, officer, clock, zone):
    units.polsek.timezone = zone
    units.polsek.save()
    officer.postings.update(starts_on=date(2026, 11, 15))
    midnight = at(15, 0, zone=ZoneInfo(zone))
    for minutes, is_there in ((-1, False), (1, True)):
        clock.move_to(midnight + timedelta(minutes=minutes), tick=False)
        assert bool(fresh(officer).scope.grants) is is_there
        assert User.objects.posted_in(units.polsek).exists() is is_there


def test_the_switched_off_go_at_once(units, officer, operator):
    schedule = planned(units.polsek, officer, operator, leader=officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    free_duties()
    assert nights_of(officer) == nights_led(officer) == []
    assert len(nights_of(operator, schedule)) == NIGHTS


def test_nights_changed_by_hand_are_freed_too(units, officer, commander):
    schedule = planned(units.polsek, officer, leader=officer)
    edited, marked, off = (duty_of(schedule, date(2026, 11, day)) for day in (20, 21, 22))
    Duty.objects.filter(pk=edited.pk).update(is_edited=True)
    marked.attendances.update(
        status=AttendanceStatus.EXCUSED, at=at(11, 9), marked_by=commander, note="Cuti"
    )
    cancel_duty(duty=off, by=commander, reason="Banjir")
    end_posting(officer)
    free_duties()
    assert nights_of(officer) == nights_led(officer) == until(LAST_DAY)
    row = marked.attendances.get()  # what was written stays
    assert (row.status, row.note, row.expected) == ("excused", "Cuti", False)
    # Restored, it expects nobody who has left, who may be busy elsewhere by now.
    make.make_posting(officer, units.polsek_other, starts_on=date(2026, 11, 15))
    planned(units.polsek_other, officer)
    assert restore_duty(duty=off, by=commander).state == DutyState.PLANNED


def test_what_runs_and_what_is_past_stays(units, officer, clock):
    schedule = planned(units.polsek, officer, leader=officer)
    end_duty(duty=start_duty(duty=duty_of(schedule, TODAY), by=officer), by=officer)
    clock.move_to(at(12, 23), tick=False)
    running = start_duty(duty=duty_of(schedule, date(2026, 11, 12)), by=officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    free_duties()
    assert nights_of(officer) == nights_led(officer) == [TODAY, date(2026, 11, 12)]
    running.refresh_from_db()
    assert running.leader == officer


def test_a_duty_past_its_start_that_nobody_began_is_freed_too(units, officer, clock):
    schedule = planned(units.polsek, officer, leader=officer)
    clock.move_to(at(11, 22, 30), tick=False)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    free_duties()
    assert duty_of(schedule, TODAY).leader is None
    assert not duty_of(schedule, TODAY).attendances.exists()


# Who has not left


def test_two_postings_one_of_which_ends(units, officer):
    schedule = planned(units.polsek, officer, leader=officer)
    make.make_posting(officer, units.polsek, Role.COMMANDER)
    officer.postings.filter(role=Role.OFFICER).update(ends_on=LAST_DAY)
    assert free_duties() == 0
    make_duties()
    assert len(nights_of(officer, schedule)) == NIGHTS


def test_a_gap_between_two_postings_is_a_hole(units, officer):
    schedule = planned(units.polsek, officer)
    end_posting(officer)
    make.make_posting(officer, units.polsek, starts_on=date(2026, 11, 17))
    free_duties()
    missing = set(schedule.duties.values_list("night", flat=True)) - {*nights_of(officer)}
    assert sorted(missing) == [date(2026, 11, 15), date(2026, 11, 16)]


def test_up_to_the_polres_is_away_from_the_polsek(units, officer):
    planned(units.polsek, officer, leader=officer)
    end_posting(officer)
    make.make_posting(officer, units.polres, Role.COMMANDER, starts_on=date(2026, 11, 15))
    free_duties()
    assert nights_of(officer) == nights_led(officer) == until(LAST_DAY)


def test_from_one_polsek_to_the_next_the_duties_of_the_polres_stay(units, officer):
    schedule = planned(units.polres, officer)
    end_posting(officer)
    make.make_posting(officer, units.polsek_neighbour, starts_on=date(2026, 11, 15))
    assert free_duties() == 0
    assert len(nights_of(officer, schedule)) == NIGHTS


def test_who_is_lent_from_elsewhere_stays_until_the_own_posting_ends(units, neighbour, superuser):
    schedule = planned(units.polsek, neighbour, superuser, leader=neighbour)
    assert free_duties() == 0
    end_posting(neighbour)
    free_duties()
    assert nights_of(neighbour) == nights_led(neighbour) == until(LAST_DAY)
    assert len(nights_of(superuser, schedule)) == NIGHTS


# Volunteers


@pytest.fixture
def with_group(units, group, volunteer):
    schedule = make.make_schedule(units.polsek, groups=[group])
    refresh_duties(schedule)
    return schedule


def rows_of(volunteer):
    return Attendance.objects.filter(member=volunteer.membership)


@pytest.mark.parametrize("leaves", ["member", "group"])
def test_members_who_left_go_also_from_nights_changed_by_hand(with_group, volunteer, leaves):
    edited = duty_of(with_group, date(2026, 11, 20))
    Duty.objects.filter(pk=edited.pk).update(is_edited=True)
    assert rows_of(volunteer).count() == NIGHTS
    row = volunteer.membership if leaves == "member" else volunteer.membership.group
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    assert free_duties() == NIGHTS
    assert not rows_of(volunteer).exists()
    make_duties()
    assert not rows_of(volunteer).exists()


# What the administrator is told


def person_form(user, posting, **fields):
    return {
        "name": user.name,
        "username": user.username,
        "nrp": user.nrp or "",
        "unit": user.unit_id,
        "is_active": "on",
        "postings-TOTAL_FORMS": 1,
        "postings-INITIAL_FORMS": 1,
        "postings-0-id": posting.pk,
        "postings-0-user": user.pk,
        "postings-0-unit": posting.unit_id,
        "postings-0-role": posting.role,
        "postings-0-starts_on": posting.starts_on,
        "postings-0-ends_on": posting.ends_on or "",
        **fields,
    }


@pytest.fixture
def save_person(sign_in, admin_user):
    def save(user, **fields):
        url = reverse("admin:accounts_user_change", args=[user.pk])
        form = person_form(user, user.postings.get(), **fields)
        answer = sign_in(admin_user).post(url, form, follow=True)
        assert "adminform" not in (answer.context or {}), answer.context["adminform"].form.errors
        return " ".join(str(message) for message in answer.context["messages"])

    return save


def test_an_ended_posting_works_on_the_spot_and_says_what_it_did(units, officer, save_person):
    planned(units.polsek, officer, name="Patroli A", leader=officer)
    told = save_person(officer, **{"postings-0-ends_on": "2026-11-14"})
    assert nights_of(officer) == nights_led(officer) == until(LAST_DAY)
    assert "Bhabin A tidak lagi dijadwalkan pada 25 malam: 15–16 Nov" in told
    assert free_duties() == 0
    assert "Bhabin A tidak lagi" not in save_person(officer, phone="0812-3456-7890")


def test_switched_off_on_the_spot_with_a_running_duty(units, officer, save_person, clock):
    schedule = planned(units.polsek, officer, name="Patroli A", leader=officer)
    clock.move_to(at(11, 23), tick=False)
    start_duty(duty=duty_of(schedule, TODAY), by=officer)
    told = save_person(officer, is_active="")
    assert nights_led(officer) == [TODAY]
    assert "“Patroli A” sedang berjalan" in told
    assert "satuan" in told


def test_an_end_moved_back_fills_the_nights_and_says_who_is_busy(
    units, officer, commander, save_person
):
    schedule = planned(units.polsek, officer, name="Patroli A", leader=officer)
    Duty.objects.filter(schedule=schedule, night=date(2026, 11, 20)).update(is_edited=True)
    save_person(officer, **{"postings-0-ends_on": "2026-11-14"})
    busy = make.make_duty(units.polsek_other, "Pengamanan", starts_at=at(25, 22))
    make.make_attendance(busy, officer=officer)
    told = save_person(officer, **{"postings-0-ends_on": ""})
    left_out = {date(2026, 11, 20), date(2026, 11, 25)}
    assert (
        set(nights_of(officer, schedule))
        == {TODAY + timedelta(days=n) for n in range(NIGHTS)} - left_out
    )
    assert "Bhabin A sekarang dijadwalkan" in told
    assert f"Bhabin A: sudah bertugas untuk {units.polsek_other}, 22.00–" in told
    assert "Pengamanan" not in told
    assert duty_of(schedule, date(2026, 11, 20)).leader is None
    assert duty_of(schedule, date(2026, 11, 21)).leader == officer


def test_an_administrator_is_told_the_name_of_no_duty_out_of_sight(units, officer, superuser):
    """As a planner: of a clash the unit and the hours, of another unit's running duty nothing."""
    far = make.make_duty(units.polsek_other, "Pengintaian", starts_at=at(25, 22))
    make.make_attendance(far, officer=officer)
    make.make_schedule(units.polsek, "Patroli A", officers=[officer])
    make.make_duty(
        *(units.polsek_other, "Penggerebekan"),
        starts_at=at(11, 11),
        state=DutyState.RUNNING,
        started_at=at(11, 11),
        leader=officer,
    )
    admin = make.make_user("Admin A", units.polsek, Role.ADMIN)
    told = " ".join(follow_standing(officer, admin))
    assert "Pengintaian" not in told
    assert f"untuk {units.polsek_other}, 22.00–" in told
    assert "“Pengintaian”" in " ".join(follow_standing(officer, superuser))
    end_posting(officer, date(2026, 11, 10))
    told = " ".join(follow_standing(officer, admin))
    assert "tidak lagi dijadwalkan" in told
    assert "Penggerebekan" not in told


# Where the planner sees the hole


def hole_pages(client, schedule):
    return {
        name: client.get(reverse(f"patrols:{name}", args=args)).content.decode()
        for name, args in {
            "tonight": [],
            "night_list": [],
            "schedule_list": [],
            "schedule_edit": [schedule.pk],
        }.items()
    }


def test_the_hole_is_named_with_person_and_reason(units, officer, commander, sign_in, clock):
    schedule = planned(units.polsek, officer, name="Patroli A", leader=officer)
    client = sign_in(commander)
    end_posting(officer)
    make_duties()
    words = "Tanpa ketua tim Bhabin A: penugasan sampai 14 Nov 2026"
    pages = hole_pages(client, schedule)
    assert words not in pages["tonight"]  # tonight he still comes
    for name in ("night_list", "schedule_list", "schedule_edit"):
        assert words in pages[name], name
    assert pages["night_list"].count(words) == 1  # beside the ten nights of which it is so
    lines = client.get(reverse("patrols:night_list")).context["roster"].lines
    assert [len(line.rows) for line in lines if line.first.holes] == [10]
    assert "25 malam mulai 15–16 Nov" in pages["schedule_list"]
    assert "Bhabin A (penugasan sampai 14 Nov 2026)" in pages["schedule_edit"]
    clock.move_to(at(15, 12), tick=False)
    assert words in hole_pages(client, schedule)["tonight"]


def test_the_hole_goes_when_somebody_else_leads(units, officer, operator, commander, sign_in):
    schedule = planned(units.polsek, officer, operator, name="Patroli A", leader=officer)
    end_posting(officer, date(2026, 11, 10))
    make_duties()
    client = sign_in(commander)
    Duty.objects.filter(schedule=schedule, night=TODAY).update(leader=operator)
    assert "Tanpa Bhabin A: penugasan sampai 10 Nov 2026" in hole_pages(client, schedule)["tonight"]
    schedule.leader = operator
    save_schedule(schedule=schedule, officers=[operator], groups=[], by=commander)
    for page in hole_pages(client, schedule).values():
        assert "Tanpa Bhabin A" not in page


def test_reasons_of_a_hole(units, commander, sign_in):
    new = make.make_user("Baru", units.polsek, Role.OFFICER, starts_on=date(2026, 11, 20))
    off = make.make_user("Mati", units.polsek, Role.OFFICER, is_active=False)
    closed = make.make_group(units.polsek, "Bubar", is_active=False)
    gone = make.make_user("Pindah", units.polsek, Role.OFFICER)
    with owner_role():
        gone.postings.all().delete()
    schedule = planned(units.polsek, new, off, gone, groups=[closed])
    html = hole_pages(sign_in(commander), schedule)["schedule_list"]
    for words in (
        "Tanpa Baru: penugasan mulai 20 Nov 2026",
        "Tanpa Mati: akun dinonaktifkan",
        "Tanpa Bubar: kelompok ditutup",
        "Tanpa Pindah: tanpa penugasan",
    ):
        assert words in html


def test_the_form_offers_who_serves_within_the_nights_and_says_when(units, commander, sign_in):
    make.make_user("Baru", units.polsek, Role.OFFICER, starts_on=date(2026, 11, 20))
    make.make_user("Nanti", units.polsek, Role.OFFICER, starts_on=date(2027, 1, 1))
    make.make_user("Pergi", units.polsek, Role.OFFICER, ends_on=date(2026, 11, 10))
    client = sign_in(commander)
    html = client.get(reverse("patrols:schedule_add")).content.decode()
    assert "Baru (penugasan mulai 20 Nov 2026)" in html
    assert "Nanti" not in html
    assert "Pergi" not in html


# What is open to who left


@pytest.fixture
def left(units, officer, clock):
    """The officer, whose posting ends while the patrol of the 14th runs."""
    schedule = planned(units.polsek, officer, name="Patroli A", leader=officer)
    end_posting(officer)
    for day in (11, 14):
        clock.move_to(at(day, 22, 15), tick=False)
        duty = start_duty(duty=duty_of(schedule, date(2026, 11, day)), by=fresh(officer))
        if day == 11:
            end_duty(duty=duty, by=officer, summary="Aman")
    clock.move_to(at(15, 0, 30), tick=False)
    return fresh(officer)


def test_a_running_duty_is_finished_after_the_last_day(left, sign_in):
    duty = Duty.objects.get(state=DutyState.RUNNING)
    client = sign_in(left)
    page = reverse("patrols:duty_detail", args=[duty.pk])
    assert page in client.get(reverse("patrols:my_day")).content.decode()
    assert client.get(page).status_code == 200
    client.post(
        reverse("patrols:entry_add", args=[duty.pk]),
        {"kind": "observation", "text": "Pos kosong", "client_uuid": str(uuid.uuid4())},
    )
    row = duty.attendances.get(officer=left)
    client.post(reverse("patrols:attendance_mark", args=[row.pk]), {"status": "late"})
    answer = client.post(reverse("patrols:duty_end", args=[duty.pk]), {"summary": "Aman"})
    assert answer.url == reverse("patrols:my_day")
    duty.refresh_from_db()
    row.refresh_from_db()
    assert (duty.state, row.status) == (DutyState.ENDED, "late")
    assert duty.entries.filter(text="Pos kosong").exists()
    # Ended, it is closed like the others.
    assert client.get(page).status_code == 404
    assert client.post(reverse("patrols:duty_resume", args=[duty.pk])).status_code == 404
    assert page not in client.get(reverse("patrols:my_day")).content.decode()


def test_the_roll_names_nobody_of_the_unit_who_is_not_in_it(left, sign_in, operator):
    duty = Duty.objects.get(state=DutyState.RUNNING)
    url = reverse("patrols:duty_rollcall", args=[duty.pk])
    assert operator.name not in sign_in(left).get(url).content.decode()
    sent = {"person": f"officer:{operator.pk}", "client_uuid": str(uuid.uuid4())}
    sign_in(left).post(reverse("patrols:attendance_add", args=[duty.pk]), sent)
    assert not duty.attendances.filter(officer=operator).exists()


def test_a_later_duty_of_the_old_unit_is_closed_before_any_job_ran(left, sign_in):
    later = Duty.objects.get(night=date(2026, 11, 20))
    assert later.leader == left
    assert later.attendances.filter(officer=left).exists()
    client = sign_in(left)
    for name in ("duty_detail", "duty_log", "duty_share"):
        assert client.get(reverse(f"patrols:{name}", args=[later.pk])).status_code == 404
    assert client.post(reverse("patrols:duty_start", args=[later.pk])).status_code == 404


def test_who_moved_on_reads_the_own_duties_of_the_new_unit_only(left, units, sign_in):
    make.make_posting(left, units.polsek_other, starts_on=date(2026, 11, 15))
    free_duties()
    new = planned(units.polsek_other, left, name="Patroli B")
    client = sign_in(fresh(left))
    past = Duty.objects.get(state=DutyState.ENDED)
    running = Duty.objects.get(state=DutyState.RUNNING)
    own = duty_of(new, date(2026, 11, 15))
    found = {
        duty.name + str(duty.night.day): client.get(
            reverse("patrols:duty_detail", args=[duty.pk])
        ).status_code
        for duty in (past, running, own)
    }
    assert found == {"Patroli A11": 404, "Patroli A14": 200, "Patroli B15": 200}
