"""The report a unit sends by WhatsApp, written from a duty or from one entry.

The report is always Indonesian, whatever language the screen has: the two texts below are not
translated, and what fills their placeholders is written with Indonesian active. A unit may replace
the texts by its own, see ShareTemplate. The texts of visits and warnings go in only with
`with_residents`. All other texts and the summary go in, without telephone numbers.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrols.models import Attendance, Duty, EntryKind, LogEntry, Mark, ShareTemplate
from patrols.presenters.entry_text import sent_words
from patrols.selectors.log import Tally
from patrols.selectors.roll import Roll
from patrols.workflow import DutyState
from territory import times
from toolkit.labels import capitalized
from toolkit.sharing.text import NOTHING, fill_template, without_numbers

DUTY_TEXT = """\
Kepada Yth. Komandan
Dari: {pimpinan}
Perihal: Laporan {kegiatan}

Mohon izin Komandan, melaporkan pelaksanaan {jenis}:

Hari: {hari}
Tanggal: {tanggal}
Pukul: {pukul}
Tempat: {tempat}
Dasar: {sprin}
Personel: {personel}

Uraian:
{uraian}

Hasil:
{hasil}

Situasi: {situasi}

Demikian dilaporkan, dokumentasi terlampir.
{kesatuan}"""

ENTRY_TEXT = """\
Kepada Yth. Komandan
Dari: {pimpinan}
Perihal: {catatan} pada {kegiatan}

Mohon izin Komandan, melaporkan:

Hari: {hari}, {tanggal}
Pukul: {pukul}
Tempat: {tempat}
Koordinat: {koordinat}
Dasar: {sprin}

Uraian:
{uraian}

Situasi: {situasi}

Demikian dilaporkan, dokumentasi terlampir.
{kesatuan}"""

# The hours of the report say these.
UNTOLD = (EntryKind.START, EntryKind.END)
ABOUT_PEOPLE = (EntryKind.CONTACT, EntryKind.WARNING)


def proposed_summary(duty: Duty, tally: Tally) -> str:
    """A first summary of a duty, for its leader to complete. It only counts what the log holds."""
    lines = []
    if tally.checkpoints:
        lines.append(
            ngettext("%(n)d checkpoint visited.", "%(n)d checkpoints visited.", tally.checkpoints)
            % {"n": tally.checkpoints}
        )
    if tally.away:
        words = ngettext(
            "%(n)d check-in outside the radius, not counted as a visit.",
            "%(n)d check-ins outside the radius, not counted as visits.",
            tally.away,
        )
        lines.append(words % {"n": tally.away})
    counted = [f"{n} {kind.label}" for kind, n in tally.written]
    if counted:
        lines.append(_("Written: %(counted)s.") % {"counted": ", ".join(counted)})
    if tally.people:
        lines.append(
            ngettext("%(n)d person met.", "%(n)d people met.", tally.people) % {"n": tally.people}
        )
    if not tally.by_kind.get(EntryKind.FINDING):
        lines.append(_("Findings: none."))
    return "\n".join(lines)


def entry_line(entry: LogEntry, duty: Duty, *, with_residents: bool) -> str:
    """«22.15 Dialog dengan warga (3 orang): …»: the hour, the kind or the place, the text."""
    what = str(EntryKind(entry.kind).label)
    if entry.checkpoint:
        what = _("stop at %(place)s") % {"place": entry.checkpoint}
    if entry.is_outside and entry.distance_m is not None:
        what += " (" + _("outside the radius, %(m)d m away") % {"m": entry.distance_m} + ")"
    elif entry.kind == EntryKind.CHECK_IN and entry.is_position_coarse:
        what += " (" + _("low accuracy, ±%(m)d m") % {"m": entry.accuracy_m} + ")"
    if Mark.LATE in entry.marks:
        what += f" ({sent_words(entry, duty.unit)})"
    text = entry.text
    if entry.people_count:
        people = ngettext("%(n)d person", "%(n)d people", entry.people_count)
        what += " (" + people % {"n": entry.people_count} + ")"
    # A text about a visit or a warning names people, so it goes as a whole.
    is_about_people = entry.kind in ABOUT_PEOPLE
    text = "" if is_about_people and not with_residents else without_numbers(text)
    head = f"{times.hour(entry.at, duty.unit)} {capitalized(what)}"
    return f"{head}: {' '.join(text.split())}" if text else head


def people_of(roll: Roll, *, named: bool, guests_named: bool = True) -> str:
    """«4 petugas, 6 mitra»: who attended, in brackets their names where `named`. Guests are often
    residents: theirs only with `guests_named`."""
    came = roll.attending()
    members = [row for rows in came.groups.values() for row in rows]
    parts = []
    for rows, words, has_names in (
        (came.officers, ngettext("%(n)d officer", "%(n)d officers", len(came.officers)), named),
        (members, ngettext("%(n)d partner", "%(n)d partners", len(members)), named),
        (
            came.guests,
            ngettext("%(n)d guest", "%(n)d guests", len(came.guests)),
            named and guests_named,
        ),
    ):
        if rows:
            part = words % {"n": len(rows)}
            parts.append(f"{part} ({_names(rows)})" if has_names else part)
    return ", ".join(parts) or NOTHING


def _names(rows: Iterable[Attendance]) -> str:
    return ", ".join(row.person_name for row in rows)


def _span(start: datetime, end: datetime | None, duty: Duty) -> str:
    if end is None:
        return times.clock(start, duty.unit)
    return f"{times.hour(start, duty.unit)}–{times.clock(end, duty.unit)}"


def _situation(findings: int) -> str:
    if not findings:
        return _("safe and calm, no findings")
    return ngettext(
        "%(n)d finding, see the account", "%(n)d findings, see the account", findings
    ) % {"n": findings}


def _words_of_duty(
    duty: Duty, roll: Roll, template: ShareTemplate | None, *, at: datetime, guests_named: bool
) -> dict[str, str]:
    named = bool(template and template.names_people)
    leader = duty.leader.titled_name if duty.leader else duty.unit.name
    day, _comma, calendar_date = times.day(at, duty.unit).partition(", ")
    return {
        "kesatuan": duty.unit.name,
        "kegiatan": duty.name,
        "jenis": str(duty.get_kind_display()),
        "hari": day,
        "tanggal": calendar_date,
        "tempat": duty.place_name or duty.unit.name,
        "sprin": duty.order_title or NOTHING,
        "pimpinan": leader,
        "personel": people_of(roll, named=named, guests_named=guests_named),
    }


def _filled(text: str, words: dict[str, str], *, has_photos: bool) -> str:
    if not has_photos:
        text = text.replace(", dokumentasi terlampir", "")
    return fill_template(text, words)


def share_text_of_duty(
    *,
    duty: Duty,
    roll: Roll,
    tally: Tally,
    entries: list[LogEntry],
    template: ShareTemplate | None,
    with_residents: bool = False,
    guests_named: bool = True,
) -> str:
    """The report of a duty. `entries` are the first to tell, oldest first; `tally` says how many
    there are."""
    with translation.override("id"):
        start = duty.started_at or duty.starts_at
        lines = [entry_line(row, duty, with_residents=with_residents) for row in entries]
        told = sum(n for kind, n in tally.by_kind.items() if kind not in UNTOLD)
        if more := told - len(lines):
            lines.append(_("and %(n)d more") % {"n": more})
        summary = duty.summary or proposed_summary(duty, tally)
        words = {
            **_words_of_duty(duty, roll, template, at=start, guests_named=guests_named),
            "pukul": _span(start, duty.ended_at, duty)
            + (_(", still going on") if duty.state == DutyState.RUNNING else ""),
            "uraian": "\n".join(f"- {line}" for line in lines) or NOTHING,
            "hasil": without_numbers(summary),
            "situasi": _situation(tally.by_kind.get(EntryKind.FINDING, 0)),
        }
        text = template.duty_text if template else DUTY_TEXT
        return _filled(text, words, has_photos=tally.photos > 0)


def share_text_of_entry(
    *,
    entry: LogEntry,
    duty: Duty,
    roll: Roll,
    template: ShareTemplate | None,
    has_photos: bool,
    with_residents: bool = False,
    guests_named: bool = True,
) -> str:
    with translation.override("id"):
        line = entry_line(entry, duty, with_residents=with_residents)
        is_finding = entry.kind == EntryKind.FINDING
        place = f"{entry.lat:.5f}, {entry.lon:.5f}" if entry.lat is not None else NOTHING
        words = {
            **_words_of_duty(duty, roll, template, at=entry.at, guests_named=guests_named),
            "pukul": _span(entry.at, entry.left_at, duty),
            "tempat": str(entry.checkpoint or duty.place_name or duty.unit.name),
            "uraian": line,
            "hasil": line,
            "situasi": _situation(int(is_finding)),
            "catatan": capitalized(EntryKind(entry.kind).label),
            "koordinat": place,
        }
        text = template.entry_text if template else ENTRY_TEXT
        return _filled(text, words, has_photos=has_photos)
