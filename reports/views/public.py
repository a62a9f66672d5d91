"""A citizen reports without an account: what happened, then where and when, then the receipt."""

from itertools import groupby
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from reports import throttle
from reports.category_words import match_categories
from reports.forms.public import ReportForm, SearchForm, kept_words
from reports.models import Category, CategoryGroup, Report
from reports.selectors.areas import area_label, match_areas
from reports.services.intake import ReportConflict, receive_report
from reports.views.code_cookie import forget_visit, remember_code, remembered_code
from toolkit.ui.requests import post_only

# Where the quick exit leads: a weather page, which raises no suspicion.
ELSEWHERE = "https://www.bmkg.go.id/"
# The service's name of a time: the form field where it was typed.
TYPED_IN = {"occurred_from": "occurred_at", "occurred_to": "occurred_until"}


def offered_categories(request: HttpRequest) -> list[Category]:
    return list(Category.objects.visible_to(cast(User, request.user)).offered())


def chosen_category(request: HttpRequest) -> Category | None:
    """The category that the form was sent with, if it is offered."""
    code = request.POST.get("category", "")
    if "\0" in code:
        return None
    return Category.objects.visible_to(cast(User, request.user)).offered().filter(code=code).first()


@login_not_required
@gzip_page  # a quarter of the data; safe because the page shows no code and masks its CSRF token
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_send(request: HttpRequest) -> HttpResponse:
    """First the choice of a category, then the form. Both have one address, so that the browser's
    history does not show which category was chosen."""
    step = request.POST.get("step", "")
    goes_on = step in ("choose", "send")
    category = chosen_category(request) if goes_on else None
    if category is None:
        return _choose(request, lost=goes_on)
    context = {"category": category, "is_private": category.is_sealed}
    if step == "choose":
        form = ReportForm(category=category, initial=kept_words(request.POST))
        return render(request, "reports/report_send.html", context | {"form": form})
    form = ReportForm(request.POST, request.FILES, category=category)
    status = 200
    if throttle.refuse_if_used_up(request, throttle.REPORTS, form):
        status = 429
    elif form.is_valid():
        try:
            report, _is_new = receive_report(draft=form.draft())
        except ReportConflict:
            kept = kept_words(request.POST)
            del kept["client_uuid"]
            form = ReportForm(category=category, initial=kept)
            context["stored_before"] = True
            status = 409
        except ValidationError as error:
            _add_errors(form, error)
        else:
            return _receipt_of(report)
    context |= {"form": form, "photos_lost": bool(request.FILES)}
    return render(request, "reports/report_send.html", context, status=status)


def _choose(request: HttpRequest, *, lost: bool) -> HttpResponse:
    """Shows the categories as tiles, those first that the typed words may mean. Hidden fields keep
    what was typed into the form before."""
    offered = offered_categories(request)
    search = SearchForm(request.POST if request.POST.get("step") == "search" else None)
    words = search.cleaned_data["words"] if search.is_valid() else ""
    by_group = sorted(offered, key=lambda row: CategoryGroup.values.index(row.group))
    context = {
        "search": search,
        "searched": bool(words),
        "found": match_categories(words, offered),
        "groups": [
            (CategoryGroup(group).label, list(rows))
            for group, rows in groupby(by_group, key=lambda row: row.group)
        ],
        "kept": kept_words(request.POST),
        "is_lost": lost,
    }
    return render(request, "reports/_report_send_choose.html", context)


def _add_errors(form: ReportForm, error: ValidationError) -> None:
    for name, messages in getattr(error, "message_dict", {None: error.messages}).items():
        field = TYPED_IN.get(name, name)
        form.add_error(field if field in form.fields else None, messages)


def _receipt_of(report: Report) -> HttpResponse:
    response = redirect("reports:report_receipt")
    response.status_code = 303
    remember_code(response, report.code)
    return response


@login_not_required
@require_safe
def report_receipt(request: HttpRequest) -> HttpResponse:
    """Shows the code, which nobody else gets, and what happens next."""
    code = remembered_code(request)
    report = (
        Report.objects.held_by(code).select_related("unit__parent", "category").first()
        if code
        else None
    )
    if report is None:
        return redirect("reports:report_track")
    unit = report.unit
    context = {
        "report": report,
        "code": report.code,
        "track_url": request.build_absolute_uri(reverse("reports:report_track")),
        "desk": unit if unit.investigates or unit.parent is None else unit.parent,
        "is_private": report.is_sealed,
    }
    return render(request, "reports/report_receipt.html", context)


@login_not_required
@require_safe
def report_leave(request: HttpRequest) -> HttpResponse:
    """The quick exit: leads to another site and removes our data from the browser."""
    response = redirect(ELSEWHERE)
    # Without "cookies", which would sign people out of every site of the same domain.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Referrer-Policy"] = "no-referrer"
    forget_visit(response, signs_out=True)
    return response


@login_not_required
@post_only("reports:report_send")
def area_search(request: HttpRequest) -> HttpResponse:
    """Names of villages and districts for the letters typed so far. By POST, so that no address,
    and no log of addresses, contains the place."""
    if not throttle.allows(request, throttle.AREA_SEARCHES):
        return JsonResponse([], safe=False, status=429)
    typed = request.POST.get("village_name", "").replace("\x00", "")[:100]
    return JsonResponse([area_label(area) for area in match_areas(typed)], safe=False)
