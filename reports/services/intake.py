"""Receives a report from a citizen, an officer or a patrol. A retry stores nothing twice."""

import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from reports.category_words import sure_category
from reports.encryption import phone_digest, phone_digests
from reports.models import (
    Category,
    EventKind,
    Precision,
    Privacy,
    Report,
    ReportContact,
    ReportEvent,
    ReportPhoto,
    Source,
)
from reports.models.choices import MET, TOLD
from reports.selectors.areas import nearest_area
from reports.selectors.routing import responsible
from reports.workflow import ReportState
from territory.models import Area, Unit
from toolkit.geo.points import Position, cell_of, clean_position
from toolkit.idempotency.answers import Conflict, body_sha256, stored_answer
from toolkit.photos.clean import CleanPhoto
from toolkit.photos.store import fill_missing, store_photo
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)

# Nobody alive reports anything older. Year 1 in Jakarta has no date in UTC and fails on reading.
FIRST_YEAR = 1900


class ReportConflict(Conflict):
    stored: Report


@dataclass(frozen=True)
class ReportDraft:
    """A report as it was sent. `lat` and `lon` are in degrees, `accuracy_m` in metres.

    `home` is the unit of the officer or patrol; it takes the report if the place does not say which
    unit does. `about_unit` is the unit complained about. `origin` is the text of the first event.
    `contact_name` and `contact_phone` are dropped if `privacy` is anonymous. `typed_time` is what
    was typed about the time; where a form gives it, it tells a retry in place of the moments.
    """

    category: Category
    text: str = ""
    area: Area | None = None
    place: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    precision: str = Precision.UNKNOWN
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    typed_time: str = ""
    reported_at: datetime | None = None
    source: str = Source.WEB
    privacy: str = Privacy.ANONYMOUS
    contact_name: str = ""
    contact_phone: str = ""
    about_unit: Unit | None = None
    home: Unit | None = None
    origin: str = ""
    photos: tuple[CleanPhoto, ...] = ()
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)

    def hashes(self, by: User | None) -> list[str]:
        """Hash of what the person sent, with the newest key and then with the former ones, so that
        a retry is known again after the key has changed. It tells a retry from another report.

        Of the contact only a keyed digest is hashed. A plain phone number could be found by trying
        all numbers, because everything else is stored beside the hash.
        """
        digests = phone_digests(json.dumps([self.contact_name, self.contact_phone]))
        if not self.names_reporter:
            digests = [""]
        body = {
            "by": by.pk if by else None,
            "category": self.category.pk,
            "text": self.text,
            "area": self.area.pk if self.area else None,
            "place": self.place,
            "position": [self.lat, self.lon],
            # "Just now" of a retry is a later moment than that of the first try.
            "occurred": self.typed_time or [self.precision, self.occurred_from, self.occurred_to],
            "source": self.source,
            "privacy": self.privacy,
            "about_unit": self.about_unit.pk if self.about_unit else None,
            "photos": [photo.digest for photo in self.photos],
        }
        return [body_sha256({**body, "contact": digest or None}) for digest in digests]

    @property
    def names_reporter(self) -> bool:
        return self.privacy != Privacy.ANONYMOUS and bool(self.contact_name or self.contact_phone)


@log_refusal(logger, "Report")
def receive_report(
    *, draft: ReportDraft, by: User | None = None, now: datetime | None = None
) -> tuple[Report, bool]:
    """Stores a report. Returns it with True if it is new, with False if it was stored before.

    `by` is the officer who took it down, None for a citizen's own. Raises ReportConflict if another
    report is stored under the UUID, and ValidationError for impossible input.
    """
    now = now or timezone.now()
    sha256, *former = draft.hashes(by)
    known = Report.objects.select_related("unit", "category")
    with transaction.atomic():
        stored = stored_answer(known, draft.client_uuid, sha256, *former, conflict=ReportConflict)
        if stored is not None:
            if draft.photos:
                fill_missing(ReportPhoto.objects.filter(report=stored), draft.photos)
            return stored, False
        return _store(draft, by, sha256=sha256, now=now), True


def _store(
    draft: ReportDraft,
    by: User | None,
    *,
    sha256: str,
    now: datetime,
) -> Report:
    reported_at = min(draft.reported_at or now, now)
    position = clean_position(draft.lat, draft.lon, draft.accuracy_m)
    area, home = _area_and_home(draft, position)
    unit, about_unit = responsible(draft.category, home, draft.about_unit)
    if unit is None:
        raise ValidationError(_("No police unit answers for this place yet."), code="no_unit")
    occurred_from, occurred_to, precision = _occurred(draft, now)
    report = Report.objects.create(
        client_uuid=draft.client_uuid,
        body_sha256=sha256,
        unit=unit,
        category=draft.category,
        text=draft.text.strip(),
        village=area,
        place=draft.place.strip(),
        **derived_fields(draft.category, draft.source, reported_at, position),
        precision=precision,
        occurred_from=occurred_from,
        occurred_to=occurred_to,
        reported_at=reported_at,
        source=draft.source,
        privacy=draft.privacy if draft.names_reporter else Privacy.ANONYMOUS,
        about_unit=about_unit,
        received_by=by,
        code_waits_for=by if draft.source in TOLD else None,
    )
    event = ReportEvent.objects.create(
        report=report,
        kind=EventKind.RECEIVED,
        to_state=ReportState.RECEIVED,
        actor=by,
        unit=unit,
        is_public=True,
        text=draft.origin,
        at=reported_at,
    )
    if draft.names_reporter:
        ReportContact.objects.create(
            report=report,
            name=draft.contact_name or None,
            phone=draft.contact_phone or None,
            phone_digest=phone_digest(draft.contact_phone) if draft.contact_phone else "",
        )
    add_photos(report, event, draft.photos)
    return report


def derived_fields(
    category: Category, source: str, reported_at: datetime, position: Position
) -> dict[str, Any]:
    """The fields of a new report that follow from its category, source, time and position."""
    lat, lon = position["lat"], position["lon"]
    return {
        **position,
        "h3_cell": cell_of(lat, lon) if lat is not None and lon is not None else None,
        "is_sealed": category.is_sealed,
        "priority": category.usual_priority,
        "due_at": None if source in MET else category.due_at(reported_at),
    }


def _area_and_home(draft: ReportDraft, position: Position) -> tuple[Area | None, Unit | None]:
    """The village and the unit of the place. Without a village the phone's position decides."""
    lat, lon = position["lat"], position["lon"]
    area = draft.area
    if area is None and lat is not None and lon is not None:
        area = nearest_area(lat, lon)
    of_place = Unit.objects.of_area(area) if area else None
    if draft.home is not None:
        if draft.area is None:
            # The position must not move the report away from the unit whose officer is there.
            return (area if of_place == draft.home else None), draft.home
        if of_place is None or of_place.is_fallback:
            return area, draft.home
    return area, of_place or Unit.objects.fallback()


def _occurred(draft: ReportDraft, now: datetime) -> tuple[datetime | None, datetime | None, str]:
    start, end = draft.occurred_from, draft.occurred_to
    if draft.precision == Precision.UNKNOWN or start is None:
        return None, None, Precision.UNKNOWN
    if start > now + timedelta(minutes=5):
        raise ValidationError({"occurred_from": _("This time is still to come.")})
    if start.year < FIRST_YEAR:
        raise ValidationError({"occurred_from": _("This is too long ago. Check the year.")})
    if end is not None and end < start:
        raise ValidationError({"occurred_to": _("It ended before it began.")})
    return start, end, draft.precision


def add_photos(report: Report, event: ReportEvent, photos: Iterable[CleanPhoto]) -> None:
    for photo in photos:
        store_photo(ReportPhoto(report=report, event=event), photo)


def category_of_words(text: str) -> Category:
    """The category the words name without doubt, else "other".

    Never one about police: an officer chooses that, no guess by words does. Raises ValidationError
    where there is none at all.
    """
    offered = list(Category.objects.offered().exclude(is_about_police=True))
    other = next((category for category in offered if category.code == "other"), None)
    found = sure_category(text, offered) or other
    if found is None:
        raise ValidationError(_("There is no category for this yet: the administrator adds them."))
    return found


def is_same_note(note: ReportEvent, text: str, photos: Sequence[CleanPhoto]) -> bool:
    """Whether text and photos are those of `note`."""
    kept = note.photos.order_by("pk").values_list("digest", flat=True)
    return note.text == text.strip() and list(kept) == [photo.digest for photo in photos]
