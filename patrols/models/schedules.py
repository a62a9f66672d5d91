from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerGroup
from patrols.models.holidays import Holiday
from patrols.models.places import GuardPost, Route
from reports.models import Hotspot
from territory.models import UnitScoped, UnitScopedQuerySet, scope_indexes
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.schema import history, link_history, one_of

# Duties are made for the nights from tonight to this many days later.
DAYS_AHEAD = 28
MOST_TEAMS = 8
# The longest step between two nights, and the longest turn of a team.
LONGEST_STEP = 60
# What a duty takes over from its schedule.
TAKEN_OVER = (
    "unit_id",
    "name",
    "kind",
    "order_number",
    "route_id",
    "post_id",
    "hotspot_id",
    "leader_id",
)


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


class HolidayRule(models.TextChoices):
    ALSO = "", _("as on other days")
    SKIP = "skip", _("not on public holidays")
    ONLY = "only", _("only on public holidays")


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
    """A plan for the same duty on given nights. It makes the `Duty` rows.

    A night has the date of its evening, and `weekdays` are those of that date, Monday is 0. With
    `after_midnight` the duty begins on the calendar day after it. An `end` not after `start` is on
    the following day.

    `every` counts days from the first night, and then all weekdays are its own. Dates that were
    added or skipped by hand go before holidays, and these before the rest. The schedule's people
    are expected on every night, those of its teams (`team_count` of them) in turn.
    """

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=PatrolKind, default=PatrolKind.JOINT)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("nights"),
        default=every_day,
    )
    every = models.PositiveSmallIntegerField(_("every so many days"), default=1, db_default=1)
    on_holidays = models.CharField(
        _("on public holidays"),
        max_length=4,
        choices=HolidayRule,
        default=HolidayRule.ALSO,
        db_default="",
        blank=True,
    )
    dates_added = ArrayField(
        models.DateField(), verbose_name=_("nights added"), default=list, db_default=[], blank=True
    )
    dates_skipped = ArrayField(
        models.DateField(),
        verbose_name=_("nights skipped"),
        default=list,
        db_default=[],
        blank=True,
    )
    turn_nights = models.PositiveSmallIntegerField(
        _("nights before the next team"), default=1, db_default=1
    )
    team_count = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
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
    hotspot = models.ForeignKey(
        Hotspot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="schedules",
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
            one_of("schedule", "on_holidays", HolidayRule),
            models.CheckConstraint(
                name="schedule_every",
                condition=Q(every=1)
                | Q(every__range=(2, LONGEST_STEP), weekdays__contains=list(Weekday.values)),
                violation_error_message=_("Every so many days, or certain nights of the week."),
            ),
            models.CheckConstraint(
                name="schedule_turns",
                condition=Q(turn_nights__range=(1, LONGEST_STEP), team_count__lte=MOST_TEAMS),
                violation_error_message=_("A turn has 1 to 60 nights."),
            ),
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
        if both := sorted({*self.dates_added} & {*self.dates_skipped}):
            words = gettext("%(night)s is added already.") % {
                "night": date_format(both[0], "j M Y")
            }
            raise ValidationError({"dates_skipped": words})

    def tonight(self, now: datetime | None = None) -> date:
        """The night that is on in the unit's time zone."""
        return night_of((now or timezone.now()).astimezone(self.unit.zone))

    def nights(self, first: date, last: date) -> Iterator[date]:
        """The nights of this schedule from `first` to `last`, both included."""
        day = max(first, self.valid_from)
        last = min(last, self.valid_until or last)
        while day <= last:
            if self._is_on(day):
                yield day
            day += timedelta(days=1)

    @cached_property
    def holidays(self) -> Collection[date]:
        """Those that matter to it; `read_holidays` reads them for many schedules at once."""
        if not self.on_holidays:
            return ()
        return frozenset(Holiday.objects.values_list("day", flat=True))

    def _is_on(self, day: date) -> bool:
        if day in self.dates_skipped or day in self.dates_added:
            return day not in self.dates_skipped
        if self.on_holidays and (day in self.holidays) != (self.on_holidays == HolidayRule.ONLY):
            return False
        if self.every > 1:
            return (day - self.valid_from).days % self.every == 0
        return day.weekday() in self.weekdays

    def turn(self, night: date) -> int | None:
        """The place of the team whose turn the night is; None without teams.

        Only the weekdays, or the days between, count: a night that is skipped is the loss of the
        team whose turn it is, and one that is added falls to the team of the night before it.
        """
        if not self.team_count:
            return None
        number = max(self._regular_nights(night) - 1, 0)
        return number // self.turn_nights % self.team_count

    def _regular_nights(self, last: date) -> int:
        """How many there are from the first night to `last`."""
        days = (last - self.valid_from).days + 1
        if self.every > 1:
            return -(-days // self.every)
        weeks, rest = divmod(days, len(Weekday))
        first = self.valid_from.weekday()
        of_rest = sum((first + n) % len(Weekday) in self.weekdays for n in range(rest))
        return weeks * len(set(self.weekdays)) + of_rest

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
