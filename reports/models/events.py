from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.reports import Report
from reports.workflow import ReportState
from territory.models import Unit
from territory.scope import Viewer
from toolkit.database.append_only import append_only
from toolkit.photos.models import Photo, PhotoQuerySet
from toolkit.schema import one_of


class EventKind(models.TextChoices):
    RECEIVED = "received", _("report received")
    VERIFIED = "verified", _("verified")
    DISPATCHED = "dispatched", _("officer assigned")
    RECALLED = "recalled", _("assignment taken back")
    ARRIVED = "arrived", _("officer on scene")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    REJECTED = "rejected", _("cannot be followed up yet")
    MERGED = "merged", _("merged with another report")
    REFERRED = "referred", _("passed on")
    REOPENED = "reopened", _("reopened")
    OVERRIDDEN = "overridden", _("state set by the commander")
    HANDED_OVER = "handed_over", _("handed over to another unit")
    CLASSIFIED = "classified", _("category or priority changed")
    NOTE = "note", _("note")
    REPORTER_NOTE = "reporter_note", _("note of the reporter")
    CONFIRMED = "confirmed", _("outcome confirmed by the reporter")
    DISPUTED = "disputed", _("outcome disputed by the reporter")
    RATED = "rated", _("rated by the reporter")
    CODE_RENEWED = "code_renewed", _("new code given to the reporter")


LABELS: dict[str, object] = dict(EventKind.choices)
# Written by the reporter, through the code.
BY_REPORTER = frozenset(
    {EventKind.REPORTER_NOTE, EventKind.CONFIRMED, EventKind.DISPUTED, EventKind.RATED}
)


class ReportEventQuerySet(models.QuerySet["ReportEvent"]):
    def visible_to(self, user: Viewer) -> Self:
        """Events of the reports that the person may see."""
        return self.filter(report__in=Report.objects.visible_to(user))

    def public(self) -> Self:
        """Events that the reporter sees too."""
        return self.filter(is_public=True)


@append_only()
class ReportEvent(models.Model):
    """A line in the timeline of a report. Append-only: the database refuses updates and deletes.

    `actor` is None if the reporter acted, or the system did. `unit` is the unit that had the report
    then.
    """

    report = models.ForeignKey(
        Report,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="timeline",
        verbose_name=_("report"),
    )
    kind = models.CharField(_("kind"), max_length=14, choices=EventKind)
    from_state = models.CharField(_("from"), max_length=10, choices=ReportState, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=ReportState, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("by"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("unit")
    )
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("The reporter sees it too.")
    )
    text = models.TextField(_("text"), max_length=2000, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    # Set by selectors/timeline.attach_photos, for pages that show photos beside their event.
    shown_photos: "list[ReportPhoto]"

    objects = ReportEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            one_of("event", "kind", EventKind),
            one_of("event", "from_state", ReportState, or_blank=True),
            one_of("event", "to_state", ReportState, or_blank=True),
        ]
        indexes = [models.Index(name="event_report", fields=["report", "at", "id"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As get_kind_display(), which translates all kinds to find one, for each line anew.

        While a new version rolls out, this one may meet a kind that it does not know.
        """
        return str(LABELS.get(self.kind, self.kind))

    @property
    def is_by_reporter(self) -> bool:
        return self.kind in BY_REPORTER

    @property
    def is_by_system(self) -> bool:
        """Whether the assignment ended because the officer had left."""
        return self.kind == EventKind.RECALLED and self.actor_id is None


class ReportPhotoQuerySet(PhotoQuerySet["ReportPhoto"]):
    def visible_to(self, user: Viewer) -> Self:
        """Photos of the reports that the person may see."""
        return self.filter(report__in=Report.objects.visible_to(user))

    def held_by(self, code: str) -> Self:
        """Photos that the reporter sees: those of public events."""
        return self.filter(report__code=code, event__is_public=True)


class ReportPhoto(Photo):
    """A photo sent with a report or a note."""

    folder = "reports"

    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="photos", verbose_name=_("report")
    )
    event = models.ForeignKey(
        ReportEvent, on_delete=models.PROTECT, related_name="photos", verbose_name=_("event")
    )

    objects = ReportPhotoQuerySet.as_manager()

    class Meta(Photo.Meta):
        abstract = False
        verbose_name = _("photo of a report")
        verbose_name_plural = _("photos of reports")
