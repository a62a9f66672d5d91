"""Line 8: reports of officers who left come back to the desk, and the timeline says why."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from reports.models import EventKind, Report
from reports.services.changes import (
    arrive_at_report,
    dispatch_report,
    recall_report,
    resolve_report,
)
from reports.services.leavers import follow_standing, recall_from_leavers
from reports.services.transitions import ReportMoved
from reports.workflow import ReportState
from tests import factories as make
from toolkit.jobs.registry import jobs
from toolkit.jobs.runner import run_due

YESTERDAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon of Wednesday, 11 November 2026, in Jakarta."""
    time_machine.move_to(datetime(2026, 11, 11, 5, 0, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture
def assigned(units, officer, operator):
    report = make.make_report(units.polsek)
    return dispatch_report(report=report, by=operator, assignee=officer)


def leave(user):
    user.postings.update(ends_on=YESTERDAY)


def stored(report):
    return Report.objects.get(pk=report.pk)


@pytest.mark.parametrize("arrived", [False, True])
def test_the_report_comes_back_verified_without_an_officer(assigned, officer, arrived):
    if arrived:
        arrive_at_report(report=assigned, by=officer)
    leave(officer)
    assert recall_from_leavers() == [assigned]
    report = stored(assigned)
    assert (report.state, report.assignee) == (ReportState.VERIFIED, None)
    event = report.timeline.last()
    assert (event.kind, event.actor, event.is_public) == (EventKind.RECALLED, None, False)
    assert event.text == "Bhabin A: penugasan sampai 10 Nov 2026."


def test_recalled_again_nothing_changes(assigned, officer, superuser):
    leave(officer)
    recall_from_leavers()
    events = assigned.timeline.count()
    assert recall_from_leavers() == []
    assert follow_standing(officer, superuser) == []
    assert assigned.timeline.count() == events


def test_the_registered_job_does_it(assigned, officer):
    leave(officer)
    assert run_due([job for job in jobs.all() if job.name == "recall_reports"]) == []
    assert stored(assigned).assignee is None


def test_the_recall_is_no_response_of_the_police(units, officer, operator):
    report = make.make_report(units.polsek)
    Report.objects.filter(pk=report.pk).update(state=ReportState.DISPATCHED, assignee=officer)
    leave(officer)
    recall_from_leavers()
    assert stored(report).first_response_at is None


def test_the_switched_off_lose_their_reports(assigned, officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    recall_from_leavers()
    assert assigned.timeline.last().text == "Bhabin A: akun dinonaktifkan."


def test_who_moved_to_another_unit_is_said_so(assigned, units, officer):
    leave(officer)
    make.make_posting(officer, units.polsek_other)
    recall_from_leavers()
    assert stored(assigned).assignee is None


@pytest.mark.parametrize("place", ["polsek", "polres", "polda", "mabes"])
def test_a_posting_above_keeps_the_report(assigned, units, officer, place):
    leave(officer)
    make.make_posting(officer, getattr(units, place), Role.COMMANDER)
    assert recall_from_leavers() == []


def test_an_ended_report_keeps_the_name(assigned, officer):
    arrive_at_report(report=assigned, by=officer)
    resolve_report(report=assigned, by=officer, outcome="handled", reason="Didamaikan")
    leave(officer)
    assert recall_from_leavers() == []
    assert stored(assigned).assignee == officer


def test_only_the_reports_of_the_person_are_recalled(assigned, units, officer, operator, superuser):
    other = make.make_report(units.polsek)
    dispatch_report(report=other, by=operator, assignee=operator)
    leave(officer)
    leave(operator)
    assert follow_standing(officer, superuser) == [
        f"Kembali ke meja operator, belum ada petugasnya: {assigned.number}."
    ]
    assert stored(other).assignee == operator


def test_an_administrator_is_not_told_of_a_sealed_report(units, officer, keeper):
    sealed = make.make_category("domestic_violence", is_sealed=True, allows_mediation=False)
    report = make.make_report(units.polsek, category=sealed)
    dispatch_report(report=report, by=keeper, assignee=officer)
    leave(officer)
    admin = make.make_user("Admin A", units.polsek, Role.ADMIN)
    assert follow_standing(officer, admin) == []
    assert stored(report).assignee is None


def test_a_page_of_before_hears_what_the_system_did(assigned, officer, commander):
    seen = stored(assigned).stamp
    leave(officer)
    recall_from_leavers()
    with pytest.raises(ReportMoved, match="oleh sistem"):
        recall_report(report=assigned, by=commander, seen=seen)


def test_the_timeline_and_the_desk_show_it(assigned, officer, commander, sign_in):
    leave(officer)
    recall_from_leavers()
    client = sign_in(commander)
    html = client.get(reverse("reports:report_detail", args=[assigned.pk])).content.decode()
    assert "Bhabin A: penugasan sampai 10 Nov 2026." in html
    assert "Sistem" in html


def test_who_left_opens_the_report_no_more(assigned, officer, sign_in):
    leave(officer)
    client = sign_in(User.objects.get(pk=officer.pk))
    assert client.get(reverse("reports:report_detail", args=[assigned.pk])).status_code == 404
