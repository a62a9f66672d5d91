"""An activity as the fields of a form: of another system, to copy from, or on paper."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Activity, Sheet, SheetLine, SheetSource
from territory.models import Area, AreaLevel
from territory.times import clock, date_of
from toolkit.labels import capitalized


@dataclass
class FilledLine:
    """A field with what goes into it. `warnings` say why the system would refuse it."""

    line: SheetLine
    value: str
    warnings: list[str] = field(default_factory=list)

    @property
    def is_by_hand(self) -> bool:
        return self.line.source == SheetSource.BY_HAND

    @property
    def is_sealed(self) -> bool:
        return self.line.source == SheetSource.RESIDENT


@dataclass
class Panel:
    """Fields that stand under one heading there; "" for none."""

    name: str
    lines: list[FilledLine]


def fill_sheet(
    sheet: Sheet,
    lines: Iterable[SheetLine],
    activity: Activity,
    *,
    same_before: Activity | None,
) -> list[Panel]:
    """`same_before` has the same words, see `same_text_before`. Select the activity with the three
    areas above its village."""
    words = _words_of(activity)
    panels: list[Panel] = []
    for line in lines:
        value = line.words if line.source == SheetSource.FIXED else words.get(line.source, "")
        filled = FilledLine(line, value, _warnings(sheet, line, value, activity, same_before))
        if not panels or panels[-1].name != line.panel:
            panels.append(Panel(line.panel, []))
        panels[-1].lines.append(filled)
    return panels


def _words_of(activity: Activity) -> dict[str, str]:
    """Without the resident's name, which only `open_resident` reads."""
    unit, areas = activity.unit, _names_around(activity.village)
    return {
        SheetSource.DATE: date_of(activity.at, unit),
        SheetSource.TIME: clock(activity.at, unit),
        SheetSource.OFFICER: _officer(activity),
        SheetSource.UNIT: unit.name,
        SheetSource.KIND: str(activity.kind),
        SheetSource.PLACE: activity.place_name,
        SheetSource.RT: f"{activity.rt:03d}" if activity.rt is not None else "",
        SheetSource.RW: f"{activity.rw:02d}" if activity.rw is not None else "",
        SheetSource.VILLAGE: areas.get(AreaLevel.VILLAGE, ""),
        SheetSource.DISTRICT: areas.get(AreaLevel.DISTRICT, ""),
        SheetSource.REGENCY: areas.get(AreaLevel.REGENCY, ""),
        SheetSource.PROVINCE: areas.get(AreaLevel.PROVINCE, ""),
        SheetSource.GROUP: str(activity.group or ""),
        SheetSource.AGENCIES: activity.agencies,
        SheetSource.PEOPLE: "" if activity.people_count is None else str(activity.people_count),
        SheetSource.TOPIC: capitalized(activity.get_topic_display()),
        SheetSource.KEYWORDS: activity.keywords,
        SheetSource.TEXT: activity.text,
        SheetSource.OUTCOME: activity.outcome,
    }


def _names_around(village: Area | None) -> dict[str, str]:
    """The names of the village and of what it is part of, by level."""
    names, area = {}, village
    while area is not None:
        names[area.level] = area.name
        area = area.parent
    return names


def _officer(activity: Activity) -> str:
    author = activity.author
    return f"{author.titled_name}, NRP {author.nrp}" if author.nrp else author.titled_name


def _warnings(
    sheet: Sheet, line: SheetLine, value: str, activity: Activity, same_before: Activity | None
) -> list[str]:
    if line.source in (SheetSource.BY_HAND, SheetSource.RESIDENT):
        return []
    found = []
    if line.is_required and not value:
        found.append(_("Required there, and empty here."))
    elif value and len(value) < line.fewest:
        lacks = line.fewest - len(value)
        words = ngettext(
            "%(n)d letter too short: it takes %(fewest)d or more.",
            "%(n)d letters too short: it takes %(fewest)d or more.",
            lacks,
        )
        found.append(words % {"n": lacks, "fewest": line.fewest})
    if sheet.refuses_same_text and line.source == SheetSource.TEXT and same_before is not None:
        words = _("You wrote the same words on %(day)s. The second time it is refused.")
        found.append(words % {"day": date_of(same_before.at, activity.unit)})
    return found
