"""Units from a pasted table: Polsek and Subsektor below what a person manages, with their areas."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from territory.models import Area, TimeZoneName, Unit, UnitArea, UnitKind
from territory.models.areas import AREA_CODE
from territory.rights import MANAGE, manages_all, may_paste
from territory.scope import Viewer
from territory.selectors.area_units import AreaUnits
from territory.selectors.unit_names import NamedUnits
from toolkit.idempotency.answers import lock_until_commit
from toolkit.labels import capitalized
from toolkit.names import name_key
from toolkit.tables.cells import choice_of, choice_words, parts_of, phone_of
from toolkit.tables.notes import note_added
from toolkit.tables.plans import Plan, refuse_if_wrong, there_words
from toolkit.tables.reading import Column, Line, TableSpec, read_table

SPEC = TableSpec(
    columns=(
        Column(
            "name",
            gettext_lazy("name"),
            ("nama", "nama satuan", "satuan", "unit"),
            gettext_lazy("As it is printed: Polsek Tambora."),
            required=True,
        ),
        Column(
            "kind",
            gettext_lazy("kind"),
            ("jenis", "tingkat"),
            gettext_lazy("Polsek or Subsektor. Empty: the first word of the name."),
        ),
        Column(
            "parent",
            gettext_lazy("reports to"),
            ("di bawah", "atasan", "induk", "satuan induk", "parent"),
            gettext_lazy("Name or code of the unit above. Empty: your own unit."),
        ),
        Column(
            "areas",
            gettext_lazy("kecamatan"),
            ("kode kecamatan", "wilayah", "kode wilayah", "area", "district"),
            gettext_lazy("Codes of the kecamatan it serves, with commas: 31.73.04."),
            most=400,
        ),
        Column(
            "timezone",
            gettext_lazy("time zone"),
            ("zona waktu", "zona", "waktu"),
            gettext_lazy("WIB, WITA or WIT. Empty: as the unit above."),
        ),
        Column(
            "phone",
            gettext_lazy("phone"),
            ("telepon", "telp", "no telp", "nomor telepon", "hp", "no hp"),
            gettext_lazy("As you dial it."),
        ),
        Column(
            "code",
            gettext_lazy("short code"),
            ("kode", "kode satuan"),
            gettext_lazy("Small letters and hyphens. Empty: made from the name."),
            most=60,
        ),
    ),
    example=("Polsek Tambora", "Polsek", "", "31.73.04", "WIB", "", ""),
)
ZONES = {name_key(zone.label): zone.value for zone in TimeZoneName}
KINDS = choice_words(UnitKind.values)
LEVELS = list(UnitKind.values)


@dataclass
class NewUnit:
    line: Line
    unit: Unit
    areas: list[Area]


def plan_units(*, text: str, by: Viewer) -> Plan[NewUnit]:
    """What `save_units` would make. The number of statements does not grow with the lines."""
    table = read_table(text, SPEC)
    plan: Plan[NewUnit] = Plan(table)
    said = [line[name] for line in table.lines for name in ("name", "parent", "code")]
    units = NamedUnits(said, by)
    own = _posted_to(by)
    areas = _areas_of(table.lines)
    holders = AreaUnits(areas.values())
    made: dict[str, NewUnit] = {}
    seen: dict[tuple[str, str], Line] = {}
    given: dict[int, Line] = {}
    found: list[NewUnit] = []
    # A unit may report to another one of the table, on whatever line that stands.
    for line in sorted(table.lines, key=lambda line: LEVELS.index(_kind(line) or "subsektor")):
        before = plan.mistake_count
        kind = _kind(line)
        if kind is None:
            plan.refuse(line, "kind", _("Write Polsek or Subsektor here, or begin the name so."))
            continue
        parent = _parent(plan, line, units, own, made)
        if parent is None:
            continue
        there = _stored(plan, line, units, parent)
        if there is not None:
            plan.keep(line, _there_words(there, line))
            continue
        new = NewUnit(line, _unit(plan, line, kind, parent), [])
        for area in _named_areas(plan, line, areas):
            if words := _refused_area(area, holders, by):
                plan.refuse(line, "areas", words)
            elif area.pk in given:
                words = _("%(area)s stands on line %(line)d too. An area has one unit.")
                told = {"area": area.code, "line": given[area.pk].number}
                plan.refuse(line, "areas", words % told)
            else:
                given[area.pk] = line
                new.areas.append(area)
        key = name_key(line["name"])
        first = seen.setdefault((key, parent.name), line)
        if first is not line:
            words = _("This unit stands on line %(line)d already. Delete one of the two.")
            plan.refuse(line, "name", words % {"line": first.number})
        if plan.mistake_count == before:
            made.setdefault(key, new)
            found.append(new)
    _give_codes(plan, found)
    for new in found:
        plan.make(new.line, _new_words(new), new)
    return plan


@transaction.atomic
def save_units(*, text: str, by: Viewer) -> Plan[NewUnit]:
    """Makes all units of the table with their areas, or none (TableRefused).

    One table of units is saved at a time, in the whole country: codes and areas of two tables may
    be the same.
    """
    if not may_paste(by):
        raise PermissionDenied
    lock_until_commit("table of units")
    plan = plan_units(text=text, by=by)
    refuse_if_wrong(plan)
    for kind in LEVELS:
        Unit.objects.bulk_create(new.unit for new in plan.rows if new.unit.kind == kind)
    UnitArea.objects.bulk_create(
        UnitArea(area=area, unit=new.unit) for new in plan.rows for area in new.areas
    )
    note_added((new.unit for new in plan.rows), by.pk)
    return plan


def _posted_to(by: Viewer) -> Unit | None:
    """The one unit that the person administers by a posting to it."""
    keys = by.scope.units_posted_with(MANAGE)
    return Unit.objects.filter(pk__in=keys).first() if len(keys) == 1 else None


def _kind(line: Line) -> str | None:
    return choice_of(line["kind"] or line["name"].partition(" ")[0], KINDS)


def _parent(
    plan: Plan[NewUnit],
    line: Line,
    units: NamedUnits,
    own: Unit | None,
    made: dict[str, NewUnit],
) -> Unit | None:
    word = line["parent"]
    if not word:
        if own is None:
            plan.refuse(line, "parent", _("Write the unit that this one reports to."))
        return own
    parent, words = units.find(word)
    if parent is None and name_key(word) in made and not units.all(word):
        return made[name_key(word)].unit
    if parent is None:
        plan.refuse(line, "parent", words)
    return parent


def _stored(plan: Plan[NewUnit], line: Line, units: NamedUnits, parent: Unit) -> Unit | None:
    """The unit of the line, if it exists: its code tells, else its name below the same unit."""
    key = name_key(line["name"])
    coded = next((unit for unit in units.rows if unit.code == line["code"].lower()), None)
    if coded is not None:
        if units.managed(coded) and name_key(coded.name) == key:
            return coded
        plan.refuse(line, "code", _("Another unit has this code. Write another, or none."))
        return None
    below = (unit for unit in units.rows if unit.parent_id == parent.pk and parent.pk)
    return next((unit for unit in below if name_key(unit.name) == key), None)


def _unit(plan: Plan[NewUnit], line: Line, kind: str, parent: Unit) -> Unit:
    zone = choice_of(line["timezone"], ZONES) if line["timezone"] else parent.timezone
    if zone is None:
        plan.refuse(line, "timezone", _("Write WIB, WITA or WIT."))
    phone = phone_of(line["phone"])
    if phone is None:
        plan.refuse(line, "phone", _("This is no telephone number. Write it as you dial it."))
    code = line["code"].lower()
    unit = Unit(
        name=line["name"],
        kind=kind,
        parent=parent,
        timezone=zone or TimeZoneName.WIB,
        phone=phone or "",
        code=code or slugify(line["name"])[:60],
    )
    foreign = ["parent", "area", "polda", "polres", "polsek"]
    try:
        unit.full_clean(exclude=foreign, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        plan.refuse_all(line, error)
    return unit


def _give_codes(plan: Plan[NewUnit], found: list[NewUnit]) -> None:
    """Codes made from names are made longer where another unit has them."""
    wanted = {new.unit.code for new in found}
    longer = {_longer(new.unit) for new in found}
    taken = set(Unit.objects.filter(code__in=wanted | longer).values_list("code", flat=True))
    for new in found:
        if new.unit.code in taken and not new.line["code"]:
            new.unit.code = _longer(new.unit)
        if new.unit.code in taken:
            plan.refuse(new.line, "code", _("Another unit has this code. Write another, or none."))
        taken.add(new.unit.code)


def _longer(unit: Unit) -> str:
    above = unit.parent.code if unit.parent else ""
    return f"{unit.code[:30]}-{above[:29]}".strip("-")


def _dotted(word: str) -> str:
    """``31.73.04``, also where a spreadsheet has lost the dots."""
    if re.fullmatch(r"\d{4}|\d{6}|\d{10}", word):
        parts = [word[:2], word[2:4], word[4:6], word[6:10]]
        return ".".join(filter(None, parts))
    return word


def _areas_of(lines: Iterable[Line]) -> dict[str, Area]:
    codes = {_dotted(word) for line in lines for word in parts_of(line["areas"])}
    return {area.code: area for area in Area.objects.filter(code__in=codes)}


def _named_areas(plan: Plan[NewUnit], line: Line, areas: dict[str, Area]) -> list[Area]:
    found = []
    for word in parts_of(line["areas"]):
        code = _dotted(word)
        if code in areas:
            found.append(areas[code])
        elif AREA_CODE.match(code):
            words = _("No area has the code %(code)s. Look it up in the list of areas.")
            plan.refuse(line, "areas", words % {"code": code})
        else:
            words = _("“%(word)s” is no code of an area. Write it such as 31.73.04.")
            plan.refuse(line, "areas", words % {"word": word})
    return found


def _refused_area(area: Area, holders: AreaUnits, by: Viewer) -> str:
    """As the admin's page for areas of units has it: an area comes from a unit of the person."""
    own, nearest = holders.own(area), holders.nearest(area)
    if own is not None:
        words = _("%(area)s belongs to %(unit)s already. Change it in the list of areas of units.")
        return words % {"area": area.code, "unit": own}
    if manages_all(by) or (nearest is not None and by.scope.may(MANAGE, nearest)):
        return ""
    return _("%(area)s lies in the area of a unit that is not yours.") % {"area": area.code}


def _new_words(new: NewUnit) -> str:
    unit = new.unit
    areas = [f"{area.code} {area.name}" for area in new.areas]
    words = [unit.name, capitalized(unit.get_kind_display()), str(unit.parent), unit.zone_label]
    return " · ".join(filter(None, [*words, *areas, str(unit.phone or ""), unit.code]))


def _there_words(unit: Unit, line: Line) -> str:
    differ = []
    kind, zone = _kind(line), choice_of(line["timezone"], ZONES)
    if kind != unit.kind:
        differ.append("kind")
    if line["timezone"] and zone != unit.timezone:
        differ.append("timezone")
    if line["phone"] and phone_of(line["phone"]) != str(unit.phone or ""):
        differ.append("phone")
    return there_words(unit.name, [str(SPEC.column(name).label) for name in differ])
