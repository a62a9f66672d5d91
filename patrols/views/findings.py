"""Making a report of a finding, with one tap."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.roles import Action
from accounts.views.requests import SignedIn
from patrols.models import LogEntry
from patrols.services.findings import report_finding
from patrols.views.entries import duty_of_entry
from reports.models import Report
from toolkit.ui.requests import post_only


@post_only(duty_of_entry)
def entry_report(request: SignedIn, pk: int) -> HttpResponse:
    """Leads to the new report; who may not open it, such as volunteers, returns to the duty."""
    entry = get_object_or_404(LogEntry.objects.visible_to(request.user), pk=pk)
    try:
        report, is_new = report_finding(entry=entry, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("patrols:duty_detail", entry.duty_id)
    words = {"number": report.number, "category": report.category.label, "unit": report.unit}
    if Report.objects.visible_to(request.user).filter(pk=report.pk).exists():
        if is_new:
            done = _("Report %(number)s is made, as “%(category)s”. Change the category if needed.")
            messages.success(request, done % words)
        return redirect("reports:report_detail", report.pk)
    if not is_new:
        # No unit is named: the report may have been handed over since, and be sealed.
        done = _("This has been passed on as a report already.")
    elif Action.VIEW in request.user.scope.actions and report.is_sealed:
        done = _("Passed on as a report. It is sealed: only who is assigned opens it.")
    else:
        done = _("Passed on to %(unit)s as a report.")
    messages.success(request, done % words)
    return redirect("patrols:duty_detail", entry.duty_id)
