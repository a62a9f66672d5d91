"""Meetings with residents: planned, called off, held; and what comes through their QR."""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from programs.models import Activity, ActivityKind, Forum, ForumSignIn, ResidentIssue
from programs.rights import may_change_forum, may_log_activity
from programs.services.activities import ActivityDraft, write_activity
from programs.services.issues import IssueConflict, IssueDraft, store_issue
from programs.workflow import FORUM_CHANGES, ForumState
from territory.models import Area, Unit
from toolkit.editing import Seen, Values
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.refusals import log_refusal
from toolkit.workflow import ChangeRefused, state_allows

logger = logging.getLogger(__name__)


class ForumConflict(Conflict):
    stored: Forum


@dataclass(frozen=True)
class ForumDraft:
    kind: ActivityKind
    name: str
    starts_at: datetime
    ends_at: datetime
    place: str
    village: Area | None = None
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)

    def columns(self) -> dict[str, Any]:
        names = ("kind", "name", "starts_at", "ends_at", "place", "village")
        return {name: getattr(self, name) for name in names}

    def sha256(self, author: User) -> str:
        village = self.village.pk if self.village else None
        keys = {"kind": self.kind.pk, "village": village, "author": author.pk}
        return body_sha256({**self.columns(), **keys})


def _check_hours(draft: ForumDraft) -> None:
    if draft.ends_at <= draft.starts_at:
        raise ValidationError({"until": _("It ends before it begins.")})


@log_refusal(logger, "Forum")
@transaction.atomic
def plan_forum(*, draft: ForumDraft, unit: Unit | None, by: User) -> tuple[Forum, bool]:
    """Stores a meeting of the unit; returns it with True if it is new."""
    sha256 = draft.sha256(by)
    rows = Forum.objects.filter(author=by)
    stored = stored_answer(rows, draft.client_uuid, sha256, conflict=ForumConflict)
    if stored is not None:
        return stored, False
    if unit is None or not may_log_activity(by, unit):
        raise PermissionDenied
    _check_hours(draft)
    forum = Forum.objects.create(
        **draft.columns(),
        unit=unit,
        author=by,
        client_uuid=draft.client_uuid,
        body_sha256=sha256,
    )
    return forum, True


@transaction.atomic
def change_forum(
    *, forum: Forum, by: User, draft: ForumDraft, wanted: Values, seen: Seen | None = None
) -> Forum:
    """Raises EditConflict where it was changed since the page was `seen`."""
    forum = _lock(forum)
    if not may_change_forum(by, forum):
        raise PermissionDenied
    if forum.state != ForumState.PLANNED:
        raise ValidationError(_("It is over: nothing of it changes any more."))
    if seen is not None:
        seen.check(forum, wanted)
    _check_hours(draft)
    for name, value in draft.columns().items():
        setattr(forum, name, value)
    forum.save()
    return forum


@transaction.atomic
def cancel_forum(*, forum: Forum, by: User) -> bool:
    """Calls it off. Returns False where it was called off before."""
    forum = _lock(forum)
    if not may_change_forum(by, forum):
        raise PermissionDenied
    if forum.state == ForumState.CANCELLED:
        return False
    _check_state(forum, "cancel")
    forum.state = ForumState.CANCELLED
    forum.save(update_fields=["state"])
    return True


@transaction.atomic
def hold_forum(*, forum: Forum, by: User, now: datetime | None = None) -> Activity:
    """It was held: makes its activity, with the number of people who signed in."""
    now = now or timezone.now()
    # The name of the activity's key comes before the row, as everywhere.
    key = uuid.uuid5(forum.client_uuid, "activity")
    lock_until_commit(f"{Activity._meta.label} {key}")
    forum = _lock(forum)
    if not may_change_forum(by, forum):
        raise PermissionDenied
    if forum.activity is not None:
        return forum.activity
    _check_state(forum, "hold")
    if forum.starts_at > now:
        raise ValidationError(_("It has not begun yet."))
    people = forum.sign_ins.count()
    draft = ActivityDraft(
        kind=forum.kind,
        text=_account(forum),
        at=forum.starts_at,
        village=forum.village,
        place=forum.place,
        people_count=people or None,
        sent=Sent(key),
    )
    activity, _is_new = write_activity(draft=draft, unit=forum.unit, by=by, now=now)
    forum.activity, forum.state = activity, ForumState.HELD
    forum.save(update_fields=["activity", "state"])
    return activity


def _account(forum: Forum) -> str:
    """What its activity says, until the officer corrects it."""
    count = forum.issues.count()
    words = ngettext(
        "%(name)s: %(n)d issue of residents written down.",
        "%(name)s: %(n)d issues of residents written down.",
        count,
    )
    return words % {"name": forum.name, "n": count}


def _check_state(forum: Forum, change: str) -> None:
    if not state_allows(FORUM_CHANGES, change, forum.state):
        raise ChangeRefused(_("Its state does not allow this any more."))


def _lock(forum: Forum) -> Forum:
    rows = Forum.objects.select_related("unit", "kind", "village", "activity")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=forum.pk)


# What residents send through the QR, without an account


def _check_open(is_open: bool) -> None:
    if not is_open:
        words = _("Nothing can be sent here any more. Talk to your Bhabinkamtibmas, or call 110.")
        raise ValidationError(words, code="closed")


@transaction.atomic
def sign_in_resident(
    *, forum: Forum, client_uuid: uuid.UUID, rw: int | None, now: datetime | None = None
) -> bool:
    """Counts one who is there. Returns False where the same form was counted before."""
    now = now or timezone.now()
    sha256 = body_sha256({"forum": forum.pk})
    rows = ForumSignIn.objects.all()
    if stored_answer(rows, client_uuid, sha256) is not None:
        return False
    _check_open(forum.takes_sign_ins(now))
    ForumSignIn.objects.create(
        forum=forum, rw=rw, at=now, client_uuid=client_uuid, body_sha256=sha256
    )
    return True


@transaction.atomic
def hear_resident(*, draft: IssueDraft, now: datetime | None = None) -> tuple[ResidentIssue, bool]:
    """A question, complaint or wish that a resident sends to the meeting, without a name."""
    now = now or timezone.now()
    forum = draft.forum
    if forum is None:
        raise ValidationError(_("It belongs to no meeting."))
    rows = ResidentIssue.objects.filter(author=None)
    sha256 = draft.sha256(None)
    stored = stored_answer(rows, draft.sent.client_uuid, sha256, conflict=IssueConflict)
    if stored is not None:
        return stored, False
    _check_open(forum.takes_words(now))
    if not draft.text.strip():
        raise ValidationError({"text": _("Write what you want to say.")})
    return store_issue(draft, forum.unit, None, at=now, now=now), True
