from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from reports.codes import PATTERN, new_code
from reports.models.categories import Category
from reports.models.choices import Precision, Priority, Privacy, Source
from reports.models.handovers import Handover
from reports.workflow import AWAITED, ENDED, OPEN, Outcome, ReportState
from territory.models import Area, Unit, UnitScoped, UnitScopedQuerySet
from territory.scope import Viewer
from toolkit.geo.models import Positioned, position_checks
from toolkit.idempotency.models import SentOnce
from toolkit.schema import history, trigram_index

# What lists are narrowed by stands in their indexes, so that counts are read from these alone.
COUNTED = ["category", "state", "is_sealed", "assignee", "about_unit"]
NEWEST_FIRST = ("-reported_at", "-id")


class ReportQuerySet(UnitScopedQuerySet["Report"]):
    """Officers reach one report through `get_visible` or `visible_to`, lists through `in_scope`;
    neither reads the reporter's code. The reporter reaches the own report through `held_by`."""

    def in_scope(self, user: Viewer) -> Self:
        """Reports of the person's units and below, without the sealed ones of others."""
        return super().in_scope(user).filter(_opened(user)).defer("code")

    def visible_to(self, user: Viewer) -> Self:
        """Those in scope, and those that a unit of the person's has handed over.

        For one row: ``visible_to(user).get(pk=…)``. In a list its OR would cost the index.
        """
        here = user.scope.rows()
        if here is None:
            return self.none()
        given = Handover.objects.in_scope(user).values("report")
        reach = here & _opened(user) | Q(is_sealed=False, pk__in=given)
        by_right = user.scope.rows(action=Action.UNSEAL)
        if by_right is not None:
            sealed_given = Handover.objects.filter(by_right).values("report")
            reach |= Q(pk__in=sealed_given) & _not_about(user)
        return self.filter(reach).defer("code")

    def get_visible(self, user: Viewer, pk: int, *related: str) -> "Report":
        """One report by its key, with the `related` rows; DoesNotExist outside the person's sight.

        `in_scope()` uses an index and finds nearly every report; `visible_to()` adds handed-over
        ones but is slower.
        """
        rows = self.select_related(*related) if related else self
        try:
            return rows.in_scope(user).get(pk=pk)
        except self.model.DoesNotExist:
            return rows.visible_to(user).get(pk=pk)

    def held_by(self, code: str) -> Self:
        """The one report of a code: who knows it is its reporter."""
        return self.filter(code=code)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime | None = None) -> Self:
        """Nobody has come within the category's target. Who has come once has no due time."""
        return self.filter(state__in=AWAITED, due_at__lt=now or timezone.now())

    def unassigned(self) -> Self:
        return self.filter(state__in=OPEN, assignee=None)


def _opened(user: Viewer) -> Q:
    """What is sealed opens to the assigned and to commanders with the permission."""
    by_right = user.scope.rows(action=Action.UNSEAL)
    mine = Q(assignee=user.pk)
    if by_right is None:
        return Q(is_sealed=False) | mine & _not_about(user)
    return Q(is_sealed=False) | (mine | by_right if by_right else Q()) & _not_about(user)


def _not_about(user: Viewer) -> Q:
    """What is about a unit stays closed to who is posted there or below, whatever else they are."""
    return Q(about_unit=None) | ~Q(about_unit__in=own_units(user))


def own_units(user: Viewer) -> set[int]:
    """The units whose people the person counts among."""
    return {pk for grant in user.scope.grants for pk in grant.lineage}


@history(exclude=["code"], model_name="ReportRevision")
class Report(UnitScoped, Positioned, SentOnce):
    """What somebody told the police (laporan kejadian).

    The `code` belongs to the reporter, who may dispute and rate with it: it is on the receipt and
    nowhere else. Officers name a report by its `number`. `h3_cell` is the cell of the position at
    resolution 10, as H3 writes it in 64 bits.

    `first_response_at` is the first step of an officer, `arrived_at` the first arrival; both stay
    when a report is reopened, `resolved_at`, `closed_at` and the outcome do not. All are written
    by the services, beside the event.
    """

    code = models.CharField(_("reporter's code"), max_length=17, default=new_code, editable=False)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="reports",
        verbose_name=_("category"),
    )
    text = models.TextField(_("what happened"), max_length=4000, blank=True)
    village = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("village or district"),
    )
    place = models.CharField(
        _("place"),
        max_length=200,
        blank=True,
        help_text=_("Street, number, landmark."),
    )
    h3_cell = models.BigIntegerField(_("H3 cell"), null=True, blank=True, editable=False)
    accuracy_m = models.PositiveIntegerField(_("accuracy (m)"), null=True, blank=True)
    occurred_from = models.DateTimeField(_("happened from"), null=True, blank=True)
    occurred_to = models.DateTimeField(_("happened until"), null=True, blank=True)
    precision = models.CharField(
        _("how exactly"), max_length=8, choices=Precision, default=Precision.UNKNOWN
    )
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.WEB)
    privacy = models.CharField(
        _("reporter"), max_length=10, choices=Privacy, default=Privacy.ANONYMOUS, editable=False
    )
    is_sealed = models.BooleanField(_("sealed"), default=False)
    about_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit complained about"),
    )
    priority = models.CharField(
        _("priority"), max_length=8, choices=Priority, default=Priority.NORMAL
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ReportState,
        default=ReportState.RECEIVED,
        editable=False,
    )
    outcome = models.CharField(
        _("outcome"), max_length=14, choices=Outcome, blank=True, editable=False
    )
    outcome_reason = models.TextField(
        _("what was done"), max_length=2000, blank=True, editable=False
    )
    lp_number = models.CharField(
        _("number of the Laporan Polisi"), max_length=80, blank=True, editable=False
    )
    referred_to = models.CharField(_("passed on to"), max_length=80, blank=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        verbose_name=_("merged with"),
    )
    rating = models.PositiveSmallIntegerField(
        _("rating"),
        null=True,
        blank=True,
        editable=False,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    first_response_at = models.DateTimeField(
        _("first response"), null=True, blank=True, editable=False
    )
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta(UnitScoped.Meta):
        abstract = False
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            *position_checks("report"),
            models.CheckConstraint(
                name="report_cell",
                condition=Q(lat=None, lon=None, h3_cell=None)
                | Q(lat__isnull=False, lon__isnull=False, h3_cell__isnull=False),
            ),
            # Not unique=True, which adds an index for LIKE that nothing asks for.
            models.UniqueConstraint(name="report_code_unique", fields=["code"]),
            models.CheckConstraint(name="report_code", condition=Q(code__regex=PATTERN)),
            models.CheckConstraint(
                name="report_occurred",
                condition=Q(precision=Precision.UNKNOWN, occurred_from=None, occurred_to=None)
                | (
                    ~Q(precision=Precision.UNKNOWN)
                    & Q(occurred_from__isnull=False)
                    & (Q(occurred_to=None) | Q(occurred_to__gte=F("occurred_from")))
                ),
            ),
            models.CheckConstraint(
                name="report_rating", condition=Q(rating=None) | Q(rating__range=(1, 5))
            ),
            models.CheckConstraint(
                name="report_ended",
                condition=Q(state__in=ENDED, resolved_at__isnull=False) & ~Q(outcome="")
                | ~Q(state__in=ENDED) & Q(resolved_at=None, closed_at=None, outcome=""),
            ),
            models.CheckConstraint(
                name="report_closed",
                condition=Q(state=ReportState.CLOSED, closed_at__isnull=False)
                | ~Q(state=ReportState.CLOSED) & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="report_assigned",
                condition=~Q(state__in=[ReportState.DISPATCHED, ReportState.ON_SCENE])
                | Q(assignee__isnull=False),
            ),
            models.CheckConstraint(
                name="report_duplicate",
                condition=Q(state=ReportState.DUPLICATE, duplicate_of__isnull=False)
                | ~Q(state=ReportState.DUPLICATE) & Q(duplicate_of=None),
            ),
            models.CheckConstraint(
                name="report_not_its_own_duplicate",
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("id")),
            ),
            models.CheckConstraint(
                name="report_referred",
                condition=Q(state=ReportState.REFERRED) & ~Q(referred_to="")
                | ~Q(state=ReportState.REFERRED) & Q(referred_to=""),
            ),
            models.CheckConstraint(
                name="report_not_at_the_unit_it_is_about",
                condition=Q(about_unit=None) | ~Q(about_unit=F("unit")),
            ),
            models.CheckConstraint(
                name="report_about_unit_sealed",
                condition=Q(about_unit=None) | Q(is_sealed=True),
            ),
            *(
                models.CheckConstraint(
                    name=f"report_{field}_after",
                    condition=Q(**{field: None}) | Q(**{f"{field}__gte": F("reported_at")}),
                )
                for field in (
                    "due_at",
                    "first_response_at",
                    "arrived_at",
                    "resolved_at",
                    "closed_at",
                )
            ),
        ]
        indexes = [
            *(
                models.Index(
                    name=f"report_{column}",
                    fields=[column, "-reported_at", "-id"],
                    include=[*COUNTED, "source", "first_response_at", "arrived_at"],
                )
                for column in ("polda", "polres", "polsek")
            ),
            models.Index(name="report_newest", fields=["-reported_at", "-id"], include=COUNTED),
            *(
                models.Index(
                    name=f"report_state_{column}",
                    fields=[column, "state", "-reported_at", "-id"],
                    include=["category", "is_sealed", "assignee", "about_unit"],
                    condition=~Q(state=ReportState.CLOSED),
                )
                for column in ("polda", "polres", "polsek")
            ),
            *(
                models.Index(
                    name=f"report_open_{column}",
                    fields=[column, "-reported_at", "-id"],
                    condition=Q(state__in=OPEN),
                )
                for column in ("polda", "polres", "polsek")
            ),
            models.Index(
                name="report_assignee",
                fields=["assignee", "-reported_at", "-id"],
                condition=Q(assignee__isnull=False),
            ),
            models.Index(
                name="report_village",
                fields=["village", "-reported_at", "-id"],
                condition=Q(village__isnull=False),
            ),
            models.Index(name="report_category", fields=["category", "-reported_at", "-id"]),
            trigram_index("report_search", "text"),
        ]
        triggers = [
            *UnitScoped.Meta.triggers,
            pgtrigger.Trigger(
                name="sealed_by_category",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("category_id", "is_sealed"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func="""
                    NEW.is_sealed = NEW.is_sealed OR (
                        SELECT is_sealed FROM reports_category WHERE id = NEW.category_id
                    );
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The officers' handle, the same through every handover."""
        return number_of(self.pk)

    @property
    def stamp(self) -> str:
        """Changes with the state, the assignment and the outcome: what a person acts upon."""
        resolved = int(self.resolved_at.timestamp()) if self.resolved_at else 0
        return f"{self.state}.{self.assignee_id or 0}.{resolved}"

    @property
    def class_stamp(self) -> str:
        """Changes with the category, the priority and the seal."""
        return f"{self.category_id}.{self.priority}.{int(self.is_sealed)}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_overdue(self, now: datetime | None = None) -> bool:
        return self.state in AWAITED and bool(self.due_at and self.due_at < (now or timezone.now()))

    @property
    def response_time(self) -> timedelta | None:
        """From the report to the arrival."""
        return self.arrived_at - self.reported_at if self.arrived_at else None


def number_of(pk: int) -> str:
    return f"LK-{pk:06d}"
