from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from patrols.models import AttendanceStatus, EntryKind, LogEntry
from patrols.services.duties import cancel_duty, end_duty, review_duty
from patrols.services.findings import report_finding
from patrols.workflow import DutyState, ReviewState
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_detail", args=[duty.pk])


def post(client, name, pk, **data):
    return client.post(reverse(f"patrols:{name}", args=[pk]), data)


def page(client, duty):
    response = client.get(url(duty))
    assert response.status_code == 200
    return response.content.decode()


def test_a_planned_duty_offers_start_and_roll_call(sign_in, officer, duty):
    html = page(sign_in(officer), duty)
    assert reverse("patrols:duty_start", args=[duty.pk]) in html
    assert reverse("patrols:duty_rollcall", args=[duty.pk]) in html
    assert reverse("patrols:entry_add", args=[duty.pk]) not in html


def test_outside_is_not_found(sign_in, neighbour, nobody, duty):
    assert sign_in(neighbour).get(url(duty)).status_code == 404
    assert sign_in(nobody).get(url(duty)).status_code == 404


def test_a_volunteer_sees_and_writes_but_does_not_run(sign_in, volunteer, running_duty):
    html = page(sign_in(volunteer), running_duty)
    assert reverse("patrols:entry_add", args=[running_duty.pk]) in html
    assert reverse("patrols:duty_end", args=[running_duty.pk]) not in html
    assert reverse("patrols:duty_rollcall", args=[running_duty.pk]) not in html


@pytest.mark.parametrize("name", ["duty_start", "duty_resume", "duty_submit"])
def test_steps_are_forbidden_to_volunteers_and_absent_for_neighbours(
    sign_in, volunteer, neighbour, duty, name
):
    assert post(sign_in(volunteer), name, duty.pk).status_code == 403
    assert post(sign_in(neighbour), name, duty.pk).status_code == 404
    answer = sign_in(volunteer).get(reverse(f"patrols:{name}", args=[duty.pk]))
    assert answer.url == reverse("patrols:duty_detail", args=[duty.pk])


def test_start_and_the_second_tap(sign_in, officer, duty):
    client = sign_in(officer)
    response = client.post(reverse("patrols:duty_start", args=[duty.pk]))
    assert response.status_code == 302
    assert response["Location"] == url(duty)
    duty.refresh_from_db()
    assert duty.state == DutyState.RUNNING
    html = client.post(reverse("patrols:duty_start", args=[duty.pk]), follow=True).content
    assert b"notice danger" in html
    assert LogEntry.objects.filter(duty=duty, kind=EntryKind.START).count() == 1


def test_a_running_duty_shows_the_next_checkpoint_and_the_tiles(sign_in, officer, running_duty):
    html = page(sign_in(officer), running_duty)
    assert "Titik 1" in html
    for kind in ("observation", "contact", "warning", "finding", "note", "handover", "pause"):
        assert f"?kind={kind}" in html


def test_check_in_moves_on_and_is_left(sign_in, officer, running_duty):
    client = sign_in(officer)
    points = list(running_duty.route.checkpoints.order_by("order"))
    position = {"lat": str(points[0].lat), "lon": str(points[0].lon), "accuracy_m": "12.4"}
    response = post(client, "check_in", running_duty.pk, checkpoint=points[0].pk, **position)
    assert response["Location"] == url(running_duty)
    entry = LogEntry.objects.get(kind=EntryKind.CHECK_IN)
    assert (entry.checkpoint, entry.distance_m, entry.accuracy_m) == (points[0], 0, 13)
    assert entry.marks == []
    html = page(client, running_duty)
    assert f'name="checkpoint" value="{points[1].pk}"' in html
    assert reverse("patrols:checkpoint_leave", args=[running_duty.pk]) in html
    post(client, "checkpoint_leave", running_duty.pk)
    entry.refresh_from_db()
    assert entry.left_at
    assert reverse("patrols:checkpoint_leave", args=[running_duty.pk]) not in page(
        client, running_duty
    )


def test_check_in_without_position_or_far_away_is_marked(sign_in, officer, running_duty):
    client = sign_in(officer)
    point = running_duty.route.checkpoints.first()
    post(client, "check_in", running_duty.pk, checkpoint=point.pk)
    post(client, "check_in", running_duty.pk, checkpoint=point.pk, lat="-7", lon="110")
    assert {tuple(e.marks) for e in LogEntry.objects.filter(kind="check_in")} == {
        ("no_position",),
        ("outside",),
    }


@pytest.mark.parametrize("lat", ["NaN", "1e400", "91", "utara", "\0"])
def test_an_odd_position_does_not_cost_the_check_in(sign_in, officer, running_duty, lat):
    point = running_duty.route.checkpoints.first()
    post(sign_in(officer), "check_in", running_duty.pk, checkpoint=point.pk, lat=lat, lon="106")
    stored = LogEntry.objects.filter(kind="check_in")
    assert [e.lat for e in stored] == [None]


def test_check_in_at_a_foreign_checkpoint_says_so(sign_in, units, officer, running_duty):
    client = sign_in(officer)
    foreign = make.make_route(units.polsek_neighbour, checkpoints=1).checkpoints.get()
    post(client, "check_in", running_duty.pk, checkpoint=foreign.pk)
    assert not LogEntry.objects.filter(kind="check_in").exists()


def test_check_in_counts_where_the_key_of_the_checkpoint_is_broken(sign_in, officer, running_duty):
    for checkpoint in ("x", 10**30):
        post(sign_in(officer), "check_in", running_duty.pk, checkpoint=checkpoint)
    assert [entry.checkpoint for entry in LogEntry.objects.filter(kind="check_in")] == [None, None]


def test_the_same_check_in_twice_is_one(sign_in, officer, running_duty):
    client = sign_in(officer)
    uuid = "6f1c2b9e-0000-4000-8000-000000000001"
    for _ in range(2):
        post(client, "check_in", running_duty.pk, client_uuid=uuid)
    assert LogEntry.objects.filter(kind="check_in").count() == 1
    response = post(client, "duty_nil", running_duty.pk, client_uuid=uuid)
    assert response.status_code == 302
    assert LogEntry.objects.filter(client_uuid=uuid).count() == 1


def test_nil_in_one_tap(sign_in, volunteer, running_duty):
    post(sign_in(volunteer), "duty_nil", running_duty.pk)
    entry = LogEntry.objects.get(kind=EntryKind.OBSERVATION)
    assert entry.author == volunteer
    assert entry.text.startswith("Nihil")


@pytest.mark.parametrize("name", ["duty_nil", "check_in", "checkpoint_leave"])
def test_only_those_of_the_duty_write(sign_in, admin_user, neighbour, running_duty, name):
    assert post(sign_in(admin_user), name, running_duty.pk).status_code == 403
    assert post(sign_in(neighbour), name, running_duty.pk).status_code == 404


def test_nothing_is_written_before_the_start(sign_in, officer, duty):
    post(sign_in(officer), "duty_nil", duty.pk)
    assert not LogEntry.objects.exists()


def test_taking_back_within_a_quarter_of_an_hour(sign_in, officer, volunteer, running_duty):
    entry = make.make_entry(running_duty, officer, text="Salah tulis")
    withdraw = reverse("patrols:entry_withdraw", args=[entry.pk])
    assert withdraw not in page(sign_in(volunteer), running_duty)
    assert post(sign_in(volunteer), "entry_withdraw", entry.pk).status_code == 403
    client = sign_in(officer)
    assert withdraw in page(client, running_duty)
    client.post(withdraw)
    html = page(client, running_duty)
    assert 'struck">Salah tulis' in html
    assert withdraw not in html


def test_taking_back_asks_first(sign_in, officer, running_duty):
    """Also without script: the button that does it is folded away."""
    entry = make.make_entry(running_duty, officer)
    html = page(sign_in(officer), running_duty)
    withdraw = reverse("patrols:entry_withdraw", args=[entry.pk])
    before, _form, after = html.partition(f'action="{withdraw}"')
    assert before.rpartition("<details>")[2].count("</details>") == 0
    assert "Ya, batalkan" in after.partition("</details>")[0]


def test_a_poor_position_is_said(sign_in, officer, running_duty):
    kind, here = EntryKind.CHECK_IN, {"lat": -6.14, "lon": 106.8}
    make.make_entry(running_duty, officer, kind=kind, text="", **here, accuracy_m=200)
    html = page(sign_in(officer), running_duty)
    assert "akurasi rendah" not in html
    make.make_entry(running_duty, officer, kind=kind, text="", **here, accuracy_m=201)
    assert "akurasi rendah, ±201 m" in page(sign_in(officer), running_duty)


def test_taking_back_comes_too_late(sign_in, officer, running_duty):
    entry = make.make_entry(running_duty, officer, now=timezone.now() - timedelta(minutes=16))
    client = sign_in(officer)
    assert reverse("patrols:entry_withdraw", args=[entry.pk]) not in page(client, running_duty)
    post(client, "entry_withdraw", entry.pk)
    entry.refresh_from_db()
    assert entry.withdrawn_at is None


def test_taking_back_is_not_offered_from_an_approved_log(sign_in, officer, commander, running_duty):
    entry = make.make_entry(running_duty, officer)
    end_duty(duty=running_duty, by=officer)
    withdraw = reverse("patrols:entry_withdraw", args=[entry.pk])
    client = sign_in(officer)
    assert withdraw in page(client, running_duty)
    review_duty(duty=running_duty, by=commander, action="approve")
    assert withdraw not in page(client, running_duty)


def test_a_neighbour_cannot_take_back(sign_in, officer, neighbour, running_duty):
    entry = make.make_entry(running_duty, officer)
    assert post(sign_in(neighbour), "entry_withdraw", entry.pk).status_code == 404


def test_marks_stand_in_words(sign_in, officer, running_duty):
    point = running_duty.route.checkpoints.first()
    post(
        sign_in(officer),
        "check_in",
        running_duty.pk,
        checkpoint=point.pk,
        lat=str(point.lat + 0.01),
        lon=str(point.lon),
    )
    entry = LogEntry.objects.get(kind="check_in")
    assert f"{entry.distance_m} m" in page(sign_in(officer), running_duty)


def test_an_ended_duty_shares_prints_and_resumes(sign_in, officer, commander, running_duty):
    ended = end_duty(duty=running_duty, by=officer, summary="Aman semua")
    client = sign_in(officer)
    html = page(client, ended)
    assert "Aman semua" in html
    for name in ("duty_share", "duty_log", "duty_resume"):
        assert reverse(f"patrols:{name}", args=[ended.pk]) in html
    post(client, "duty_resume", ended.pk)
    ended.refresh_from_db()
    assert ended.state == DutyState.RUNNING
    end_duty(duty=ended, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    html = page(client, ended)
    assert reverse("patrols:duty_resume", args=[ended.pk]) not in html
    assert reverse("patrols:entry_add", args=[ended.pk]) not in html
    post(client, "duty_resume", ended.pk)
    ended.refresh_from_db()
    assert ended.state == DutyState.ENDED


def test_a_returned_log_shows_why_and_is_sent_again(sign_in, officer, commander, running_duty):
    ended = end_duty(duty=running_duty, by=officer)
    review_duty(duty=ended, by=commander, action="return", comment="Sebut tempatnya <b>")
    client = sign_in(officer)
    html = page(client, ended)
    assert "Sebut tempatnya &lt;b&gt;" in html
    post(client, "duty_submit", ended.pk)
    ended.refresh_from_db()
    assert ended.review == ReviewState.WAITING
    assert "Sebut tempatnya" in page(client, ended)


def test_a_cancelled_duty_says_why(sign_in, officer, commander, duty):
    cancel_duty(duty=duty, by=commander, reason="Banjir")
    html = page(sign_in(officer), duty)
    assert "Banjir" in html
    assert reverse("patrols:duty_start", args=[duty.pk]) not in html


def test_own_status_stands_there(sign_in, volunteer, duty):
    row = duty.attendances.get(member=volunteer.membership)
    client = sign_in(volunteer)
    assert reverse("patrols:attendance_mark", args=[row.pk]) in page(client, duty)
    response = post(client, "attendance_mark", row.pk, status="present", from_duty="1")
    assert response["Location"] == url(duty)
    row.refresh_from_db()
    assert row.status == AttendanceStatus.PRESENT
    assert reverse("patrols:attendance_mark", args=[row.pk]) not in page(client, duty)


def test_nobody_is_present_days_ahead(sign_in, units, volunteer):
    later = make.make_duty(units.polsek, starts_at=timezone.now() + timedelta(days=10))
    row = make.make_attendance(later, member=volunteer.membership)
    client = sign_in(volunteer)
    assert reverse("patrols:attendance_mark", args=[row.pk]) not in page(client, later)
    post(client, "attendance_mark", row.pk, status="present", from_duty="1")
    row.refresh_from_db()
    assert row.status == ""


@pytest.mark.parametrize("gone", ["member", "group"])
def test_who_has_left_the_group_sees_it_no_more(sign_in, volunteer, running_duty, gone):
    member = volunteer.membership
    client = sign_in(volunteer)
    row = member if gone == "member" else member.group
    row.is_active = False
    row.save()
    assert client.get(url(running_duty)).status_code == 404
    assert post(client, "duty_nil", running_duty.pk).status_code == 404
    assert client.get(reverse("patrols:my_day")).context["nights"].current == []


@time_machine.travel("2026-11-11T16:30:00+00:00", tick=False)
def test_clocks_are_those_of_the_unit(sign_in, units, officer_east):
    duty = make.make_duty(units.polsek_east, "Pos Timur", post=make.make_post(units.polsek_east))
    make.make_attendance(duty, officer=officer_east)
    client = sign_in(officer_east)
    post(client, "duty_start", duty.pk)
    post(client, "check_in", duty.pk)
    html = page(client, duty)
    assert "01.40–04.40 WIT" in html
    assert "01.30 WIT" in html
    assert "WIB" not in html
    assert "11–12 Nov" in html


def test_pages_of_fifty_by_key(sign_in, officer, running_duty):
    start = running_duty.started_at
    for number in range(60):
        make.make_entry(
            running_duty, officer, text=f"Ke-{number}.", now=start + timedelta(seconds=number)
        )
    client = sign_in(officer)
    first = client.get(url(running_duty))
    assert "Ke-59." in first.content.decode()
    assert "Ke-5." not in first.content.decode()
    older = client.get(url(running_duty), {"page": first.context["page"].older})
    assert "Ke-5." in older.content.decode()
    assert client.get(url(running_duty), {"page": "<ngawur~1"}).status_code == 200


def test_statements_do_not_grow(sign_in, officer, running_duty, django_assert_max_num_queries):
    client = sign_in(officer)
    for number in range(30):
        make.make_entry(running_duty, officer, text=f"Catatan {number}")
    for point in running_duty.route.checkpoints.all():
        make.make_entry(running_duty, officer, kind="check_in", text="", checkpoint_id=point.pk)
    for number in range(20):
        make.make_attendance(running_duty, guest_name=f"Tamu {number}")
    for number in range(12):
        spot = make.make_hotspot(running_duty.unit, f"Titik {number}", lat=-6.145, lon=106.8)
        spot.categories.add(make.make_category("other"))
    finding = make.make_entry(running_duty, officer, kind="finding", text="Tiang miring")
    report_finding(entry=finding, by=officer)
    with django_assert_max_num_queries(15):
        client.get(url(running_duty))


def test_risky_places_on_the_way(sign_in, officer, volunteer, duty, units):
    make.make_hotspot(
        units.polsek,
        "Jembatan Kali Pasir",
        lat=-6.145,
        lon=106.8,
        risky_from=time(0),
        risky_until=time(23, 59, 59),
        advice="Singgah 10–15 menit",
    )
    for user in (officer, volunteer):
        html = page(sign_in(user), duty)
        assert "Titik rawan di jalur ini" in html
        assert "Jembatan Kali Pasir" in html
        assert "rawan pukul 00.00–23.59 WIB" in html
        assert "rawan sekarang" in html
        # Volunteers do not read what police do there.
        assert ("Singgah 10–15 menit" in html) == (user == officer)
    printed = sign_in(officer).get(reverse("patrols:duty_log", args=[duty.pk])).content.decode()
    assert "Kali Pasir" not in printed


def test_no_risky_places_once_it_is_over(sign_in, officer, running_duty, units):
    make.make_hotspot(units.polsek, "Jembatan Kali Pasir")
    assert "Kali Pasir" in page(sign_in(officer), running_duty)
    end_duty(duty=running_duty, by=officer, summary="Selesai")
    assert "Kali Pasir" not in page(sign_in(officer), running_duty)


def test_a_commander_finds_what_only_a_commander_may(sign_in, officer, commander, duty):
    def links(user):
        html = page(sign_in(user), duty)
        names = ("duty_cancel", "duty_restore", "duty_review")
        return {name for name in names if reverse(f"patrols:{name}", args=[duty.pk]) in html}

    assert (links(officer), links(commander)) == (set(), {"duty_cancel"})
    cancel_duty(duty=duty, by=commander, reason="Banjir")
    duty.refresh_from_db()
    assert (links(officer), links(commander)) == (set(), {"duty_restore"})
    post(sign_in(commander), "duty_restore", duty.pk)
    post(sign_in(officer), "duty_start", duty.pk)
    end_duty(duty=duty, by=officer)
    assert (links(officer), links(commander)) == (set(), {"duty_review"})


def test_line_16_past_the_end_the_last_entries_are_shown(sign_in, officer, running_duty):
    make.make_entry(running_duty, officer, text="Aman terkendali.")
    old = {"page": "<2020-01-01T00:00:00+00:00~1"}
    html = sign_in(officer).get(url(running_duty), old).content.decode()
    assert "Belum ada yang ditulis" not in html
    assert "Aman terkendali." in html
    assert "Daftarnya habis di sini" in html
