"""What residents say: written once, promised, done, checked by somebody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from programs.models import IssueEvent, ResidentIssue
from programs.rights import may_take_issue_step
from programs.services import issues
from programs.services.issues import IssueConflict, IssueDraft, write_issue
from programs.workflow import ISSUE_CHANGES, IssueState
from reports.models import Report, Source
from reports.selectors.timeline import origin_of
from tests import factories as make
from tests.roles import owner_role
from toolkit.idempotency.sent import Sent
from toolkit.workflow import ChangeRefused

TODAY = timezone.localdate


@pytest.fixture
def issue(units, officer):
    return make.make_issue(units.polsek, officer)


@pytest.fixture
def mate(units):
    return make.make_user("Bhabin Dua", units.polsek, "officer")


def promise(issue, by, days=7, **fields):
    fields.setdefault("promised_by", "Kanit Binmas")
    due = issue.unit.today() + timedelta(days=days)
    return issues.promise_issue(issue=issue, by=by, due=due, **fields)


def finish(issue, by, **fields):
    return issues.finish_issue(issue=promise(issue, by), by=by, answer="Lampu dipasang", **fields)


def steps(issue):
    return list(issue.timeline.values_list("step", "from_state", "to_state"))


# Written down


def test_written_down_once(units, officer):
    draft = IssueDraft(kind="wish", text="Minta lampu", sent=Sent())
    first, is_new = write_issue(draft=draft, unit=units.polsek, by=officer)
    again, is_new_again = write_issue(draft=draft, unit=units.polsek, by=officer)
    assert (first.pk, is_new, is_new_again) == (again.pk, True, False)
    assert steps(first) == [("told", "", "new")]
    assert first.number == f"KW-{first.pk:06d}"
    other = IssueDraft(kind="wish", text="Lain", sent=draft.sent)
    with pytest.raises(IssueConflict):
        write_issue(draft=other, unit=units.polsek, by=officer)


def test_it_is_of_the_unit_and_time_of_its_activity(units, officer):
    activity = make.make_activity(units.polsek, officer)
    issue = make.make_issue(None, officer, activity=activity)
    assert (issue.unit, issue.at) == (units.polsek, activity.at)


def test_nobody_writes_where_they_may_not(units, officer, neighbour, admin_user):
    activity = make.make_activity(units.polsek, officer)
    for person in (neighbour, admin_user):
        with pytest.raises(PermissionDenied):
            make.make_issue(units.polsek, person, activity=activity)


@pytest.mark.parametrize("text", ["", "  "])
def test_no_words_no_issue(units, officer, text):
    with pytest.raises(ValidationError):
        make.make_issue(units.polsek, officer, text)


# The way of an issue


def test_promised_done_and_checked_by_another(issue, officer, mate):
    issue = finish(issue, officer)
    assert (issue.state, issue.done_by) == (IssueState.DONE, officer)
    issue = issues.verify_issue(issue=issue, by=mate, text="Sudah menyala")
    assert (issue.state, issue.verified_by) == (IssueState.VERIFIED, mate)
    assert [step for step, *_ in steps(issue)] == ["told", "promised", "done", "verified"]


def test_nobody_checks_the_own_work(issue, officer):
    issue = finish(issue, officer)
    assert not may_take_issue_step(officer, issue, "verify")
    with pytest.raises(ValidationError, match="orang lain"):
        issues.verify_issue(issue=issue, by=officer)
    assert ResidentIssue.objects.get().state == IssueState.DONE


def test_nor_past_the_service(issue, officer):
    issue = finish(issue, officer)
    with pytest.raises(IntegrityError, match="issue_checked_by_another"), transaction.atomic():
        ResidentIssue.objects.update(state="verified", verified_by=officer)


def test_what_is_not_true_is_promised_again(issue, officer, mate):
    issue = finish(issue, officer)
    due = issue.unit.today() + timedelta(days=2)
    issue = issues.doubt_issue(
        issue=issue, by=mate, text="Masih gelap", due=due, is_residents_word=True
    )
    assert (issue.state, issue.done_by, issue.due, issue.answer) == ("promised", None, due, "")
    event = issue.timeline.latest("pk")
    assert (event.step, event.text, event.is_residents_word) == ("doubted", "Masih gelap", True)


def test_explained_and_then_promised_after_all(issue, officer):
    issue = issues.explain_issue(issue=issue, by=officer, why="not_ours", answer="Ini di Dishub")
    assert (issue.state, issue.explained_why) == ("explained", "not_ours")
    assert promise(issue, officer).explained_why == ""


def test_a_promise_that_moves_stays_readable(issue, officer):
    issue = promise(promise(issue, officer, days=1), officer, days=9)
    days = list(issue.timeline.exclude(due=None).values_list("due", flat=True))
    assert [(day - issue.unit.today()).days for day in days] == [1, 9]


@pytest.mark.parametrize("state", IssueState.values)
@pytest.mark.parametrize("step", ISSUE_CHANGES)
def test_only_the_table_allows(issue, officer, mate, step, state):
    if state != "new":
        issue = promise(issue, officer)
    if state in ("done", "verified"):
        issue = issues.finish_issue(issue=issue, by=officer, answer="Sudah")
    if state == "verified":
        issue = issues.verify_issue(issue=issue, by=mate)
    if state == "explained":
        issue = issues.explain_issue(issue=issue, by=officer, why="cannot", answer="Tidak bisa")
    third = make.make_user("Bhabin Tiga", issue.unit, "officer")
    due = issue.unit.today()
    calls = {
        "promise": lambda: promise(issue, third),
        "do": lambda: issues.finish_issue(issue=issue, by=third, answer="Ya"),
        "verify": lambda: issues.verify_issue(issue=issue, by=third),
        "doubt": lambda: issues.doubt_issue(issue=issue, by=third, text="Belum", due=due),
        "explain": lambda: issues.explain_issue(issue=issue, by=third, why="cannot", answer="X"),
    }
    if state in ISSUE_CHANGES[step].from_states:
        assert calls[step]().state == ISSUE_CHANGES[step].to_state
    else:
        with pytest.raises(ChangeRefused):
            calls[step]()
        assert ResidentIssue.objects.get().state == state


def test_done_is_said_by_the_owner_or_a_commander(issue, officer, mate, commander, operator):
    issue = promise(issue, commander, owner=officer)
    for person, may in ((officer, True), (commander, True), (mate, False), (operator, False)):
        assert may_take_issue_step(person, issue, "do") is may, person
    with pytest.raises(PermissionDenied):
        issues.finish_issue(issue=issue, by=mate, answer="Sudah")


def test_an_owner_is_posted_there(issue, officer, neighbour):
    with pytest.raises(ValidationError):
        promise(issue, officer, owner=neighbour)


@pytest.mark.parametrize("days", [-1, 1000])
def test_a_day_that_cannot_be_promised(issue, officer, days):
    with pytest.raises(ValidationError):
        promise(issue, officer, days=days)


def test_who_only_reads_takes_no_step(issue, admin_user, neighbour):
    for person in (admin_user, neighbour):
        with pytest.raises(PermissionDenied):
            promise(issue, person)


# Two people, two taps


def test_a_second_tap_changes_nothing(issue, officer):
    seen = issue.stamp
    promise(issue, officer, seen=seen)
    promise(issue, officer, seen=seen)
    assert [step for step, *_ in steps(issue)] == ["told", "promised"]


def test_who_was_slower_is_told(issue, officer, mate):
    seen = issue.stamp
    promise(issue, officer, seen=seen)
    with pytest.raises(ChangeRefused, match="lebih dulu"):
        promise(issue, mate, seen=seen, promised_by="Kapolsek")


# Lateness


def test_late_from_the_day_after(issue, officer):
    issue = promise(issue, officer, days=0)
    assert issue.days_late == 0
    ResidentIssue.objects.update(due=issue.unit.today() - timedelta(days=3))
    issue.refresh_from_db()
    assert issue.days_late == 3
    assert issues.finish_issue(issue=issue, by=officer, answer="Sudah").days_late == 0


# The timeline


def test_the_timeline_is_append_only(issue):
    with pytest.raises(DatabaseError), transaction.atomic():
        IssueEvent.objects.update(text="x")
    with owner_role(), pytest.raises(DatabaseError), transaction.atomic():
        IssueEvent.objects.update(text="x")


# A report of it


def test_it_becomes_one_report(issue, officer, django_assert_num_queries):
    make.make_category("other")
    report, is_new = issues.report_issue(issue=issue, by=officer)
    again, is_new_again = issues.report_issue(issue=issue, by=officer)
    assert (report.pk, is_new, is_new_again) == (again.pk, True, False)
    report = Report.objects.get()
    assert (report.text, report.source, report.due_at) == (issue.text, Source.COMMUNITY, None)
    with django_assert_num_queries(1):
        origin = origin_of(report, officer)
    assert issue.number in origin.name
    assert origin.url == f"/programs/issues/{issue.pk}/"
    assert issue.number in report.timeline.get().text


def test_who_may_not_open_the_issue_gets_no_link(issue, officer, neighbour):
    make.make_category("other")
    report, _ = issues.report_issue(issue=issue, by=officer)
    assert origin_of(report, neighbour).url == ""


def test_a_report_of_nothing_has_no_origin(units, officer):
    assert origin_of(make.make_report(units.polsek, source=Source.COMMUNITY), officer) is None
