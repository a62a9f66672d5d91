"""Pages on which an administrator pastes units, and the RW and RT of villages."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from territory.extensions import table_pages
from territory.rights import may_paste
from territory.scope import Viewer
from territory.services.area_table import SPEC as AREAS
from territory.services.area_table import plan_areas, save_areas
from territory.services.unit_table import SPEC as UNITS
from territory.services.unit_table import plan_units, save_units
from toolkit.tables.pages import paste_page
from toolkit.ui.requests import require


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def unit_paste(request: HttpRequest) -> HttpResponse:
    by = cast(Viewer, request.user)
    require(may_paste(by))
    return paste_page(
        request,
        "territory/unit_paste.html",
        spec=UNITS,
        plan=lambda text: plan_units(text=text, by=by),
        save=lambda text: save_units(text=text, by=by),
        pages=table_pages(),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def area_paste(request: HttpRequest) -> HttpResponse:
    by = cast(Viewer, request.user)
    require(may_paste(by))
    return paste_page(
        request,
        "territory/area_paste.html",
        spec=AREAS,
        plan=lambda text: plan_areas(text=text, by=by),
        save=lambda text: save_areas(text=text, by=by),
        pages=table_pages(),
    )
