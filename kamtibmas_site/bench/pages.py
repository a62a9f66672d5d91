"""The pages that are measured, each with the person who opens it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from patrols.models import Duty


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    user: User


def pages() -> Iterator[Page]:
    """Of the demo's Tambora and of the Polda above it, on whatever duty has most entries there."""
    officer = User.objects.get(username="bhabin.tambora")
    commander = User.objects.get(username="kapolsek.tambora")
    chief = User.objects.get(username="kapolda.metro")
    admin = User.objects.get(username="admin")
    duty = Duty.objects.in_scope(commander).order_by("-entry_count", "-pk")[:1].get()
    yield Page("my day", reverse("patrols:my_day"), officer)
    yield Page("duty", reverse("patrols:duty_detail", args=[duty.pk]), officer)
    yield Page("roll call", reverse("patrols:duty_rollcall", args=[duty.pk]), officer)
    yield Page("duty log", reverse("patrols:duty_log", args=[duty.pk]), officer)
    yield Page("tonight, Polsek", reverse("patrols:tonight"), commander)
    yield Page("tonight, Polda", reverse("patrols:tonight"), chief)
    yield Page("nights ahead", reverse("patrols:night_list"), commander)
    yield Page("duties, Polsek", reverse("patrols:duty_list"), commander)
    yield Page("duties, Polda", reverse("patrols:duty_list"), chief)
    yield Page("schedules", reverse("patrols:schedule_list"), commander)
    yield Page("partner groups", reverse("partners:group_list"), commander)
    yield Page("admin: log entries", reverse("admin:patrols_logentry_changelist"), admin)
    yield Page("admin: duties", reverse("admin:patrols_duty_changelist"), admin)
