"""What the database checks on every duty, and the indexes that lists and boards use."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patrols.workflow import DutyState, ReviewState
from territory.models import scope_indexes
from toolkit.idempotency.models import sent_once
from toolkit.name_search import name_index

CONSTRAINTS: list[models.BaseConstraint] = [
    sent_once("duty"),
    models.UniqueConstraint(
        name="duty_schedule_night",
        fields=["schedule", "night"],
        violation_error_message=_("This schedule has its duty of that night already."),
    ),
    models.CheckConstraint(
        name="duty_times",
        condition=Q(ends_at__gt=F("starts_at")),
        violation_error_message=_("The duty must end later than it starts."),
    ),
    models.CheckConstraint(
        name="duty_route_or_post",
        condition=Q(route=None) | Q(post=None),
        violation_error_message=_("A route or a post, not both."),
    ),
    models.CheckConstraint(
        name="duty_running_started",
        condition=~Q(state__in=[DutyState.RUNNING, DutyState.ENDED]) | Q(started_at__isnull=False),
    ),
    models.CheckConstraint(
        name="duty_ended_after_start",
        condition=Q(started_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
    ),
    models.CheckConstraint(
        name="duty_ended_reviewed",
        condition=Q(state=DutyState.ENDED, ended_at__isnull=False)
        | (~Q(state=DutyState.ENDED) & Q(ended_at=None, review=ReviewState.NONE)),
    ),
]

INDEXES: list[models.Index] = [
    models.Index(
        name="duty_hotspot",
        fields=["hotspot", "-night", "-id"],
        condition=Q(hotspot__isnull=False),
    ),
    *scope_indexes("duty", "-night", "-id"),
    models.Index(name="duty_running", fields=["night"], condition=Q(state=DutyState.RUNNING)),
    *(
        models.Index(
            name=f"duty_review_{column}",
            fields=[column, "review", "-night", "-id"],
            condition=Q(review__in=[ReviewState.WAITING, ReviewState.RETURNED]),
        )
        for column in ("polda", "polres", "polsek")
    ),
    models.Index(name="duty_kind", fields=["kind", "-night", "-id"]),
    models.Index(
        name="duty_odd_state",
        fields=["state", "-night", "-id"],
        condition=Q(state__in=[DutyState.MISSED, DutyState.CANCELLED]),
    ),
    models.Index(name="duty_night", fields=["-night", "-id"]),
    name_index("duty_name_key"),
    models.Index(
        name="duty_post", fields=["post", "-night", "-id"], condition=Q(post__isnull=False)
    ),
    models.Index(name="duty_planned", fields=["ends_at"], condition=Q(state=DutyState.PLANNED)),
]
