"""What a unit needs before its people can work with it, and what of that is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Posting, User
from accounts.roles import Role
from partners.models import PartnerGroup
from patrols.models import GuardPost, Route, Schedule, ShareTemplate
from programs.selectors.workload import ServedArea, workload_of
from territory.extensions import unit_concerns
from territory.models import Area, AreaLevel, Unit, UnitArea, UnitKind
from territory.scope import unscoped

OF_THE_UNIT = "a unit that the person administers"
PUBLIC = "areas are public facts"
# Those whose own officers serve villages and go on patrol.
IN_THE_FIELD = (UnitKind.POLSEK, UnitKind.SUBSEKTOR)


@dataclass(frozen=True)
class Step:
    """One thing that a unit needs. `words` say what is there or what is missing; `url` is where it
    is added, as `action` says."""

    name: str
    is_done: bool
    words: str
    url: str
    action: str


def steps_of(unit: Unit, user: User, *, now: datetime) -> list[Step]:
    """In the order in which a unit gets started. The number of statements is the same for all."""
    steps = [_areas(unit), *_people(unit)]
    if unit.kind in IN_THE_FIELD:
        steps += [*_villages(unit, user, now), *_field(unit)]
    else:
        steps.append(_below(unit))
    steps.append(_reply_texts(unit))
    return steps


def _counted(name: str, count: int, missing: str, url: str, action: str) -> Step:
    words = _("There are %(n)d.") % {"n": count}
    return Step(name, count > 0, words if count else missing, url, action)


def _areas(unit: Unit) -> Step:
    return _counted(
        _("Area"),
        unscoped(UnitArea.objects, PUBLIC).filter(unit=unit).count(),
        _("No area yet: reports from there do not reach this unit."),
        reverse("admin:territory_unit_change", args=[unit.pk]),
        _("Enter the area"),
    )


def _people(unit: Unit) -> Iterator[Step]:
    postings = unscoped(Posting.objects.active(), OF_THE_UNIT)
    held = postings.filter(unit=unit, user__is_active=True).order_by()
    counts = {row["role"]: row["n"] for row in held.values("role").annotate(n=Count("pk"))}
    url, action = reverse("accounts:person_paste"), _("Paste people")
    missing = _("Nobody heads this unit yet: nothing is approved or assigned.")
    yield _counted(_("Head"), counts.get(Role.COMMANDER, 0), missing, url, action)
    if unit.kind in IN_THE_FIELD:
        missing = _("No officers yet: nobody can log a patrol.")
        yield _counted(_("Officers"), counts.get(Role.OFFICER, 0), missing, url, action)
    for concern in filter(None, unit_concerns(unit)):
        url = reverse("admin:accounts_posting_changelist")
        yield Step(_("Sealed reports"), False, concern, url, _("See the postings"))


def _villages(unit: Unit, user: User, now: datetime) -> Iterator[Step]:
    found = workload_of(unit, user, now=now)
    villages = found.villages
    rows = unscoped(Area.objects, PUBLIC).filter(
        parent__parent__in=[village.pk for village in villages], level=AreaLevel.RT
    )
    listed = set(rows.values_list("parent__parent", flat=True).distinct())
    yield _of_villages(
        _("RW and RT"),
        villages,
        [village for village in villages if village.pk not in listed],
        _("Not known yet in %(names)s."),
        reverse("territory:area_paste"),
        _("Paste RW and RT"),
    )
    yield _of_villages(
        _("Who serves which village"),
        villages,
        found.vacant,
        _("Without an officer: %(names)s. The head gives them to somebody under Who carries what."),
        reverse("accounts:person_paste"),
        _("Paste people"),
    )


def _of_villages(
    name: str,
    villages: Sequence[ServedArea],
    lacking: Sequence[ServedArea],
    missing: str,
    url: str,
    action: str,
) -> Step:
    if not villages:
        words = _("The villages come with the area.")
    elif lacking:
        words = missing % {"names": ", ".join(sorted(area.name for area in lacking))}
    else:
        words = _("Complete for every kelurahan and desa.")
    return Step(name, bool(villages) and not lacking, words, url, action)


def _field(unit: Unit) -> Iterator[Step]:
    yield _counted(
        _("Partner groups with members"),
        _own(PartnerGroup, unit).filter(is_active=True, members__is_active=True).distinct().count(),
        _("No group with members yet: volunteers cannot be planned."),
        reverse("partners:member_paste"),
        _("Paste members"),
    )
    yield _counted(
        _("Routes"),
        _own(Route, unit).filter(retired_on=None).count(),
        _("No route yet."),
        reverse("patrols:route_add"),
        _("Add a route"),
    )
    yield _counted(
        _("Guard posts"),
        _own(GuardPost, unit).filter(retired_on=None).count(),
        _("No guard post yet."),
        reverse("patrols:post_add"),
        _("Add a guard post"),
    )
    yield _counted(
        _("Schedules"),
        unscoped(Schedule.objects.current(unit.today()), OF_THE_UNIT).filter(unit=unit).count(),
        _("No schedule yet: no night is planned."),
        reverse("patrols:schedule_add"),
        _("Add a schedule"),
    )


def _own(model: type[Model], unit: Unit) -> QuerySet[Any]:
    return unscoped(model._default_manager, OF_THE_UNIT).filter(unit=unit)


def _below(unit: Unit) -> Step:
    return _counted(
        _("Units below"),
        unscoped(Unit.objects, OF_THE_UNIT).filter(parent=unit).count(),
        _("No unit below yet."),
        reverse("territory:unit_paste"),
        _("Paste units"),
    )


def _reply_texts(unit: Unit) -> Step:
    lineage = unit.lineage_ids()
    rows = unscoped(ShareTemplate.objects, OF_THE_UNIT).filter(unit__in=lineage)
    names = dict(rows.values_list("unit", "unit__name"))
    nearest = next((names[pk] for pk in lineage if pk in names), "")
    words = _("Those of %(unit)s are used.") % {"unit": nearest} if nearest else ""
    missing = _("No own text for WhatsApp: that of the site is used.")
    url = reverse("admin:patrols_sharetemplate_changelist")
    return Step(_("Texts to send"), bool(nearest), words or missing, url, _("Write the texts"))
