"""Every change of state, allowed and forbidden, made through the services; and the two tables."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Action
from patrols.models import Duty, EntryKind, LogEntry
from patrols.services.duties import (
    cancel_duty,
    end_duty,
    mark_missed,
    restore_duty,
    resume_duty,
    review_duty,
    start_duty,
)
from patrols.workflow import (
    DUTY_CHANGES,
    REVIEW_CHANGES,
    DutyState,
    ReviewState,
)
from tests import factories as make
from toolkit.workflow import ChangeRefused, state_allows

PLANNED, RUNNING, ENDED, MISSED, CANCELLED = DutyState
NONE, WAITING, APPROVED, RETURNED = ReviewState

DUTY_TABLE = {
    ("start", PLANNED): RUNNING,
    ("start", MISSED): RUNNING,
    ("end", RUNNING): ENDED,
    ("resume", ENDED): RUNNING,
    ("cancel", PLANNED): CANCELLED,
    ("cancel", MISSED): CANCELLED,
    ("restore", CANCELLED): PLANNED,
    ("miss", PLANNED): MISSED,
}
REVIEW_TABLE = {
    ("submit", NONE): WAITING,
    ("submit", RETURNED): WAITING,
    ("approve", WAITING): APPROVED,
    ("return", WAITING): RETURNED,
    ("return", APPROVED): RETURNED,
    ("withdraw", WAITING): NONE,
    ("withdraw", RETURNED): NONE,
}


NEEDS = {
    **dict.fromkeys(["start", "end", "resume"], Action.RUN),
    **dict.fromkeys(["cancel", "restore"], Action.PLAN),
    "miss": None,
    **dict.fromkeys(["submit", "withdraw"], Action.RUN),
    **dict.fromkeys(["approve", "return"], Action.REVIEW),
}


def as_table(changes):
    return {
        (name, state): change.to_state
        for name, change in changes.items()
        for state in change.from_states
    }


def test_the_tables_are_pinned():
    assert as_table(DUTY_CHANGES) == DUTY_TABLE
    assert as_table(REVIEW_CHANGES) == REVIEW_TABLE
    both = {**DUTY_CHANGES, **REVIEW_CHANGES}
    assert {name: change.needs for name, change in both.items()} == NEEDS


@pytest.mark.parametrize("changes", [DUTY_CHANGES, REVIEW_CHANGES])
def test_state_allows_reads_the_table(changes):
    for name, change in changes.items():
        for state in (*DutyState, *ReviewState):
            assert state_allows(changes, name, state) is (state in change.from_states)


# The changes of a duty


def in_state(units, officer, state, review=None):
    now = timezone.now()
    fields = {"state": state}
    if state in (RUNNING, ENDED):
        fields["started_at"] = now - timedelta(hours=1)
    if state == ENDED:
        fields |= {"ended_at": now, "review": WAITING if review is None else review}
    duty = make.make_duty(
        units.polsek, starts_at=now - timedelta(hours=4), leader=officer, **fields
    )
    make.make_attendance(duty, officer=officer)
    return duty


def let_pass(duty, by):
    duty.refresh_from_db()
    before = duty.state
    mark_missed(now=duty.ends_at + timedelta(minutes=1))
    duty.refresh_from_db()
    if duty.state == before:
        raise ChangeRefused("")


MAKE_CHANGE = {
    "start": lambda duty, by: start_duty(duty=duty, by=by),
    "end": lambda duty, by: end_duty(duty=duty, by=by),
    "resume": lambda duty, by: resume_duty(duty=duty, by=by),
    "cancel": lambda duty, by: cancel_duty(duty=duty, by=by, reason="Hujan lebat"),
    "restore": lambda duty, by: restore_duty(duty=duty, by=by),
    "miss": let_pass,
}


def test_every_action_of_the_table_has_its_service():
    assert set(MAKE_CHANGE) == set(DUTY_CHANGES)


@pytest.mark.parametrize("state", list(DutyState))
@pytest.mark.parametrize("action", list(MAKE_CHANGE))
def test_changes_of_a_duty(units, officer, commander, action, state):
    duty = in_state(units, officer, state)
    before = Duty.objects.filter(pk=duty.pk).values().get()
    if (action, state) in DUTY_TABLE:
        MAKE_CHANGE[action](duty, commander)
        assert Duty.objects.get(pk=duty.pk).state == DUTY_TABLE[action, state]
        return
    with pytest.raises(ChangeRefused):
        MAKE_CHANGE[action](duty, commander)
    assert Duty.objects.filter(pk=duty.pk).values().get() == before
    assert not LogEntry.objects.exists()


# The changes of a review

MAKE_REVIEW = {
    "submit": lambda duty, by: review_duty(duty=duty, by=by, action="submit"),
    "approve": lambda duty, by: review_duty(duty=duty, by=by, action="approve"),
    "return": lambda duty, by: review_duty(duty=duty, by=by, action="return", comment="Lengkapi"),
    # Resuming the duty withdraws its log.
    "withdraw": lambda duty, by: resume_duty(duty=duty, by=by),
}


@pytest.mark.parametrize("review", list(ReviewState))
@pytest.mark.parametrize("action", list(REVIEW_CHANGES))
def test_changes_of_a_review(units, officer, commander, action, review):
    duty = in_state(units, officer, ENDED, review)
    # An ended duty whose log was never submitted can be resumed too.
    table = {**REVIEW_TABLE, ("withdraw", NONE): NONE}
    if (action, review) in table:
        MAKE_REVIEW[action](duty, commander)
        duty.refresh_from_db()
        assert duty.review == table[action, review]
        assert duty.state == (RUNNING if action == "withdraw" else ENDED)
        return
    with pytest.raises(ChangeRefused):
        MAKE_REVIEW[action](duty, commander)
    duty.refresh_from_db()
    assert (duty.state, duty.review) == (ENDED, review)


@pytest.mark.parametrize("state", [PLANNED, RUNNING, MISSED, CANCELLED])
@pytest.mark.parametrize("action", ["submit", "approve", "return"])
def test_only_an_ended_duty_is_reviewed(units, officer, commander, state, action):
    duty = in_state(units, officer, state)
    with pytest.raises(ChangeRefused):
        MAKE_REVIEW[action](duty, commander)


def test_an_unknown_action_is_an_error(units, officer, commander):
    with pytest.raises(KeyError):
        review_duty(duty=in_state(units, officer, ENDED), by=commander, action="tidak ada")


# What the database itself refuses


@pytest.mark.parametrize(
    "fields",
    [
        {"state": RUNNING},
        {"state": ENDED, "ended_at": timezone.now()},
        {"state": ENDED, "started_at": timezone.now()},
        {"state": PLANNED, "ended_at": timezone.now()},
        {"state": RUNNING, "started_at": timezone.now(), "review": WAITING},
    ],
)
def test_states_that_cannot_be(units, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_duty(units.polsek, **fields)


# Who may

MAY_RUN = {"officer", "commander", "operator", "chief", "superuser"}
MAY_PLAN = {"commander", "operator", "admin_user", "chief", "superuser"}
MAY_REVIEW = {"commander", "chief", "superuser"}
INSIDE = {"officer", "commander", "operator", "admin_user", "chief", "superuser", "volunteer"}
CAST = [*sorted(INSIDE), "neighbour", "officer_east", "nobody"]
SERVICES = {
    "start": (PLANNED, None, MAKE_CHANGE["start"], MAY_RUN),
    "end": (RUNNING, None, MAKE_CHANGE["end"], MAY_RUN),
    "resume": (ENDED, WAITING, MAKE_CHANGE["resume"], MAY_RUN),
    "cancel": (PLANNED, None, MAKE_CHANGE["cancel"], MAY_PLAN),
    "restore": (CANCELLED, None, MAKE_CHANGE["restore"], MAY_PLAN),
    "submit": (ENDED, RETURNED, MAKE_REVIEW["submit"], MAY_RUN),
    "approve": (ENDED, WAITING, MAKE_REVIEW["approve"], MAY_REVIEW),
    "return": (ENDED, WAITING, MAKE_REVIEW["return"], MAY_REVIEW),
}


@pytest.mark.parametrize("who", CAST)
def test_who_may(request, units, volunteer, who):
    """Outside the scope there is no such duty; inside without the right PermissionDenied."""
    user = request.getfixturevalue(who)
    for service, (state, review, act, may) in SERVICES.items():
        duty = in_state(units, make.make_user(unit=units.polsek), state, review)
        make.make_attendance(duty, member=volunteer.membership, expected=False)
        if who in may:
            act(duty, user)
            continue
        with pytest.raises(PermissionDenied if who in INSIDE else Duty.DoesNotExist):
            act(duty, user)
        duty.refresh_from_db()
        assert duty.state == state, service


def test_who_leads_runs_though_posted_elsewhere(units, neighbour):
    duty = in_state(units, neighbour, PLANNED)
    ended = end_duty(duty=start_duty(duty=duty, by=neighbour), by=neighbour)
    assert resume_duty(duty=ended, by=neighbour).state == RUNNING
    for act in (MAKE_CHANGE["cancel"], MAKE_REVIEW["approve"]):
        with pytest.raises(PermissionDenied):
            act(duty, neighbour)


def test_lent_without_leading_one_does_not_run(units, officer, neighbour):
    duty = in_state(units, officer, PLANNED)
    make.make_attendance(duty, officer=neighbour)
    with pytest.raises(PermissionDenied):
        start_duty(duty=duty, by=neighbour)


def test_leading_outlives_the_posting(units, officer):
    """The leader's posting has ended; leading this duty still lets them end it."""
    officer.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    duty = in_state(units, officer, RUNNING)
    assert end_duty(duty=duty, by=officer).state == ENDED
    assert LogEntry.objects.get(kind=EntryKind.END).author == officer
