"""The report a unit sends by WhatsApp about a case. The reporter is never in it.

It is an Indonesian document whatever language the screen has, so the text below is not translated
and the words put into it are taken in Indonesian.
"""

from collections.abc import Iterable

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.models import EventKind, Precision, Report, ReportEvent
from territory import times
from territory.models import AreaLevel
from territory.texts import without_numbers

TEXT = """\
Kepada Yth. Komandan
Dari: {kesatuan}
Perihal: Laporan kejadian {jenis} ({nomor})

Mohon izin Komandan, melaporkan:

Hari: {hari}
Tanggal: {tanggal}
Pukul: {pukul}
Waktu kejadian: {kejadian}
Tempat: {tempat}
Koordinat: {koordinat}
Sumber laporan: {sumber}
Petugas: {petugas}

Uraian:
{uraian}

Tindakan:
{tindakan}

Hasil: {hasil}
Situasi: {situasi}

Demikian dilaporkan{lampiran}.
{kesatuan}"""

SEALED_TEXT = """\
Kepada Yth. Komandan
Dari: {kesatuan}
Perihal: Laporan {nomor}, jenis tertutup

Mohon izin Komandan, melaporkan:

Nomor: {nomor}
Jenis: tertutup
Kesatuan: {kesatuan}
Status: {situasi}

Isi laporan hanya dibuka oleh petugas yang ditunjuk.
Demikian dilaporkan."""

# What officers did; notes and the reporter's own words stay in the house.
STEPS = frozenset(
    {
        EventKind.VERIFIED,
        EventKind.DISPATCHED,
        EventKind.ARRIVED,
        EventKind.RESOLVED,
        EventKind.CLOSED,
        EventKind.REFERRED,
        EventKind.REOPENED,
        EventKind.HANDED_OVER,
    }
)
TOLD = frozenset({EventKind.REFERRED, EventKind.HANDED_OVER})
MOST_STEPS = 40


def case_report(
    *,
    report: Report,
    timeline: Iterable[ReportEvent],
    has_photos: bool,
    with_numbers: bool = False,
) -> str:
    """`timeline` oldest first. Long numbers are left out unless `with_numbers`."""
    with translation.override("id"):
        common = {
            "nomor": report.number,
            "kesatuan": report.unit.name,
            "situasi": str(report.get_state_display()),
        }
        if report.is_sealed:
            return SEALED_TEXT.format(**common)
        day, _comma, calendar_date = times.day(report.reported_at, report.unit).partition(", ")
        clean = str if with_numbers else without_numbers
        steps = [step_line(row, report, clean(row.text)) for row in timeline if row.kind in STEPS]
        words = {
            **common,
            "jenis": report.category.label,
            "hari": day,
            "tanggal": calendar_date,
            "pukul": times.clock(report.reported_at, report.unit),
            "kejadian": occurred_words(report),
            "tempat": clean(place_words(report)),
            "koordinat": f"{report.lat:.5f}, {report.lon:.5f}" if report.lat is not None else "–",
            "sumber": str(report.get_source_display()),
            "petugas": report.assignee.titled_name if report.assignee else "–",
            "uraian": clean(report.text) or "–",
            "tindakan": "\n".join(f"- {line}" for line in steps[-MOST_STEPS:]) or "–",
            "hasil": clean(outcome_words(report)),
            "lampiran": ", dokumentasi terlampir" if has_photos else "",
        }
        # A line that only says there is nothing to say is left out, before the person's own words
        # are in: theirs stay as they wrote them.
        lines = [
            line
            for line in TEXT.split("\n")
            if not any(line.endswith(f": {{{name}}}") and words[name] == "–" for name in words)
        ]
        return "\n".join(lines).format(**words)


def step_line(event: ReportEvent, report: Report, told: str) -> str:
    """``21 Nov 2026 22.40 WIB Diteruskan: PLN``."""
    line = f"{times.moment(event.at, report.unit)} {capfirst(str(event.get_kind_display()))}"
    return f"{line}: {' '.join(told.split())}" if event.kind in TOLD and told else line


def place_words(report: Report) -> str:
    """The spot, the village and the kecamatan; the village's parent is to be selected with it."""
    names = [report.place]
    if report.village:
        names.append(report.village.name)
        if report.village.level == AreaLevel.VILLAGE and report.village.parent:
            names.append(report.village.parent.name)
    return ", ".join(filter(None, names)) or "–"


def occurred_words(report: Report) -> str:
    """``sekitar 21 Nov 2026 22.00 WIB sampai 21 Nov 2026 23.00 WIB``."""
    start, end = report.occurred_from, report.occurred_to
    if start is None:
        return "–"
    words = times.moment(start, report.unit)
    if end is not None:
        until = times.clock(end, report.unit)
        if end.astimezone(report.unit.zone).date() != start.astimezone(report.unit.zone).date():
            until = times.moment(end, report.unit)
        words = _("%(start)s until %(end)s") % {"start": words, "end": until}
    if report.precision == Precision.ABOUT:
        words = _("about %(time)s") % {"time": words}
    return words


def outcome_words(report: Report) -> str:
    if not report.outcome:
        return "–"
    words = capfirst(str(report.get_outcome_display()))
    if report.lp_number:
        words += f" ({report.lp_number})"
    return f"{words}. {report.outcome_reason}" if report.outcome_reason else words
