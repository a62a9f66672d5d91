"""The reporter's contact: opened once with a reason, and the list of who opened contacts."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedIn
from reports.filters import OpeningFilter
from reports.forms.casework import ContactForm
from reports.rights import may_open_contact, may_read_openings
from reports.services.contacts import open_contact
from reports.views.changes import (
    answer_if_taken_away,
    get_or_post,
    is_submitted,
    make_form,
    render_form,
)
from reports.views.desk import get_report_or_404
from toolkit.ui.lists import list_context
from toolkit.ui.requests import require


@never_cache
@get_or_post
def contact_open(request: SignedIn, pk: int) -> HttpResponse:
    """The answer to the form shows the contact. No address shows it again without a new reason."""
    report = get_report_or_404(request, pk)
    require(may_open_contact(request.user, report))
    form = make_form(request, ContactForm, report)
    contact = None
    if is_submitted(request) and form.is_valid():
        try:
            with answer_if_taken_away(request, pk):
                contact = open_contact(report=report, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
    return render_form(request, "reports/contact_open.html", form, contact=contact)


@require_safe
def contact_access_list(request: SignedIn) -> HttpResponse:
    """For heads of units: each opening of a contact while the report was at their unit."""
    require(may_read_openings(request.user))
    found = OpeningFilter(request.GET, user=request.user)
    rows = found.qs.select_related("by", "unit", "report__category").defer("report__code")
    context = list_context(request, found, rows, order=["-at", "-id"], size=30)
    return render(request, "reports/contact_access_list.html", context)
