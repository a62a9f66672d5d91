"""What a guard post has: its hours, its equipment and keys, and what is broken in it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Self, TypeVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patrols.models.duties import Duty
from patrols.models.places import GuardPost
from patrols.models.schedules import Weekday, every_day
from territory.models import Unit
from territory.scope import Viewer
from toolkit.database.append_only import append_only, deletable
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.schema import history, one_of

Row = TypeVar("Row", bound=models.Model)

# A night begins at 06.00: hours that open before it belong to the evening before.
DAWN = time(6)
MOST_OF_AN_ITEM = 50


class OfPostQuerySet(models.QuerySet[Row]):
    """Rows of a post, which the row names as `post`."""

    def visible_to(self, user: Viewer) -> Self:
        """Of the posts in scope."""
        condition = user.scope.rows("post__")
        return self.none() if condition is None else self.filter(condition)


class PostHoursQuerySet(OfPostQuerySet["PostHours"]):
    """No more than the scope of the post."""


@deletable()
@history(exclude=["client_uuid", "body_sha256"])  # they never change
class PostHours(SentOnceOrMade):
    """When a post is to be manned: from `opens` to `closes` on some nights of the week.

    A night has the date of its evening and begins at 06.00, so 01.00 belongs to the evening
    before. The post closes at the next `closes` after it has opened; where both are the same time
    it is open for a whole day.
    """

    post = models.ForeignKey(
        GuardPost, on_delete=models.PROTECT, related_name="hours", verbose_name=_("post")
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("nights of the week"),
        default=every_day,
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    objects = PostHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("hours of a post")
        verbose_name_plural = _("hours of posts")
        ordering = ["opens", "pk"]
        constraints = [
            sent_once("posthours"),
            models.CheckConstraint(
                name="posthours_weekdays",
                condition=Q(weekdays__len__gte=1, weekdays__contained_by=list(Weekday.values)),
                violation_error_message=_("Choose at least one night of the week."),
            ),
            models.UniqueConstraint(
                name="posthours_once",
                fields=["post", "opens", "closes"],
                violation_error_message=_("The post has these hours already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H.%M}–{self.closes:%H.%M}"

    def span(self, night: date, unit: Unit) -> tuple[datetime, datetime]:
        """When the post opens and closes on a night, in the unit's time zone."""
        first = night + timedelta(days=self.opens < DAWN)
        last = first + timedelta(days=self.closes <= self.opens)
        opens = datetime.combine(first, self.opens, tzinfo=unit.zone)
        return opens, datetime.combine(last, self.closes, tzinfo=unit.zone)


def to_be_manned_since(hours: Iterable[PostHours], now: datetime, unit: Unit) -> datetime | None:
    """Since when a post with these hours is to be manned without a break; None where it is closed.

    At the moment it closes it is closed.
    """
    today = now.astimezone(unit.zone).date()
    nights = [today - timedelta(days=days) for days in range(-1, 3)]
    spans = sorted(
        (
            row.span(night, unit)
            for row in hours
            for night in nights
            if night.weekday() in row.weekdays
        ),
        reverse=True,
    )
    since = None
    for opens, closes in spans:
        if opens <= now and closes > now if since is None else opens < since <= closes:
            since = opens
    return since


class ItemKind(models.TextChoices):
    RADIO = "radio", _("radio")
    LIGHT = "light", _("torch or lamp")
    KEY = "key", _("key")
    ALARM = "alarm", _("kentongan or siren")
    CLOTHING = "clothing", _("vest or raincoat")
    MEDICAL = "medical", _("first aid")
    FIRE = "fire", _("fire extinguisher")
    BARRIER = "barrier", _("barrier")
    BOOK = "book", _("book")
    OTHER = "other", _("other equipment")


def by_kind(item: "PostItem") -> tuple[int, str, str, int]:
    """Sorts equipment as people count it: radios first, then what else there is."""
    return ItemKind.values.index(item.kind), item.name, item.number, item.pk


class Condition(models.TextChoices):
    GOOD = "good", _("in order")
    BROKEN = "broken", _("broken")
    MISSING = "missing", _("gone")


# All of it is gone, or some of it, or what is there is broken.
TROUBLED = Q(present__lt=F("wanted")) | ~Q(condition=Condition.GOOD)


def _checked(prefix: str) -> list[models.CheckConstraint]:
    """What holds for an item and for each look at it: nothing is there exactly where it is
    missing."""
    return [
        models.CheckConstraint(
            name=f"{prefix}_wanted", condition=Q(wanted__range=(1, MOST_OF_AN_ITEM))
        ),
        models.CheckConstraint(
            name=f"{prefix}_present",
            condition=Q(condition=Condition.MISSING, present=0)
            | (~Q(condition=Condition.MISSING) & Q(present__range=(1, MOST_OF_AN_ITEM))),
        ),
        one_of(prefix, "condition", Condition),
    ]


class Counted(models.Model):
    """How many there should be of a thing, how many there are, and how these are."""

    wanted = models.PositiveSmallIntegerField(
        _("how many there should be"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_AN_ITEM)],
    )
    present = models.PositiveSmallIntegerField(_("how many there are"), default=1, editable=False)
    condition = models.CharField(
        _("condition"), max_length=8, choices=Condition, default=Condition.GOOD, editable=False
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_troubled(self) -> bool:
        """As TROUBLED."""
        return self.present < self.wanted or self.condition != Condition.GOOD

    @property
    def state_words(self) -> str:
        """«in order», «gone», «3 of 4 there, broken»."""
        words = []
        if self.wanted > 1 and self.present < self.wanted:
            numbers = {"present": self.present, "wanted": self.wanted}
            words.append(gettext("%(present)d of %(wanted)d there") % numbers)
        if not words or self.condition == Condition.BROKEN:
            words.append(str(self.get_condition_display()))
        return ", ".join(words)


class PostItemQuerySet(OfPostQuerySet["PostItem"]):
    def visible_to(self, user: Viewer) -> Self:
        """Of the posts in scope, and of those where the person is on a running duty."""
        running = Duty.objects.of(user).running().filter(post__isnull=False)
        here, condition = Q(post__in=running.values("post")), user.scope.rows("post__")
        if condition is None:
            return self.filter(here)
        return self.filter(condition | here) if condition else self

    def current(self) -> Self:
        return self.filter(retired_on=None)

    def troubled(self) -> Self:
        """Those in use that are missing or broken, or of which some are."""
        return self.current().filter(TROUBLED)


@history(exclude=["client_uuid", "body_sha256"])  # they never change
class PostItem(Counted, SentOnceOrMade):
    """A thing of a post, or several alike: what should be there, and how it was at the last look.

    `wanted` is how many there should be, `present` how many were there. These, `condition` and
    `remark` repeat the newest `ItemCheck` that stands, of `seen_at`; before the first look all are
    there and in order.
    """

    post = models.ForeignKey(
        GuardPost, on_delete=models.PROTECT, related_name="items", verbose_name=_("post")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind, default=ItemKind.OTHER)
    name = models.CharField(_("name"), max_length=60)
    number = models.CharField(
        _("number"),
        max_length=40,
        blank=True,
        help_text=_("Of the thing or of the key, as it stands on it."),
    )
    seen_at = models.DateTimeField(_("last looked at"), null=True, blank=True, editable=False)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = PostItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment of a post")
        verbose_name_plural = _("equipment of posts")
        ordering = ["kind", "name", "number", "pk"]
        constraints = [
            *_checked("postitem"),
            sent_once("postitem"),
            one_of("postitem", "kind", ItemKind),
            models.UniqueConstraint(
                name="postitem_in_post",
                fields=["post", "name", "number"],
                condition=Q(retired_on=None),
                violation_error_message=_("The post has this already. Give it another number."),
            ),
        ]
        indexes = [
            models.Index(
                name="postitem_troubled", fields=["post"], condition=Q(retired_on=None) & TROUBLED
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()


class PostFaultQuerySet(OfPostQuerySet["PostFault"]):
    def open(self) -> Self:
        return self.filter(mended_at=None)


@history(exclude=["client_uuid", "body_sha256"])  # they never change
class PostFault(SentOnceOrMade):
    """Something of a post that is broken and no equipment, such as its roof, until it is mended."""

    post = models.ForeignKey(
        GuardPost, on_delete=models.PROTECT, related_name="faults", verbose_name=_("post")
    )
    text = models.CharField(_("what is broken"), max_length=300)
    since = models.DateField(_("broken since"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reported by"),
    )
    reported_at = models.DateTimeField(_("reported"))
    mended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
    mended_at = models.DateTimeField(_("mended"), null=True, blank=True)
    mended_note = models.CharField(_("how it was mended"), max_length=200, blank=True)

    objects = PostFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault of a post")
        verbose_name_plural = _("faults of posts")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            sent_once("postfault"),
            models.CheckConstraint(
                name="postfault_mended",
                condition=Q(mended_by=None, mended_at=None, mended_note="")
                | Q(mended_by__isnull=False, mended_at__gte=F("reported_at")),
            ),
        ]
        indexes = [
            models.Index(name="postfault_newest", fields=["post", "-reported_at"]),
            models.Index(
                name="postfault_open", fields=["post"], condition=Q(mended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ItemCheckQuerySet(models.QuerySet["ItemCheck"]):
    def visible_to(self, user: Viewer) -> Self:
        return self.filter(item__in=PostItem.objects.visible_to(user))

    def standing(self) -> Self:
        """Without those of handovers that were taken back."""
        return self.filter(Q(handover=None) | Q(handover__withdrawn_at=None))

    def by_hand(self) -> Self:
        """Those made between two handovers: something was found, mended or lost."""
        return self.filter(handover=None)


@append_only()
class ItemCheck(Counted, SentOnceOrMade):
    """One look at an item: a line of a handover, or by itself when something turns up again.

    `name` and `wanted` are those of that time.
    """

    item = models.ForeignKey(
        PostItem, on_delete=models.PROTECT, related_name="checks", verbose_name=_("equipment")
    )
    handover = models.ForeignKey(
        "patrols.PostHandover",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("handover"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    name = models.CharField(_("name"), max_length=101)

    objects = ItemCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at equipment")
        verbose_name_plural = _("looks at equipment")
        ordering = ["-at", "-pk"]
        constraints = [
            *_checked("itemcheck"),
            sent_once("itemcheck"),
            models.UniqueConstraint(
                name="itemcheck_once_a_handover",
                fields=["handover", "item"],
                condition=Q(handover__isnull=False),
            ),
        ]
        indexes = [models.Index(name="itemcheck_newest", fields=["item", "-at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
