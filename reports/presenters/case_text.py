"""The text about a case that a unit sends by WhatsApp.

It never contains the reporter's contact, telephone numbers or NIK. What the reporter wrote, and
positions that would lead to a home, are left out unless the officer adds them.

The text is an Indonesian document in every language of the screen: the template below is not
translated, and the words filled in are Indonesian.
"""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from reports.models import EventKind, Precision, Report, ReportEvent, Source
from reports.workflow import ReportState
from territory import times
from territory.models import AreaLevel
from toolkit.labels import capitalized
from toolkit.sharing.text import NOTHING, fill_template, without_numbers

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

# Steps of officers. Notes, and what the reporter added later, are not passed on.
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
WITH_TEXT = frozenset({EventKind.REFERRED, EventKind.HANDED_OVER})
MOST_STEPS = 40


def case_report(
    *,
    report: Report,
    timeline: Iterable[ReportEvent],
    has_photos: bool,
    with_residents: bool = False,
) -> str:
    """`timeline` begins with the oldest event. `with_residents` adds what `left_out()` names."""
    with translation.override("id"):
        common = {
            "nomor": report.number,
            "kesatuan": report.unit.name,
            "situasi": str(report.get_state_display()),
        }
        if report.is_sealed:
            return fill_template(SEALED_TEXT, common)
        day, _comma, calendar_date = times.day(report.reported_at, report.unit).partition(", ")
        steps = [
            step_line(row, report, without_numbers(row.text))
            for row in timeline
            if row.kind in STEPS
        ]
        words = {
            **common,
            "jenis": report.category.label,
            "hari": day,
            "tanggal": calendar_date,
            "pukul": times.clock(report.reported_at, report.unit),
            "kejadian": occurred_words(report),
            "tempat": without_numbers(place_words(report)),
            "koordinat": coordinates(report, with_residents=with_residents),
            "sumber": str(report.get_source_display()),
            "petugas": report.assignee.titled_name if report.assignee else NOTHING,
            "uraian": text_words(report, with_residents=with_residents),
            "tindakan": steps_words(steps) or no_steps_words(report),
            "hasil": outcome_words(report, with_residents=with_residents),
            "lampiran": ", dokumentasi terlampir" if has_photos else "",
        }
        return fill_template(TEXT, words)


def steps_words(steps: list[str]) -> str:
    """The last MOST_STEPS steps, one a line."""
    return "".join(f"\n- {line}" for line in steps[-MOST_STEPS:])


def no_steps_words(report: Report) -> str:
    """What the text says if no step was taken yet."""
    waits = report.state == ReportState.RECEIVED
    return " belum ada, menunggu verifikasi." if waits else " belum ada."


def is_officers_own(report: Report) -> bool:
    """Whether an officer wrote the text. People often name themselves and others in theirs."""
    return report.received_by_id is not None or report.source == Source.PATROL


def left_out(report: Report) -> list[str]:
    """The parts that the text leaves out unless the officer adds them, in words for the page."""
    parts = []
    if report.text and not is_officers_own(report):
        parts.append(_("the reporter's own words"))
    if report.lat is not None and report.source != Source.PATROL:
        parts.append(_("the position"))
    if report.outcome and report.outcome_reason:
        parts.append(_("what was done, in detail"))
    return parts


def coordinates(report: Report, *, with_residents: bool) -> str:
    """A patrol's own position is always given; other positions are often a home."""
    if report.lat is None or not (with_residents or report.source == Source.PATROL):
        return NOTHING
    return f"{report.lat:.5f}, {report.lon:.5f}"


def text_words(report: Report, *, with_residents: bool) -> str:
    if not report.text:
        return NOTHING
    if not with_residents and not is_officers_own(report):
        return f"(uraian pelapor ada pada laporan {report.number})"
    return without_numbers(report.text)


def step_line(event: ReportEvent, report: Report, text: str) -> str:
    """``21 Nov 2026 22.40 WIB Diteruskan: PLN``."""
    line = f"{times.moment(event.at, report.unit)} {capitalized(event.get_kind_display())}"
    return f"{line}: {' '.join(text.split())}" if event.kind in WITH_TEXT and text else line


def place_words(report: Report) -> str:
    """The spot, the village and the kecamatan. Select the report with `village__parent`."""
    names = [report.place]
    if report.village:
        names.append(report.village.name)
        if report.village.level == AreaLevel.VILLAGE and report.village.parent:
            names.append(report.village.parent.name)
    return ", ".join(filter(None, names)) or NOTHING


def occurred_words(report: Report) -> str:
    """``sekitar 21 Nov 2026 22.00 WIB sampai 21 Nov 2026 23.00 WIB``."""
    start, end = report.occurred_from, report.occurred_to
    if start is None:
        return NOTHING
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
        return NOTHING
    words = capitalized(report.get_outcome_display())
    if report.lp_number:
        words += f" ({report.lp_number})"
    if with_residents and report.outcome_reason:
        words += f". {report.outcome_reason}"
    return without_numbers(words)
