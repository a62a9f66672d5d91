"""What the database checks on every row of a roll, and the time that it keeps beside it."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from patrols.workflow import ATTENDED
from toolkit.idempotency.models import sent_once

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(
        name="attendance_one_person",
        condition=Q(officer__isnull=False, member=None, guest_name="")
        | Q(officer=None, member__isnull=False, guest_name="")
        | (Q(officer=None, member=None) & ~Q(guest_name="")),
        violation_error_message=_("Exactly one of officer, member or guest."),
    ),
    models.CheckConstraint(
        name="attendance_marked_at",
        condition=Q(status="", at=None) | (~Q(status="") & Q(at__isnull=False)),
    ),
    models.CheckConstraint(
        name="attendance_left_came",
        condition=Q(left_at=None) | Q(status__in=ATTENDED, left_at__gte=F("at")),
    ),
    sent_once("attendance"),
    models.UniqueConstraint(
        name="attendance_officer_once",
        fields=["duty", "officer"],
        violation_error_message=_("This officer is in the roll already."),
    ),
    models.UniqueConstraint(
        name="attendance_member_once",
        fields=["duty", "member"],
        violation_error_message=_("This member is in the roll already."),
    ),
    *(
        ExclusionConstraint(
            name=f"attendance_{person}_one_duty_at_once",
            expressions=[
                (person, RangeOperators.EQUAL),
                ("during", RangeOperators.OVERLAPS),
            ],
            condition=Q(expected=True, **{f"{person}__isnull": False}),
            violation_error_message=_("Already expected on another duty at that time."),
        )
        for person in ("officer", "member")
    ),
]
TRIGGERS = [
    pgtrigger.Trigger(
        name="attendance_during",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func="""
            SELECT CASE WHEN state IN ('cancelled', 'missed') THEN 'empty'::tstzrange
                ELSE tstzrange(starts_at,
                    GREATEST(starts_at, LEAST(ends_at, NEW.left_at)), '[)') END
            INTO NEW.during FROM patrols_duty WHERE id = NEW.duty_id;
            RETURN NEW;
        """,
    ),
]
