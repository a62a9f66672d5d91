"""Who reported: opened with a reason, shown once, and who has opened it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from reports.forms.casework import ContactForm
from reports.models import ContactAccess
from reports.rights import may_open_contact
from reports.services.contacts import open_contact
from reports.views.changes import asks
from reports.views.requests import acting, form_of, is_sent, reach_report, shown
from toolkit.paging import keyset_page


@never_cache
@asks
def contact_open(request: SignedIn, pk: int) -> HttpResponse:
    """The answer to the reason is the contact itself: no address shows it again."""
    report = reach_report(request, pk)
    if not may_open_contact(request.user, report):
        raise PermissionDenied
    form = form_of(request, ContactForm, report)
    contact = None
    if is_sent(request) and form.is_valid():
        try:
            with acting(request, report):
                contact = open_contact(report=report, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
    return shown(request, "reports/contact_open.html", form, contact=contact)


@require_safe
def contact_access_list(request: SignedIn) -> HttpResponse:
    """For who heads a unit: every opening while the report was there, the newest first."""
    headed = request.user.scope.rows(action=Action.REVIEW)
    if headed is None:
        raise PermissionDenied
    rows = (
        ContactAccess.objects.in_scope(request.user)
        .filter(headed)
        .select_related("by", "unit", "report__category")
        .defer("report__code")
    )
    page = keyset_page(rows, order=["-at", "-id"], cursor=request.GET.get("page", ""), size=30)
    return render(request, "reports/contact_access_list.html", {"page": page})
