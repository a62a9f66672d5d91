"""What the database checks on every report, and the indexes that its lists and counts use."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.codes import PATTERN
from reports.models.choices import Precision, Priority, Privacy, Source
from reports.workflow import ENDED, OPEN, Outcome, ReportState
from toolkit.geo.models import position_checks
from toolkit.geo.nearby import square_index
from toolkit.schema import one_of, trigram_index

# Lists filter by these columns. They stand in the indexes, so that a count reads the index alone.
COUNTED = ["category", "state", "is_sealed", "assignee", "about_unit"]

# The scope columns name the units above the report's own.
WITH_THE_ACCUSED = (
    Q(about_unit=F("unit"))
    | Q(about_unit=F("polda"))
    | Q(about_unit=F("polres"))
    | Q(about_unit=F("polsek"))
)

CONSTRAINTS: list[models.BaseConstraint] = [
    *position_checks("report"),
    one_of("report", "precision", Precision),
    one_of("report", "source", Source),
    one_of("report", "privacy", Privacy),
    one_of("report", "priority", Priority),
    one_of("report", "state", ReportState),
    one_of("report", "outcome", Outcome, or_blank=True),
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
        name="report_not_at_or_below_the_unit_it_is_about",
        condition=Q(about_unit=None) | ~WITH_THE_ACCUSED,
        violation_error_message=_("A report is never at the unit it is about, nor below it."),
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

INDEXES: list[models.Index] = [
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
    models.Index(
        name="report_category_state",
        fields=["category", "state", "-reported_at", "-id"],
        include=["is_sealed", "assignee", "about_unit"],
        condition=~Q(state=ReportState.CLOSED),
    ),
    trigram_index("report_search", "text"),
    square_index("report_square", "-reported_at"),
]
