"""Meetings with residents: planned, called off, held; and who signs in there."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from programs.models import Activity, Forum, ForumSignIn, ResidentIssue
from programs.services import forums, issues
from programs.services.issues import IssueDraft
from tests import factories as make
from toolkit.idempotency.sent import Sent
from toolkit.workflow import ChangeRefused


@pytest.fixture
def forum(units, officer):
    return make.make_forum(units.polsek, officer)


def ended(forum, hours):
    """The meeting as if it had ended so many hours ago."""
    ends_at = timezone.now() - timedelta(hours=hours)
    starts_at = ends_at - timedelta(hours=2)
    Forum.objects.filter(pk=forum.pk).update(starts_at=starts_at, ends_at=ends_at)
    forum.refresh_from_db()
    return forum


def said(forum, text="Jalan gelap", **fields):
    return issues.write_issue(
        draft=IssueDraft(kind="complaint", text=text, forum=forum, **fields),
        unit=forum.unit,
        by=forum.author,
    )[0]


def test_planned_once(units, officer):
    key = uuid.uuid4()
    first = make.make_forum(units.polsek, officer, client_uuid=key, hours_ago=1)
    again = make.make_forum(
        units.polsek, officer, client_uuid=key, starts_at=first.starts_at, ends_at=first.ends_at
    )
    assert first == again
    with pytest.raises(forums.ForumConflict):
        make.make_forum(units.polsek, officer, "Lain", client_uuid=key)


def test_nobody_plans_where_they_may_not(units, neighbour, admin_user):
    for person in (neighbour, admin_user):
        with pytest.raises(PermissionDenied):
            make.make_forum(units.polsek, person)


def test_an_end_before_the_start(units, officer):
    now = timezone.now()
    with pytest.raises(ValidationError):
        make.make_forum(units.polsek, officer, starts_at=now, ends_at=now)


def test_it_becomes_one_activity_with_its_people(forum, officer):
    for _person in range(3):
        forums.sign_in_resident(forum=forum, client_uuid=uuid.uuid4(), rw=None)
    said(forum)
    activity = forums.hold_forum(forum=forum, by=officer)
    assert forums.hold_forum(forum=forum, by=officer) == activity
    found = Activity.objects.get()
    assert (found.people_count, found.at, found.kind) == (3, forum.starts_at, forum.kind)
    assert "1 keluhan" in found.text
    assert Forum.objects.get().state == "held"


def test_not_before_it_begins(units, officer):
    forum = make.make_forum(units.polsek, officer, hours_ago=-5)
    with pytest.raises(ValidationError):
        forums.hold_forum(forum=forum, by=officer)
    assert not Activity.objects.exists()


def test_called_off_it_is_not_held_and_takes_nothing(forum, officer):
    assert forums.cancel_forum(forum=forum, by=officer)
    assert not forums.cancel_forum(forum=forum, by=officer)
    with pytest.raises(ChangeRefused):
        forums.hold_forum(forum=forum, by=officer)
    forum.refresh_from_db()
    with pytest.raises(ValidationError):
        said(forum)
    assert (forum.takes_words(), forum.takes_sign_ins()) == (False, False)


def test_a_held_one_is_not_called_off(forum, officer):
    forums.hold_forum(forum=forum, by=officer)
    with pytest.raises(ChangeRefused):
        forums.cancel_forum(forum=forum, by=officer)


def test_a_stranger_changes_nothing(forum, neighbour):
    for act in (forums.cancel_forum, forums.hold_forum):
        with pytest.raises(PermissionDenied):
            act(forum=forum, by=neighbour)


# Residents


def test_signed_in_once_for_one_form(forum):
    key = uuid.uuid4()
    assert forums.sign_in_resident(forum=forum, client_uuid=key, rw=5)
    assert not forums.sign_in_resident(forum=forum, client_uuid=key, rw=5)
    assert ForumSignIn.objects.count() == 1


@pytest.mark.parametrize(("hours", "is_open"), [(-1, True), (11, True), (13, False)])
def test_open_until_twelve_hours_after_the_end(forum, hours, is_open):
    forum = ended(forum, hours)
    draft = IssueDraft(kind="wish", text="Minta lampu", forum=forum)
    if is_open:
        issue, _is_new = forums.hear_resident(draft=draft)
        assert (issue.author, issue.forum, issue.unit) == (None, forum, forum.unit)
        assert issue.timeline.get().by is None
    else:
        with pytest.raises(ValidationError):
            forums.hear_resident(draft=draft)
        assert not ResidentIssue.objects.exists()


def test_heard_once_even_after_the_end(forum):
    draft = IssueDraft(kind="wish", text="Minta lampu", forum=forum, sent=Sent())
    first, _ = forums.hear_resident(draft=draft)
    ended(forum, 20)
    again, is_new = forums.hear_resident(draft=draft)
    assert (first, is_new) == (again, False)


def test_an_issue_is_of_a_visit_or_a_meeting(forum, officer, units):
    activity = make.make_activity(units.polsek, officer)
    issue = said(forum)
    with pytest.raises(IntegrityError, match="issue_said_at_one"), transaction.atomic():
        ResidentIssue.objects.filter(pk=issue.pk).update(activity=activity)
