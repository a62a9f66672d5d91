"""Schedules, routes, duties and logs in the admin."""

from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from patrols.models import (
    Attendance,
    AttendanceStatus,
    Duty,
    EntryPhoto,
    LogEntry,
    Route,
    Schedule,
    ShareTemplate,
)
from patrols.models.schedules import DAYS_AHEAD
from patrols.services.duties import end_duty, review_duty, start_duty
from patrols.services.schedules import refresh_duties
from patrols.workflow import DutyState, ReviewState
from tests import factories as make


def url(model, page, *args):
    return reverse(f"admin:patrols_{model}_{page}", args=args)


@pytest.fixture
def client_of_admin(admin_user, sign_in):
    return sign_in(admin_user)


def form_data(unit, **changed):
    return {
        "name": "Patroli malam",
        "unit": unit.pk,
        "kind": "joint",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "every": "1",
        "apel": "22:00",
        "start": "22:15",
        "end": "01:00",
        "valid_from": "2026-01-01",
        **changed,
    }


def errors_of(response):
    return response.context["adminform"].form.errors


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_saving_a_schedule_makes_its_duties(client_of_admin, units, officer, group, volunteer):
    response = client_of_admin.post(
        url("schedule", "add"),
        form_data(units.polsek, leader=officer.pk, officers=[officer.pk], groups=[group.pk]),
        follow=True,
    )
    schedule = Schedule.objects.get()
    assert DAYS_AHEAD <= schedule.duties.count() <= DAYS_AHEAD + 1
    duty = schedule.duties.order_by("night").last()
    assert {a.person_name for a in duty.attendances.all()} == {"Bhabin A", "Relawan A"}
    assert any(str(schedule.duties.count()) in message for message in messages_of(response))


def test_changing_a_schedule_changes_untouched_duties_only(client_of_admin, units, officer):
    schedule = make.make_schedule(units.polsek, "Patroli malam", officers=[officer])
    refresh_duties(schedule)
    kept = schedule.duties.order_by("night").last()
    Duty.objects.filter(pk=kept.pk).update(is_edited=True)
    client_of_admin.post(
        url("schedule", "change", schedule.pk),
        form_data(units.polsek, start="23:30", end="02:00", apel="", officers=[officer.pk]),
    )
    kept.refresh_from_db()
    other = schedule.duties.exclude(pk=kept.pk).order_by("night").last()
    zone = units.polsek.zone
    assert kept.starts_at.astimezone(zone).hour == 22
    assert other.starts_at.astimezone(zone).hour == 23


@pytest.mark.parametrize("field", ["officers", "leader", "groups"])
def test_a_clash_is_named_at_the_form(client_of_admin, units, officer, group, volunteer, field):
    other = make.make_schedule(units.polsek, "Pos malam", officers=[officer], groups=[group])
    refresh_duties(other)
    before = Duty.objects.count()
    chosen = {"officers": officer.pk, "leader": officer.pk, "groups": group.pk}[field]
    response = client_of_admin.post(
        url("schedule", "add"), form_data(units.polsek, **{field: chosen})
    )
    assert response.status_code == 200
    assert any("Pos malam" in error for error in errors_of(response)["__all__"])
    assert Duty.objects.count() == before
    assert Schedule.objects.count() == 1


def test_a_clash_met_after_the_form_is_told_and_nothing_is_saved(
    client_of_admin, units, officer, monkeypatch
):
    other = make.make_schedule(units.polsek, "Pos malam", officers=[officer])
    refresh_duties(other)
    monkeypatch.setattr("patrols.admin.schedules.find_clashes", lambda *args, **more: [])
    response = client_of_admin.post(
        url("schedule", "add"), form_data(units.polsek, officers=[officer.pk]), follow=True
    )
    assert response.status_code == 200
    assert any("Pos malam" in message for message in messages_of(response))
    assert Schedule.objects.count() == 1


def test_a_place_of_another_unit_is_refused(superuser, sign_in, units):
    elsewhere = make.make_route(units.polsek_neighbour, "Rute sana")
    above = make.make_route(units.polres, "Rute Polres")
    client = sign_in(superuser)
    refused = client.post(url("schedule", "add"), form_data(units.polsek, route=elsewhere.pk))
    assert "route" in errors_of(refused)
    taken = client.post(url("schedule", "add"), form_data(units.polsek, route=above.pk))
    assert taken.status_code == 302


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"end": "22:15"}, "__all__"),
        ({"valid_until": "2025-12-31"}, "__all__"),
        ({"apel": "23:00"}, "apel"),
        ({"name": "\0"}, "name"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(client_of_admin, units, changed, field):
    response = client_of_admin.post(url("schedule", "add"), form_data(units.polsek, **changed))
    assert response.status_code == 200
    assert field in errors_of(response)


def test_the_action_makes_duties_of_chosen_schedules(client_of_admin, units, officer):
    chosen, other = make.make_schedule(units.polsek), make.make_schedule(units.polsek)
    response = client_of_admin.post(
        url("schedule", "changelist"),
        {"action": "make_duties", ACTION_CHECKBOX_NAME: [chosen.pk]},
        follow=True,
    )
    assert chosen.duties.count() >= DAYS_AHEAD
    assert not other.duties.exists()
    assert any(str(chosen.duties.count()) in message for message in messages_of(response))


def test_the_action_names_a_clash_and_goes_on(client_of_admin, units, officer):
    refresh_duties(make.make_schedule(units.polsek, "Pos malam", officers=[officer]))
    clashing = make.make_schedule(units.polsek, "Bentrok", officers=[officer])
    fine = make.make_schedule(units.polsek, "Lancar")
    response = client_of_admin.post(
        url("schedule", "changelist"),
        {"action": "make_duties", ACTION_CHECKBOX_NAME: [clashing.pk, fine.pk]},
        follow=True,
    )
    assert not clashing.duties.exists()
    assert fine.duties.exists()
    assert any("Bentrok" in message and "Pos malam" in message for message in messages_of(response))


def test_a_checkpoint_is_retired_and_not_deleted(client_of_admin, units):
    route = make.make_route(units.polsek, "Rute A", checkpoints=2)
    first, second = route.checkpoints.order_by("order")
    sent = {
        "name": "Rute A",
        "unit": units.polsek.pk,
        "checkpoints-TOTAL_FORMS": 2,
        "checkpoints-INITIAL_FORMS": 2,
        "checkpoints-MIN_NUM_FORMS": 0,
        "checkpoints-MAX_NUM_FORMS": 1000,
    }
    for number, point in enumerate((first, second)):
        sent |= {
            f"checkpoints-{number}-{name}": value
            for name, value in {
                "id": point.pk,
                "route": route.pk,
                "order": point.order,
                "name": point.name,
                "coordinates": f"{point.lat}, {point.lon}",
                "radius_m": 75,
                "dwell_minutes": 12,
                "retired_on": "2026-11-01" if point == first else "",
                "DELETE": "on",
            }.items()
        }
    assert client_of_admin.post(url("route", "change", route.pk), sent).status_code == 302
    assert route.checkpoints.count() == 2
    assert list(route.checkpoints.current()) == [second]


def test_retired_routes_stand_apart(client_of_admin, units):
    make.make_route(units.polsek, "Rute lama", retired_on="2026-01-01")
    make.make_route(units.polsek, "Rute kini")

    def listed(**query):
        page = client_of_admin.get(url("route", "changelist"), query)
        return {str(row) for row in page.context["cl"].result_list}

    assert listed() == {"Rute kini"}
    assert listed(retired="yes") == {"Rute lama"}
    assert listed(retired="all") == {"Rute kini", "Rute lama"}


ROLL = {
    f"{rows}-{forms}_FORMS": 0
    for rows in ("attendances", "photos")
    for forms in ("TOTAL", "INITIAL")
}
STATE = {
    "state": "cancelled",
    "review": "approved",
    "started_at": "2026-01-01 00:00",
    "ended_at": "2026-01-01 00:00",
    "review_comment": "x",
    "entry_count": 99,
    "night": "2020-01-01",
    "unit": 1,
    "starts_at": "2020-01-01 00:00",
}


def test_a_duty_is_corrected_in_its_words_only(client_of_admin, running_duty):
    response = client_of_admin.post(
        url("duty", "change", running_duty.pk),
        {"name": "Patroli B", "order_number": "Sprin/1", "summary": "Aman", **STATE, **ROLL},
    )
    assert response.status_code == 302
    before = {name: getattr(running_duty, name) for name in ("night", "starts_at", "unit_id")}
    running_duty.refresh_from_db()
    assert (running_duty.name, running_duty.order_number) == ("Patroli B", "Sprin/1")
    assert running_duty.state == DutyState.RUNNING
    assert running_duty.review == ReviewState.NONE
    assert running_duty.ended_at is None
    assert running_duty.entry_count == 1
    assert {name: getattr(running_duty, name) for name in before} == before


def test_a_planned_duty_that_was_corrected_is_left_alone_by_its_schedule(client_of_admin, duty):
    client_of_admin.post(url("duty", "change", duty.pk), {"name": "Patroli khusus", **ROLL})
    duty.refresh_from_db()
    assert duty.is_edited


def test_an_approved_duty_is_closed(client_of_admin, running_duty, officer, commander):
    review_duty(duty=end_duty(duty=running_duty, by=officer), by=commander, action="approve")
    page = url("duty", "change", running_duty.pk)
    assert client_of_admin.post(page, {"name": "Lain"}).status_code == 403
    assert client_of_admin.get(page).status_code == 200
    assert client_of_admin.get(url("duty", "add")).status_code == 403


def test_the_roll_is_shown_and_not_changed(client_of_admin, duty, officer):
    row = duty.attendances.get(officer=officer)
    text = client_of_admin.get(url("duty", "change", duty.pk)).content.decode()
    assert "Relawan A" in text
    client_of_admin.post(
        url("duty", "change", duty.pk),
        {
            "name": duty.name,
            "attendances-TOTAL_FORMS": 1,
            "attendances-INITIAL_FORMS": 1,
            "attendances-0-id": row.pk,
            "attendances-0-duty": duty.pk,
            "attendances-0-status": "absent",
        },
    )
    row.refresh_from_db()
    assert row.status == ""
    page = url("attendance", "change", row.pk)
    assert client_of_admin.post(page, {"status": "absent"}).status_code == 403
    assert client_of_admin.get(page).status_code == 200


def test_attendance_is_found_by_nrp(client_of_admin, duty, officer):
    page = client_of_admin.get(url("attendance", "changelist"), {"q": officer.nrp})
    assert [row.officer for row in page.context["cl"].result_list] == [officer]


def test_times_are_those_of_the_unit(superuser, sign_in, units, officer_east):
    client = sign_in(superuser)
    starts_at = timezone.now().replace(hour=13, minute=15) + timedelta(days=1)
    duty = make.make_duty(units.polsek_east, "Patroli Timur", starts_at, leader=officer_east)
    row = make.make_attendance(duty, officer=officer_east)
    page = url("duty", "change", duty.pk)
    assert "22.15 WIT" in client.get(page).content.decode()
    start_duty(duty=duty, by=officer_east, now=starts_at)
    Attendance.objects.filter(pk=row.pk).update(
        status=AttendanceStatus.PRESENT, at=starts_at + timedelta(minutes=3)
    )
    entry = make.make_entry(duty, officer_east, now=starts_at + timedelta(minutes=4))
    assert client.get(page).content.decode().count("22.15 WIT") >= 3  # its history too
    assert "22.18 WIT" in client.get(page).content.decode()
    assert "22.18 WIT" in client.get(url("attendance", "changelist")).content.decode()
    assert "22.18 WIT" in client.get(url("attendance", "change", row.pk)).content.decode()
    assert "22.15 WIT" in client.get(url("duty", "history", duty.pk)).content.decode()
    assert "22.19 WIT" in client.get(url("logentry", "change", entry.pk)).content.decode()


def test_a_log_is_read_only(client_of_admin, running_duty, officer):
    entry = make.make_entry(running_duty, officer, text="Kabel menjuntai")
    page = url("logentry", "change", entry.pk)
    assert "Kabel menjuntai" in client_of_admin.get(page).content.decode()
    for deed in (page, url("logentry", "delete", entry.pk), url("logentry", "add")):
        assert client_of_admin.post(deed, {"text": "lain", "post": "yes"}).status_code == 403
    entry.refresh_from_db()
    assert entry.text == "Kabel menjuntai"
    found = client_of_admin.get(url("logentry", "changelist"), {"q": "kabel"})
    assert list(found.context["cl"].result_list) == [entry]


def test_a_photo_is_shown_through_the_page_with_its_rights(client_of_admin, running_duty, officer):
    entry = make.make_entry(running_duty, officer)
    photo = EntryPhoto(entry=entry, width=4, height=3)
    photo.large.save("a.jpg", ContentFile(b"x"), save=False)
    photo.small.save("b.jpg", ContentFile(b"x"), save=False)
    photo.save()
    text = client_of_admin.get(url("logentry", "change", entry.pk)).content.decode()
    assert reverse("patrols:photo_view", args=[photo.pk, "small"]) in text
    assert photo.small.name not in text


def test_lists_show_the_last_month_unless_asked(client_of_admin, units, officer):
    old = make.make_duty(units.polsek, "Lama", starts_at=timezone.now() - timedelta(days=60))
    make.make_attendance(old, officer=officer, status=AttendanceStatus.PRESENT)

    def count(model, **query):
        return client_of_admin.get(url(model, "changelist"), query).context["cl"].result_count

    for model in ("duty", "attendance"):
        assert [count(model, **q) for q in ({}, {"period": "7"}, {"period": "90"})] == [0, 0, 1]
        assert count(model, period="all") == 1


def test_a_template_is_checked_and_previewed(client_of_admin, units):
    bad = client_of_admin.post(
        url("sharetemplate", "add"),
        {"unit": units.polsek.pk, "duty_text": "{salah}", "entry_text": "{catatan}"},
    )
    assert "duty_text" in errors_of(bad)
    client_of_admin.post(
        url("sharetemplate", "add"),
        {"unit": units.polsek.pk, "duty_text": "Yth. {kesatuan} {x y}", "entry_text": "{catatan}"},
    )
    assert not ShareTemplate.objects.exists()
    client_of_admin.post(
        url("sharetemplate", "add"),
        {"unit": units.polsek.pk, "duty_text": "Yth. {kesatuan}", "entry_text": "{catatan}"},
    )
    page = url("sharetemplate", "change", ShareTemplate.objects.get().pk)
    text = client_of_admin.get(page).content.decode()
    assert "Yth. Polsek Contoh" in text
    assert "{sprin}" in text


def test_nothing_was_deleted(client_of_admin, duty):
    for model, row in (
        ("duty", duty),
        ("route", Route.objects.get()),
        ("attendance", Attendance.objects.first()),
    ):
        page = url(model, "delete", row.pk)
        assert client_of_admin.post(page, {"post": "yes"}).status_code == 403
        response = client_of_admin.post(
            url(model, "changelist"),
            {"action": "delete_selected", ACTION_CHECKBOX_NAME: [row.pk], "post": "yes"},
            follow=True,
        )
        assert response.status_code == 200
        assert type(row).objects.filter(pk=row.pk).exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("who", ["admin_user", "superuser"])
def test_the_words_of_a_late_note_are_only_where_its_readers_are(
    sign_in, request, who, officer, duty
):
    """An administrator counts late notes and does not read them."""
    note = make.make_late_note(duty, officer, "Kata kenari")
    client = sign_in(request.getfixturevalue(who))
    for page in (url("latenote", "changelist"), url("latenote", "change", note.pk)):
        answer = client.get(page)
        assert answer.status_code == 200
        assert officer.name in answer.text
        assert "kenari" not in answer.text
