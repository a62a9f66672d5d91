from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patrols.models.duties import Duty
from patrols.models.places import Checkpoint
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes
from territory.scope import Viewer
from toolkit.geo.models import Positioned, position_checks
from toolkit.geo.nearby import square_index
from toolkit.idempotency.models import SentOnce, SentOnceOrMade, sent_once
from toolkit.photos.fields import MAX_PHOTOS
from toolkit.photos.models import Photo, PhotoQuerySet
from toolkit.schema import history, one_of, trigram_index


class EntryKind(models.TextChoices):
    CHECK_IN = "check_in", _("check-in")
    OBSERVATION = "observation", _("observation")
    CONTACT = "contact", _("contact with residents")
    WARNING = "warning", _("warning given")
    FINDING = "finding", _("finding")
    NOTE = "note", _("note")
    HANDOVER = "handover", _("handover")
    START = "start", _("start")
    PAUSE = "pause", _("pause")
    END = "end", _("end")


# The kinds a person picks. Check-ins, starts and ends are written by the step that causes them.
WRITTEN_KINDS = (
    EntryKind.OBSERVATION,
    EntryKind.CONTACT,
    EntryKind.WARNING,
    EntryKind.FINDING,
    EntryKind.NOTE,
    EntryKind.HANDOVER,
    EntryKind.PAUSE,
)


# Metres. A phone that only knows its mobile cell is some kilometres wrong.
COARSE_M = 1000


class Mark(models.TextChoices):
    """What is odd about an entry. Odd entries are marked, never refused."""

    OUTSIDE = "outside", _("outside the radius")
    NO_POSITION = "no_position", _("without position")
    LATE = "late", _("sent late")
    CLOCK_OFF = "clock_off", _("clock of the phone off")
    EARLY = "early", _("before the start")
    AFTER_END = "after_end", _("added after the end")


class LogEntryQuerySet(UnitScopedQuerySet["LogEntry"]):
    def visible_to(self, user: Viewer) -> Self:
        """Entries in scope and those of the person's own duties."""
        own = Q(duty__in=Duty.objects.of(user).values("pk"))
        condition = user.scope.rows()
        if condition is None:
            return self.filter(own)
        return self.filter(condition | own) if condition else self

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


@history()
class LogEntry(UnitScoped, Positioned, SentOnce):
    """One line in the log (buku mutasi) of a duty.

    `at` is the phone's time, or the server's where the phone's clock is off. `accuracy_m` and
    `distance_m` (from the checkpoint or post) are metres.
    """

    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="entries", verbose_name=_("duty")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    text = models.TextField(_("text"), blank=True, max_length=2000)
    people_count = models.PositiveSmallIntegerField(_("people met"), null=True, blank=True)
    checkpoint = models.ForeignKey(
        Checkpoint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="entries",
        verbose_name=_("checkpoint"),
    )
    at = models.DateTimeField(_("at"))
    device_at = models.DateTimeField(_("phone's time"), null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    accuracy_m = models.PositiveIntegerField(_("accuracy (m)"), null=True, blank=True)
    distance_m = models.PositiveIntegerField(
        _("distance (m)"), null=True, blank=True, editable=False
    )
    marks = ArrayField(
        models.CharField(max_length=12, choices=Mark),
        verbose_name=_("marks"),
        default=list,
        blank=True,
    )
    photos_to_come = models.PositiveSmallIntegerField(
        _("photos announced"), default=0, db_default=0, editable=False
    )
    by_plate = models.BooleanField(
        _("by the plate on the spot"), default=False, db_default=False, editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    objects = LogEntryQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["-at", "-pk"]
        constraints = [
            *position_checks("entry"),
            one_of("entry", "kind", EntryKind),
            models.CheckConstraint(
                name="entry_marks", condition=Q(marks__contained_by=list(Mark.values))
            ),
            models.CheckConstraint(
                name="entry_photos_to_come", condition=Q(photos_to_come__lte=MAX_PHOTOS)
            ),
            models.CheckConstraint(
                name="entry_left",
                condition=Q(left_at=None) | Q(kind=EntryKind.CHECK_IN, left_at__gte=models.F("at")),
            ),
            models.CheckConstraint(
                name="entry_by_plate",
                condition=Q(by_plate=False) | Q(kind=EntryKind.CHECK_IN, checkpoint__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="entry_duty", fields=["duty", "-at", "-id"]),
            models.Index(
                name="entry_checkpoint",
                fields=["checkpoint", "-at"],
                condition=Q(checkpoint__isnull=False),
            ),
            models.Index(name="entry_at", fields=["-at", "-id"]),
            trigram_index("entry_search", "text"),
            square_index("entry_square", "-at"),
            *scope_indexes("entry", "-at", "-id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:40]}".strip()

    @property
    def kept_photos(self) -> "list[EntryPhoto]":
        """Without those that are missing."""
        return [photo for photo in self.photos.all() if not photo.is_missing]

    @property
    def photos_awaited(self) -> int:
        """How many photos the phone has still to send."""
        return max(0, self.photos_to_come - len(self.photos.all()))

    @property
    def is_outside(self) -> bool:
        """A check-in too far from its checkpoint to count as a visit."""
        return Mark.OUTSIDE in self.marks

    @property
    def is_position_coarse(self) -> bool:
        """The phone knew its position so badly that it does not show where the person was."""
        return self.lat is not None and (self.accuracy_m or 0) > COARSE_M


class EntryPhotoQuerySet(PhotoQuerySet["EntryPhoto"]):
    def visible_to(self, user: Viewer) -> Self:
        """Photos of the entries the person may see."""
        return self.filter(entry__in=LogEntry.objects.visible_to(user))


class EntryPhoto(Photo, SentOnceOrMade):
    """Has a UUID where the phone sent it by itself, after its entry."""

    folder = "entries"

    entry = models.ForeignKey(
        LogEntry, on_delete=models.PROTECT, related_name="photos", verbose_name=_("entry")
    )

    objects = EntryPhotoQuerySet.as_manager()

    class Meta(Photo.Meta):
        abstract = False
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [*Photo.Meta.constraints, sent_once("entryphoto")]
