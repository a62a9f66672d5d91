"""Who is away, and when: the duties that schedules make do without."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Absence
from accounts.rights import current_postings, may_plan_absence
from accounts.services.absences import AbsenceConflict, end_absence, save_absence
from accounts.views.editing import edit_page
from accounts.views.requests import SignedIn
from patrols.forms.absences import AbsenceForm
from patrols.rights import may_plan
from patrols.views.schedules import choose_unit
from territory.models import Unit
from toolkit.editing import EditConflict
from toolkit.idempotency.fields import as_new_form
from toolkit.paging import keyset_page
from toolkit.ui.requests import post_only, require


def _tell(request: SignedIn, done: str, told: list[str]) -> HttpResponse:
    messages.success(request, done)
    for sentence in told:
        messages.warning(request, sentence)
    return redirect("patrols:absence_list")


def _get_absence(request: SignedIn, pk: int) -> Absence:
    rows = Absence.objects.visible_to(request.user).select_related("user__unit")
    absence = get_object_or_404(rows, pk=pk)
    require(may_plan_absence(request.user, absence.user))
    return absence


@require_safe
def absence_list(request: SignedIn) -> HttpResponse:
    """Who is away now or will be, those who leave first on top."""
    require(may_plan(request.user))
    today = timezone.localdate()
    rows = Absence.objects.visible_to(request.user).to_come(today).select_related("user__unit")
    cursor = request.GET.get("page", "")
    page = keyset_page(rows, order=["starts_on", "id"], cursor=cursor, size=50)
    context = {
        "page": page,
        "today": today,
        "query": "",
        "show_units": len({absence.user.unit_id for absence in page.rows}) > 1,
    }
    return render(request, "patrols/absence_list.html", context)


def _form_page(
    request: SignedIn, template: str, unit: Unit, absence: Absence | None, **more: Any
) -> HttpResponse:
    form, stored = AbsenceForm(request.POST or None, unit=unit, instance=absence), None
    if request.method == "POST" and form.is_valid():
        row: Absence = form.save(commit=False)
        try:
            told = save_absence(
                absence=row,
                by=request.user,
                seen=form.read_seen(),
                client_uuid=form.cleaned_data.get("client_uuid"),
            )
        except EditConflict as conflict:
            form.show_conflict(conflict)
        except AbsenceConflict as conflict:
            stored = conflict.stored
            form = AbsenceForm(as_new_form(request), unit=unit)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            done = _("%(person)s: %(absence)s.") % {"person": row.user, "absence": row}
            return _tell(request, done, told)
    context = {"form": form, "unit": unit, "absence": absence, "stored": stored, **more}
    return edit_page(request, template, context, unit, status=409 if stored else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def absence_add(request: SignedIn) -> HttpResponse:
    require(may_plan(request.user))
    unit = choose_unit(request, _("New absence"), back_to="patrols:absence_list")
    if isinstance(unit, HttpResponse):
        return unit
    return _form_page(request, "patrols/absence_add.html", unit, None)


@require_http_methods(["GET", "HEAD", "POST"])
def absence_edit(request: SignedIn, pk: int) -> HttpResponse:
    absence = _get_absence(request, pk)
    unit = absence.user.unit or current_postings(absence.user)[0].unit
    has_begun = absence.starts_on <= unit.today()
    return _form_page(request, "patrols/absence_edit.html", unit, absence, has_begun=has_begun)


@post_only("patrols:absence_edit")
def absence_end(request: SignedIn, pk: int) -> HttpResponse:
    absence = _get_absence(request, pk)
    told = end_absence(absence=absence, by=request.user)
    return _tell(request, _("%(person)s serves again.") % {"person": absence.user}, told)
