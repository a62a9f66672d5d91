import pytest
from django.urls import reverse

from accounts.roles import Role
from patrols.models import Attendance, AttendanceStatus
from patrols.services.duties import end_duty, review_duty
from tests import factories as make


def url(duty):
    return reverse("patrols:duty_rollcall", args=[duty.pk])


def post(client, name, pk, **data):
    return client.post(reverse(f"patrols:{name}", args=[pk]), data)


def test_everybody_stands_there(sign_in, officer, duty):
    make.make_attendance(duty, guest_name="Babinsa Kerendang", guest_agency="TNI")
    html = sign_in(officer).get(url(duty)).content.decode()
    for name in ("Bhabin A", "Relawan A", "Citra A", "Babinsa Kerendang", "TNI"):
        assert name in html


def test_one_tap_marks_and_the_same_tap_clears(sign_in, officer, volunteer, duty):
    row = duty.attendances.get(member=volunteer.membership)
    client = sign_in(officer)
    for status in ("late", "excused", "absent", "present"):
        response = post(client, "attendance_mark", row.pk, status=status)
        assert response["Location"] == f"{url(duty)}#row-{row.pk}"
        row.refresh_from_db()
        assert (row.status, row.marked_by) == (status, officer)
    html = client.get(url(duty)).content.decode()
    assert 'name="status" value="" aria-pressed="true"' in html
    post(client, "attendance_mark", row.pk, status="")
    row.refresh_from_db()
    assert (row.status, row.at) == ("", None)


def test_an_odd_status_is_refused(sign_in, officer, duty):
    row = duty.attendances.get(officer=officer)
    post(sign_in(officer), "attendance_mark", row.pk, status="sakti")
    row.refresh_from_db()
    assert row.status == ""


def test_all_the_others_are_present(sign_in, officer, volunteer, duty):
    duty.attendances.filter(member=volunteer.membership).update(
        status="late", at=duty.starts_at, marked_by=officer
    )
    post(sign_in(officer), "attendance_all", duty.pk)
    assert sorted(duty.attendances.values_list("status", flat=True)) == ["late", "present"]


def test_a_guest_is_added_and_removed(sign_in, officer, duty):
    client = sign_in(officer)
    response = post(client, "guest_add", duty.pk, guest_name="Pak Lurah", guest_agency="Kelurahan")
    row = Attendance.objects.get(guest_name="Pak Lurah")
    assert response["Location"].endswith(f"#row-{row.pk}")
    assert (row.status, row.expected, row.guest_agency) == ("present", False, "Kelurahan")
    post(client, "attendance_remove", row.pk)
    assert not Attendance.objects.filter(guest_name="Pak Lurah").exists()


def test_a_guest_without_a_name_keeps_the_agency(sign_in, officer, duty):
    response = post(
        sign_in(officer), "guest_add", duty.pk, guest_name=" ", guest_agency="Satpol PP"
    )
    assert response.status_code == 200
    assert response.context["guest_form"].errors["guest_name"]
    assert "Satpol PP" in response.content.decode()


def test_an_unexpected_officer_and_a_replacing_member(sign_in, units, officer, group, duty):
    other = make.make_user("Bhabin Lain", units.polsek, Role.OFFICER, nrp="80010099")
    make.make_member(group, "Siti Pengganti")
    client = sign_in(officer)
    html = client.get(url(duty)).content.decode()
    assert "Bhabin Lain · 80010099" in html
    post(client, "attendance_add", duty.pk, person="Bhabin Lain · 80010099")
    post(client, "attendance_add", duty.pk, person="siti", replaces="on")
    assert duty.attendances.get(officer=other).status == AttendanceStatus.PRESENT
    assert duty.attendances.get(member__name="Siti Pengganti").status == "replacement"
    html = client.get(url(duty)).content.decode()
    assert "Bhabin Lain · 80010099" not in html


@pytest.mark.parametrize("typed", ["Tidak Ada", "", "Bhabin Tetangga", "a", "\0"])
def test_an_unknown_name_is_said_and_kept(sign_in, officer, neighbour, group, duty, typed):
    make.make_member(group, "Ali")
    make.make_member(group, "Agus")
    response = post(sign_in(officer), "attendance_add", duty.pk, person=typed)
    assert response.context["person_form"].errors["person"]
    assert f'value="{typed}"' in response.content.decode() or typed in ("", "\0")
    assert duty.attendances.count() == 2


def test_members_of_groups_out_of_sight_are_not_named(sign_in, units, officer, chief, duty):
    make.make_member(make.make_group(units.polres, "Mitra Polres"), "Rahasia Polres")
    make.make_member(make.make_group(units.polda, "Mitra Polda"), "Rahasia Polda")
    client = sign_in(officer)
    assert "Rahasia" not in client.get(url(duty)).content.decode()
    post(client, "attendance_add", duty.pk, person="Rahasia Polda")
    assert duty.attendances.count() == 2
    html = sign_in(chief).get(url(duty)).content.decode()
    assert "Rahasia Polres" in html
    assert "Rahasia Polda" in html


def test_two_of_one_name_can_be_told_apart(sign_in, officer, group, duty):
    first, second = make.make_member(group, "Udin"), make.make_member(group, "Udin")
    client = sign_in(officer)
    post(client, "attendance_add", duty.pk, person=f"Udin · Citra A · {second.pk}")
    assert duty.attendances.filter(member=second).exists()
    assert not duty.attendances.filter(member=first).exists()


def test_names_beyond_the_list_are_found_by_typing(sign_in, officer, group, duty, monkeypatch):
    monkeypatch.setattr("patrols.selectors.roll.CANDIDATES", 1)
    make.make_member(group, "Aa")
    last = make.make_member(group, "Zz")
    client = sign_in(officer)
    assert "Zz" not in client.get(url(duty)).content.decode()
    post(client, "attendance_add", duty.pk, person="zz")
    assert duty.attendances.filter(member=last).exists()


def test_the_expected_are_not_removed(sign_in, officer, duty):
    row = duty.attendances.get(officer=officer)
    assert post(sign_in(officer), "attendance_remove", row.pk).status_code == 403


def test_volunteers_mark_themselves_only(sign_in, volunteer, officer, duty):
    client = sign_in(volunteer)
    assert client.get(url(duty)).status_code == 403
    for name in ("attendance_all", "attendance_add", "guest_add"):
        assert post(client, name, duty.pk).status_code == 403
    other = duty.attendances.get(officer=officer)
    assert post(client, "attendance_mark", other.pk, status="present").status_code == 403
    own = duty.attendances.get(member=volunteer.membership)
    assert post(client, "attendance_mark", own.pk, status="absent").status_code == 403
    response = post(client, "attendance_mark", own.pk, status="present")
    assert response["Location"] == reverse("patrols:duty_detail", args=[duty.pk])


def test_neighbours_find_nothing(sign_in, neighbour, officer, duty):
    client = sign_in(neighbour)
    assert client.get(url(duty)).status_code == 404
    for name in ("attendance_all", "attendance_add", "guest_add"):
        assert post(client, name, duty.pk).status_code == 404
    row = duty.attendances.get(officer=officer)
    for name in ("attendance_mark", "attendance_remove"):
        assert post(client, name, row.pk, status="present").status_code == 404


def test_the_roll_closes_with_the_approval(sign_in, officer, commander, running_duty):
    end_duty(duty=running_duty, by=officer)
    review_duty(duty=running_duty, by=commander, action="approve")
    client = sign_in(officer)
    html = client.get(url(running_duty)).content.decode()
    row = running_duty.attendances.get(officer=officer)
    assert reverse("patrols:attendance_mark", args=[row.pk]) not in html
    post(client, "attendance_mark", row.pk, status="late")
    post(client, "guest_add", running_duty.pk, guest_name="Terlambat sekali")
    assert not running_duty.attendances.exclude(status="").exists()
    assert running_duty.attendances.count() == 2


def test_the_clock_is_that_of_the_unit(sign_in, units, officer_east):
    duty = make.make_duty(units.polsek_east)
    row = make.make_attendance(duty, officer=officer_east)
    client = sign_in(officer_east)
    post(client, "attendance_mark", row.pk, status="present")
    row.refresh_from_db()
    local = row.at.astimezone(units.polsek_east.zone)
    assert f"{local:%H.%M} WIT" in client.get(url(duty)).content.decode()


def test_statements_do_not_grow(sign_in, officer, group, duty, django_assert_max_num_queries):
    for number in range(25):
        make.make_attendance(duty, member=make.make_member(group, f"Anggota ke-{number}"))
        make.make_member(group, f"Cadangan {number}")
    client = sign_in(officer)
    with django_assert_max_num_queries(9):
        client.get(url(duty))
