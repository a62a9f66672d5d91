"""Writing down an activity, correcting it, taking it back.

An activity sent twice is stored once. One that was written without a signal has the phone's time.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import PartnerGroup
from programs.models import Activity, ActivityKind, ActivityPhoto
from programs.models.activities import MOST_RT
from programs.rights import may_add_activity_photo, may_correct, may_log_activity
from programs.services.residents import keep_resident
from territory.models import Area, Unit
from toolkit.editing import Seen, Values
from toolkit.geo.points import clean_position
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)

FARTHEST_BACK = timedelta(days=92)  # a quarter: older ones are in counts that were sent up
MAX_PEOPLE = 32_767


class ActivityConflict(Conflict):
    stored: Activity


class ActivityPhotoConflict(Conflict):
    stored: ActivityPhoto


@dataclass(frozen=True)
class ActivityDraft:
    """What an officer sends.

    `at` is given where it was not when the form was written. `lat`, `lon` in degrees, `accuracy_m`
    in metres. `photos` were taken with the camera for it, `gallery` were not; `photos_to_come` is
    how many the phone sends after it, each by itself. `resident` is a name, which is kept encrypted
    and apart.
    """

    kind: ActivityKind
    text: str
    at: datetime | None = None
    village: Area | None = None
    rw: int | None = None
    rt: int | None = None
    place: str = ""
    group: PartnerGroup | None = None
    people_count: int | None = None
    agencies: str = ""
    topic: str = ""
    keywords: str = ""
    outcome: str = ""
    resident: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    photos: tuple[CleanPhoto, ...] = ()
    gallery: tuple[CleanPhoto, ...] = ()
    photos_to_come: int = 0
    sent: Sent = field(default_factory=Sent)

    def columns(self) -> dict[str, object]:
        """The columns of an Activity that the officer writes."""
        return {
            "kind": self.kind,
            "village": self.village,
            "rw": self.rw,
            "rt": self.rt,
            "place": self.place,
            "group": self.group,
            "people_count": self.people_count,
            "agencies": self.agencies,
            "topic": self.topic,
            "keywords": self.keywords,
            "text": self.text,
            "outcome": self.outcome,
        }

    def sha256(self, author: User) -> str:
        """Hash of what the officer wrote. A retry has the same, whenever it is sent."""
        rows = {"kind": self.kind.pk, "village": None, "group": None}
        rows |= {name: row.pk for name, row in self._places() if row is not None}
        # Keyed, so that nobody finds the name by trying names.
        resident = salted_hmac("programs.resident", self.resident, algorithm="sha256").hexdigest()
        body = {**self.columns(), **rows, "author": author.pk, "resident": resident}
        body |= {"at": self.at, "device_at": self.sent.device_at}
        body |= {"position": [self.lat, self.lon, self.accuracy_m]}
        pictures = [photo.digest for photo in (*self.photos, *self.gallery)]
        body |= {"photos": pictures, "to_come": self.photos_to_come}
        return body_sha256(body)

    def _places(self) -> tuple[tuple[str, Area | PartnerGroup | None], ...]:
        return (("village", self.village), ("group", self.group))


def check_draft(draft: ActivityDraft, now: datetime) -> None:
    """Raises ValidationError for what no page of ours sends, and for what is too long ago."""
    if not draft.text.strip():
        raise ValidationError({"text": _("Write in a few words what you did.")})
    if draft.rt is not None and draft.rw is None:
        raise ValidationError({"rw": _("Give the RW of this RT.")})
    if draft.rw is not None and draft.village is None:
        raise ValidationError({"village": _("Choose the kelurahan or desa of this RW.")})
    for name, number, most in (
        ("rw", draft.rw, MOST_RT),
        ("rt", draft.rt, MOST_RT),
        ("people_count", draft.people_count, MAX_PEOPLE),
    ):
        least = 0 if name == "people_count" else 1
        if number is not None and not least <= number <= most:
            words = _("A number from %(least)d to %(most)d.") % {"least": least, "most": most}
            raise ValidationError({name: words})
    if draft.at is not None and draft.at < now - FARTHEST_BACK:
        words = _("This is over three months ago. The counts of that time have been sent up.")
        raise ValidationError({"happened_on": words})


@log_refusal(logger, "Activity")
@transaction.atomic
def write_activity(
    *, draft: ActivityDraft, unit: Unit | None, by: User, now: datetime | None = None
) -> tuple[Activity, bool]:
    """Stores an activity of the unit; returns it with True if it is new.

    What the officer has stored before is found although they may not write here any more. Raises
    ActivityConflict where another body is stored under the UUID, PermissionDenied for whoever may
    not write here, ValidationError for what cannot be.
    """
    now = now or timezone.now()
    sha256 = draft.sha256(by)
    own = Activity.objects.filter(author=by)
    rows = Activity.objects.all() if may_log_activity(by) else own
    stored = stored_answer(rows, draft.sent.client_uuid, sha256, conflict=ActivityConflict)
    if stored is not None:
        if sent_photos := (*draft.photos, *draft.gallery):
            fill_missing(ActivityPhoto.objects.filter(activity=stored), sent_photos)
        return stored, False
    if unit is None or not may_log_activity(by, unit):
        raise PermissionDenied
    check_draft(draft, now)
    activity = Activity.objects.create(
        **draft.columns(),
        **clean_position(draft.lat, draft.lon, draft.accuracy_m),
        unit=unit,
        author=by,
        at=draft.at or draft.sent.believed(now).at,
        device_at=draft.sent.device_at,
        received_at=now,
        photos_to_come=draft.photos_to_come,
        client_uuid=draft.sent.client_uuid,
        body_sha256=sha256,
    )
    if draft.resident:
        keep_resident(activity, draft.resident, now)
    for from_gallery, photos in ((False, draft.photos), (True, draft.gallery)):
        for photo in photos:
            store_photo(ActivityPhoto(activity=activity, from_gallery=from_gallery), photo)
    return activity, True


@transaction.atomic
def correct_activity(
    *,
    activity: Activity,
    by: User,
    draft: ActivityDraft,
    wanted: Values,
    seen: Seen | None = None,
    now: datetime | None = None,
) -> Activity:
    """Changes what the officer has written. The history keeps what stood there before.

    Raises EditConflict where it was changed since the page was `seen`.
    """
    now = now or timezone.now()
    rows = Activity.objects.select_for_update(of=("self",))
    activity = rows.get(pk=activity.pk)
    if not may_correct(by, activity):
        raise PermissionDenied
    if seen is not None:
        seen.check(activity, wanted)
    check_draft(draft, now)
    written = {**draft.columns(), "at": draft.at or activity.at}
    if all(getattr(activity, name) == value for name, value in written.items()):
        return activity  # the same form once more
    for name, value in written.items():
        setattr(activity, name, value)
    activity.corrected_at = now
    activity.save()
    return activity


@transaction.atomic
def withdraw_activity(*, activity: Activity, by: User, now: datetime | None = None) -> bool:
    """Takes back what was written by mistake: it counts no more. Returns False where it was taken
    back before."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    if activity.author_id == by.pk and activity.withdrawn_at is not None:
        return False
    if not may_correct(by, activity):
        raise PermissionDenied
    activity.withdrawn_at = now or timezone.now()
    activity.save(update_fields=["withdrawn_at"])
    return True


@transaction.atomic
def add_activity_photo(
    *, activity: Activity, by: User, photo: CleanPhoto, from_gallery: bool, sent: Sent
) -> tuple[ActivityPhoto, bool]:
    """A photo that the phone has announced with its activity; True with it if it is new.

    Raises ValidationError where all photos are there, ActivityPhotoConflict where another is
    stored under the UUID.
    """
    rows = Activity.objects.select_for_update(of=("self",), no_key=True)
    activity = rows.get(pk=activity.pk)
    if activity.author_id != by.pk:
        raise PermissionDenied
    sha256 = body_sha256({"activity": activity.pk, "photo": photo.digest})
    stored = stored_answer(
        ActivityPhoto.objects.all(), sent.client_uuid, sha256, conflict=ActivityPhotoConflict
    )
    if stored is not None:
        fill_missing(ActivityPhoto.objects.filter(pk=stored.pk), [photo])
        stored.refresh_from_db()
        return stored, False
    if not may_add_activity_photo(by, activity):
        raise PermissionDenied
    if not activity.photos_awaited:
        raise ValidationError(_("All photos of this activity are there."))
    row = ActivityPhoto(
        activity=activity,
        from_gallery=from_gallery,
        client_uuid=sent.client_uuid,
        body_sha256=sha256,
    )
    store_photo(row, photo)
    return row, True
