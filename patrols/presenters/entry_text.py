"""An entry of a log, or a late note, in words."""

from datetime import timedelta

from django.utils.translation import gettext as _

from patrols.models import EntryPhoto, LateNote, LogEntry
from territory.models import Unit
from territory.times import hour, moment

DAY = timedelta(days=1)


def sent_words(entry: LogEntry, unit: Unit) -> str:
    """«dikirim 04.31»: when an entry arrived that was written long before."""
    at = entry.received_at
    words = hour(at, unit) if at - entry.at < DAY else moment(at, unit)
    return _("sent %(at)s") % {"at": words}


def entry_words(entry: LogEntry) -> list[str]:
    """What is stored, in lines, for somebody who has sent something else under the same UUID."""
    lines = [f"{hour(entry.at, entry.duty.unit)} · {entry.get_kind_display().capitalize()}"]
    return [*lines, *filter(None, [str(entry.checkpoint or ""), entry.text])]


def late_note_words(note: LateNote) -> list[str]:
    """As `entry_words`."""
    kind = note.get_kind_display().capitalize()
    return [" · ".join(filter(None, [moment(note.at, note.unit), kind])), note.text]


def photo_words(photo: EntryPhoto) -> list[str]:
    """As `entry_words`: which entry the stored photo is of, and when it came."""
    came = hour(photo.added_at, photo.entry.duty.unit)
    return [*entry_words(photo.entry), _("photo, sent %(at)s") % {"at": came}]
