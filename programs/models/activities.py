from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from programs.models.kinds import ActivityKind
from territory.models import Area, UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.geo.models import Positioned, position_checks
from toolkit.idempotency.models import SentOnce, SentOnceOrMade, sent_once
from toolkit.photos.fields import MAX_PHOTOS
from toolkit.photos.models import Photo, PhotoQuerySet
from toolkit.schema import history, one_of, trigram_index

NEWEST_FIRST = ("-at", "-pk")
MOST_RT = 999


class Topic(models.TextChoices):
    """The field (bidang) under which BOS V2 files a visit."""

    ECONOMY = "economy", _("economy")
    SECURITY = "security", _("security")
    POLITICS = "politics", _("politics")
    SOCIETY = "society", _("society and culture")


class ActivityQuerySet(UnitScopedQuerySet["Activity"]):
    def visible_to(self, user: Viewer) -> Self:
        """Those in scope, and the person's own, which stay theirs after a posting ends."""
        condition, own = user.scope.rows(), Q(author=user.pk)
        if condition is None:
            return self.filter(own)
        return self.filter(condition | own) if condition else self

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


@history()
class Activity(UnitScoped, Positioned, SentOnce):
    """What an officer did for the community, written once. Every form is made of this row.

    `at` is when it was. `rw` and `rt` are the numbers in the village. Who lives there is not kept
    here: no ethnicity, religion, birth date, relatives or NIK, and a name only in ActivityResident.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("officer"),
    )
    kind = models.ForeignKey(
        ActivityKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    at = models.DateTimeField(_("at"))
    village = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("kelurahan or desa"),
    )
    rw = models.PositiveSmallIntegerField(
        _("RW"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RT)],
    )
    rt = models.PositiveSmallIntegerField(
        _("RT"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RT)],
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    group = models.ForeignKey(
        PartnerGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("partner group"),
    )
    people_count = models.PositiveSmallIntegerField(_("people met"), null=True, blank=True)
    agencies = models.CharField(_("together with"), max_length=200, blank=True)
    topic = models.CharField(_("field"), max_length=8, choices=Topic, blank=True)
    keywords = models.CharField(_("keywords"), max_length=100, blank=True)
    text = models.TextField(_("account"), max_length=2000)
    outcome = models.TextField(_("outcome"), max_length=2000, blank=True)
    accuracy_m = models.PositiveIntegerField(_("accuracy (m)"), null=True, blank=True)
    device_at = models.DateTimeField(_("phone's time"), null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), editable=False)
    photos_to_come = models.PositiveSmallIntegerField(
        _("photos announced"), default=0, editable=False
    )
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-at", "-pk"]
        constraints = [
            *position_checks("activity"),
            one_of("activity", "topic", Topic, or_blank=True),
            models.CheckConstraint(
                name="activity_photos_to_come", condition=Q(photos_to_come__lte=MAX_PHOTOS)
            ),
            models.CheckConstraint(
                name="activity_rt_of_rw",
                condition=(Q(rw=None) | Q(village__isnull=False, rw__range=(1, MOST_RT)))
                & (Q(rt=None) | Q(rw__isnull=False, rt__range=(1, MOST_RT))),
                violation_error_message=_("An RT needs its RW, and an RW its kelurahan or desa."),
            ),
            models.CheckConstraint(name="activity_says_something", condition=~Q(text="")),
        ]
        indexes = [
            models.Index(name="activity_at", fields=["-at", "-id"]),
            models.Index(name="activity_author", fields=["author", "-at", "-id"]),
            # When each RT was visited last: one step of the index for each RT.
            models.Index(
                name="activity_visits",
                fields=["village", "rw", "rt", "-at"],
                condition=Q(withdrawn_at=None, village__isnull=False),
            ),
            models.Index(
                name="activity_group",
                fields=["group", "-at"],
                condition=Q(withdrawn_at=None, group__isnull=False),
            ),
            trigram_index("activity_search", "text"),
            *scope_indexes("activity", "-at", "-id"),
        ]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]

    def __str__(self) -> str:
        """Without its words, which name people."""
        return str(self.kind)

    @property
    def rw_rt(self) -> str:
        """``RT 012/RW 05``, or what of it is known."""
        if self.rw is None:
            return ""
        return f"RT {self.rt:03d}/RW {self.rw:02d}" if self.rt is not None else f"RW {self.rw:02d}"

    @property
    def place_name(self) -> str:
        """Where it was, from the smallest to the village; "" if nothing is known."""
        village = str(self.village) if self.village else ""
        return ", ".join(filter(None, [self.place, self.rw_rt, village]))

    @property
    def kept_photos(self) -> "list[ActivityPhoto]":
        """Without those that are missing."""
        return [photo for photo in self.photos.all() if not photo.is_missing]

    @property
    def photos_awaited(self) -> int:
        """How many photos the phone has still to send."""
        return max(0, self.photos_to_come - len(self.photos.all()))


class ActivityPhotoQuerySet(PhotoQuerySet["ActivityPhoto"]):
    def visible_to(self, user: Viewer) -> Self:
        """Photos of the activities the person may see."""
        return self.filter(activity__in=Activity.objects.visible_to(user))


class ActivityPhoto(Photo, SentOnceOrMade):
    """Has a UUID where the phone sent it by itself, after its activity. No photo is a proof:
    `from_gallery` tells those that were not taken for this."""

    folder = "activities"

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="photos", verbose_name=_("activity")
    )
    from_gallery = models.BooleanField(_("from the gallery"), default=True, editable=False)

    objects = ActivityPhotoQuerySet.as_manager()

    class Meta(Photo.Meta):
        abstract = False
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [*Photo.Meta.constraints, sent_once("activityphoto")]
