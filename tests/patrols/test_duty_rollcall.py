from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

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


def test_one_tap_marks(sign_in, officer, volunteer, duty):
    row = duty.attendances.get(member=volunteer.membership)
    client = sign_in(officer)
    for status in ("late", "excused", "absent", "present"):
        response = post(client, "attendance_mark", row.pk, status=status)
        assert response["Location"] == f"{url(duty)}#row-{row.pk}"
        row.refresh_from_db()
        assert (row.status, row.marked_by) == (status, officer)


@pytest.mark.parametrize("status", ["present", "late", "excused", "absent"])
def test_the_same_tap_again_unmarks_nobody_and_keeps_the_time(
    sign_in, officer, volunteer, duty, status
):
    row = duty.attendances.get(member=volunteer.membership)
    client = sign_in(officer)
    post(client, "attendance_mark", row.pk, status=status)
    row.refresh_from_db()
    first = row.at
    html = client.get(url(duty)).content.decode()
    assert f'name="status" value="{status}" aria-pressed="true"' in html
    assert 'name="status" value=""' not in html
    for _tap in range(2):
        post(client, "attendance_mark", row.pk, status=status, shown=status)
    row.refresh_from_db()
    assert (row.status, row.at) == (status, first)


def test_a_page_from_before_whose_button_unmarked_unmarks_nobody(sign_in, officer, duty):
    row = duty.attendances.get(officer=officer)
    client = sign_in(officer)
    post(client, "attendance_mark", row.pk, status="present")
    answer = client.post(reverse("patrols:attendance_mark", args=[row.pk]), {"status": ""})
    assert "Halaman ini sudah lama" in client.get(answer["Location"]).content.decode()
    row.refresh_from_db()
    assert row.status == "present"


def test_the_answer_says_who_is_marked_and_when(sign_in, officer, units, duty):
    row = duty.attendances.get(officer=officer)
    client = sign_in(officer)
    answer = client.post(
        reverse("patrols:attendance_mark", args=[row.pk]), {"status": "late"}, follow=True
    )
    row.refresh_from_db()
    at = f"{row.at.astimezone(units.polsek.zone):%H.%M}"
    assert f"Bhabin A: terlambat, {at}." in answer.content.decode()


def test_two_who_mark_one_person_see_each_other(client, officer, commander, volunteer, duty):
    row = duty.attendances.get(member=volunteer.membership)
    client.force_login(commander)
    post(client, "attendance_mark", row.pk, status="present", shown="")
    client.force_login(officer)
    mark = reverse("patrols:attendance_mark", args=[row.pk])
    answer = client.post(mark, {"status": "absent", "shown": ""}, follow=True)
    assert "Kapolsek A sudah menandai Relawan A: hadir" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "present"
    post(client, "attendance_mark", row.pk, status="absent", shown="present")
    row.refresh_from_db()
    assert row.status == "absent"


def test_an_old_page_leads_on_where_the_person_is_no_longer_in_the_roll(sign_in, officer, duty):
    row = make.make_attendance(duty, guest_name="Pak RT", expected=False, status="present")
    pk, client = row.pk, sign_in(officer)
    row.delete()
    for name in ("attendance_mark", "attendance_clear", "attendance_remove"):
        answer = client.post(
            reverse(f"patrols:{name}", args=[pk]), {"status": "late", "duty": duty.pk}, follow=True
        )
        assert answer.redirect_chain == [(url(duty), 302)]
        assert "sudah tidak ada di daftar" in answer.content.decode()
        for shown in ("", "x", "999999999", "9" * 5000):
            assert post(client, name, pk, status="late", duty=shown).status_code == 404


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


def test_two_guests_of_one_name_come(sign_in, officer, duty):
    client = sign_in(officer)
    for _guest in range(2):
        form = client.get(url(duty)).context["guest_form"]
        sent = {"guest_name": "Pak RT", "client_uuid": form["client_uuid"].value()}
        for _tap in range(2):  # each form is sent twice
            post(client, "guest_add", duty.pk, **sent)
    assert duty.attendances.filter(guest_name="Pak RT").count() == 2


def test_a_form_sent_again_with_another_guest_asks_and_then_adds(sign_in, officer, duty):
    client = sign_in(officer)
    key = client.get(url(duty)).context["guest_form"]["client_uuid"].value()
    post(client, "guest_add", duty.pk, guest_name="Pak RT", client_uuid=key)
    answer = post(client, "guest_add", duty.pk, guest_name="Bu RT", client_uuid=key)
    assert answer.status_code == 409
    assert "Pak RT sudah ditambahkan" in answer.content.decode()
    form = answer.context["guest_form"]
    assert form["guest_name"].value() == "Bu RT"
    post(
        client,
        "guest_add",
        duty.pk,
        guest_name="Bu RT",
        client_uuid=form["client_uuid"].value(),
    )
    assert sorted(duty.attendances.exclude(guest_name="").values_list("guest_name", flat=True)) == [
        "Bu RT",
        "Pak RT",
    ]


def test_an_unexpected_officer_and_a_replacing_member(sign_in, units, officer, group, duty):
    other = make.make_user("Bhabin Lain", units.polsek, Role.OFFICER, nrp="80010099")
    member = make.make_member(group, "Siti Pengganti")
    client = sign_in(officer)
    html = client.get(url(duty)).content.decode()
    assert "Bhabin Lain · 80010099" in html
    post(client, "attendance_add", duty.pk, person=f"officer:{other.pk}")
    post(client, "attendance_add", duty.pk, person=f"member:{member.pk}", replaces="on")
    assert duty.attendances.get(officer=other).status == AttendanceStatus.PRESENT
    assert duty.attendances.get(member__name="Siti Pengganti").status == "replacement"
    html = client.get(url(duty)).content.decode()
    assert "Bhabin Lain · 80010099" not in html


@pytest.mark.parametrize(
    "key",
    [
        *("", "\0", "a", "Ali", "Ali · Citra A", "officer:", "member:x", "officer:999999"),
        *("member:99999999999999999999", "neighbour", "volunteer"),
    ],
)
def test_who_is_no_choice_is_not_added(request, sign_in, officer, group, duty, key):
    if key in ("neighbour", "volunteer"):
        key = f"officer:{request.getfixturevalue(key).pk}"
    make.make_member(group, "Ali")
    response = post(sign_in(officer), "attendance_add", duty.pk, person=key)
    assert response.context["person_form"].errors["person"]
    assert duty.attendances.count() == 2


def test_what_was_chosen_stays_where_it_is_refused(sign_in, officer, operator, duty):
    make.make_attendance(duty, officer=operator, expected=False)
    client = sign_in(officer)
    response = post(client, "attendance_add", duty.pk, person=f"officer:{operator.pk}")
    assert "sudah ada" in response.content.decode()


def test_members_of_groups_out_of_sight_are_not_named(sign_in, units, officer, chief, duty):
    make.make_member(make.make_group(units.polres, "Mitra Polres"), "Rahasia Polres")
    secret = make.make_member(make.make_group(units.polda, "Mitra Polda"), "Rahasia Polda")
    client = sign_in(officer)
    assert "Rahasia" not in client.get(url(duty)).content.decode()
    post(client, "attendance_add", duty.pk, person=f"member:{secret.pk}")
    assert duty.attendances.count() == 2
    html = sign_in(chief).get(url(duty)).content.decode()
    assert "Rahasia Polres" in html
    assert "Rahasia Polda" in html


def options_of(response):
    """Key and label of each person in the choice."""
    groups = response.context["person_form"].fields["person"].widget.choices
    return dict(
        person for _group, people in groups if isinstance(people, list) for person in people
    )


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({}, {}, ("no. {first}", "no. {second}")),
        ({"role": "chair"}, {}, ("ketua", "no. {second}")),
        ({"agency": "TNI"}, {"agency": "Satpol PP"}, ("TNI", "Satpol PP")),
        (
            {"phone": "+6281200000123"},
            {"phone": "+6281200000456"},
            ("telepon …123", "telepon …456"),
        ),
        (
            {"phone": "+6281200000123"},
            {"phone": "+6281211111123"},
            ("telepon …123 · no. {first}", "telepon …123 · no. {second}"),
        ),
    ],
)
def test_two_of_one_name_are_told_apart_and_the_right_one_is_added(
    sign_in, officer, group, duty, first, second, words
):
    people = make.make_member(group, "Udin", **first), make.make_member(group, "UDIN", **second)
    client = sign_in(officer)
    labels = options_of(client.get(url(duty)))
    pks = {"first": people[0].pk, "second": people[1].pk}
    for person, detail in zip(people, words, strict=True):
        assert labels[f"member:{person.pk}"] == f"{person.name} · Citra A · {detail.format(**pks)}"
    post(client, "attendance_add", duty.pk, person=f"member:{people[1].pk}")
    assert [row.member for row in duty.attendances.filter(expected=False)] == [people[1]]
    post(client, "attendance_add", duty.pk, person=f"member:{people[0].pk}")
    html = client.get(url(duty)).content.decode()
    for detail in words:
        assert f"<small>{detail.format(**pks)}</small>" in html


def test_two_officers_of_one_name_are_told_apart_by_nrp(sign_in, units, officer, duty):
    for number in ("80010031", "80010032"):
        twin = make.make_user("Budi", units.polsek, Role.OFFICER, nrp=number)
        make.make_attendance(duty, officer=twin)
    html = sign_in(officer).get(url(duty)).content.decode()
    assert "<small>80010031</small>" in html
    assert "<small>80010032</small>" in html


def test_names_beyond_the_list_are_found_by_searching(sign_in, officer, group, duty, monkeypatch):
    monkeypatch.setattr("patrols.selectors.roll.CANDIDATES", 1)
    make.make_member(group, "Aa")
    last = make.make_member(group, "Zz")
    client = sign_in(officer)
    first = client.get(url(duty))
    assert "Cari nama atau NRP" in first.content.decode()
    assert f"member:{last.pk}" not in options_of(first)
    assert options_of(client.get(url(duty), {"name": "zz"})) == {
        f"member:{last.pk}": "Zz · Citra A"
    }
    assert options_of(client.get(url(duty), {"name": "\0"}))
    post(client, "attendance_add", duty.pk, person=f"member:{last.pk}")
    assert duty.attendances.filter(member=last).exists()


def test_a_short_list_needs_no_search(sign_in, officer, duty):
    assert "Cari nama atau NRP" not in sign_in(officer).get(url(duty)).content.decode()


def test_an_officer_on_a_running_duty_is_asked_about(sign_in, units, officer, operator, duty):
    other = make.make_duty(units.polsek, "Pos Jalan", state="running", started_at=timezone.now())
    there = make.make_attendance(other, officer=operator, status="present")
    client = sign_in(officer)
    answer = post(client, "attendance_add", duty.pk, person=f"officer:{operator.pk}")
    html = answer.content.decode()
    assert "Operator A bertugas di “Pos Jalan”" in html
    assert reverse("patrols:duty_detail", args=[other.pk]) in html
    move = reverse("patrols:attendance_move", args=[there.pk])
    assert f'href="{move}?to={duty.pk}"' in html
    assert not duty.attendances.filter(officer=operator).exists()
    post(client, "attendance_add", duty.pk, person=f"officer:{operator.pk}", despite="1")
    assert duty.attendances.filter(officer=operator).exists()


def test_a_future_duty_says_that_nobody_is_present_yet(sign_in, units, officer, operator):
    duty = make.make_duty(units.polsek, starts_at=timezone.now() + timedelta(days=1))
    client = sign_in(officer)
    html = client.get(url(duty)).content.decode()
    assert "Apel belum waktunya" in html
    assert 'name="replaces"' not in html
    post(client, "attendance_add", duty.pk, person=f"officer:{operator.pk}")
    row = duty.attendances.get()
    assert (row.status, row.expected) == ("", True)
    assert "0 dari 1 hadir" in client.get(url(duty)).content.decode()


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
    for _tap in range(2):
        response = post(client, "attendance_mark", own.pk, status="present")
        assert response["Location"] == reverse("patrols:duty_detail", args=[duty.pk])


def test_a_volunteer_who_is_marked_already_is_told(sign_in, volunteer, officer, duty):
    own = duty.attendances.get(member=volunteer.membership)
    duty.attendances.filter(pk=own.pk).update(status="late", at=timezone.now(), marked_by=officer)
    mark = reverse("patrols:attendance_mark", args=[own.pk])
    answer = sign_in(volunteer).post(mark, {"status": "present"}, follow=True)
    assert "Relawan A: terlambat" in answer.content.decode()
    own.refresh_from_db()
    assert own.status == "late"


def test_neighbours_find_nothing(sign_in, neighbour, officer, duty):
    client = sign_in(neighbour)
    assert client.get(url(duty)).status_code == 404
    for name in ("attendance_all", "attendance_add", "guest_add"):
        assert post(client, name, duty.pk).status_code == 404
    row = duty.attendances.get(officer=officer)
    for name in ("attendance_mark", "attendance_clear", "attendance_remove"):
        assert post(client, name, row.pk, status="present").status_code == 404


def test_the_roll_closes_with_the_approval(sign_in, officer, commander, running_duty):
    end_duty(duty=running_duty, by=officer)
    review_duty(duty=running_duty, by=commander, action="approve")
    client = sign_in(officer)
    html = client.get(url(running_duty)).content.decode()
    row = running_duty.attendances.get(officer=officer)
    assert reverse("patrols:attendance_mark", args=[row.pk]) not in html
    post(client, "attendance_mark", row.pk, status="late")
    post(client, "attendance_clear", row.pk)
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
