"""RW and RT of villages from a pasted table."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from territory.models import Area, AreaLevel, Unit
from territory.rights import MANAGE, manages_all, may_paste
from territory.scope import Viewer
from territory.selectors.village_names import NamedVillages
from toolkit.idempotency.answers import lock_until_commit
from toolkit.tables.cells import whole_number
from toolkit.tables.notes import note_added
from toolkit.tables.plans import Plan, refuse_if_wrong, there_words
from toolkit.tables.reading import Column, Line, TableSpec, read_table
from toolkit.tables.rt_rw import NotNumbers, TooHigh, read_rts, read_rw, spans_of

SPEC = TableSpec(
    columns=(
        Column(
            "village",
            gettext_lazy("village"),
            ("kelurahan", "desa", "kelurahan/desa", "desa/kelurahan", "kode desa", "nama desa"),
            gettext_lazy("Name or code of the kelurahan or desa, of your unit."),
            required=True,
        ),
        Column(
            "rw",
            "RW",
            ("no rw", "nomor rw", "rukun warga"),
            gettext_lazy("Its number: RW 01, or 1."),
            required=True,
            most=30,
        ),
        Column(
            "rt",
            "RT",
            ("jumlah rt", "no rt", "nomor rt", "rukun tetangga", "banyak rt"),
            gettext_lazy("How many: 12, or 12 RT. Or which: 1-12, or 001, 002, 005."),
            most=400,
        ),
        Column(
            "population",
            gettext_lazy("population"),
            ("penduduk", "jumlah penduduk", "jiwa", "jumlah jiwa", "warga"),
            gettext_lazy("People of the RW; the year goes with it."),
            most=20,
        ),
        Column(
            "population_year",
            gettext_lazy("year of the count"),
            ("tahun", "tahun data", "year"),
            gettext_lazy("Such as 2025."),
            most=20,
        ),
    ),
    example=("Jembatan Lima", "RW 01", "12 RT", "1.250", "2025"),
)
MOST_AREAS = 10_000
OLDEST_COUNT = 1950


@dataclass
class _Known:
    """What is there, and what the table has named so far."""

    areas: dict[str, Area]
    lines: dict[str, Line] = field(default_factory=dict)
    count: int = 0


def plan_areas(*, text: str, by: Viewer) -> Plan[Area]:
    """What `save_areas` would make. The number of statements does not grow with the lines."""
    table = read_table(text, SPEC)
    plan: Plan[Area] = Plan(table)
    villages = NamedVillages(line["village"] for line in table.lines)

    def fits(unit: Unit | None) -> bool:
        return manages_all(by) if unit is None else by.scope.may(MANAGE, unit)

    places = []
    for line in table.lines:
        village, words = villages.find(line["village"], fits)
        if village is None:
            plan.refuse(line, "village", words)
        else:
            places.append((line, village))
    inside = {village.pk for _line, village in places}
    stored = Area.objects.filter(Q(parent__in=inside) | Q(parent__parent__in=inside))
    known = _Known({area.code: area for area in stored})
    for line, village in places:
        _plan_line(plan, line, village, known)
    return plan


@transaction.atomic
def save_areas(*, text: str, by: Viewer) -> Plan[Area]:
    """Makes all RW and RT of the table, or none (TableRefused). One table at a time: two
    administrators of one tree may paste the same."""
    if not may_paste(by):
        raise PermissionDenied
    lock_until_commit("table of areas")
    plan = plan_areas(text=text, by=by)
    refuse_if_wrong(plan)
    larger = [area for area in plan.rows if area.level == AreaLevel.RW]
    Area.objects.bulk_create(larger)
    Area.objects.bulk_create(
        (area for area in plan.rows if area.level == AreaLevel.RT), batch_size=1000
    )
    note_added(larger, by.pk)
    return plan


def _plan_line(plan: Plan[Area], line: Line, village: Area, known: _Known) -> None:
    before = plan.mistake_count
    number = _rw(plan, line)
    rts = _rts(plan, line)
    population, year = _population(plan, line)
    if plan.mistake_count != before or number is None:
        return
    code = f"{village.code}-{number:03}"
    rts_by_code = {f"{code}-{rt:03}": rt for rt in rts}
    for again in [one for one in rts_by_code or [code] if one in known.lines]:
        words = _("The same stands on line %(line)d already. Delete one of the two.")
        column = "rt" if rts else "rw"
        plan.refuse(line, column, words % {"line": known.lines[again].number})
        return
    known.lines |= dict.fromkeys([code, *rts_by_code], line)
    rw = known.areas.get(code)
    rows = []
    is_there = rw is not None
    if rw is None:
        rw = Area(
            code=code,
            level=AreaLevel.RW,
            name=f"RW {number:02}",
            parent=village,
            population=population,
            population_year=year,
        )
        known.areas[code] = rw
        rows.append(rw)
    new = [rt for one, rt in rts_by_code.items() if one not in known.areas]
    rows += [
        Area(code=f"{code}-{rt:03}", level=AreaLevel.RT, name=f"RT {rt:03}", parent=rw)
        for rt in new
    ]
    known.count += len(rows)
    if known.count > MOST_AREAS:
        words = _("More than %(n)d RW and RT at once: save the lines before this one first.")
        plan.refuse(line, "", words % {"n": MOST_AREAS})
        return
    name = f"{village.name} · RW {number:02}"
    counted = (rw.population, rw.population_year)
    differs = []
    if is_there and population and counted != (population, year):
        differs = [str(SPEC.column("population").label)]
    if not rows:
        plan.keep(line, there_words(name, differs))
        return
    if new:
        name += f" · {len(new)} RT ({spans_of(new)})"
    if rows[0] is rw and population:
        name += _(" · %(n)d people (%(year)d)") % {"n": population, "year": year}
    plan.make(line, there_words(name, differs), *rows)


def _rw(plan: Plan[Area], line: Line) -> int | None:
    try:
        return read_rw(line["rw"])
    except NotNumbers:
        plan.refuse(line, "rw", _("Write the number of the RW in digits: RW 01."))
    except TooHigh:
        plan.refuse(line, "rw", _("The numbers of RW go from 1 to 999."))
    return None


def _rts(plan: Plan[Area], line: Line) -> list[int]:
    try:
        return read_rts(line["rt"])
    except NotNumbers:
        plan.refuse(line, "rt", _("Write how many RT there are (12), or which (1-12)."))
    except TooHigh:
        plan.refuse(line, "rt", _("The numbers of RT go from 1 to 999."))
    return []


def _population(plan: Plan[Area], line: Line) -> tuple[int | None, int | None]:
    if not line["population"] and not line["population_year"]:
        return None, None
    population, year = whole_number(line["population"]), whole_number(line["population_year"])
    if population is None or population > 1_000_000:
        plan.refuse(line, "population", _("Write the number of people in digits: 1250."))
    this_year = timezone.localdate().year
    if year is None or not OLDEST_COUNT <= year <= this_year:
        words = _("Write the year of the count, from %(first)d to %(last)d.")
        plan.refuse(line, "population_year", words % {"first": OLDEST_COUNT, "last": this_year})
    return population, year
