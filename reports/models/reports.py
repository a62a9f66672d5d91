from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Expression
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from reports.codes import new_code
from reports.models.categories import Category
from reports.models.choices import TOLD, Precision, Priority, Privacy, Source
from reports.models.handovers import Handover
from reports.models.report_rules import CONSTRAINTS, INDEXES
from reports.workflow import AWAITED, OPEN, Outcome, ReportState
from territory.models import Area, Unit, UnitScoped, UnitScopedQuerySet
from territory.scope import Viewer
from toolkit.geo.models import Positioned
from toolkit.idempotency.models import SentOnce
from toolkit.schema import history

NEWEST_FIRST = ("-reported_at", "-id")
OLDEST_FIRST = ("reported_at", "id")
SHORT_TEXT = 110  # letters of the text that a list shows
# What a list shows of a report. Reading more columns makes it slower.
LIST_COLUMNS = (
    *("id", "reported_at", "state", "due_at", "priority", "is_sealed", "place"),
    *("unit__name", "unit__timezone", "category__label", "category__icon", "village__name"),
    *("assignee__name", "assignee__rank"),
)


class ReportQuerySet(UnitScopedQuerySet["Report"]):
    """Officers reach one report through `get_visible` or `visible_to`, lists through `in_scope`;
    neither reads the reporter's code. The reporter reaches the own report through `held_by`."""

    def in_scope(self, user: Viewer) -> Self:
        """Reports of the person's units and below, without the sealed ones of others."""
        return super().in_scope(user).filter(_opened(user)).defer("code")

    def visible_to(self, user: Viewer) -> Self:
        """Those in scope, and those that a unit of the person has handed over.

        Its OR keeps PostgreSQL from using an index, so lists go through `in_scope()`.
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

    def get_visible(
        self,
        user: Viewer,
        pk: int,
        *related: str,
        only: Sequence[str] = (),
        **more: Expression,
    ) -> "Report":
        """One report by its key, with the `related` rows and what `more` asks, and with `only`
        some columns where these are given; DoesNotExist outside the person's sight.

        `in_scope()` uses an index and finds nearly every report; `visible_to()` adds handed-over
        ones but is slower.
        """
        rows = self.select_related(*related) if related else self
        rows = rows.only(*only) if only else rows
        rows = rows.annotate(**more) if more else rows
        try:
            return rows.in_scope(user).get(pk=pk)
        except self.model.DoesNotExist:
            return rows.visible_to(user).get(pk=pk)

    def held_by(self, code: str) -> Self:
        """The report of this code. Whoever knows the code counts as its reporter."""
        return self.filter(code=code)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime | None = None) -> Self:
        """Nobody came within the category's target time.

        Said as the open ones without some, because PostgreSQL has an index of the open ones, and
        for two lists of states expects hardly any row.
        """
        came = [state for state in OPEN if state not in AWAITED]
        return self.open().exclude(state__in=came).filter(due_at__lt=now or timezone.now())

    def unassigned(self) -> Self:
        return self.filter(state__in=OPEN, assignee=None)

    def list_rows(self, *more: str) -> "models.QuerySet[Any]":
        """Named tuples of LIST_COLUMNS, of `more`, and of `short`, the beginning of the text."""
        rows = self.annotate(short=Left("text", SHORT_TEXT + 1))
        return rows.values_list(*LIST_COLUMNS, "short", *more, named=True)


def _opened(user: Viewer) -> Q:
    """Sealed reports are open to the assigned officer and to commanders with the permission."""
    if not user.scope.is_confirmed:
        return Q(is_sealed=False)
    by_right = user.scope.rows(action=Action.UNSEAL)
    mine = Q(assignee=user.pk)
    if by_right is None:
        return Q(is_sealed=False) | mine & _not_about(user)
    return Q(is_sealed=False) | (mine | by_right if by_right else Q()) & _not_about(user)


def _not_about(user: Viewer) -> Q:
    """A report about a unit is hidden from everybody posted at that unit or below it, whatever
    other role they have."""
    return Q(about_unit=None) | ~Q(about_unit__in=own_units(user))


def own_units(user: Viewer) -> set[int]:
    """Ids of the units where the person is posted, and of all units above those."""
    return {pk for grant in user.scope.grants for pk in grant.lineage}


@history(exclude=["code", "code_waits_for"], model_name="ReportRevision")
class Report(UnitScoped, Positioned, SentOnce):
    """An incident that somebody reported to the police (laporan kejadian).

    `code` belongs to the reporter, who follows, disputes and rates the report with it. Only the
    receipt shows it. Officers call a report by its `number`. `h3_cell` is the H3 cell of the
    position at resolution 10, as a 64-bit number.

    `first_response_at` is the first step of an officer and `arrived_at` the first arrival. Both
    stay when a report is reopened; `resolved_at`, `closed_at` and the outcome do not. Services
    write all of them (see `consequences()` in workflow.py).
    """

    # Set by selectors/timeline.COMPANY.
    has_merged: bool
    has_photos: bool
    # Set by selectors/marks.py.
    new_note: bool
    disputed: bool

    code = models.CharField(_("reporter's code"), max_length=17, default=new_code, editable=False)
    # Whoever took the report down or renewed its code, until a page has shown it to them.
    code_waits_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("has not read the code yet"),
    )
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
        constraints = CONSTRAINTS
        indexes = INDEXES
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
            # The other side is a trigger of ReportContact. The row is locked here already.
            pgtrigger.Trigger(
                name="no_contact_if_anonymous",
                operation=pgtrigger.UpdateOf("privacy"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__privacy=Privacy.ANONYMOUS),
                func="""
                    IF EXISTS (SELECT FROM reports_reportcontact WHERE report_id = NEW.id) THEN
                        RAISE EXCEPTION 'a report with a contact does not become anonymous'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What officers call the report, such as ``LK-000123``. A handover does not change it."""
        return number_of(self.pk)

    @property
    def stamp(self) -> str:
        """Changes with the state, the assignment and the outcome. A form sends it back, so that a
        service notices if somebody else changed the report meanwhile."""
        resolved = int(self.resolved_at.timestamp()) if self.resolved_at else 0
        return f"{self.state}.{self.assignee_id or 0}.{resolved}"

    @property
    def class_stamp(self) -> str:
        """Like `stamp`, for the category, the priority and the seal."""
        return f"{self.category_id}.{self.priority}.{int(self.is_sealed)}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_told(self) -> bool:
        """Whether an officer took it down for somebody, and so has read out the code."""
        return self.received_by_id is not None and self.source in TOLD

    def is_overdue(self, now: datetime | None = None) -> bool:
        return is_late(self.state, self.due_at, now or timezone.now())

    @property
    def response_time(self) -> timedelta | None:
        """From the report to the first arrival."""
        return self.arrived_at - self.reported_at if self.arrived_at else None


def is_late(state: str, due_at: datetime | None, now: datetime) -> bool:
    """Nobody came within the category's target time; `ReportQuerySet.overdue` finds these."""
    return state in AWAITED and due_at is not None and due_at < now


def number_of(pk: int) -> str:
    return f"LK-{pk:06d}"
