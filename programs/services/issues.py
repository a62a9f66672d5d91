"""What residents say, and what becomes of it: each step is one line of its timeline."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import PartnerGroup
from programs.models import Activity, Forum, IssueEvent, IssueReport, IssueStep, ResidentIssue
from programs.models.issues import TEXT_LENGTH, origin_words
from programs.rights import (
    may_log_activity,
    may_own_issue,
    may_publish_issue,
    may_report_issue,
    may_take_issue_step,
)
from programs.workflow import ISSUE_CHANGES, ForumState, IssueState
from reports.models import Report, Source
from reports.services.intake import ReportDraft, category_of_words, receive_report
from territory.models import Area, Unit
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.refusals import log_refusal
from toolkit.sharing.text import without_numbers
from toolkit.workflow import ChangeRefused, state_allows

logger = logging.getLogger(__name__)

LONGEST_PROMISE = timedelta(days=731)
STEPS = {
    "promise": IssueStep.PROMISED,
    "do": IssueStep.DONE,
    "verify": IssueStep.VERIFIED,
    "doubt": IssueStep.DOUBTED,
    "explain": IssueStep.EXPLAINED,
}


class IssueConflict(Conflict):
    stored: ResidentIssue


@dataclass(frozen=True)
class IssueDraft:
    """What a resident said, as an officer writes it down, or as the resident sent it to a meeting.

    `activity` or `forum` is where it was said.
    """

    kind: str
    text: str
    topic: str = ""
    village: Area | None = None
    rw: int | None = None
    rt: int | None = None
    whose_power: str = ""
    group: PartnerGroup | None = None
    activity: Activity | None = None
    forum: Forum | None = None
    sent: Sent = field(default_factory=Sent)

    def columns(self) -> dict[str, Any]:
        """The columns of a ResidentIssue that the officer writes."""
        return {
            "kind": self.kind,
            "text": self.text,
            "topic": self.topic,
            "village": self.village,
            "rw": self.rw,
            "rt": self.rt,
            "whose_power": self.whose_power,
            "group": self.group,
            "activity": self.activity,
            "forum": self.forum,
        }

    def sha256(self, author: User | None) -> str:
        """Hash of what was written. A retry has the same, whenever it is sent."""
        rows = ("village", "group", "activity", "forum")
        columns = self.columns()
        keys = {name: columns[name].pk for name in rows if columns[name] is not None}
        device_at = self.sent.device_at
        by = author.pk if author else None
        return body_sha256({**columns, **keys, "author": by, "device_at": device_at})


@log_refusal(logger, "ResidentIssue")
@transaction.atomic
def write_issue(
    *, draft: IssueDraft, unit: Unit | None, by: User, now: datetime | None = None
) -> tuple[ResidentIssue, bool]:
    """Stores an issue of the unit, or of that of its activity or meeting. True if it is new.

    Raises IssueConflict where another body is stored under the UUID, PermissionDenied for whoever
    may not write here, ValidationError for what cannot be.
    """
    now = now or timezone.now()
    sha256 = draft.sha256(by)
    own = ResidentIssue.objects.filter(author=by)
    rows = ResidentIssue.objects.all() if may_log_activity(by) else own
    stored = stored_answer(rows, draft.sent.client_uuid, sha256, conflict=IssueConflict)
    if stored is not None:
        return stored, False
    activity, said_at = draft.activity, draft.activity or draft.forum
    unit = said_at.unit if said_at else unit
    if unit is None or not may_log_activity(by, unit):
        raise PermissionDenied
    if activity is not None and activity.withdrawn_at is not None:
        raise ValidationError(_("The activity was taken back."))
    if draft.forum is not None and draft.forum.state == ForumState.CANCELLED:
        raise ValidationError(_("The meeting was called off."))
    if not draft.text.strip():
        raise ValidationError({"text": _("Write what the resident said.")})
    if draft.rw is not None and draft.village is None:
        raise ValidationError({"village": _("Choose the kelurahan or desa of this RW.")})
    at = activity.at if activity else draft.sent.believed(now).at
    return store_issue(draft, unit, by, at=at, now=now), True


def store_issue(
    draft: IssueDraft, unit: Unit, by: User | None, *, at: datetime, now: datetime
) -> ResidentIssue:
    """Called in the transaction that has looked for it, and checked it."""
    issue = ResidentIssue.objects.create(
        **draft.columns(),
        unit=unit,
        author=by,
        at=at,
        received_at=now,
        changed_at=now,
        client_uuid=draft.sent.client_uuid,
        body_sha256=draft.sha256(by),
    )
    IssueEvent.objects.create(
        issue=issue, step=IssueStep.TOLD, to_state=IssueState.NEW, by=by, at=now
    )
    return issue


@transaction.atomic
def promise_issue(
    *,
    issue: ResidentIssue,
    by: User,
    promised_by: str,
    due: date,
    owner: User | None = None,
    answer: str = "",
    seen: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """An office promises `answer` until a day. An older promise is replaced."""
    issue = _lock(issue)
    if not promised_by.strip():
        raise ValidationError({"promised_by": _("Give the office that promises it.")})
    _check_due(issue, due)
    if owner is not None and not may_own_issue(owner, issue):
        raise ValidationError({"owner": _("This officer is not posted here.")})
    values = {"promised_by": promised_by.strip(), "due": due, "owner": owner, "answer": answer}
    values["explained_why"] = ""
    words = ": ".join(filter(None, [promised_by.strip(), answer]))
    return _take(issue, "promise", by, values, words, seen=seen, now=now, due=due)


@transaction.atomic
def finish_issue(
    *,
    issue: ResidentIssue,
    by: User,
    answer: str,
    seen: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """It is done; `answer` says what was done, and is read out at the next meeting."""
    issue = _lock(issue)
    if not answer.strip():
        raise ValidationError({"answer": _("Say what was done.")})
    return _take(issue, "do", by, {"answer": answer, "done_by": by}, answer, seen=seen, now=now)


@transaction.atomic
def verify_issue(
    *,
    issue: ResidentIssue,
    by: User,
    text: str = "",
    is_residents_word: bool = False,
    seen: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """It is true: somebody else has looked, or the resident says so."""
    issue = _lock(issue)
    values = {"verified_by": by}
    word = is_residents_word
    return _take(issue, "verify", by, values, text, seen=seen, now=now, is_residents_word=word)


@transaction.atomic
def doubt_issue(
    *,
    issue: ResidentIssue,
    by: User,
    text: str,
    due: date,
    is_residents_word: bool = False,
    seen: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """It is not done: it is promised again, for another day."""
    issue = _lock(issue)
    if not text.strip():
        raise ValidationError({"text": _("Say what is still missing.")})
    _check_due(issue, due)
    # What was said to be done is no answer any more; the timeline keeps it.
    values = {"done_by": None, "due": due, "answer": ""}
    word = is_residents_word
    return _take(
        issue, "doubt", by, values, text, seen=seen, now=now, due=due, is_residents_word=word
    )


@transaction.atomic
def explain_issue(
    *,
    issue: ResidentIssue,
    by: User,
    why: str,
    answer: str,
    seen: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """It is not for the police, or cannot be done; `answer` says why, and who can."""
    issue = _lock(issue)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why, and who can help.")})
    values = {"explained_why": why, "answer": answer}
    return _take(issue, "explain", by, values, answer, seen=seen, now=now)


@transaction.atomic
def report_issue(
    *, issue: ResidentIssue, by: User, now: datetime | None = None
) -> tuple[Report, bool]:
    """Makes a report of it; returns it with True if it is new."""
    now = now or timezone.now()
    issue = _lock(issue)
    if not may_report_issue(by, issue):
        raise PermissionDenied
    made = IssueReport.objects.filter(issue=issue).select_related("report").first()
    if made is not None:
        return made.report, False
    draft = ReportDraft(
        category=category_of_words(issue.text),
        text=issue.text,
        area=issue.village,
        place=issue.rw_rt,
        reported_at=issue.at,
        source=Source.COMMUNITY,
        home=issue.unit,
        origin=origin_words(issue),
        client_uuid=uuid.uuid5(issue.client_uuid, "report"),
    )
    report, _is_new = receive_report(draft=draft, by=by, now=now)
    IssueReport.objects.create(issue=issue, report=report, by=by, at=now)
    state = issue.state
    IssueEvent.objects.create(
        issue=issue, step=IssueStep.REPORTED, from_state=state, to_state=state, by=by, at=now
    )
    return report, True


@transaction.atomic
def publish_issue(
    *,
    issue: ResidentIssue,
    by: User,
    public_text: str,
    public_answer: str = "",
    now: datetime | None = None,
) -> ResidentIssue:
    """Puts these words on the public page of its meeting, without telephone numbers and NIK."""
    now = now or timezone.now()
    issue = _lock(issue)
    if not may_publish_issue(by, issue):
        raise PermissionDenied
    text, answer = without_numbers(public_text.strip()), without_numbers(public_answer.strip())
    if not text:
        raise ValidationError({"public_text": _("Write what everybody may read.")})
    if issue.published_at and (issue.public_text, issue.public_answer) == (text, answer):
        return issue
    issue.public_text, issue.public_answer, issue.published_at = text, answer, now
    words = "\n".join(filter(None, [text, answer]))
    _note(issue, IssueStep.PUBLISHED, by, words, now)
    return issue


@transaction.atomic
def unpublish_issue(*, issue: ResidentIssue, by: User, now: datetime | None = None) -> bool:
    """Takes it from the public page. Returns False where it was not there."""
    issue = _lock(issue)
    if not may_publish_issue(by, issue):
        raise PermissionDenied
    if issue.published_at is None:
        return False
    issue.public_text, issue.public_answer, issue.published_at = "", "", None
    _note(issue, IssueStep.UNPUBLISHED, by, "", now or timezone.now())
    return True


def _note(issue: ResidentIssue, step: IssueStep, by: User, text: str, now: datetime) -> None:
    """Saves what everybody may read, with a line in the timeline."""
    issue.save(update_fields=["public_text", "public_answer", "published_at"])
    IssueEvent.objects.create(
        issue=issue,
        step=step,
        from_state=issue.state,
        to_state=issue.state,
        by=by,
        text=text[:TEXT_LENGTH],
        at=now,
    )


def _lock(issue: ResidentIssue) -> ResidentIssue:
    rows = ResidentIssue.objects.select_related("unit", "village", "activity__kind", "forum")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=issue.pk)


def _check_due(issue: ResidentIssue, due: date) -> None:
    today = issue.unit.today()
    if due < today:
        raise ValidationError({"due": _("This day is over.")})
    if due > today + LONGEST_PROMISE:
        raise ValidationError({"due": _("At most two years ahead.")})


def _take(
    issue: ResidentIssue,
    step: str,
    by: User,
    values: Mapping[str, Any],
    words: str,
    *,
    seen: str,
    now: datetime | None,
    **of_event: Any,
) -> ResidentIssue:
    """Takes the step. `issue` is locked. The same step sent again changes nothing.

    Raises ChangeRefused where its state does not allow it, or it has changed since the page was
    `seen`.
    """
    now = now or timezone.now()
    if not may_take_issue_step(by, issue, step):
        if step in ("verify", "doubt") and issue.done_by_id == by.pk:
            raise ValidationError(_("You did it yourself: somebody else checks it."))
        raise PermissionDenied
    if seen and seen != issue.stamp:
        last = issue.timeline.latest("at", "pk")
        if (last.step, last.by_id, last.text) == (STEPS[step], by.pk, words):
            return issue
        raise ChangeRefused(_("Somebody else was faster. Read what they wrote before you send."))
    if not state_allows(ISSUE_CHANGES, step, issue.state):
        raise ChangeRefused(_("Its state does not allow this any more."))
    before = issue.state
    for name, value in values.items():
        setattr(issue, name, value)
    issue.state, issue.changed_at = ISSUE_CHANGES[step].to_state, now
    issue.save(update_fields=[*values, "state", "changed_at"])
    IssueEvent.objects.create(
        issue=issue,
        step=STEPS[step],
        from_state=before,
        to_state=issue.state,
        by=by,
        text=words,
        at=now,
        **of_event,
    )
    return issue
