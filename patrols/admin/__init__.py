from patrols.admin.duties import AttendanceAdmin, DutyAdmin, LogEntryAdmin
from patrols.admin.late_notes import LateNoteAdmin
from patrols.admin.nights import HolidayAdmin, TeamAdmin
from patrols.admin.places import GuardPostAdmin, RouteAdmin
from patrols.admin.posts import (
    PostFaultAdmin,
    PostHandoverAdmin,
    PostHoursAdmin,
    PostItemAdmin,
)
from patrols.admin.schedules import ScheduleAdmin
from patrols.admin.sharing import ShareTemplateAdmin
from patrols.admin.swaps import SwapAdmin

__all__ = [
    "AttendanceAdmin",
    "DutyAdmin",
    "GuardPostAdmin",
    "HolidayAdmin",
    "LateNoteAdmin",
    "LogEntryAdmin",
    "PostFaultAdmin",
    "PostHandoverAdmin",
    "PostHoursAdmin",
    "PostItemAdmin",
    "RouteAdmin",
    "ScheduleAdmin",
    "ShareTemplateAdmin",
    "SwapAdmin",
    "TeamAdmin",
]
