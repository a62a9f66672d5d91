"""What the service worker keeps for a night without a signal, and the pages only it shows."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from patrols.extensions import pages_to_keep
from patrols.models import Duty, EntryKind
from patrols.models.entries import WRITTEN_KINDS
from patrols.models.schedules import night_of
from patrols.presenters.duty_steps import duty_in_state, steps_of_copy
from patrols.rights import may_begin, may_log, may_run
from patrols.selectors.copies import duties_to_keep, stamp_of, stamps_of
from patrols.selectors.log import round_of
from patrols.selectors.posts import troubled_items
from patrols.selectors.roll import roll_of
from patrols.workflow import DutyState
from reports.rights import may_take_down
from territory.models import TimeZoneName, Unit
from toolkit.outbox.build import build
from toolkit.outbox.copies import ANY, copied


@gzip_page
@require_safe
def copy_list(request: SignedIn) -> HttpResponse:
    """What the phone keeps for this person's night: each address with a stamp, which changes when
    the page does. `same` gives the number of a duty begun on a phone, `to` what leads elsewhere."""
    duties = duties_to_keep(request.user, now=timezone.now())
    found = {
        "person": str(request.user.pk),
        "build": build(),
        "pages": dict(_pages(request, duties)),
        "same": {str(duty.client_uuid): str(duty.pk) for duty in duties if duty.client_uuid},
        "to": {reverse("patrols:entry_now"): form_of_now(duties)},
    }
    return JsonResponse(found)


def _pages(request: SignedIn, duties: list[Duty]) -> Iterator[tuple[str, str]]:
    user = request.user
    zone = (user.unit or Unit(timezone=TimeZoneName.WIB)).zone
    night = night_of(timezone.now().astimezone(zone))
    look = request.COOKIES.get("theme", "")
    form = stamp_of(
        build(), night, look, user.titled_name, user.unit_id, sorted(user.scope.actions)
    )
    stamps = {pk: stamp_of(form, stamp) for pk, stamp in stamps_of(duties).items()}
    night_stamp = stamp_of(form, *stamps.values())
    runs = [duty for duty in duties if may_run(user, duty)]
    yield reverse("patrols:my_day"), night_stamp
    yield reverse("patrols:no_signal"), night_stamp
    yield reverse("accounts:outbox_list"), form
    for duty in duties:
        yield reverse("patrols:duty_detail", args=[duty.pk]), stamps[duty.pk]
    for duty in runs:
        yield reverse("patrols:duty_rollcall", args=[duty.pk]), stamps[duty.pk]
        if duty.post_id:
            yield reverse("patrols:duty_handover", args=[duty.pk]), stamps[duty.pk]
    begins = may_begin(user)
    if duties or begins:
        for address in entry_forms(ANY):
            yield address, form
    if runs or begins:
        yield reverse("patrols:duty_end", args=[ANY]), form
    if begins:
        yield reverse("patrols:duty_begin"), form
        yield reverse("patrols:duty_detail", args=[ANY]), form
        yield reverse("patrols:duty_rollcall", args=[ANY]), form
    if may_take_down(user):
        yield reverse("reports:report_new"), form
    for addresses in pages_to_keep(user):
        for address in addresses:
            yield address, form


def entry_forms(key: object) -> Iterator[str]:
    """Their addresses as the tiles of a duty write them."""
    address = reverse("patrols:entry_add", args=[key])
    for kind in WRITTEN_KINDS:
        yield f"{address}?{urlencode({'kind': kind.value})}"
    yield f"{address}?{urlencode({'kind': EntryKind.OBSERVATION.value, 'photo': '1'})}"


def form_of_now(duties: list[Duty]) -> str:
    """The form of a log entry of the duty that runs, else the person's day."""
    running = next((duty for duty in duties if duty.state == DutyState.RUNNING), None)
    return next(entry_forms(running.pk)) if running else reverse("patrols:my_day")


@require_safe
@copied
def no_signal(request: SignedIn) -> HttpResponse:
    """Shown by the worker in the place of a page that the phone does not keep."""
    context = {
        "duties": duties_to_keep(request.user, now=timezone.now()),
        "may_begin": may_begin(request.user),
    }
    return render(request, "patrols/no_signal.html", context)


def duty_copy(request: SignedIn, duty: Duty) -> HttpResponse:
    """The duty's page as the phone keeps it: its parts before, during and after it, of which the
    page shows those that fit what has been done on the phone since."""
    now = timezone.now()
    roll = roll_of(duty)
    own = roll.of(request.user)
    later = duty_in_state(duty, DutyState.RUNNING)
    may_write = may_log(request.user, duty, in_roll=own is not None)
    is_open = duty.state == DutyState.PLANNED or duty.accepts_entries
    context: dict[str, Any] = {
        "duty": duty,
        "name": duty.name or _("Patrol on the spot"),
        "running": later,
        "states": (DutyState.PLANNED, DutyState.RUNNING, DutyState.ENDED),
        "roll": roll,
        "own": own,
        "steps": steps_of_copy(duty, request.user, own=own, now=now),
        "may_write": may_write and is_open,
        "round": round_of(duty, request.user) if may_write and is_open else None,
        "kinds": WRITTEN_KINDS,
        "troubled": troubled_items(duty.post_id) if duty.post_id else [],
        "now": now,
    }
    return render(request, "patrols/_duty_detail_copy.html", context)
