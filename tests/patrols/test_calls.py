"""Buttons that call people: whom they reach, who sees them, and where no number ever stands."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.selectors.phones import phones_of
from patrols.models import AttendanceStatus
from patrols.presenters.calls import Call, call_leader
from patrols.services.duties import start_duty
from tests import factories as make
from toolkit.outbox.copies import HEADER

OFFICER, VOLUNTEER = "+6286000000001", "+6286000000002"
TONIGHT = reverse("patrols:tonight")


@pytest.fixture
def numbers(officer, volunteer):
    for person, phone in ((officer, OFFICER), (volunteer, VOLUNTEER)):
        person.phone = phone
        person.save()


@pytest.fixture
def silent(duty, officer, numbers):
    start_duty(duty=duty, by=officer, now=timezone.now() - timedelta(minutes=52))
    duty.refresh_from_db()
    return duty


def html_of(client, name, *args, **headers):
    answer = client.get(reverse(name, args=args), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_tonight_calls_the_leader_of_a_silent_patrol(sign_in, commander, silent):
    html = html_of(sign_in(commander), "patrols:tonight")
    assert f'href="tel:{OFFICER}"' in html
    assert 'href="https://wa.me/6286000000001?text=' in html


def test_the_text_says_what_is_the_matter(silent, officer):
    call = call_leader(silent, officer.phone, timezone.now())
    text = parse_qs(urlsplit(call.whatsapp).query)["text"][0]
    assert text == "Bhabin A, Patroli A belum ada kabar 52 menit. Aman? Mohon kabarnya."


def test_a_telephone_on_a_line_has_no_whatsapp(officer):
    officer.phone = "+62215550000"
    officer.full_clean(exclude=["password"])
    assert Call("Bhabin A", officer.phone, "…").whatsapp == ""


def test_who_is_missing_stands_first_and_can_be_called(sign_in, commander, silent, volunteer):
    html = html_of(sign_in(commander), "patrols:duty_detail", silent.pk)
    assert html.index("Yang belum hadir") < html.index('id="log"')
    assert f'href="tel:{VOLUNTEER}"' in html
    row = silent.attendances.get(member=volunteer.membership)
    row.status, row.at = AttendanceStatus.PRESENT, timezone.now()
    row.save()
    html = html_of(sign_in(commander), "patrols:duty_detail", silent.pk)
    assert f'href="tel:{VOLUNTEER}"' not in html


def test_an_officer_of_the_duty_is_not_told_who_is_missing(sign_in, officer, silent):
    html = html_of(sign_in(officer), "patrols:duty_detail", silent.pk)
    assert "Yang belum hadir" not in html
    assert "tel:" not in html  # nobody calls themselves


def test_the_number_of_a_member_of_the_group_without_an_account(
    sign_in, commander, silent, volunteer
):
    member = volunteer.membership
    member.user, member.phone = None, "+6286000000003"
    member.save()
    html = html_of(sign_in(commander), "patrols:duty_detail", silent.pk)
    assert 'href="tel:+6286000000003"' in html
    assert VOLUNTEER not in html


def test_a_volunteer_has_nobodys_number(sign_in, volunteer, officer, silent):
    html = html_of(sign_in(volunteer), "patrols:duty_detail", silent.pk)
    assert "tel:" not in html
    assert "wa.me" not in html
    assert phones_of(volunteer, [officer.pk]) == {}


def test_nobody_of_another_unit(neighbour, chief, commander, officer, numbers):
    assert phones_of(neighbour, [officer.pk]) == {}
    assert phones_of(commander, [officer.pk]) == {officer.pk: OFFICER}
    assert phones_of(chief, [officer.pk]) == {officer.pk: OFFICER}
    chief.phone = OFFICER
    chief.save()
    assert phones_of(commander, [chief.pk]) == {}  # above, not below


def test_a_leader_who_is_lent_from_another_unit_is_not_called(
    sign_in, units, commander, neighbour, duty
):
    neighbour.phone = "+6286000000009"
    neighbour.save()
    duty.leader = neighbour
    duty.save()
    assert "tel:" not in html_of(sign_in(commander), "patrols:duty_detail", duty.pk)


def test_after_the_posting_of_the_one_who_looks(sign_in, units, commander, officer, silent):
    ended = timezone.localdate() - timedelta(days=1)
    commander.postings.update(starts_on=ended, ends_on=ended)
    commander = User.objects.get(pk=commander.pk)
    assert phones_of(commander, [officer.pk]) == {}
    assert sign_in(commander).get(TONIGHT).status_code == 403


def test_after_the_posting_of_the_one_who_would_be_called(units, commander, officer, numbers):
    ended = timezone.localdate() - timedelta(days=1)
    officer.postings.update(starts_on=ended, ends_on=ended)
    make.make_posting(officer, units.polsek_other, Role.OFFICER)
    # The account still names the old unit.
    assert officer.unit == units.polsek
    assert phones_of(commander, [officer.pk]) == {}


def test_whose_account_is_off_is_not_called(commander, officer, numbers):
    officer.is_active = False
    officer.save()
    assert phones_of(commander, [officer.pk]) == {}


def test_no_copy_print_or_shared_text_has_a_number(sign_in, commander, officer, silent):
    for person in (commander, officer):
        client = sign_in(person)
        pages = [
            html_of(client, "patrols:my_day", **{HEADER: "1"}),
            html_of(client, "patrols:duty_detail", silent.pk, **{HEADER: "1"}),
            html_of(client, "patrols:duty_rollcall", silent.pk, **{HEADER: "1"}),
            html_of(client, "patrols:no_signal", **{HEADER: "1"}),
            html_of(client, "accounts:outbox_list", **{HEADER: "1"}),
            html_of(client, "patrols:duty_log", silent.pk),
            html_of(client, "patrols:duty_share", silent.pk),
        ]
        for html in pages:
            for word in ("86000000", "0860-0000", "tel:", "wa.me/62"):
                assert word not in html


def test_one_statement_for_all_numbers(units, commander, numbers, django_assert_num_queries):
    people = [make.make_user(f"Bhabin {n}", units.polsek, Role.OFFICER) for n in range(20)]
    _ = commander.scope
    with django_assert_num_queries(1):
        phones_of(commander, [person.pk for person in people])
