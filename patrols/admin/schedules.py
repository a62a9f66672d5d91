from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTimeWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, TimeField
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patrols.models import Schedule, Weekday
from patrols.presenters.schedule_text import outcome_text
from patrols.selectors.clashes import as_seen_by, find_clashes, left_out_before
from patrols.services.schedules import (
    ScheduleClash,
    refresh_duties,
    save_schedule,
)
from territory.admin.base import ScopedAdmin
from territory.admin.filters import UnitFilter
from territory.admin.forms import ScopedForm


class ScheduleForm(ScopedForm):
    """Shows as errors of the form what the service would refuse: a clash, a place elsewhere."""

    by: User

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Nights"),
        coerce=int,
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        schedule: Schedule = self.instance
        officers, groups = self.cleaned_data["officers"], self.cleaned_data["groups"]
        reach = schedule.unit.lineage_ids()
        chosen: dict[str, list[Any]] = {
            "route": [schedule.route],
            "post": [schedule.post],
            "groups": list(groups),
        }
        for name, places in chosen.items():
            if any(place and place.unit_id not in reach for place in places):
                self.add_error(name, _("This belongs to another unit than the schedule."))
        if not self.errors:
            people = chain(officers, [schedule.leader] if schedule.leader else [])
            clashes = find_clashes(
                schedule,
                officers=list(people),
                groups=groups,
                leave_out=left_out_before(schedule) if schedule.pk else (),
            )
            for clash in as_seen_by(clashes, self.by):
                self.add_error(None, str(clash))


@admin.register(Schedule)
class ScheduleAdmin(ScopedAdmin):
    form = ScheduleForm
    list_display = [
        "name",
        "unit",
        "kind",
        "nights_of_week",
        "start",
        "end",
        "leader",
        "valid_until",
    ]
    list_select_related = ["unit", "leader"]
    list_filter = [UnitFilter, "kind"]
    search_fields = ["name__alike"]
    autocomplete_fields = ["unit", "route", "post", "leader", "officers", "groups"]
    actions = ["make_duties"]
    formfield_overrides = {TimeField: {"widget": AdminTimeWidget(format="%H.%M")}}
    fieldsets = [
        (None, {"fields": ["name", "unit", "kind", "order_number"]}),
        (
            _("When"),
            {
                "fields": [
                    "weekdays",
                    "every",
                    "on_holidays",
                    ("dates_added", "dates_skipped"),
                    ("apel", "start", "end"),
                    "after_midnight",
                    ("valid_from", "valid_until"),
                ],
                "description": _(
                    "Saving changes the coming duties that nobody has written on yet."
                ),
            },
        ),
        (_("Where"), {"fields": ["route", "post"]}),
        (_("Who"), {"fields": ["leader", "officers", "groups"]}),
    ]

    @admin.display(description=_("nights"))
    def nights_of_week(self, row: Schedule) -> str:
        if row.every > 1:
            return gettext("every %(n)d days") % {"n": row.every}
        if len(row.weekdays) == len(Weekday):
            return gettext("every night")
        return ", ".join(str(Weekday(day).label) for day in sorted(row.weekdays))

    def form_attributes(self, request: HttpRequest) -> dict[str, Any]:
        return {"by": request.user}

    def save_model(self, request: HttpRequest, obj: Schedule, form: Any, change: bool) -> None:
        outcome = save_schedule(
            schedule=obj,
            officers=form.cleaned_data["officers"],
            groups=form.cleaned_data["groups"],
            by=request.user,  # type: ignore[arg-type]
        )
        self.message_user(request, outcome_text(outcome), messages.INFO)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Officers and groups were saved by the service, together with the duties."""

    @admin.action(description=_("Make duties for the coming nights"), permissions=["change"])
    def make_duties(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        made = 0
        by: User = request.user  # type: ignore[assignment]
        for schedule in queryset.select_related("unit"):
            try:
                made += len(refresh_duties(schedule).made)
            except ScheduleClash as clash:
                words = " ".join(map(str, as_seen_by(clash.clashes, by)))
                self.message_user(request, f"{schedule}: {words}", messages.WARNING)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
        self.message_user(
            request,
            ngettext("%(n)d duty made.", "%(n)d duties made.", made) % {"n": made},
            messages.SUCCESS,
        )
