from patrols.models.duties import Attendance, Duty
from patrols.models.entries import EntryKind, EntryPhoto, LogEntry, Mark
from patrols.models.findings import FindingReport
from patrols.models.late_notes import LateNote, LateNotePhoto
from patrols.models.places import Checkpoint, GuardPost, Route
from patrols.models.schedules import PatrolKind, Schedule, Weekday
from patrols.models.sharing import ShareTemplate
from patrols.workflow import AttendanceStatus

__all__ = [
    "Attendance",
    "AttendanceStatus",
    "Checkpoint",
    "Duty",
    "EntryKind",
    "EntryPhoto",
    "FindingReport",
    "GuardPost",
    "LateNote",
    "LateNotePhoto",
    "LogEntry",
    "Mark",
    "PatrolKind",
    "Route",
    "Schedule",
    "ShareTemplate",
    "Weekday",
]
