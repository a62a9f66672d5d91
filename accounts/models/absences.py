from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.postings import Posting, _Days
from accounts.roles import Action
from territory.scope import Viewer
from toolkit.database.append_only import deletable
from toolkit.idempotency.models import SentOnceOrMade, sent_once
from toolkit.schema import history, one_of


class AbsenceKind(models.TextChoices):
    LEAVE = "leave", _("leave")
    SICK = "sick", _("sick leave")
    TRAINING = "training", _("training")
    LENT = "lent", _("lent to another unit")
    PERMIT = "permit", _("excused absence")


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: Viewer) -> Self:
        """Of people posted, now or later, where the person plans."""
        condition = user.scope.rows("unit__", action=Action.PLAN)
        if condition is None:
            return self.none()
        held = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
        return self.filter(user__in=Posting.objects.filter(condition, held).values("user"))

    def to_come(self, today: date) -> Self:
        """Those that last until the day at least."""
        return self.filter(ends_on__gte=today)

    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


@deletable()
@history(exclude=["client_uuid", "body_sha256"])  # they never change
class Absence(SentOnceOrMade):
    """Days on which a person does not serve although posted. Both days are included."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="absences",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AbsenceKind)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["starts_on", "pk"]
        constraints = [
            sent_once("absence"),
            one_of("absence", "kind", AbsenceKind),
            models.CheckConstraint(
                name="absence_dates",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        _Days("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person is away already on some of these days."),
            ),
        ]
        indexes = [models.Index(name="absence_last_day", fields=["ends_on", "id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.days}"

    @property
    def days(self) -> str:
        """«1–14 Des 2026» in words: the first and the last day."""
        first, last = (date_format(day, "j M Y") for day in (self.starts_on, self.ends_on))
        return first if first == last else f"{first} – {last}"

    def clean(self) -> None:
        if not self.starts_on or not self.ends_on:
            return
        # Checked before the constraint against overlaps, which fails on such a range.
        if self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is before the first.")})
        for name in ("starts_on", "ends_on"):
            if not 2000 <= getattr(self, name).year <= 2100:
                raise ValidationError({name: _("Please check the year.")})
        others = type(self)._base_manager.filter(
            user=self.user_id, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on
        )
        if other := others.exclude(pk=self.pk).order_by("starts_on").first():
            words = gettext("This person is away already: %(absence)s.") % {"absence": other}
            raise ValidationError({"starts_on": words})
