"""Writing the log of a duty. Odd is marked, never refused; a retry makes no copy."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q, Subquery
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Checkpoint, Duty, EntryKind, EntryPhoto, LogEntry, Mark
from patrols.models.entries import WRITTEN_KINDS, LogEntryQuerySet
from patrols.rights import is_own, may_log, may_withdraw
from patrols.workflow import DUTY_CHANGES, DutyState, ReviewState
from toolkit.geo.points import clean_position, distance_m
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import kept_if_stored, write_files
from toolkit.workflow import state_allows

CLOCK_TOLERANCE = timedelta(minutes=5)
LATE_AFTER = timedelta(minutes=30)
MAX_WAIT = timedelta(days=7)
MAX_PEOPLE = 32_767


class EntryConflict(Conflict):
    stored: LogEntry


@dataclass(frozen=True)
class EntryDraft:
    """What a person sends. `lat`, `lon` in degrees, `accuracy_m` in metres.

    `device_at` is the phone's clock when it was written, `sent_at` the same clock when it was
    sent: their distance to the server's time tells how wrong the clock is.
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
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)

    def sha256(self, duty: Duty, author: User) -> str:
        """Hash of what the person wrote; not of the sending, which differs in a retry."""
        body = {
            "duty": duty.pk,
            "author": author.pk,
            "kind": self.kind,
            "text": self.text,
            "people_count": self.people_count,
            "checkpoint": self.checkpoint_id,
            "device_at": self.device_at,
            "position": [self.lat, self.lon, self.accuracy_m],
            "photos": [photo.sha256 for photo in self.photos],
        }
        return body_sha256(body)


def sound(draft: EntryDraft) -> EntryDraft:
    """The draft without a position that cannot be: the entry counts more than where it was.

    ValidationError on what no page sends.
    """
    if draft.kind not in (*WRITTEN_KINDS, EntryKind.CHECK_IN):
        raise ValidationError({"kind": _("Choose what kind of entry it is.")})
    if not 0 <= (draft.people_count or 0) <= MAX_PEOPLE:
        raise ValidationError({"people_count": _("This number of people cannot be.")})
    if draft.device_at is not None:
        # PostgreSQL refuses offsets of 16 hours and more, which Python reads.
        draft = replace(draft, device_at=draft.device_at.astimezone(UTC))
    return replace(draft, **clean_position(draft.lat, draft.lon, draft.accuracy_m))


def believed_time(draft: EntryDraft, now: datetime) -> tuple[datetime, set[str]]:
    """The time believed, and marks for a clock that is off or an entry that came late."""
    if draft.device_at is None:
        return now, set()
    error = now - draft.sent_at if draft.sent_at else timedelta()
    wait = (draft.sent_at or now) - draft.device_at
    if abs(error) <= CLOCK_TOLERANCE and -CLOCK_TOLERANCE <= wait <= MAX_WAIT:
        at, marks = min(draft.device_at, now), set[str]()
    else:
        # The wait between writing and sending is right even on a wrong clock, unless the clock
        # was set in between.
        trusted = draft.sent_at is not None and timedelta() <= wait <= MAX_WAIT
        at, marks = now - wait if trusted else now, {str(Mark.CLOCK_OFF)}
    return at, marks | ({str(Mark.LATE)} if now - at > LATE_AFTER else set())


def place_marks(
    draft: EntryDraft, duty: Duty, target: Checkpoint | None
) -> tuple[int | None, set[str]]:
    """Distance in metres to the checkpoint (or to the duty's post), and what is odd about it."""
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


def time_marks(duty: Duty, at: datetime) -> set[str]:
    if duty.state == DutyState.ENDED:
        return {Mark.AFTER_END}
    return {Mark.EARLY} if duty.started_at and at < duty.started_at else set()


def why_closed(duty: Duty) -> str:
    """Why a duty takes no entries, for one that does not."""
    if duty.review == ReviewState.APPROVED:
        return _("The log of this duty has been approved already.")
    if state_allows(DUTY_CHANGES, "start", duty.state):
        return _("This duty takes no entries now. Start it first.")
    return _("This duty is %(state)s already.") % {"state": duty.get_state_display()}


def log_entry(
    *, duty: Duty, by: User, draft: EntryDraft, now: datetime | None = None
) -> tuple[LogEntry, bool]:
    """Stores an entry; returns it with True if it is new, False if it was stored before.

    Raises EntryConflict where another body is stored under the UUID, PermissionDenied for a
    person who may not write here, ValidationError for a duty that takes no entries.
    """
    now = now or timezone.now()
    sha256 = draft.sha256(duty, by)
    files: list[FieldFile] = []
    with kept_if_stored(files), transaction.atomic():
        if not may_log(by, duty):
            raise PermissionDenied
        rows = LogEntry.objects.all()
        stored = stored_answer(rows, draft.client_uuid, sha256, conflict=EntryConflict)
        if stored is not None:
            return stored, False
        return _store(duty, by, draft, sha256=sha256, now=now, files=files), True


def _store(
    duty: Duty,
    by: User,
    draft: EntryDraft,
    *,
    sha256: str,
    now: datetime,
    files: list[FieldFile],
) -> LogEntry:
    # The update of the counters locks the duty, last: a lock before the insert would make all who
    # write on this duty wait for the photos of one.
    duty = Duty.objects.visible_to(by).select_related("post").get(pk=duty.pk)
    if not duty.accepts_entries:
        raise ValidationError(why_closed(duty))
    draft = sound(draft)
    target = None
    if draft.checkpoint_id is not None:
        target = Checkpoint.objects.filter(pk=draft.checkpoint_id, route=duty.route_id).first()
        if target is None:
            raise ValidationError({"checkpoint": _("This checkpoint is not on the duty's route.")})
    at, marks = believed_time(draft, now)
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
        left_at=next_check_in(duty, at) if draft.kind == EntryKind.CHECK_IN else None,
        lat=draft.lat,
        lon=draft.lon,
        accuracy_m=draft.accuracy_m,
        distance_m=distance,
        marks=sorted(marks | odd_place | time_marks(duty, at)),
        client_uuid=draft.client_uuid,
        body_sha256=sha256,
    )
    if draft.kind == EntryKind.CHECK_IN:
        close_visit(duty=duty, at=at, but=entry)
    add_photos(entry, draft.photos, files)
    count_entry(duty, at)
    return entry


def check_ins(duty: Duty) -> LogEntryQuerySet:
    return LogEntry.objects.standing().filter(duty=duty, kind=EntryKind.CHECK_IN)


def next_check_in(duty: Duty, at: datetime) -> datetime | None:
    """When the stay at a checkpoint ended, for a check-in that arrives after the next one."""
    later = check_ins(duty).filter(at__gt=at).order_by("at").first()
    return later.at if later else None


def close_visit(*, duty: Duty, at: datetime, but: LogEntry | None = None) -> int:
    """Ends the stay at the checkpoint the patrol was at. Returns how many stays ended."""
    open_visits = check_ins(duty).filter(Q(left_at=None) | Q(left_at__gt=at), at__lte=at)
    if but is not None:
        open_visits = open_visits.exclude(pk=but.pk)
    return open_visits.update(left_at=at)


def add_photos(entry: LogEntry, photos: Iterable[CleanPhoto], files: list[FieldFile]) -> None:
    """Stores the photos, and names every file in `files` as soon as it is written."""
    for photo in photos:
        row = EntryPhoto(entry=entry, width=photo.width, height=photo.height)
        write_files(row, photo, files)
        row.save()


def count_entry(duty: Duty, at: datetime) -> None:
    # GREATEST passes over NULL in PostgreSQL.
    Duty.objects.filter(pk=duty.pk).update(
        entry_count=F("entry_count") + 1, last_entry_at=Greatest(F("last_entry_at"), at)
    )


def write_step(*, duty: Duty, kind: str, by: User, at: datetime, text: str = "") -> LogEntry:
    """The entry a step of the duty leaves behind: start, end, and the end undone."""
    draft = EntryDraft(kind=kind, text=text)
    entry = LogEntry.objects.create(
        duty=duty,
        unit_id=duty.unit_id,
        author=by,
        kind=kind,
        text=text,
        at=at,
        received_at=at,
        client_uuid=draft.client_uuid,
        body_sha256=draft.sha256(duty, by),
    )
    if kind == EntryKind.END:
        close_visit(duty=duty, at=at)
    count_entry(duty, at)
    return entry


@transaction.atomic
def leave_checkpoint(*, duty: Duty, by: User, now: datetime | None = None) -> int:
    """Ends the stay at the current checkpoint without beginning another."""
    if not may_log(by, duty):
        raise PermissionDenied
    return close_visit(duty=duty, at=now or timezone.now())


@transaction.atomic
def withdraw_entry(*, entry: LogEntry, by: User, now: datetime | None = None) -> LogEntry:
    """Takes back an entry written by mistake: by its author, for a quarter of an hour.

    It stays in the log, struck through.
    """
    now = now or timezone.now()
    entry = (
        LogEntry.objects.visible_to(by)
        .select_related("duty")
        .select_for_update(of=("self",))
        .get(pk=entry.pk)
    )
    if not is_own(by, entry):
        raise PermissionDenied
    if not may_withdraw(by, entry, now=now):
        raise ValidationError(_("Too late to take it back. Add a note that corrects it."))
    if entry.withdrawn_at is None:
        entry.withdrawn_at = now
        entry.save(update_fields=["withdrawn_at"])
        if entry.kind == EntryKind.CHECK_IN:
            reopen_visit(entry)
        uncount_entry(entry.duty)
    return entry


def reopen_visit(withdrawn: LogEntry) -> None:
    """The stay the check-in had ended goes on until what ended the check-in's own, if anything."""
    before = check_ins(withdrawn.duty).filter(at__lte=withdrawn.at, left_at=withdrawn.at)
    if previous := before.order_by("-at", "-pk").first():
        previous.left_at = withdrawn.left_at
        previous.save(update_fields=["left_at"])


def uncount_entry(duty: Duty) -> None:
    # Locked first, so that an entry counted in the meantime is among those read. No key: entries
    # being inserted hold the key.
    Duty.objects.select_for_update(no_key=True).get(pk=duty.pk)
    last = LogEntry.objects.standing().filter(duty=duty).order_by("-at").values("at")[:1]
    Duty.objects.filter(pk=duty.pk).update(
        entry_count=F("entry_count") - 1, last_entry_at=Subquery(last)
    )
