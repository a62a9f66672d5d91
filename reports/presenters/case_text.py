"""The report a unit sends by WhatsApp about a case. Name and number of the reporter are never in
it; what the reporter wrote, and what would lead to a home, only where the officer puts it in.

It is an Indonesian document whatever language the screen has, so the text below is not translated
and the words put into it are taken in Indonesian.
"""

from collections.abc import Iterable

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.models import EventKind, Precision, Report, ReportEvent, Source
from reports.workflow import ReportState
from territory import times
from territory.models import AreaLevel
from toolkit.sharing.masking import without_numbers

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

Tindakan:{tindakan}

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

# What officers did. Notes, and what the reporter added later, stay in the house.
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
    with_residents: bool = False,
) -> str:
    """`timeline` oldest first. `with_residents` puts in what `left_out` names."""
    with translation.override("id"):
        common = {
            "nomor": report.number,
            "kesatuan": report.unit.name,
            "situasi": str(report.get_state_display()),
        }
        if report.is_sealed:
            return SEALED_TEXT.format(**common)
        day, _comma, calendar_date = times.day(report.reported_at, report.unit).partition(", ")
        clean = str if with_residents else without_numbers
        steps = [step_line(row, report, clean(row.text)) for row in timeline if row.kind in STEPS]
        words = {
            **common,
            "jenis": report.category.label,
            "hari": day,
            "tanggal": calendar_date,
            "pukul": times.clock(report.reported_at, report.unit),
            "kejadian": occurred_words(report),
            "tempat": clean(place_words(report)),
            "koordinat": coordinates(report, with_residents=with_residents),
            "sumber": str(report.get_source_display()),
            "petugas": report.assignee.titled_name if report.assignee else "–",
            "uraian": account(report, with_residents=with_residents),
            "tindakan": "".join(f"\n- {line}" for line in steps[-MOST_STEPS:]) or untouched(report),
            "hasil": outcome_words(report, with_residents=with_residents),
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


def untouched(report: Report) -> str:
    """What stands where no step was taken."""
    waits = report.state == ReportState.RECEIVED
    return " belum ada, menunggu verifikasi." if waits else " belum ada."


def is_officers_own(report: Report) -> bool:
    """Whether an officer wrote it; what people send themselves may name themselves and others."""
    return report.received_by_id is not None or report.source == Source.PATROL


def left_out(report: Report) -> list[str]:
    """What stays out of the text until the officer puts it in, as the page names it."""
    parts = []
    if report.text and not is_officers_own(report):
        parts.append(_("the reporter's own words"))
    if report.lat is not None and report.source != Source.PATROL:
        parts.append(_("the position"))
    if report.outcome and report.outcome_reason:
        parts.append(_("what was done, in detail"))
    return [*parts, _("telephone numbers and other long numbers")]


def coordinates(report: Report, *, with_residents: bool) -> str:
    """Where a patrol was; of others it is often a home."""
    if report.lat is None or not (with_residents or report.source == Source.PATROL):
        return "–"
    return f"{report.lat:.5f}, {report.lon:.5f}"


def account(report: Report, *, with_residents: bool) -> str:
    if not report.text:
        return "–"
    if with_residents:
        return report.text
    if not is_officers_own(report):
        return f"(uraian pelapor ada pada laporan {report.number})"
    return without_numbers(report.text)


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


def outcome_words(report: Report, *, with_residents: bool) -> str:
    if not report.outcome:
        return "–"
    words = capfirst(str(report.get_outcome_display()))
    if report.lp_number:
        words += f" ({report.lp_number})"
    if with_residents:
        return f"{words}. {report.outcome_reason}" if report.outcome_reason else words
    return without_numbers(words)
