from django.urls import URLPattern, path, register_converter

from patrols.views import (
    command,
    copies,
    entries,
    findings,
    installed,
    late_notes,
    maps,
    moves,
    night,
    rollcall,
    schedules,
    sharing,
)
from patrols.views.duty_key import DutyKey

register_converter(DutyKey, "duty")

app_name = "patrols"

urlpatterns: list[URLPattern] = [
    # an officer's and a volunteer's night
    path("", night.my_day, name="my_day"),
    path("duties/begin/", night.duty_begin, name="duty_begin"),
    path("duties/choices/", night.duty_choices, name="duty_choices"),
    path("duties/<duty:pk>/", night.duty_detail, name="duty_detail"),
    path("duties/<duty:pk>/rollcall/", rollcall.duty_rollcall, name="duty_rollcall"),
    path("duties/<duty:pk>/rollcall/all/", rollcall.attendance_all, name="attendance_all"),
    path("duties/<duty:pk>/rollcall/add/", rollcall.attendance_add, name="attendance_add"),
    path("duties/<duty:pk>/rollcall/guest/", rollcall.guest_add, name="guest_add"),
    path("rollcall/<int:pk>/mark/", rollcall.attendance_mark, name="attendance_mark"),
    path("rollcall/<int:pk>/clear/", rollcall.attendance_clear, name="attendance_clear"),
    path("rollcall/<int:pk>/move/", moves.attendance_move, name="attendance_move"),
    path("rollcall/<int:pk>/remove/", rollcall.attendance_remove, name="attendance_remove"),
    path("duties/<duty:pk>/start/", night.duty_start, name="duty_start"),
    path("duties/<duty:pk>/elsewhere/", night.duty_elsewhere, name="duty_elsewhere"),
    path("duties/<duty:pk>/check-in/", entries.check_in, name="check_in"),
    path("duties/<duty:pk>/leave/", entries.checkpoint_leave, name="checkpoint_leave"),
    path("duties/<duty:pk>/entries/add/", entries.entry_add, name="entry_add"),
    path("duties/<duty:pk>/nil/", entries.duty_nil, name="duty_nil"),
    path("entries/<int:pk>/withdraw/", entries.entry_withdraw, name="entry_withdraw"),
    path("entries/<int:pk>/report/", findings.entry_report, name="entry_report"),
    path("entries/<int:pk>/share/", sharing.entry_share, name="entry_share"),
    path("entries/<uuid:key>/photo/", entries.photo_add, name="photo_add"),
    path("entries/<int:pk>/photos/", entries.entry_photos, name="entry_photos"),
    path("photos/<int:pk>/<str:size>/", entries.photo_view, name="photo_view"),
    path("duties/<duty:pk>/end/", night.duty_end, name="duty_end"),
    path("duties/<duty:pk>/resume/", night.duty_resume, name="duty_resume"),
    path("duties/<duty:pk>/submit/", night.duty_submit, name="duty_submit"),
    path("duties/<duty:pk>/log/", night.duty_log, name="duty_log"),
    path("duties/<duty:pk>/share/", sharing.duty_share, name="duty_share"),
    # what could not be stored in its log
    path("late-notes/add/", late_notes.late_note_add, name="late_note_add"),
    path("late-notes/", late_notes.late_note_list, name="late_note_list"),
    path("late-notes/<int:pk>/read/", late_notes.late_note_read, name="late_note_read"),
    path(
        "late-notes/photos/<int:pk>/<str:size>/",
        late_notes.late_note_photo,
        name="late_note_photo",
    ),
    # without a signal
    path("write/", installed.entry_now, name="entry_now"),
    path("copies/", copies.copy_list, name="copy_list"),
    path("no-signal/", copies.no_signal, name="no_signal"),
    # the commander's night
    path("tonight/", command.tonight, name="tonight"),
    path("nights/", command.night_list, name="night_list"),
    path("units/<int:pk>/map/", maps.unit_map, name="unit_map"),
    path("duties/", command.duty_list, name="duty_list"),
    path("duties/<duty:pk>/review/", command.duty_review, name="duty_review"),
    path("duties/<duty:pk>/cancel/", command.duty_cancel, name="duty_cancel"),
    path("duties/<duty:pk>/restore/", command.duty_restore, name="duty_restore"),
    path("schedules/", schedules.schedule_list, name="schedule_list"),
    path("schedules/add/", schedules.schedule_add, name="schedule_add"),
    path("schedules/<int:pk>/edit/", schedules.schedule_edit, name="schedule_edit"),
    path("schedules/<int:pk>/end/", schedules.schedule_end, name="schedule_end"),
]
