from patrols.models.calendars import CalendarLink
from patrols.models.duties import Attendance, Duty
from patrols.models.duty_photos import DutyPhoto
from patrols.models.entries import EntryKind, EntryPhoto, LogEntry, Mark
from patrols.models.findings import FindingReport
from patrols.models.handovers import PostHandover
from patrols.models.holidays import Holiday
from patrols.models.late_notes import LateNote, LateNotePhoto
from patrols.models.places import Checkpoint, GuardPost, Route
from patrols.models.posts import (
    Condition,
    ItemCheck,
    ItemKind,
    PostFault,
    PostHours,
    PostItem,
)
from patrols.models.schedules import HolidayRule, PatrolKind, Schedule, Weekday
from patrols.models.sharing import ShareTemplate
from patrols.models.stops import PlannedStop, SuggestedStop
from patrols.models.swaps import Swap
from patrols.models.teams import Team
from patrols.workflow import AttendanceStatus, SwapState

__all__ = [
    "Attendance",
    "AttendanceStatus",
    "CalendarLink",
    "Checkpoint",
    "Condition",
    "Duty",
    "DutyPhoto",
    "EntryKind",
    "EntryPhoto",
    "FindingReport",
    "GuardPost",
    "Holiday",
    "HolidayRule",
    "ItemCheck",
    "ItemKind",
    "LateNote",
    "LateNotePhoto",
    "LogEntry",
    "Mark",
    "PatrolKind",
    "PlannedStop",
    "PostFault",
    "PostHandover",
    "PostHours",
    "PostItem",
    "Route",
    "Schedule",
    "ShareTemplate",
    "SuggestedStop",
    "Swap",
    "SwapState",
    "Team",
    "Weekday",
]
