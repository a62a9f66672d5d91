"""Signing in at the apel: the leader shows a code that changes, members scan it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from patrols.codes import COUNTS, OPENS, make_code, read_code
from patrols.models import Attendance
from patrols.presenters.qr import code_picture
from patrols.selectors.roll import roll_of
from patrols.services.rollcall import marked_otherwise, not_open, sign_in_by_code
from patrols.views.requests import DutyRef, get_duty_to_run
from patrols.workflow import ATTENDED
from territory.times import hour


@require_safe
def duty_code(request: SignedIn, pk: DutyRef) -> HttpResponse:
    """The code of this minute, and who has come so far."""
    duty, now = get_duty_to_run(request, pk), timezone.now()
    is_open = duty.accepts_roll and duty.is_sign_in_open(now)
    context: dict[str, Any] = {"duty": duty, "roll": roll_of(duty), "is_open": is_open, "now": now}
    if is_open:
        path = reverse("patrols:duty_present", args=[make_code(duty.pk, now)])
        context["picture"] = code_picture(request.build_absolute_uri(path))
    return render(request, "patrols/duty_code.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_present(request: SignedIn, code: str) -> HttpResponse:
    """Where a scanned code leads. Only the button marks: cameras and messengers open addresses to
    preview them. Whoever holds a genuine code learns the duty's name if they are in its roll."""
    now, is_sent = timezone.now(), request.method == "POST"
    read = read_code(code)
    if read is None:
        return _answer(request, None, _("This is no code of an apel."), status=404)
    rows = Attendance.objects.of(request.user).filter(duty=read.duty)
    row = rows.select_related("duty__unit", "marked_by", "officer", "member__group").first()
    if not read.is_fresh(now, minutes=COUNTS if is_sent else OPENS):
        why = _("This code is no longer valid: it changes every minute.")
        return _answer(request, row, why, scan_again=True, status=410)
    if row is None:
        return _answer(request, None, _("You are not in the roll of this apel."), status=403)
    if row.status in ATTENDED:
        return _answer(request, row)
    if why := _refusal(row, now=now):
        return _answer(request, row, why, status=409)
    if not is_sent:
        return _answer(request, row, may_sign=True)
    try:
        row = sign_in_by_code(attendance=row, by=request.user, now=now)
    except ValidationError as error:
        return _answer(request, row, " ".join(error.messages), status=409)
    words = {"at": hour(row.at, row.duty.unit)}
    messages.success(request, _("You are present, recorded at %(at)s.") % words)
    return redirect("patrols:duty_detail", row.duty_id)


def _refusal(row: Attendance, *, now: Any) -> str:
    duty = row.duty
    if row.status:
        return marked_otherwise(row, duty)
    if not duty.accepts_roll:
        return _("The roll of this duty is closed.")
    return "" if duty.is_sign_in_open(now) else not_open()


def _answer(
    request: SignedIn, row: Attendance | None, why: str = "", *, status: int = 200, **more: Any
) -> HttpResponse:
    came = row is not None and row.status in ATTENDED
    context = {"row": row, "came": came, "why": why, "nav": [], **more}
    return render(request, "patrols/duty_present.html", context, status=status)
