"""Writing the log of a duty, and taking entries back.

An entry with an odd position or time is stored and marked, never refused: what happened counts
more. An entry sent twice is stored once.
"""

import logging
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import done_before
from patrols.models import (
    Attendance,
    AttendanceStatus,
    Checkpoint,
    Duty,
    EntryKind,
    EntryPhoto,
    LogEntry,
    Mark,
)
from patrols.models.entries import WRITTEN_KINDS
from patrols.rights import is_own, may_log, may_withdraw
from patrols.services.post_items import take_back_handover
from patrols.services.stays import check_ins, end_of_stay, end_stay
from patrols.workflow import DUTY_CHANGES, ReviewState
from toolkit.geo.points import clean_position, distance_m
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Believed, Sent, believed_time, done_at
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal
from toolkit.workflow import state_allows

logger = logging.getLogger(__name__)

MAX_PEOPLE = 32_767
ABSENT_STATUSES = (AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)


class EntryConflict(Conflict):
    stored: LogEntry


class MarkedAbsent(ValidationError):
    """The person who writes is marked excused or absent in the roll."""


@dataclass(frozen=True)
class EntryDraft:
    """What a person sends. `lat`, `lon` in degrees, `accuracy_m` in metres.

    `device_at` is the phone's clock when the entry was written, `sent_at` the same clock when it
    was sent. `sent_at` compared with the server's time shows how wrong that clock is.
    `photos_to_come` is how many photos the phone sends after it, each by itself. `plate` is what
    the QR on the spot held, where it was scanned.
    """

    kind: str
    text: str = ""
    people_count: int | None = None
    checkpoint_id: int | None = None
    device_at: datetime | None = None
    sent_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    photos: tuple[CleanPhoto, ...] = ()
    photos_to_come: int = 0
    plate: str = ""
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)

    def sha256(self, duty_id: int, author: User) -> str:
        """Hash of what the person wrote. A retry has the same, though `sent_at` differs."""
        body = {
            "duty": duty_id,
            "author": author.pk,
            "kind": self.kind,
            "text": self.text,
            "people_count": self.people_count,
            "checkpoint": self.checkpoint_id,
            "device_at": self.device_at,
            "position": [self.lat, self.lon, self.accuracy_m],
            "photos": [photo.digest for photo in self.photos],
        }
        if self.photos_to_come:
            body["photos_to_come"] = self.photos_to_come
        if self.plate:
            body["plate"] = self.plate
        return body_sha256(body)


def clean_draft(draft: EntryDraft) -> EntryDraft:
    """The draft with its times in UTC and without an impossible position.

    Raises ValidationError for a kind or a number of people that no page of ours sends.
    """
    if draft.kind not in (*WRITTEN_KINDS, EntryKind.CHECK_IN):
        raise ValidationError({"kind": _("Choose what kind of entry it is.")})
    if not 0 <= (draft.people_count or 0) <= MAX_PEOPLE:
        raise ValidationError({"people_count": _("This number of people cannot be.")})
    if draft.device_at is not None:
        # Python reads UTC offsets of 16 hours and more, PostgreSQL refuses them.
        draft = replace(draft, device_at=draft.device_at.astimezone(UTC))
    return replace(draft, **clean_position(draft.lat, draft.lon, draft.accuracy_m))


def marks_of(believed: Believed) -> set[str]:
    """Marks for a phone's clock that is off, and for a late arrival."""
    marks = {Mark.CLOCK_OFF} if believed.is_clock_off else set()
    return {str(mark) for mark in marks | ({Mark.LATE} if believed.is_late else set())}


def place_marks(
    draft: EntryDraft, duty: Duty, target: Checkpoint | None
) -> tuple[int | None, set[str]]:
    """Of a check-in: metres to the checkpoint, else to the duty's post, and marks for the place.

    The distance is None where one of the two positions is unknown.
    """
    if draft.kind != EntryKind.CHECK_IN:
        return None, set()
    place = target or duty.post
    if draft.lat is None or draft.lon is None:
        return None, {Mark.NO_POSITION}
    if place is None or place.lat is None or place.lon is None:
        return None, set()
    distance = distance_m(draft.lat, draft.lon, place.lat, place.lon)
    outside = distance - (draft.accuracy_m or 0) > place.radius_m
    return distance, {Mark.OUTSIDE} if outside else set()


def is_plate_of(draft: EntryDraft, target: Checkpoint | None) -> bool:
    """Whether a check-in came by the checkpoint's plate. A plate proves no position: its photo can
    be scanned at home, so that the marks for the place stay. A replaced one counts for nothing."""
    if draft.kind != EntryKind.CHECK_IN or target is None or target.retired_on is not None:
        return False
    return draft.plate == str(target.plate)


def time_marks(duty: Duty, at: datetime) -> set[str]:
    if duty.ended_at and at > duty.ended_at:
        return {Mark.AFTER_END}
    return {Mark.EARLY} if duty.started_at and at < duty.started_at else set()


def absence_of(user: User, duty: Duty) -> str:
    """The person's mark on the duty where it is excused or absent, in words; else ""."""
    own = Attendance.objects.of(user).filter(duty=duty, status__in=ABSENT_STATUSES).first()
    return str(own.get_status_display()) if own else ""


def why_no_entries(duty: Duty) -> str:
    """Why a duty that accepts no entries does not."""
    if duty.review == ReviewState.APPROVED:
        return _("The log of this duty has been approved already.")
    if state_allows(DUTY_CHANGES, "start", duty.state):
        return _("This duty takes no entries now. Start it first.")
    return _("This duty is %(state)s already.") % {"state": duty.get_state_display()}


@log_refusal(logger, "Log entry")
def log_entry(
    *,
    duty: Duty,
    by: User,
    draft: EntryDraft,
    though_absent: bool = False,
    now: datetime | None = None,
) -> tuple[LogEntry, bool]:
    """Stores an entry; returns it with True if it is new, False if it was stored before.

    What the person has stored before is found although they may not write here any more: the phone
    that heard no answer would keep it as refused.

    Raises EntryConflict where another body is stored under the UUID, PermissionDenied for a
    person who may not write here, ValidationError for a duty that takes no entries. MarkedAbsent
    asks a person marked excused or absent, who confirms with `though_absent`; the mark stays until
    somebody who runs the duty corrects it.
    """
    now = now or timezone.now()
    sha256 = draft.sha256(duty.pk, by)
    with transaction.atomic():
        is_allowed = may_log(by, duty)
        rows = LogEntry.objects.all() if is_allowed else LogEntry.objects.filter(author=by)
        stored = stored_answer(rows, draft.client_uuid, sha256, conflict=EntryConflict)
        if stored is not None:
            if draft.photos:
                fill_missing(EntryPhoto.objects.filter(entry=stored), draft.photos)
            return stored, False
        if not is_allowed:
            raise PermissionDenied
        if not though_absent and (mark := absence_of(by, duty)):
            raise MarkedAbsent(
                _("You are marked as “%(mark)s” on this duty. Are you there all the same?")
                % {"mark": mark}
            )
        return _store(duty, by, draft, sha256=sha256, now=now), True


def _store(
    duty: Duty,
    by: User,
    draft: EntryDraft,
    *,
    sha256: str,
    now: datetime,
) -> LogEntry:
    # The duty is locked last, by the update of its counters. If it were locked before the insert,
    # everybody who writes on it would wait while the photos of one entry are stored.
    duty = Duty.objects.visible_to(by).select_related("post").get(pk=duty.pk)
    if not duty.accepts_entries:
        raise ValidationError(why_no_entries(duty), code="duty_closed")
    draft = clean_draft(draft)
    target = None
    if draft.checkpoint_id is not None:
        target = Checkpoint.objects.filter(pk=draft.checkpoint_id, route=duty.route_id).first()
        if target is None:
            raise ValidationError({"checkpoint": _("This checkpoint is not on the duty's route.")})
    believed = believed_time(draft.device_at, draft.sent_at, now)
    at, marks = believed.at, marks_of(believed)
    distance, odd_place = place_marks(draft, duty, target)
    entry = LogEntry.objects.create(
        duty=duty,
        unit_id=duty.unit_id,
        author=by,
        kind=draft.kind,
        text=draft.text.strip(),
        people_count=draft.people_count,
        checkpoint=target,
        at=at,
        device_at=draft.device_at,
        received_at=now,
        left_at=end_of_stay(duty, by, at) if draft.kind == EntryKind.CHECK_IN else None,
        lat=draft.lat,
        lon=draft.lon,
        accuracy_m=draft.accuracy_m,
        distance_m=distance,
        photos_to_come=draft.photos_to_come,
        by_plate=is_plate_of(draft, target),
        marks=sorted(marks | odd_place | time_marks(duty, at)),
        client_uuid=draft.client_uuid,
        body_sha256=sha256,
    )
    if draft.kind == EntryKind.CHECK_IN:
        end_stay(duty=duty, author=by, at=at, but=entry)
    for photo in draft.photos:
        store_photo(EntryPhoto(entry=entry), photo)
    if not count_entry(Duty.objects.accepting_entries().filter(pk=duty.pk), at, now):
        # Somebody has approved the log since the duty was read.
        duty.refresh_from_db()
        raise ValidationError(why_no_entries(duty), code="duty_closed")
    return entry


def mark_after_end(duty: Duty, ended_at: datetime) -> None:
    """What was written after an end that arrives late, as if the end had come first."""
    late = duty.entries.filter(at__gt=ended_at).exclude(kind__in=(EntryKind.START, EntryKind.END))
    for entry in late.select_for_update().order_by("pk"):
        entry.marks = sorted({*entry.marks, Mark.AFTER_END})
        if entry.kind == EntryKind.CHECK_IN and entry.left_at is None:
            entry.left_at = entry.at
        entry.save(update_fields=["marks", "left_at"])


def count_entry(duty: QuerySet[Duty], at: datetime, now: datetime) -> int:
    """Counts an entry of the duty, written `at` and arrived `now`; 0 where the QuerySet has no duty
    any more."""
    # GREATEST ignores NULL in PostgreSQL, so the first entry needs no special case.
    return duty.update(
        entry_count=F("entry_count") + 1,
        last_entry_at=Greatest(F("last_entry_at"), at),
        heard_at=Greatest(F("heard_at"), now),
    )


def heard_of(duty_id: int, now: datetime | None = None) -> None:
    """Notes that something of a running duty has arrived which no entry counts, such as a photo.

    Not inside the transaction that stores it, which would lock the duty after its entries.
    """
    rows = Duty.objects.running().filter(pk=duty_id)
    rows.update(heard_at=Greatest(F("heard_at"), now or timezone.now()))


def write_step(
    *,
    duty: Duty,
    kind: str,
    by: User,
    at: datetime,
    now: datetime,
    marks: set[str] | frozenset[str] = frozenset(),
    text: str = "",
) -> LogEntry:
    """Writes the entry of a step of the duty: its start, its end, or an end that was undone."""
    draft = EntryDraft(kind=kind, text=text)
    entry = LogEntry.objects.create(
        duty=duty,
        unit_id=duty.unit_id,
        author=by,
        kind=kind,
        text=text,
        at=at,
        received_at=now,
        marks=sorted(marks),
        client_uuid=draft.client_uuid,
        body_sha256=draft.sha256(duty.pk, by),
    )
    if kind == EntryKind.END:
        end_stay(duty=duty, at=at)
        mark_after_end(duty, at)
    count_entry(Duty.objects.filter(pk=duty.pk), at, now)
    return entry


@transaction.atomic
def leave_checkpoint(
    *, duty: Duty, by: User, sent: Sent | None = None, now: datetime | None = None
) -> int:
    """Ends the person's own stay at a checkpoint without beginning another."""
    if not may_log(by, duty):
        raise PermissionDenied
    if done_before(by=by, sent=sent, deed="leave", duty=duty.pk):
        return 0
    return end_stay(duty=duty, author=by, at=done_at(sent, now or timezone.now()).at)


@transaction.atomic
def withdraw_entry(*, entry: LogEntry, by: User, now: datetime | None = None) -> LogEntry:
    """Takes back an entry written by mistake. It stays in the log, struck through.

    Only its author may, for 15 minutes.
    """
    now = now or timezone.now()
    rows = LogEntry.objects.visible_to(by)
    # The duty first, as its end locks them. FOR UPDATE waits for those who are writing an entry:
    # they lock the duty's key, then stays, and the duty's counters last.
    duty = Duty.objects.select_for_update().get(pk=rows.get(pk=entry.pk).duty_id)
    entry = rows.select_for_update(of=("self",)).get(pk=entry.pk)
    entry.duty = duty
    if not is_own(by, entry):
        raise PermissionDenied
    if not may_withdraw(by, entry, now=now):
        raise ValidationError(_("Too late to take it back. Add a note that corrects it."))
    if entry.withdrawn_at is None:
        entry.withdrawn_at = now
        entry.save(update_fields=["withdrawn_at"])
        if entry.kind == EntryKind.CHECK_IN:
            extend_stay_before(entry)
        if entry.kind == EntryKind.HANDOVER:
            take_back_handover(entry.pk, now)
        uncount_entry(entry.duty)
    return entry


def extend_stay_before(withdrawn: LogEntry) -> None:
    """Undoes that a withdrawn check-in ended the stay before it.

    That stay now lasts until the withdrawn one was left, or goes on.
    """
    before = check_ins(withdrawn.duty).filter(
        author=withdrawn.author_id, at__lte=withdrawn.at, left_at=withdrawn.at
    )
    if previous := before.order_by("-at", "-pk").first():
        previous.left_at = withdrawn.left_at
        previous.save(update_fields=["left_at"])


def uncount_entry(duty: Duty) -> None:
    """The caller has locked the duty, so that nobody counts an entry after the last one is read."""
    last = duty.entries.standing().order_by("-at").values("at")[:1]
    Duty.objects.filter(pk=duty.pk).update(
        entry_count=F("entry_count") - 1, last_entry_at=Subquery(last)
    )
