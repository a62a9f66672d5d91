"""The steps of a report, one view each. Those without a template are a tap on the report's page."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedIn
from reports.forms.changes import (
    DispatchForm,
    MergeForm,
    OverrideForm,
    ReferForm,
    RejectForm,
    ReopenForm,
    ResolveForm,
)
from reports.services.changes import (
    arrive_at_report,
    close_report,
    dispatch_report,
    merge_report,
    override_report,
    recall_report,
    refer_report,
    reject_report,
    reopen_report,
    resolve_report,
    verify_report,
)
from reports.views.requests import change_page, tapped

asks = require_http_methods(["GET", "HEAD", "POST"])


@asks
def report_verify(request: SignedIn, pk: int) -> HttpResponse:
    return tapped(request, pk, verify_report, _("Verified. Who goes there?"))


@asks
def report_dispatch(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_dispatch.html",
        DispatchForm,
        dispatch_report,
        lambda report: _("Assigned to %(who)s.") % {"who": report.assignee.titled_name},
    )


@asks
def report_recall(request: SignedIn, pk: int) -> HttpResponse:
    return tapped(request, pk, recall_report, _("The assignment is taken back."))


@asks
def report_arrive(request: SignedIn, pk: int) -> HttpResponse:
    return tapped(request, pk, arrive_at_report, _("Arrival noted. Stay safe."))


@asks
def report_resolve(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_resolve.html",
        ResolveForm,
        resolve_report,
        _("Resolved. The reporter can read what came of it."),
    )


@asks
def report_close(request: SignedIn, pk: int) -> HttpResponse:
    return tapped(request, pk, close_report, _("The report is closed."))


@asks
def report_reject(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_reject.html",
        RejectForm,
        reject_report,
        _("Noted. The reporter reads why, and may add what is missing."),
    )


@asks
def report_merge(request: SignedIn, pk: int) -> HttpResponse:
    """The other report is found by seeing its text, distance and time."""
    return change_page(
        request,
        pk,
        "reports/report_merge.html",
        MergeForm,
        merge_report,
        lambda report: _("Merged with %(number)s.") % {"number": report.duplicate_of},
    )


@asks
def report_refer(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_refer.html",
        ReferForm,
        refer_report,
        lambda report: _("Passed on to %(agency)s.") % {"agency": report.referred_to},
    )


@asks
def report_reopen(request: SignedIn, pk: int) -> HttpResponse:
    return change_page(
        request,
        pk,
        "reports/report_reopen.html",
        ReopenForm,
        reopen_report,
        _("Reopened. It needs an officer again."),
    )


@asks
def report_override(request: SignedIn, pk: int) -> HttpResponse:
    """The commander's way past the table of changes."""
    return change_page(
        request,
        pk,
        "reports/report_override.html",
        OverrideForm,
        override_report,
        lambda report: _("The state is now: %(state)s.") % {"state": report.get_state_display()},
    )
