"""Moving a person from one duty to another."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedIn
from patrols.forms.rollcall import MoveForm
from patrols.models import Attendance
from patrols.selectors.elsewhere import AWAY, duties_to_move_to, within_reach
from patrols.selectors.roll import roll_of
from patrols.services.duties import BusyElsewhere
from patrols.services.moves import move_attendance
from patrols.views.requests import get_duty_to_run


@require_http_methods(["GET", "HEAD", "POST"])
def attendance_move(request: SignedIn, pk: int) -> HttpResponse:
    """Takes a person off this duty and onto another one in one step."""
    rows = Attendance.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("officer", "member__group__unit"), pk=pk)
    duty = row.duty = get_duty_to_run(request, row.duty_id)
    leads = row.officer_id is not None and duty.leader_id == row.officer_id
    others = [
        other
        for other in roll_of(duty).officers
        if other.pk != row.pk and other.status not in AWAY and other.left_at is None
    ]
    duties = duties_to_move_to(row, request.user)
    form = MoveForm(
        request.POST or None,
        duties=duties,
        leaders=others if leads else None,
        initial={"to": request.GET.get("to")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            target = move_attendance(attendance=row, by=request.user, **form.moved())
        except BusyElsewhere as error:
            form.add_error(None, [str(one) for one in within_reach(error.found, request.user)])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            done = _("%(person)s is now on “%(duty)s”.")
            words = {"person": row.person_name, "duty": target.duty.name}
            messages.success(request, done % words)
            return redirect(reverse("patrols:duty_rollcall", args=[duty.pk]))
    context = {"row": row, "duty": duty, "form": form, "leads": leads, "has_duties": bool(duties)}
    return render(request, "patrols/attendance_move.html", context)
