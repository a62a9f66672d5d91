"""Extra rounds at a hotspot on the next nights."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.forms.schedules import ScheduleForm
from patrols.models import Schedule
from patrols.services.rounds import rounds_at
from reports.models import Hotspot

NIGHTS = (3, 7, 14)
# Where the hotspot has no hours.
USUAL = (time(22), time(1))
KEPT = {"start", "end", "leader", "officers", "client_uuid", "leave_out"}


class RoundsForm(ScheduleForm):
    """A short schedule, of which only these are chosen; the rest follows from the hotspot."""

    count = forms.TypedChoiceField(
        label=_("How many nights"),
        coerce=int,
        choices=[(n, _("%(n)d nights") % {"n": n}) for n in NIGHTS],
        widget=forms.RadioSelect,
    )
    field_order = ["count", "start", "end", "leader", "officers"]

    def __init__(self, *args: Any, hotspot: Hotspot, **kwargs: Any) -> None:
        self.hotspot = hotspot
        super().__init__(*args, unit=hotspot.unit, **kwargs)
        for name in set(self.fields) - KEPT - {"count"}:
            del self.fields[name]

    def _initial(self) -> dict[str, Any]:
        start, end = self.hotspot.risky_from or USUAL[0], self.hotspot.risky_until or USUAL[1]
        return {"count": 7, "nights": "", "start": start, "end": end}

    def schedule(self) -> Schedule:
        """The rounds as typed, unsaved; with errors, those that were proposed."""
        data, shown = self.cleaned_data if self.is_bound else {}, self._initial()
        rounds = rounds_at(
            self.hotspot,
            nights=data.get("count") or shown["count"],
            start=data.get("start") or shown["start"],
            end=data.get("end") or shown["end"],
        )
        rounds.leader = self.picks.people.get(data.get("leader", ""))
        return rounds

    def shown(self) -> str:
        """What a page with this form shows: its nights, hours and people. The form sends it back
        as `shown`, because the page cannot follow what is chosen afterwards."""
        rounds = self.schedule()
        officers = sorted(map(str, self["officers"].value() or []))
        spans = [rounds.valid_from, rounds.valid_until, rounds.start, rounds.end]
        return " ".join(map(str, [*spans, self["leader"].value() or "-", *officers]))
