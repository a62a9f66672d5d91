import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models.activities import MOST_RT, Activity
from programs.models.kinds import ActivityKind
from programs.workflow import ForumState
from territory.models import Area, UnitScoped, UnitScopedQuerySet, scope_indexes, unit_stays
from territory.scope import Viewer
from toolkit.database.append_only import append_only
from toolkit.idempotency.models import SentOnce
from toolkit.schema import history, one_of

LATEST_FIRST = ("-starts_at", "-pk")
# People sign in while they wait, and think of a question on the way home.
SIGN_IN_BEFORE = timedelta(hours=3)
WRITE_AFTER = timedelta(hours=12)


class ForumQuerySet(UnitScopedQuerySet["Forum"]):
    pass


@history()
class Forum(UnitScoped, SentOnce):
    """A meeting with residents, such as a Jumat Curhat. `key` stands in the address of its QR:
    whoever scans it may sign in and ask, until some hours after the end."""

    key = models.UUIDField(_("key of the QR"), unique=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(
        ActivityKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    name = models.CharField(_("name"), max_length=120)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=120)
    village = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("kelurahan or desa"),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=ForumState, default=ForumState.PLANNED, editable=False
    )
    activity = models.OneToOneField(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="forum",
        verbose_name=_("activity"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("planned by"),
    )

    objects = ForumQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("meeting with residents")
        verbose_name_plural = _("meetings with residents")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            one_of("forum", "state", ForumState),
            models.CheckConstraint(
                name="forum_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                name="forum_held_is_activity",
                condition=Q(state="held", activity__isnull=False)
                | ~Q(state="held") & Q(activity=None),
            ),
        ]
        indexes = [
            models.Index(name="forum_at", fields=["-starts_at", "-id"]),
            *scope_indexes("forum", "-starts_at", "-id"),
        ]
        triggers = [*UnitScoped.Meta.triggers, unit_stays()]

    def __str__(self) -> str:
        return self.name

    @property
    def place_name(self) -> str:
        village = str(self.village) if self.village else ""
        return ", ".join(filter(None, [self.place, village]))

    def takes_words(self, now: datetime | None = None) -> bool:
        """Whether residents may still ask and complain through the QR."""
        now = now or timezone.now()
        return self.state != ForumState.CANCELLED and now <= self.ends_at + WRITE_AFTER

    def takes_sign_ins(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        return self.takes_words(now) and now >= self.starts_at - SIGN_IN_BEFORE


class ForumSignInQuerySet(models.QuerySet["ForumSignIn"]):
    def visible_to(self, user: Viewer) -> "ForumSignInQuerySet":
        return self.filter(forum__in=Forum.objects.visible_to(user))


@append_only()
class ForumSignIn(SentOnce):
    """Somebody was there. Who it was is not asked."""

    forum = models.ForeignKey(
        Forum, on_delete=models.PROTECT, related_name="sign_ins", verbose_name=_("meeting")
    )
    rw = models.PositiveSmallIntegerField(
        _("RW"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RT)],
    )
    at = models.DateTimeField(_("at"))

    objects = ForumSignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in of a resident")
        verbose_name_plural = _("sign-ins of residents")

    def __str__(self) -> str:
        return str(self.forum_id)
