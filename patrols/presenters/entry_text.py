"""An entry of a log in words."""

from patrols.models import LogEntry
from territory.times import hour


def entry_words(entry: LogEntry) -> list[str]:
    """What is stored, in lines, for somebody who has sent something else under the same UUID."""
    lines = [f"{hour(entry.at, entry.duty.unit)} · {entry.get_kind_display().capitalize()}"]
    return [*lines, *filter(None, [str(entry.checkpoint or ""), entry.text])]
