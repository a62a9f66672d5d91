import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from patrols.models import Duty
from reports.models import Report
from reports.rights import may_be_assigned
from reports.selectors.candidates import officers_for
from reports.services.casework import classify_report
from reports.services.changes import dispatch_report
from tests import factories as make
from tests.reports.report_pages import (
    detail_url,
    make_report_in_state,
    messages_in,
    page_url,
    reload_report,
)


def offered(answer):
    """(name, why) of each officer who is offered, in order."""
    choices = answer.context["form"].fields["assignee"].choices
    pattern = r"<span>(.*)<br><small>(.*)</small></span>"
    return [re.fullmatch(pattern, label).groups() for _pk, label in choices]


def offered_officers(answer):
    return [name for name, _why in offered(answer)]


def test_offers_the_officers_of_the_unit(
    sign_in, units, officer, operator, commander, neighbour, admin_user, chief
):
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    make.make_user("Aiptu di pos", post, "officer")
    gone = make.make_user("Sudah pindah", units.polsek, "officer")
    gone.is_active = False
    gone.save()
    report = make_report_in_state("verified", units.polsek, officer)
    answer = sign_in(commander).get(page_url("report_dispatch", report))
    assert offered_officers(answer) == [
        "Aiptu di pos",
        "Bhabin A",
        "Kapolsek A (Anda)",
        "Operator A",
    ]


def test_who_is_on_duty_serves_the_village_and_has_least_to_do_comes_first(
    sign_in, units, officer, operator, commander, running_duty
):
    village = make.make_area("31.73.04.1008", "Jembatan Lima")
    bhabin = make.make_user("Zainal Bhabin", units.polsek, "officer")
    bhabin.postings.get().villages.add(village)
    for _number in range(2):
        busy = make.make_report(units.polsek)
        dispatch_report(report=busy, by=commander, assignee=operator)
    report = make_report_in_state("verified", units.polsek, officer)
    Report.objects.filter(pk=report.pk).update(village=village)
    make.make_report(units.polsek_neighbour)
    # The officer leads the duty that runs.
    answer = sign_in(commander).get(page_url("report_dispatch", report))
    assert offered(answer) == [
        ("Bhabin A", "bertugas sekarang · 0 terbuka"),
        ("Zainal Bhabin", "melayani Jembatan Lima · 0 terbuka"),
        ("Kapolsek A (Anda)", "0 terbuka"),
        ("Operator A", "2 terbuka"),
    ]
    start_duty_of(bhabin, units)
    answer = sign_in(commander).get(page_url("report_dispatch", report))
    assert offered(answer)[0] == (
        "Zainal Bhabin",
        "bertugas sekarang · melayani Jembatan Lima · 0 terbuka",
    )


def test_whoever_is_on_duty_stands_first_in_a_large_unit(sign_in, units, officer, commander):
    for number in range(301):
        make.make_user(f"Bhabin {number:03}", units.polsek, "officer")
    last = make.make_user("Zulkifli", units.polsek, "officer")
    start_duty_of(last, units)
    report = make_report_in_state("verified", units.polsek, officer)
    found = offered(sign_in(commander).get(page_url("report_dispatch", report)))
    assert found[0] == ("Zulkifli", "bertugas sekarang · 0 terbuka")
    assert len(found) == 12


def test_a_duty_that_nobody_has_ended_is_over_some_hours_after_its_end(
    sign_in, units, officer, commander, running_duty
):
    Duty.objects.update(
        starts_at=timezone.now() - timedelta(hours=15), ends_at=timezone.now() - timedelta(hours=7)
    )
    report = make_report_in_state("verified", units.polsek, officer)
    answer = sign_in(commander).get(page_url("report_dispatch", report))
    assert ("Bhabin A", "0 terbuka") in offered(answer)


def start_duty_of(person, units):
    duty = make.make_duty(units.polsek, "Pos Zainal")
    make.make_attendance(
        duty, officer=person, status="present", at=timezone.now(), marked_at=timezone.now()
    )
    Duty.objects.filter(pk=duty.pk).update(state="running", started_at=timezone.now())


@pytest.mark.parametrize("count", [1, 30])
def test_statements_do_not_grow(sign_in, units, commander, django_assert_max_num_queries, count):
    for number in range(count):
        make.make_user(f"Bhabin {number:02}", units.polsek, "officer")
    report = make_report_in_state("verified", units.polsek, commander)
    client = sign_in(commander)
    with django_assert_max_num_queries(9):
        client.get(page_url("report_dispatch", report))


def test_a_tap_takes_it_oneself(sign_in, units, officer):
    report = make_report_in_state("received", units.polsek, officer)
    fields = {"assignee": officer.pk, "seen": report.stamp}
    answer = sign_in(officer).post(page_url("report_dispatch", report), fields, follow=True)
    assert "Ditugaskan kepada Bhabin A" in messages_in(answer)
    assert (reload_report(report).state, reload_report(report).assignee) == ("dispatched", officer)
    answer = sign_in(officer).post(page_url("report_dispatch", report), fields, follow=True)
    assert answer.redirect_chain[0][0] == detail_url(report)
    assert "Sudah dilakukan" in messages_in(answer)


def test_who_is_assigned_now_is_marked_and_can_be_replaced(sign_in, units, officer, commander):
    report = make_report_in_state("dispatched", units.polsek, officer)
    answer = sign_in(commander).get(page_url("report_dispatch", report))
    assert "Bhabin A (petugas sekarang)" in offered_officers(answer)
    sign_in(commander).post(
        page_url("report_dispatch", report), {"assignee": commander.pk, "seen": report.stamp}
    )
    assert reload_report(report).assignee == commander


def test_nobody_of_another_unit(sign_in, units, officer, commander, neighbour, admin_user):
    report = make_report_in_state("verified", units.polsek, officer)
    for person in (neighbour.pk, admin_user.pk, "", "abc", 10**20):
        answer = sign_in(commander).post(page_url("report_dispatch", report), {"assignee": person})
        assert answer.status_code == 200
        assert answer.context["form"].errors["assignee"]
    assert reload_report(report).state == "verified"


def test_without_the_right_nothing_is_said_about_officers(
    sign_in, units, officer, neighbour, admin_user
):
    report = make_report_in_state("verified", units.polsek, officer)
    for person in (officer, neighbour):
        with pytest.raises(PermissionDenied):
            dispatch_report(report=report, by=admin_user, assignee=person)
        answer = sign_in(admin_user).post(
            page_url("report_dispatch", report), {"assignee": person.pk}
        )
        assert answer.status_code == 403


def test_of_two_who_send_another_the_second_is_told(sign_in, units, officer, operator, commander):
    report = make_report_in_state("dispatched", units.polsek, officer)
    other = make.make_user("Bhabin B", units.polsek, "officer")
    seen = report.stamp
    sent = {"assignee": other.pk, "seen": seen}
    assert "Ditugaskan" in messages_in(
        sign_in(commander).post(page_url("report_dispatch", report), sent, follow=True)
    )
    sent = {"assignee": operator.pk, "seen": seen}
    answer = sign_in(operator).post(page_url("report_dispatch", report), sent, follow=True)
    assert "Sudah dilakukan" in messages_in(answer)
    assert "Kapolsek A" in messages_in(answer)
    assert reload_report(report).assignee == other


def test_who_is_no_longer_assigned_is_told_on_arrival(sign_in, units, officer, commander):
    report = make_report_in_state("dispatched", units.polsek, officer)
    page = sign_in(officer).get(detail_url(report))
    assert f'name="seen" value="{report.stamp}"' in page.content.decode()
    other = make.make_user("Bhabin B", units.polsek, "officer")
    dispatch_report(report=report, by=commander, assignee=other)
    sent = {"seen": report.stamp}
    answer = sign_in(officer).post(page_url("report_arrive", report), sent, follow=True)
    assert "Sudah dilakukan" in messages_in(answer)
    assert reload_report(report).state == "dispatched"
    assert reload_report(report).arrived_at is None


def test_many_are_searched_by_name_or_nrp(sign_in, units, officer, commander):
    for number in range(14):
        make.make_user(f"Bhabin {number:02}", units.polsek, "officer", nrp=f"9000000{number:02}")
    report = make_report_in_state("verified", units.polsek, officer)
    client = sign_in(commander)
    answer = client.get(page_url("report_dispatch", report))
    assert len(offered_officers(answer)) == 12
    assert "Masih ada yang lain" in answer.content.decode()
    for asked in ("bhabin 13", "900000013"):
        answer = client.post(
            page_url("report_dispatch", report), {"q": asked, "find": "1", "seen": report.stamp}
        )
        assert answer.status_code == 200
        assert offered_officers(answer) == ["Bhabin 13"]
        assert 'id="id_assignee_error"' not in answer.content.decode()
    answer = client.post(page_url("report_dispatch", report), {"q": "tidak ada", "find": "1"})
    assert "Tidak ada petugas dengan nama ini" in answer.content.decode()
    assert reload_report(report).state == "verified"


def test_a_polres_sends_its_own(sign_in, units, officer):
    """Officers of a Polsek do not see reports of their Polres."""
    head = make.make_user("Kapolres A", units.polres, "commander")
    report = make_report_in_state("verified", units.polres, head)
    assert offered_officers(sign_in(head).get(page_url("report_dispatch", report))) == [
        "Kapolres A (Anda)"
    ]


def test_nobody_of_the_unit_it_is_about(sign_in, units, officer):
    head = make.make_user("Kapolres A", units.polres, "commander", opens_sealed=True)
    both = make.make_user("Dua penempatan", units.polres, "officer")
    make.make_posting(both, units.polsek)
    report = make.make_report(units.polsek)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    classify_report(report=report, by=officer, category=misconduct, about_unit=units.polsek)
    answer = sign_in(head).get(page_url("report_dispatch", report))
    assert offered_officers(answer) == ["Kapolres A (Anda)"]


@pytest.fixture
def about_polsek(units, officer):
    report = make.make_report(units.polsek)
    misconduct = make.make_category("police_misconduct", is_sealed=True, is_about_police=True)
    classify_report(report=report, by=officer, category=misconduct, about_unit=units.polsek)
    return reload_report(report)


def make_people_of_the_accused(units):
    """Each may take on reports of Polres A, and each belongs to Polsek A in another way."""
    post = make.make_unit("subsektor", "Subsektor A", units.polsek)
    found = []
    for name, unit in (("Juga di Polsek", units.polsek), ("Juga di Subsektor", post)):
        found.append(make.make_user(name, units.polres, "officer"))
        make.make_posting(found[-1], unit)
    found += [
        make.make_user("Akun di Polsek", units.polsek, is_superuser=True),
        make.make_user("Bertugas di Subsektor", units.mabes, is_superuser=True),
    ]
    make.make_posting(found[-1], post)
    make.make_posting(found[-1], units.polres)
    return [User.objects.get(pk=person.pk) for person in found]


def test_whoever_is_offered_is_accepted_and_no_person_of_the_accused(
    sign_in, units, officer, about_polsek
):
    head = make.make_user("Kapolres A", units.polres, "commander", opens_sealed=True)
    accused = make_people_of_the_accused(units)
    offered = officers_for(about_polsek, head)
    assert [person.name for person in offered] == ["Kapolres A"]
    assert all(may_be_assigned(person, about_polsek) for person in offered)
    for person in accused:
        assert not may_be_assigned(person, about_polsek)
        with pytest.raises(ValidationError, match="diadukan"):
            dispatch_report(report=about_polsek, by=head, assignee=person)
        answer = sign_in(head).post(
            page_url("report_dispatch", about_polsek),
            {"assignee": person.pk, "seen": about_polsek.stamp},
        )
        assert answer.status_code == 200
        assert 'id="id_assignee_error"' in answer.content.decode()
    assert reload_report(about_polsek).assignee is None


def test_a_superuser_of_the_accused_sees_it_no_more_than_others(units, officer, about_polsek):
    *_others, by_account, by_posting = make_people_of_the_accused(units)
    elsewhere = make.make_user("Admin Pusat", units.mabes, is_superuser=True)
    for person, sees in ((by_account, False), (by_posting, False), (elsewhere, True)):
        Report.objects.filter(pk=about_polsek.pk).update(assignee=person, state="dispatched")
        found = User.objects.get(pk=person.pk)
        for door in (Report.objects.visible_to, Report.objects.in_scope):
            assert door(found).filter(pk=about_polsek.pk).exists() is sees
        assert may_be_assigned(found, about_polsek) is sees


def test_a_unit_without_people_says_what_to_do(sign_in, units, superuser):
    report = make.make_report(units.polres_other)
    html = sign_in(superuser).get(page_url("report_dispatch", report)).content.decode()
    assert "Admin Pusat (Anda)" in html


@pytest.mark.parametrize("typed", ["siti-aminah.", "Siti\u00a0Aminah", "8800 1122"])
def test_line_9_an_officer_is_found_however_they_are_typed(sign_in, units, officer, typed):
    make.make_user("Siti Aminah", units.polsek, "officer", nrp="88001122")
    report = make_report_in_state("verified", units.polsek, officer)
    sent = {"q": typed, "find": "1", "seen": report.stamp}
    answer = sign_in(officer).post(page_url("report_dispatch", report), sent)
    assert offered_officers(answer) == ["Siti Aminah"]
