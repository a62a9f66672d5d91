"""What the pages of one report share: the way to it, the step of one tap, the page with a form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import Action
from accounts.views.requests import SignedIn, attempt
from reports.forms.changes import ChangeForm
from reports.models import Handover, Report
from reports.rights import may_take_step
from reports.services.transitions import ReportMoved
from reports.workflow import state_allows_step

Done = str | Callable[[Any], str]


def reach_report(request: SignedIn, pk: int) -> Report:
    """The report with what its pages name; 404 outside the person's reach."""
    named = ["unit", "category", "village__parent", "assignee"]
    if Action.UNSEAL in request.user.scope.actions:
        # Others meet a report about police only where they are assigned.
        named.append("about_unit")
    try:
        return Report.objects.get_visible(request.user, pk, *named)
    except Report.DoesNotExist as error:
        raise Http404 from error


def back_to(request: SignedIn, pk: int) -> HttpResponse:
    """The report's page, or the list where the step has taken it out of the person's sight."""
    if Report.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("reports:report_detail", pk)
    return redirect("reports:report_list")


@contextmanager
def acting(request: SignedIn, report: Report) -> Iterator[None]:
    """Somebody may take the report away in the same moment."""
    try:
        yield
    except Report.DoesNotExist as error:
        raise Http404 from error
    except PermissionDenied:
        raise_if_given_away(request, report.pk)
        raise


def raise_if_given_away(request: SignedIn, pk: int) -> None:
    """Who had the right until a colleague handed the report over is told so."""
    if Handover.objects.in_scope(request.user).filter(report=pk).exists():
        raise ReportMoved(reach_report(request, pk))


def tapped(request: SignedIn, pk: int, service: Callable[..., Report], done: str) -> HttpResponse:
    """A step that needs nothing but the tap. The report is read by the service alone.

    Its address reloaded, or reached by signing in again, leads back to the report.
    """
    if request.method != "POST":
        return redirect("reports:report_detail", reach_report(request, pk).pk)
    changed: list[Report] = []

    def act() -> None:
        report = Report(pk=pk)
        with acting(request, report):
            seen = request.POST.get("seen", "")
            changed.append(service(report=report, by=request.user, seen=seen))

    attempt(request, act, done)
    if changed and not changed[0].is_sealed and request.user.may(Action.VIEW, changed[0]):
        return redirect("reports:report_detail", pk)
    return back_to(request, pk)


def change_page(
    request: SignedIn,
    pk: int,
    template: str,
    form_class: type[ChangeForm],
    service: Callable[..., object],
    done: Done,
    **context: Any,
) -> HttpResponse:
    """A step that asks for something: the page, its errors, and the way back when it is done.

    Where somebody was faster the words stay on the page, with the news above them (409).
    """
    report = reach_report(request, pk)
    form = form_of(request, form_class, report)
    try:
        require(request, form.change, report)
        if is_sent(request) and form.is_valid():
            with acting(request, report):
                result = service(report=report, by=request.user, **form.values())
            messages.success(request, done(result) if callable(done) else done)
            return back_to(request, pk)
    except ReportMoved as error:
        report = reach_report(request, pk)
        if not (
            form.is_bound and form.has_words and may_take_step(request.user, report, form.change)
        ):
            messages.error(request, error.messages[0])
            return back_to(request, pk)
        form = form_of(request, form_class, report, seen=form_class.stamp_of(report))
        form.tell_moved(error)
        return shown(request, template, form, status=409, **context)
    except ValidationError as error:
        form.add_error(None, error)
    return shown(request, template, form, **context)


def is_sent(request: SignedIn) -> bool:
    """Not a search within the form: that changes nothing yet."""
    return request.method == "POST" and "find" not in request.POST


def form_of(
    request: SignedIn, form_class: type[ChangeForm], report: Report, **changed: str
) -> ChangeForm:
    if not is_sent(request):
        return form_class(report=report, by=request.user, initial=request.POST.dict())
    data = request.POST.copy()
    for name, value in changed.items():
        data[name] = value
    return form_class(data, request.FILES, report=report, by=request.user)


def require(request: SignedIn, change: str, report: Report) -> None:
    """403 without the right; ReportMoved where the page comes too late."""
    if not may_take_step(request.user, report, change):
        raise_if_given_away(request, report.pk)
        raise PermissionDenied
    if request.method != "POST" and not state_allows_step(change, report.state):
        raise ReportMoved(report)


def shown(
    request: SignedIn, template: str, form: ChangeForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "report": form.report,
        "form": form,
        "state_allows": state_allows_step(form.change, form.report.state),
    }
    return render(request, template, context, status=status)
