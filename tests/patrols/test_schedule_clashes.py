"""Somebody of a schedule is on another duty: who, when, and saving without them (line 13)."""

from datetime import UTC, date, datetime, time

import pytest
from django.urls import reverse

from accounts.roles import Role
from patrols.models import Attendance, Duty, Schedule
from patrols.services.schedules import make_duties, refresh_duties
from patrols.workflow import DutyState
from tests import factories as make
from tests.two_people import client_of, sent_fields, words_of

NOW = datetime(2026, 11, 11, 5, 0, tzinfo=UTC)  # Wednesday noon in Jakarta
SATURDAY = date(2026, 11, 14)
ADD = reverse("patrols:schedule_add")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def other(units, operator):
    """A duty of the same unit on Saturdays, with the operator."""
    other = make.make_schedule(
        units.polsek, "Pos RW 05", [operator], start=time(21), end=time(23, 30), weekdays=[5]
    )
    refresh_duties(other)
    return other


def form_data(client, **changes):
    form = sent_fields(client.get(ADD).context["form"])
    return {**form, "name": "Patroli", "start": "22:15", "end": "01:00", **changes}


def button_of(answer):
    """What the button “save without them” sends; nothing where there is none."""
    people = answer.context["form"].clashing_people
    assert (f'name="leave_out" value="{people}"' in answer.content.decode()) == bool(people)
    return {"leave_out": people} if people else {}


def people_of(duty):
    return {row.person_name for row in duty.attendances.all()}


def test_line_13_a_clash_names_both_duties_with_hours_and_a_link(commander, operator, other):
    client = client_of(commander)
    answer = client.post(ADD, form_data(client, officers=[operator.pk]))
    text = words_of(answer)
    assert "Operator A: sudah bertugas di “Pos RW 05”, 21.00–23.30 WIB" in text
    assert "Di sini: Malam 14–15 Nov, 22.15–01.00 WIB" in text
    there = other.duties.get(night=SATURDAY)
    assert reverse("patrols:duty_detail", args=[there.pk]) in answer.content.decode()
    assert not Schedule.objects.filter(name="Patroli").exists()


def test_line_13_of_a_duty_out_of_sight_only_unit_and_hours_are_told(
    units, commander, officer, sign_in
):
    """An officer of two units: the planner of one may not see the duties of the other."""
    make.make_posting(officer, units.polsek_neighbour, Role.OFFICER)
    secret = make.make_schedule(
        units.polsek_neighbour, "Pengintaian gudang", [officer], start=time(21), end=time(23, 30)
    )
    refresh_duties(secret)
    client = sign_in(commander)
    for extra in ({}, {"preview": "1"}):
        answer = client.post(ADD, form_data(client, officers=[officer.pk], **extra))
        text = words_of(answer)
        assert "Bhabin A: sudah bertugas untuk Polsek Tetangga, 21.00–23.30 WIB" in text
        assert "Pengintaian" not in answer.content.decode()
        duty = secret.duties.first()
        assert reverse("patrols:duty_detail", args=[duty.pk]) not in answer.content.decode()
    # Nor does the message of what was saved without the officer name it.
    answer = client.post(ADD, form_data(client, officers=[officer.pk], leave_out=f"o{officer.pk}"))
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "Tidak dijadwalkan pada malam yang bentrok: Bhabin A." in words_of(page)
    assert "Pengintaian" not in page.content.decode()


def test_line_13_a_schedule_is_saved_without_the_busy_one(commander, officer, operator, other):
    client = client_of(commander)
    data = form_data(client, officers=[officer.pk, operator.pk], leader=operator.pk)
    answer = client.post(ADD, data)
    again = sent_fields(answer.context["form"]) | button_of(answer)
    answer = client.post(ADD, again, follow=True)
    assert "Tidak dijadwalkan pada malam yang bentrok: Operator A" in words_of(answer)
    schedule = Schedule.objects.get(name="Patroli")
    saturday = schedule.duties.get(night=SATURDAY)
    assert (people_of(saturday), saturday.leader) == ({"Bhabin A"}, None)
    sunday = schedule.duties.get(night=date(2026, 11, 15))
    assert (people_of(sunday), sunday.leader) == ({"Bhabin A", "Operator A"}, operator)
    assert people_of(other.duties.get(night=SATURDAY)) == {"Operator A"}
    # The nightly command changes nothing of it, until the other duty is called off.
    make_duties()
    saturday.refresh_from_db()
    assert (people_of(saturday), saturday.leader) == ({"Bhabin A"}, None)
    other.duties.update(state=DutyState.CANCELLED)
    make_duties()
    saturday.refresh_from_db()
    assert (people_of(saturday), saturday.leader) == ({"Bhabin A", "Operator A"}, operator)


def test_line_13_who_was_left_out_is_not_asked_about_again(commander, officer, operator, other):
    client = client_of(commander)
    data = form_data(client, officers=[officer.pk, operator.pk], leave_out=f"o{operator.pk}")
    client.post(ADD, data)
    schedule = Schedule.objects.get(name="Patroli")
    page = reverse("patrols:schedule_edit", args=[schedule.pk])
    renamed = sent_fields(client.get(page).context["form"]) | {"name": "Patroli malam"}
    answer = client.post(page, renamed, follow=True)
    assert "Tidak dijadwalkan pada malam yang bentrok: Operator A" in words_of(answer)
    saturday = schedule.duties.get(night=SATURDAY)
    assert (saturday.name, people_of(saturday)) == ("Patroli malam", {"Bhabin A"})
    assert people_of(other.duties.get(night=SATURDAY)) == {"Operator A"}


def test_line_13_a_few_members_do_not_block_a_whole_group(units, commander, group):
    busy, too, *others = [make.make_member(group, f"Relawan {n}") for n in range(1, 6)]
    duty = make.make_duty(units.polsek, "Pengamanan pasar", starts_at=NOW.replace(hour=16))
    make.make_attendance(duty, member=too)
    make.make_attendance(duty, member=busy)
    client = client_of(commander)
    answer = client.post(ADD, form_data(client, groups=[group.pk]))
    assert "Relawan 1, Relawan 2: sudah bertugas di “Pengamanan pasar”" in words_of(answer)
    again = sent_fields(answer.context["form"]) | button_of(answer)
    assert client.post(ADD, again).status_code == 302
    tonight = Duty.objects.get(schedule__name="Patroli", night=NOW.date())
    assert people_of(tonight) == {member.name for member in others}


def test_line_13_a_night_that_is_over_is_no_clash(units, commander, operator, clock):
    """In the early morning it is still tonight, but no duty of it is made any more."""
    clock.move_to(datetime(2026, 11, 11, 22, 30, tzinfo=UTC), tick=False)  # 05.30 on Thursday
    done = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
    duty = make.make_duty(units.polsek, "Tadi malam", starts_at=done)
    make.make_attendance(duty, officer=operator)
    client = client_of(commander)
    data = form_data(client, officers=[operator.pk])
    preview = client.post(ADD, data | {"preview": "1"})
    assert "Tadi malam" not in words_of(preview)
    assert "13 tugas dalam 14 malam" in words_of(preview)
    answer = client.post(ADD, data, follow=True)
    assert "sudah bertugas" not in words_of(answer)
    assert not Duty.objects.filter(schedule__name="Patroli", night=date(2026, 11, 11)).exists()
    assert Duty.objects.filter(schedule__name="Patroli", night=date(2026, 11, 12)).exists()


def test_line_13_an_edited_schedule_is_saved_without_the_busy_one(
    units, commander, officer, operator, other
):
    schedule = make.make_schedule(units.polsek, "Patroli", [officer], leader=officer)
    refresh_duties(schedule)
    page = reverse("patrols:schedule_edit", args=[schedule.pk])
    client = client_of(commander)
    data = sent_fields(client.get(page).context["form"])
    data |= {"officers": [officer.pk, operator.pk], "leader": operator.pk}
    answer = client.post(page, data)
    again = sent_fields(answer.context["form"]) | button_of(answer)
    assert client.post(page, again).status_code == 302
    saturday = schedule.duties.get(night=SATURDAY)
    assert (people_of(saturday), saturday.leader) == ({"Bhabin A"}, None)
    assert schedule.duties.filter(leader=operator).count() == 25


def test_line_13_only_the_named_are_left_out(units, commander, officer, operator, other):
    """Who became busy after the page was shown is named first."""
    second = make.make_duty(units.polsek, "Pos dua", starts_at=NOW.replace(hour=16))
    client = client_of(commander)
    data = form_data(client, officers=[officer.pk, operator.pk])
    answer = client.post(ADD, data)
    make.make_attendance(second, officer=officer)
    again = sent_fields(answer.context["form"]) | button_of(answer)
    answer = client.post(ADD, again)
    assert answer.status_code == 200
    assert "Bhabin A: sudah bertugas di “Pos dua”" in words_of(answer)
    assert button_of(answer)["leave_out"].split() == [f"o{officer.pk}", f"o{operator.pk}"]
    assert not Schedule.objects.filter(name="Patroli").exists()


@pytest.mark.parametrize(
    "sent", ["", "x1", "o", "m٣", "o1; DROP", "o99999999999999999999", "m" + "9" * 5000, "1"]
)
def test_line_13_nonsense_leaves_nobody_out(commander, operator, other, sent):
    client = client_of(commander)
    data = form_data(client, officers=[operator.pk], leave_out=sent)
    assert client.post(ADD, data).status_code == 200
    assert not Schedule.objects.filter(name="Patroli").exists()


def test_line_13_the_ordinary_button_leaves_nobody_out(commander, operator, other):
    client = client_of(commander)
    answer = client.post(ADD, form_data(client, officers=[operator.pk]))
    assert "leave_out" not in answer.content.decode().partition('<div class="act">')[0]
    assert client.post(ADD, sent_fields(answer.context["form"])).status_code == 200
    assert Attendance.objects.filter(officer=operator).count() == other.duties.count()


# The same form sent twice


def test_a_form_sent_twice_makes_one_schedule(commander, officer):
    client = client_of(commander)
    data = form_data(client, officers=[officer.pk])
    assert [client.post(ADD, data).status_code for _ in range(2)] == [302, 302]
    Schedule.objects.update(name="Sudah diganti")
    assert client.post(ADD, data).status_code == 302
    assert Schedule.objects.count() == 1


def test_another_schedule_from_the_same_form_is_asked_about(commander):
    client = client_of(commander)
    data = form_data(client)
    client.post(ADD, data)
    answer = client.post(ADD, data | {"name": "Patroli kota"})
    assert answer.status_code == 409
    assert "“Patroli” sudah disimpan dari formulir ini." in words_of(answer)
    assert client.post(ADD, sent_fields(answer.context["form"])).status_code == 302
    assert set(Schedule.objects.values_list("name", flat=True)) == {"Patroli", "Patroli kota"}


def test_line_13_the_admin_tells_no_more(units, admin_user, officer, sign_in):
    far = make.make_schedule(units.polsek_other, "Pengintaian gudang", [officer])
    refresh_duties(far)
    here = make.make_schedule(units.polsek, "Patroli")
    page = reverse("admin:patrols_schedule_change", args=[here.pk])
    client = sign_in(admin_user)
    form = sent_fields(client.get(page).context["adminform"].form)
    answer = client.post(page, form | {"officers": [officer.pk]})
    assert "Bhabin A: sudah bertugas untuk Polsek B, 22.15–01.00 WIB" in words_of(answer)
    Schedule.officers.through.objects.create(schedule=here, user=officer)
    action = {"action": "make_duties", "_selected_action": [here.pk]}
    answer = client.post(reverse("admin:patrols_schedule_changelist"), action, follow=True)
    assert "Bhabin A: sudah bertugas untuk Polsek B" in words_of(answer)
    assert "Pengintaian" not in answer.content.decode()
