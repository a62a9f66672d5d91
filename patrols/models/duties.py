from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from partners.models import GroupMember
from patrols.models import duty_rules, roll_rules
from patrols.models.places import GuardPost, Route
from patrols.models.schedules import PatrolKind, Schedule
from patrols.workflow import ATTENDED, DUTY_CHANGES, AttendanceStatus, DutyState, ReviewState
from reports.models import Hotspot
from territory.models import UnitScoped, UnitScopedQuerySet
from territory.scope import Viewer
from territory.times import night_or_day
from toolkit.database.append_only import deletable
from toolkit.idempotency.models import SentOnceOrMade
from toolkit.schema import history, one_of
from toolkit.workflow import state_allows

SILENT_AFTER = timedelta(minutes=45)
START_GRACE = timedelta(minutes=10)
READY_BEFORE = timedelta(hours=2)


class DutyQuerySet(UnitScopedQuerySet["Duty"]):
    """One duty by its key is read through `visible_to`, a person's own duties through `of`.

    Lists are read through `in_scope`, which uses an index. `visible_to` adds the person's own
    duties elsewhere with an OR, for which PostgreSQL does not use that index.
    """

    def of(self, user: Viewer) -> Self:
        """Duties with the person in the roll, as officer or as member of a group."""
        return self.filter(pk__in=Attendance.objects.of(user).values("duty"))

    def visible_to(self, user: Viewer) -> Self:
        """Duties in scope and the person's own. For one row: ``visible_to(user).get(pk=…)``."""
        own = Q(pk__in=Attendance.objects.of(user).values("duty"))
        condition = user.scope.rows()
        if condition is None:
            return self.filter(own)
        return self.filter(condition | own) if condition else self

    def planned(self) -> Self:
        return self.filter(state=DutyState.PLANNED)

    def running(self) -> Self:
        return self.filter(state=DutyState.RUNNING)

    def accepting_entries(self) -> Self:
        """As the property `accepts_entries` of one duty."""
        open_log = Q(state=DutyState.ENDED) & ~Q(review=ReviewState.APPROVED)
        return self.filter(Q(state=DutyState.RUNNING) | open_log)

    def untouched(self) -> Self:
        """Planned duties that nobody has worked on, so that a changed schedule may change them."""
        marked = Attendance.objects.filter(duty=OuterRef("pk")).exclude(status="")
        return self.planned().filter(~Exists(marked), entry_count=0, is_edited=False)


# Every entry changes the first three; the last three never change.
@deletable()
@history(
    exclude=["entry_count", "last_entry_at", "heard_at", "client_uuid", "body_sha256", "hotspot"]
)
class Duty(UnitScoped, SentOnceOrMade):
    """One patrol or one post on one night. Without a schedule it was begun on the spot.

    `entry_count` and `last_entry_at` repeat what the log entries say, so that the board of a night
    need not read the log. `heard_at` is when the last entry arrived: after hours without a signal
    that is later than when it was written.
    """

    schedule = models.ForeignKey(
        Schedule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("schedule"),
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=PatrolKind, default=PatrolKind.PATROL)
    order_number = models.CharField(_("number of the Sprin"), max_length=80, blank=True)
    night = models.DateField(_("night"))
    apel_at = models.DateTimeField(_("apel"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    route = models.ForeignKey(
        Route,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("route"),
    )
    post = models.ForeignKey(
        GuardPost,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("post"),
    )
    hotspot = models.ForeignKey(
        Hotspot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="duties",
        verbose_name=_("hotspot"),
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("led by"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=DutyState, default=DutyState.PLANNED, editable=False
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    summary = models.TextField(_("summary"), blank=True, max_length=4000)
    cancel_reason = models.CharField(_("why cancelled"), max_length=200, blank=True, editable=False)
    is_edited = models.BooleanField(
        _("edited by hand"),
        default=False,
        editable=False,
        help_text=_("Its schedule leaves it alone."),
    )
    review = models.CharField(
        _("review"),
        max_length=10,
        choices=ReviewState,
        default=ReviewState.NONE,
        blank=True,
        editable=False,
    )
    review_comment = models.TextField(
        _("review comment"), blank=True, max_length=2000, editable=False
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    entry_count = models.PositiveIntegerField(_("entries"), default=0, editable=False)
    last_entry_at = models.DateTimeField(_("last entry"), null=True, blank=True, editable=False)
    heard_at = models.DateTimeField(_("last heard of"), null=True, blank=True, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["-night", "-pk"]
        constraints = [
            *duty_rules.CONSTRAINTS,
            one_of("duty", "kind", PatrolKind),
            one_of("duty", "state", DutyState),
            one_of("duty", "review", ReviewState),
        ]
        indexes = duty_rules.INDEXES
        triggers = [
            *UnitScoped.Meta.triggers,
            pgtrigger.Trigger(
                name="duty_times_to_roll",
                operation=pgtrigger.UpdateOf("starts_at", "ends_at", "state"),  # type: ignore[no-untyped-call]
                when=pgtrigger.After,
                func="""
                    UPDATE patrols_attendance SET during = 'empty' WHERE duty_id = NEW.id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place_name(self) -> str:
        """The name of its post or route, else nothing."""
        return str(self.post or self.route or "")

    @property
    def night_name(self) -> str:
        return night_or_day(self.night, self.starts_at, self.ends_at, self.unit)

    @property
    def order_title(self) -> str:
        """«Sprin 12/XI/2026», whether or not the number was written with the word; else nothing."""
        number = self.order_number
        return number if not number or number.casefold().startswith("sprin") else f"Sprin {number}"

    @property
    def opens_at(self) -> datetime:
        """When its roll call may begin: two hours before the apel."""
        return min(self.apel_at or self.starts_at, self.starts_at) - READY_BEFORE

    def is_ahead(self, now: datetime) -> bool:
        """Whether its roll call is still to come, so that nobody can be present."""
        return self.state == DutyState.PLANNED and now < self.opens_at

    def is_ready(self, now: datetime) -> bool:
        """Whether pages offer the start: from two hours before the apel until the planned end."""
        may_start = state_allows(DUTY_CHANGES, "start", self.state)
        return may_start and self.opens_at <= now < self.ends_at

    def is_sign_in_open(self, at: datetime) -> bool:
        """Whether people may sign in at that time: mark themselves as present.

        Of an ended duty it is asked for a phone that sends later what was done in time.
        """
        if self.ended_at is not None:
            return at <= self.ended_at
        return self.state == DutyState.RUNNING or self.is_ready(at)

    def is_roll_due(self, now: datetime) -> bool:
        """Whether who is not marked yet is missing: from the apel, or the start, on."""
        if self.state == DutyState.PLANNED:
            return now >= (self.apel_at or self.starts_at)
        return self.state in (DutyState.RUNNING, DutyState.ENDED)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is still planned 10 minutes after it should have started."""
        return self.state == DutyState.PLANNED and now > self.starts_at + START_GRACE

    def silence(self, now: datetime) -> timedelta | None:
        """How long nothing has been heard of a running duty, once that is over 45 minutes."""
        if self.state != DutyState.RUNNING:
            return None
        signs = (self.started_at, self.last_entry_at, self.heard_at)
        last = max(filter(None, signs), default=now)
        return now - last if now - last > SILENT_AFTER else None

    @property
    def accepts_roll(self) -> bool:
        """Whether the roll may still be marked: not of a cancelled duty, nor of an approved log."""
        return self.state != DutyState.CANCELLED and self.review != ReviewState.APPROVED

    @property
    def accepts_entries(self) -> bool:
        """Whether the log may be written: from the start until the log is approved.

        Entries after the end are marked as added later.
        """
        return self.state == DutyState.RUNNING or (
            self.state == DutyState.ENDED and self.review != ReviewState.APPROVED
        )


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: Viewer) -> Self:
        return self.filter(duty__in=Duty.objects.visible_to(user))

    def in_scope(self, user: Viewer) -> Self:
        condition = user.scope.rows("duty__")
        return self.none() if condition is None else self.filter(condition)

    def of(self, user: Viewer) -> Self:
        """The person's own rows, as officer or as active member of an active group; as `is_of`.

        An officer who has left the duty's unit keeps the rows of running duties only.

        The membership is a subquery and no join, so that both sides of the OR use an index.
        """
        membership = GroupMember.objects.serving().filter(user=user.pk).order_by().values("pk")[:1]
        own = self.filter(Q(officer=user.pk) | Q(member=Subquery(membership)))
        not_left = user.scope.rows_not_left("duty__")
        if not_left == Q():
            return own
        is_open = Q(officer=None) | Q(duty__state=DutyState.RUNNING)
        return own.filter(is_open if not_left is None else is_open | not_left)

    def attended(self) -> Self:
        return self.filter(status__in=ATTENDED)


@deletable()
@history(exclude=["client_uuid", "body_sha256"])  # they never change
class Attendance(SentOnceOrMade):
    """One person in the roll of a duty: an officer, a member of a group, or a guest by name.

    `status` is empty until the roll call. `at` is when the person came, or when it was said that
    they do not come; `marked_at` is when the last mark was made, which may arrive after a later
    one; `by_code` says that they signed in with the changing code; `left_at` is when they left for
    another duty. A trigger copies the duty's time to `during`, up to `left_at`. It is empty while
    the duty is cancelled or missed, so that only duties that take place can clash.
    """

    duty = models.ForeignKey(
        Duty, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("duty")
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("officer"),
    )
    member = models.ForeignKey(
        GroupMember,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("member"),
    )
    guest_name = models.CharField(_("guest's name"), max_length=100, blank=True)
    guest_agency = models.CharField(_("guest's agency"), max_length=60, blank=True)
    expected = models.BooleanField(_("expected"), default=True)
    status = models.CharField(_("status"), max_length=12, choices=AttendanceStatus, blank=True)
    at = models.DateTimeField(_("at"), null=True, blank=True)
    marked_at = models.DateTimeField(_("marked"), null=True, blank=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by_code = models.BooleanField(
        _("by the code of the apel"), default=False, db_default=False, editable=False
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked by"),
    )
    during = DateTimeRangeField(editable=False, null=True)

    history_omits = {"during", "body_sha256"}

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["duty", "pk"]
        constraints = [
            *roll_rules.CONSTRAINTS,
            one_of("attendance", "status", AttendanceStatus, or_blank=True),
        ]
        triggers = roll_rules.TRIGGERS

    def __str__(self) -> str:
        return self.person_name

    def is_of(self, user: Viewer) -> bool:
        """Whether it is the person's own row. Needs `member__group` loaded."""
        if self.member is None:
            return self.officer_id is not None and self.officer_id == user.pk
        active = self.member.is_active and self.member.group.is_active
        return active and self.member.user_id == user.pk

    @property
    def is_removable(self) -> bool:
        """Whether it may go out of the roll: added at the roll call, or before it and not marked.

        Whom a schedule or an order expects stays in the roll, as absent.
        """
        return not self.expected or (self.client_uuid is not None and not self.status)

    @property
    def person_name(self) -> str:
        if self.officer:
            return self.officer.titled_name
        return self.member.name if self.member else self.guest_name
