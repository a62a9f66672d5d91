"""The navigation around every page. It reads the scope of the person, so it costs no query."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.roles import Action
from reports.rights import may_take_down, works_at_desk


@dataclass(frozen=True)
class Place:
    """An entry of the navigation. `short` is its name on a phone, which shows at most five entries;
    the others (not `on_phone`) are on the page "more"."""

    url: str
    icon: str
    label: str | Promise
    short: str | Promise
    current: bool
    on_phone: bool = True


Entry = tuple[str, str, Promise, Promise, tuple[str, ...]]
# (URL name, icon, name, name on a phone, how the URL names begin on which the entry is current)
MY_DAY: Entry = (
    "patrols:my_day",
    "house",
    _("My day"),
    _("My day"),
    ("duty_begin", "swap_list", "swap_ask", "my_"),
)
TONIGHT: Entry = (
    "patrols:tonight",
    "moon",
    _("Tonight"),
    _("Tonight"),
    ("night_list", "week_print", "late_note_list"),
)
DUTIES: Entry = (
    "patrols:duty_list",
    "notebook-text",
    _("Log books"),
    _("Log books"),
    ("duty_review", "attendance_month", "person_hours", "person_letter"),
)
REPORTS: Entry = (
    "reports:report_list",
    "siren",
    pgettext_lazy("place", "Reports"),
    pgettext_lazy("place", "Reports"),
    (),
)
SCHEDULES: Entry = (
    "patrols:schedule_list",
    "calendar-days",
    _("Schedules"),
    _("Schedules"),
    ("schedule_", "absence_"),
)
PLACES: Entry = (
    "patrols:hotspot_list",
    "map-pin",
    pgettext_lazy("hotspots, routes and posts", "Places"),
    pgettext_lazy("hotspots, routes and posts", "Places"),
    ("hotspot_", "route_", "post_", "checkpoint_", "plate_", "proposal_", "unit_map"),
)
GROUPS: Entry = (
    "partners:group_list",
    "users",
    _("Partner groups"),
    _("Partners"),
    ("group_", "member_"),
)
ACTIVITIES: Entry = (
    *("programs:activity_list", "handshake", _("Activities"), _("Activities")),
    ("activity_", "resident_", "instruction_", "coverage", "workload"),
)
ISSUES: Entry = (
    *("programs:issue_list", "message-square-text", _("Residents' issues"), _("Issues")),
    ("issue_", "forum_"),
)
ADMIN: Entry = (
    *("admin:index", "settings", _("Administration"), _("Admin")),
    ("unit_paste", "unit_setup", "area_paste", "person_paste"),
)
MORE: Entry = (
    "accounts:more",
    "menu",
    _("More"),
    _("More"),
    ("account_change_password", "access_list"),
)


ENTRIES = {
    entry[0]: entry
    for entry in (
        *(MY_DAY, TONIGHT, DUTIES, REPORTS, SCHEDULES, PLACES, ACTIVITIES, ISSUES, GROUPS),
        *(ADMIN, MORE),
    )
}


@dataclass(frozen=True)
class Navigation:
    """The entries a person may open, and both bars drawn: beside the page and under it."""

    places: list[Place]
    side: SafeString
    bottom: SafeString


@cache
def _url(name: str) -> str:
    """Each page asks for all of them, and they never change."""
    return reverse(name)


@cache
def _navigation(
    names: tuple[tuple[str, bool], ...], current: str, may_take_down: bool, language: str
) -> Navigation:
    """Drawn once for each role and each entry that is current, because every page has it.

    `names` are URL names, each with whether a phone shows the entry.
    """
    places = []
    for name, on_phone in names:
        _name, icon, label, short, _pages = ENTRIES[name]
        places.append(Place(_url(name), icon, label, short, name == current, on_phone))
    context = {"places": places, "may_take_down": may_take_down}
    return Navigation(
        places,
        render_to_string("components/nav_side.html", context),
        render_to_string("components/nav_bottom.html", context),
    )


def _is_current(place: Entry, name: str, path: str) -> bool:
    if place is REPORTS:
        # Every page of the desk; the pages of citizens have other addresses.
        return path.startswith(_url(place[0]))
    return name == place[0].partition(":")[2] or name.startswith(place[4])


def chrome(request: HttpRequest) -> dict[str, object]:
    """`nav`: what the person may open, None before sign-in. `may_take_down`: for its button."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": None}
    actions = user.scope.actions
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    is_commander = Action.REVIEW in actions
    places = [(TONIGHT, True), (MY_DAY, True)] if is_commander else [(MY_DAY, True)]
    if Action.VIEW in actions and not is_commander:
        places.append((TONIGHT, True))
    if works_at_desk(user):
        places.insert(0, (REPORTS, True))
    elif Action.VIEW in actions:
        places.append((REPORTS, True))
    if Action.PLAN in actions:
        places.append((SCHEDULES, True))
    if Action.VIEW in actions:
        places += [(DUTIES, False), (ACTIVITIES, False), (ISSUES, False), (PLACES, False)]
        places.append((GROUPS, False))
    if Action.MANAGE in actions:
        places.append((ADMIN, False))
    places.append((MORE, True))
    current = next((place[0] for place, _ in places if _is_current(place, name, request.path)), "")
    names = tuple((place[0], on_phone) for place, on_phone in places)
    takes_down = may_take_down(user)
    nav = _navigation(names, current, takes_down, get_language() or "")
    return {"nav": nav, "may_take_down": takes_down}
