"""The buttons of a duty's page: the views only draw what `steps_for` gives."""

from datetime import timedelta

import pytest
from django.utils import timezone

from patrols.presenters.duty_steps import Step, steps_for
from patrols.selectors.roll import roll_of
from patrols.workflow import DutyState, ReviewState
from tests import factories as make

PLANNED, RUNNING, ENDED, MISSED, CANCELLED = DutyState
NONE, WAITING, APPROVED, RETURNED = ReviewState


@pytest.fixture
def duty_in(units, volunteer):
    """A duty that starts in half an hour, in the given state, with the volunteer in its roll."""

    def make_duty_in(state, review=NONE, *, starts_in=timedelta(minutes=30)):
        now = timezone.now()
        fields = {"state": state, "review": review}
        if state in (RUNNING, ENDED):
            fields["started_at"] = now - timedelta(hours=1)
        if state == ENDED:
            fields["ended_at"] = now
        duty = make.make_duty(units.polsek, starts_at=now + starts_in, **fields)
        make.make_attendance(duty, member=volunteer.membership)
        return duty

    return make_duty_in


def names(duty, user):
    """The part of the page → the pages and actions its buttons lead to."""
    steps = steps_for(duty, user, own=roll_of(duty).of(user), now=timezone.now())
    found = {}
    for part, value in vars(steps).items():
        buttons = [value] if isinstance(value, Step) else list(value or ())
        if buttons:
            found[part] = [step.name.removeprefix("patrols:") for step in buttons]
    return found


LOG = {"after_log": ["duty_log"]}
SHARED = {"after_log": ["duty_share", "duty_log"]}
SUMMARY = {"after_summary": ["duty_share"]}


@pytest.mark.parametrize(
    ("state", "review", "expected"),
    [
        (PLANNED, NONE, {"roll": ["duty_rollcall"], "start": ["duty_start"]}),
        (RUNNING, NONE, {"roll": ["duty_rollcall"], "end": ["duty_end"], **SHARED}),
        (
            ENDED,
            WAITING,
            {"roll": ["duty_rollcall"], "after_log": ["duty_resume", "duty_log"], **SUMMARY},
        ),
        (
            ENDED,
            RETURNED,
            {
                "submit": ["duty_submit"],
                "roll": ["duty_rollcall"],
                "after_log": ["duty_resume", "duty_log"],
                **SUMMARY,
            },
        ),
        (ENDED, APPROVED, {"roll": ["duty_rollcall"], **LOG, **SUMMARY}),
        (MISSED, NONE, {"roll": ["duty_rollcall"], "start": ["duty_start"]}),
        (CANCELLED, NONE, {}),
    ],
)
def test_what_an_officer_is_offered(duty_in, officer, state, review, expected):
    assert names(duty_in(state, review), officer) == expected


@pytest.mark.parametrize(
    ("state", "review", "more"),
    [
        (PLANNED, NONE, {"planning": ["duty_cancel"]}),
        (RUNNING, NONE, {}),
        (ENDED, WAITING, {"after_summary": ["duty_review", "duty_share"]}),
        (ENDED, RETURNED, {}),
        (ENDED, APPROVED, {"after_summary": ["duty_review", "duty_share"]}),
        (MISSED, NONE, {"planning": ["duty_cancel"]}),
        (CANCELLED, NONE, {"planning": ["duty_restore"]}),
    ],
)
def test_a_commander_is_offered_more(duty_in, officer, commander, state, review, more):
    duty = duty_in(state, review)
    assert names(duty, commander) == {**names(duty, officer), **more}


@pytest.mark.parametrize(
    ("state", "review", "expected"),
    [
        (PLANNED, NONE, {"roll": ["attendance_mark"]}),
        (RUNNING, NONE, {"roll": ["attendance_mark"], **SHARED}),
        (ENDED, RETURNED, {**LOG, **SUMMARY}),
        (CANCELLED, NONE, {}),
    ],
)
def test_a_volunteer_signs_in_and_does_not_run(duty_in, volunteer, state, review, expected):
    assert names(duty_in(state, review), volunteer) == expected


def test_a_volunteer_signs_in_once_with_the_row_of_the_roll(duty_in, volunteer):
    duty = duty_in(PLANNED)
    own = roll_of(duty).of(volunteer)
    step = steps_for(duty, volunteer, own=own, now=timezone.now()).roll
    assert (step.pk, step.fields) == (own.pk, {"from_duty": "1", "status": "present"})
    own.status = "present"
    assert steps_for(duty, volunteer, own=own, now=timezone.now()).roll is None


def test_an_early_start_is_offered_apart(duty_in, officer, volunteer):
    duty = duty_in(PLANNED, starts_in=timedelta(hours=5))
    assert names(duty, officer) == {"roll": ["duty_rollcall"], "start_early": ["duty_start"]}
    assert names(duty, volunteer) == {}


def test_the_buttons_need_no_query(duty_in, commander, django_assert_num_queries):
    duty = duty_in(PLANNED)
    own = roll_of(duty).of(commander)
    assert commander.scope
    with django_assert_num_queries(0):
        steps_for(duty, commander, own=own, now=timezone.now())
