from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from patrols.models.places import GuardPost, Route
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.schema import history, link_history, one_of

# Duties are made for the nights from tonight to this many days later.
DAYS_AHEAD = 28
# What a duty takes over from its schedule.
TAKEN_OVER = ("unit_id", "name", "kind", "order_number", "route_id", "post_id", "leader_id")


class PatrolKind(models.TextChoices):
    JOINT = "joint", _("joint patrol")
    PATROL = "patrol", _("patrol")
    DIALOGUE = "dialogue", _("dialogue patrol")
    GUARD_POST = "guard_post", _("guard post")
    REGULATION = "regulation", _("traffic and crowd regulation")
    GUARDING = "guarding", _("guarding")
    ESCORT = "escort", _("escort")
    CYBER = "cyber", _("cyber patrol")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def every_day() -> list[int]:
    return list(Weekday.values)


def night_of(moment: datetime) -> date:
    """The night a local moment belongs to: until 06.00 it is still the night before."""
    return (moment - timedelta(hours=6)).date()


class ScheduleQuerySet(UnitScopedQuerySet["Schedule"]):
    def current(self, on: date | None = None) -> Self:
        """Schedules that still make duties on or after the day."""
        on = on or timezone.localdate()
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on))


@history(exclude=["client_uuid", "body_sha256"])  # they never change
class Schedule(UnitScoped, SentOnceOrMade):
    """A plan for the same duty on given weekdays. It makes the `Duty` rows.

    A night has the date of its evening, and `weekdays` are those of that date, Monday is 0. With
    `after_midnight` the duty begins on the calendar day after it. An `end` not after `start` is on
    the following day.
    """

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=PatrolKind, default=PatrolKind.JOINT)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("nights"),
        default=every_day,
    )
    apel = models.TimeField(_("apel"), null=True, blank=True)
    start = models.TimeField(_("starts"))
    end = models.TimeField(_("ends"))
    after_midnight = models.BooleanField(
        _("begins after midnight"),
        default=False,
        help_text=_("The night of 11 November then begins in the small hours of the 12th."),
    )
    valid_from = models.DateField(_("first night"), default=timezone.localdate)
    valid_until = models.DateField(_("last night"), null=True, blank=True)
    order_number = models.CharField(_("number of the Sprin"), max_length=80, blank=True)
    route = models.ForeignKey(
        Route,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("route"),
    )
    post = models.ForeignKey(
        GuardPost,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("post"),
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("led by"),
    )
    officers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="schedules", verbose_name=_("officers")
    )
    groups = models.ManyToManyField(
        PartnerGroup, blank=True, related_name="schedules", verbose_name=_("partner groups")
    )

    objects = ScheduleQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["name", "pk"]
        constraints = [
            sent_once("schedule"),
            one_of("schedule", "kind", PatrolKind),
            models.CheckConstraint(
                name="schedule_weekdays",
                condition=Q(weekdays__len__gte=1, weekdays__contained_by=list(Weekday.values)),
                violation_error_message=_("Choose at least one night of the week."),
            ),
            models.CheckConstraint(
                name="schedule_route_or_post",
                condition=Q(route=None) | Q(post=None),
                violation_error_message=_("A route or a post, not both."),
            ),
            models.CheckConstraint(
                name="schedule_dates",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last night is before the first."),
            ),
            models.CheckConstraint(
                name="schedule_times",
                condition=~Q(start=F("end")),
                violation_error_message=_("The duty must end later than it starts."),
            ),
            models.UniqueConstraint(
                name="schedule_name_in_unit",
                fields=["unit", "name", "valid_from"],
                violation_error_message=_("This unit has a schedule of that name already."),
            ),
        ]
        indexes = scope_indexes("schedule", "name", "id")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.apel and self.start and self.apel > self.start and not self.after_midnight:
            raise ValidationError({"apel": _("The apel comes before the start.")})

    def tonight(self, now: datetime | None = None) -> date:
        """The night that is on in the unit's time zone."""
        return night_of((now or timezone.now()).astimezone(self.unit.zone))

    def nights(self, first: date, last: date) -> Iterator[date]:
        """The nights of this schedule from `first` to `last`, both included."""
        day = max(first, self.valid_from)
        last = min(last, self.valid_until or last)
        while day <= last:
            if day.weekday() in self.weekdays:
                yield day
            day += timedelta(days=1)

    def times(self, night: date) -> tuple[datetime | None, datetime, datetime]:
        """Apel, start and end of a night as moments in the unit's time zone."""
        zone = self.unit.zone

        def at(day: date, clock: time) -> datetime:
            return datetime.combine(day, clock, tzinfo=zone)

        first_day = night + timedelta(days=self.after_midnight)
        last_day = first_day + timedelta(days=self.end <= self.start)
        # The apel of a post that begins after midnight may be held the evening before.
        apel_day = night if self.apel and self.apel > self.start else first_day
        apel = at(apel_day, self.apel) if self.apel else None
        return apel, at(first_day, self.start), at(last_day, self.end)


@link_history("ScheduleOfficerEvent")
class ScheduleOfficer(Schedule.officers.through):  # type: ignore[name-defined]
    """An officer who is planned for a schedule."""

    class Meta:
        proxy = True


@link_history("ScheduleGroupEvent")
class ScheduleGroup(Schedule.groups.through):  # type: ignore[name-defined]
    """A partner group that is planned for a schedule."""

    class Meta:
        proxy = True
