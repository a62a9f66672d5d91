"""What was done in a month, and where nobody was: for the unit, never to rank people."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Action
from accounts.views.requests import SignedIn
from patrols.views.command import asked_part, asked_unit, home_unit
from patrols.views.hours import asked_month, months_context
from programs.models import Activity
from programs.presenters.coverage import map_of_coverage
from programs.presenters.recap_file import recap_file
from programs.rights import may_see_activities
from programs.selectors.choices import kinds_offered
from programs.selectors.coverage import groups_not_visited, village_coverage
from programs.selectors.recap import in_month, lines_of_month, listed
from territory.models import Unit, UnitKind
from territory.selectors.outlines import outlines_of
from toolkit.ui.requests import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WEEKS = (2, 4, 6, 8, 12, 26)
USUAL_WEEKS = 6
# Of larger units the villages are too many for a page: one below them is chosen first.
COVERED = (UnitKind.POLRES, UnitKind.POLSEK)


def _recap(request: SignedIn) -> dict[str, Any]:
    """An officer has the own month; who heads a unit, that of the unit, and the own on request."""
    require(may_see_activities(request.user))
    user, month, unit = request.user, asked_month(request), asked_unit(request)
    home = home_unit(request, unit)
    heads = Action.REVIEW in user.scope.actions
    is_mine = not heads or request.GET.get("whose") == "mine"
    part = asked_part(request, unit)
    own = Activity.objects.visible_to(user).filter(author=user)
    written = own if is_mine else Activity.objects.in_scope(user).filter(part.within)
    rows = in_month(written.standing(), month, home.zone)
    level = part.level if part.is_split and not is_mine else ""
    lines = lines_of_month(rows, kinds_offered(user), level)
    return {
        "home": home,
        "unit": unit,
        "heads": heads,
        "is_mine": is_mine,
        "level": level,
        "lines": lines,
        "count": sum(line.count for line in lines),
        "people": sum(line.people for line in lines),
        "rows": listed(rows) if is_mine else [],
        **months_context(request, month),
    }


@require_safe
def activity_recap(request: SignedIn) -> HttpResponse:
    return render(request, "programs/activity_recap.html", _recap(request))


@require_safe
def activity_recap_file(request: SignedIn) -> FileResponse:
    found = _recap(request)
    keys = {key for line in found["lines"] for key in line.by_unit if key is not None}
    rows = Unit.objects.visible_to(request.user).filter(pk__in=keys)
    units = dict(rows.order_by("name", "pk").values_list("pk", "name"))
    name = request.user.titled_name if found["is_mine"] else str(found["home"])
    month: date = found["month"]
    title = _("Activities of %(month)s: %(whose)s") % {
        "month": date_format(month, "F Y"),
        "whose": name,
    }
    return FileResponse(
        BytesIO(recap_file(title, found["lines"], units)),
        content_type=XLSX,
        as_attachment=True,
        filename=f"kegiatan-{month:%Y-%m}.xlsx",
    )


@require_safe
def coverage(request: SignedIn) -> HttpResponse:
    """Which RT, groups and schools nobody has visited for so many weeks."""
    require(may_see_activities(request.user))
    unit = home_unit(request, asked_unit(request))
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in map(str, WEEKS) else USUAL_WEEKS
    since = timezone.now() - timedelta(weeks=weeks)
    is_covered = unit.kind in COVERED
    villages = village_coverage(unit, since) if is_covered else []
    below = Unit.objects.visible_to(request.user).filter(parent_id=unit.pk).order_by("name", "pk")
    context = {
        "unit": unit,
        "weeks": weeks,
        "choices": WEEKS,
        "is_covered": is_covered,
        "villages": [row for row in villages if row.unvisited_count],
        "unlisted": [row.name for row in villages if not row.rt_count],
        "rt_count": sum(row.rt_count for row in villages),
        "unvisited_count": sum(row.unvisited_count for row in villages),
        "groups": groups_not_visited(request.user, _within(unit), since) if is_covered else [],
        "map": map_of_coverage(outlines_of(unit), villages) if villages else None,
        "below": below if unit.kind != UnitKind.POLSEK else [],
        "now": timezone.now(),
    }
    return render(request, "programs/coverage.html", context)


def _within(unit: Unit) -> Q:
    column = {UnitKind.POLRES: "polres", UnitKind.POLSEK: "polsek"}[UnitKind(unit.kind)]
    return Q(**{column: unit})
