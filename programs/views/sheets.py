"""The forms made of an activity, and the sealed name that some of them ask for."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views.requests import SignedIn
from programs.models import Activity, Sheet
from programs.presenters.sheet import fill_sheet
from programs.selectors.activities import has_resident, lines_of, same_text_before
from programs.services.residents import forget_resident, open_resident
from programs.views.activities import get_activity_or_404
from toolkit.ui.requests import post_only, require


@require_safe
def activity_sheet(request: SignedIn, pk: int, code: str) -> HttpResponse:
    activity = get_activity_or_404(request, pk, "village__parent__parent__parent")
    sheet = get_object_or_404(Sheet.objects.visible_to(request.user), code=code, is_active=True)
    panels = fill_sheet(
        sheet,
        lines_of(sheet),
        activity,
        same_before=same_text_before(activity) if sheet.refuses_same_text else None,
    )
    context = {
        "activity": activity,
        "sheet": sheet,
        "panels": panels,
        "has_resident": has_resident(activity, request.user),
        "now": timezone.now(),
    }
    return render(request, "programs/activity_sheet.html", context)


def _get_own_or_404(request: SignedIn, pk: int) -> Activity:
    """The person's own activity of a unit where they serve still: who left it opens no name."""
    rows = Activity.objects.in_scope(request.user).select_related("unit", "kind")
    activity = get_object_or_404(rows, pk=pk)
    require(activity.author_id == request.user.pk)
    return activity


@require_http_methods(["GET", "HEAD", "POST"])
def resident_open(request: SignedIn, pk: int) -> HttpResponse:
    """The answer to the form shows the name. No address shows it again without a new look."""
    activity = _get_own_or_404(request, pk)
    name = ""
    if request.method == "POST":
        try:
            name = open_resident(activity=activity, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("programs:activity_detail", pk)
    elif not has_resident(activity, request.user):
        return redirect("programs:activity_detail", pk)
    return render(request, "programs/resident_open.html", {"activity": activity, "name": name})


@post_only("programs:activity_detail")
def resident_forget(request: SignedIn, pk: int) -> HttpResponse:
    activity = _get_own_or_404(request, pk)
    forget_resident(activity=activity, by=request.user)
    messages.success(request, _("The name is deleted."))
    return redirect("programs:activity_detail", pk)
