from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import GRANTS, Action, Role
from territory.models import Area, TimeZoneName, Unit, UnitKind
from territory.scope import Grant, Viewer, rows_below
from toolkit.schema import history, link_history, one_of

if TYPE_CHECKING:
    from accounts.models.users import User


def _covers(day: date) -> Q:
    return (Q(ends_on=None) | Q(ends_on__gte=day)) & Q(starts_on__lte=day)


def opens_sealed_of(unit: Unit) -> Q:
    """Postings that open sealed reports of the unit, on whatever days. For their history too."""
    here = Q(unit__in=unit.lineage_ids()) | Q(unit__kind=UnitKind.MABES)
    if unit.polsek_id:
        here |= Q(unit__kind=UnitKind.SUBSEKTOR, unit__polsek=unit.polsek_id)
    return Q(here, opens_sealed=True)


class PostingQuerySet(models.QuerySet["Posting"]):
    def active(self, on: date | None = None) -> Self:
        """Postings on a day; without one today, in the time zone of the unit posted to."""
        if on is not None:
            return self.filter(_covers(on))
        days = TimeZoneName.days(timezone.now())
        if len(days) == 1:
            return self.filter(_covers(next(iter(days))))
        condition = Q()
        for day, zones in days.items():
            condition |= _covers(day) & Q(unit__timezone__in=zones)
        return self.filter(condition)

    def between(self, first: date, last: date) -> Self:
        """Postings on at least one of the days from `first` to `last`, both included."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last)

    def below(self, unit: Unit) -> Self:
        """Postings to the unit itself or to a unit below it."""
        return self.filter(rows_below(unit, "unit__"))

    def opening_sealed(self, unit: Unit) -> Self:
        """Active postings that let somebody open sealed reports of the unit."""
        people = Q(user__is_active=True, user__is_superuser=False, user__let_in_by=None)
        if not settings.KAMTIBMAS_DEMO:
            people &= Q(user__is_demo=False)
        return self.active().filter(opens_sealed_of(unit), people)

    def asked(self) -> Self:
        """Those for which the permission for sealed reports waits to be confirmed."""
        return self.filter(sealed_asked_by__isnull=False, user__is_active=True)

    def visible_to(self, user: Viewer) -> Self:
        condition = user.scope.rows("unit__")
        return self.none() if condition is None else self.filter(condition)


class _Days(Func):
    """The days of a posting with both ends included. Without an end it stays open."""

    function = "DATERANGE"
    output_field = DateRangeField()


@history()
class Posting(models.Model):
    """A role at a unit for a period. It covers the unit and all below it."""

    served: list[int]  # keys of the villages, of an RW that of its village, set by `of_row`

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="postings", verbose_name=_("unit")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    title = models.CharField(
        _("title"),
        max_length=60,
        blank=True,
        help_text=_("As it is printed, such as Kanit Binmas or Ps. Kapolsek."),
    )
    opens_sealed = models.BooleanField(
        _("opens sealed reports"),
        default=False,
        help_text=_(
            "Commanders only, such as the Kapolsek or the Kanit PPA. Without one in the unit or "
            "above, nobody reads its sealed reports."
        ),
    )
    sealed_asked_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("permission for sealed reports asked for by"),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    villages = models.ManyToManyField(
        Area, blank=True, related_name="served_by", verbose_name=_("villages served")
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            one_of("posting", "role", Role),
            models.CheckConstraint(
                name="posting_dates",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The posting ends before it begins."),
            ),
            models.CheckConstraint(
                name="posting_opens_sealed",
                condition=Q(opens_sealed=False) | Q(role=Role.COMMANDER),
                violation_error_message=_("Only a commander opens sealed reports."),
            ),
            models.CheckConstraint(
                name="posting_sealed_asked",
                condition=Q(sealed_asked_by=None) | Q(opens_sealed=False),
            ),
            ExclusionConstraint(
                name="posting_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (
                        _Days("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "This person already holds this role at this unit in that time."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.get_role_display()} · {self.unit}"

    def clean(self) -> None:
        if self.pk and self.starts_on and self.starts_on <= timezone.localdate():
            before = type(self)._base_manager.filter(pk=self.pk).values_list("unit_id", flat=True)
            if self.unit_id not in before:
                # Else nobody would know that the person has left the old unit.
                words = _("Give this posting its last day, and add one for the new unit.")
                raise ValidationError({"unit": words})
        # Checked before the constraint against overlaps, which fails on such a range.
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The posting ends before it begins.")})

    @classmethod
    def of_row(cls, user: "User", row: dict[str, Any]) -> Self:
        """From a row of `User.postings_held`: enough for a grant, not to be saved."""
        ends_on = row["ends_on"] and date.fromisoformat(row["ends_on"])
        posting = cls(
            user=user,
            unit=Unit(**row["unit"]),
            role=row["role"],
            opens_sealed=row["opens_sealed"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=ends_on,
        )
        posting.served = row["villages"]
        return posting

    def is_on(self, day: date) -> bool:
        return self.starts_on <= day and not self.has_ended(day)

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day

    @property
    def access_stamp(self) -> str:
        """Changes with what would be given where the permission for sealed reports is asked for."""
        return f"{self.sealed_asked_by_id}.{self.unit_id}.{self.starts_on}.{self.ends_on}"

    def is_wider_than(self, before: "Posting") -> bool:
        """Whether it reaches another unit, or further days."""
        ends_later = before.ends_on is not None and (
            self.ends_on is None or self.ends_on > before.ends_on
        )
        starts_sooner = self.starts_on < before.starts_on
        return self.unit_id != before.unit_id or starts_sooner or ends_later

    def grant(self) -> Grant:
        """The subtree this posting covers. People of a Subsektor see their whole Polsek."""
        actions = GRANTS[self.role] | ({Action.UNSEAL} if self.opens_sealed else set[str]())
        lineage = tuple(self.unit.lineage_ids())
        if self.unit.kind == UnitKind.MABES:
            return Grant("", 0, actions, lineage, self.unit_id)
        column = UnitKind.POLSEK if self.unit.kind == UnitKind.SUBSEKTOR else self.unit.kind
        # No unit has the id 0: a Subsektor without a Polsek must not open the units above.
        top = getattr(self.unit, f"{column}_id") or 0
        return Grant(column, top, actions, lineage, self.unit_id)


@link_history("PostingVillageEvent")
class PostingVillage(Posting.villages.through):  # type: ignore[name-defined]
    """A village that a posting serves."""

    class Meta:
        proxy = True
