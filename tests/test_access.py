"""Who may open what: one table over every URL name and every role, and canaries in every unit.

A URL without a row here fails `test_every_url_has_a_row`; the admin's rows come from its registry.
"""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import AccessKind
from accounts.services.access import record
from patrols.codes import make_code
from patrols.models import Swap
from patrols.services.duties import end_duty, start_duty
from patrols.services.duty_photos import add_duty_photo
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.late_notes import hand_over_note
from programs.models import Sheet
from programs.services.instructions import finish_receipt, read_receipt, withdraw_instruction
from reports.services.changes import dispatch_report, resolve_report
from reports.services.contacts import open_contact
from tests import factories as make
from tests.pictures import jpeg
from toolkit.idempotency.sent import Sent
from toolkit.photos.clean import clean_photo

ROLES = [
    "anonymous",
    "nobody",
    "volunteer",
    "officer",
    "neighbour",
    "operator",
    "commander",
    "chief",
    "admin_user",
    "superuser",
]

# What comes out: `in` the sign-in page, `ok` the page or a redirect after the deed, or the status.
EVERYBODY = "ok ok ok ok ok ok ok ok ok ok"
NOBODY = "404 404 404 404 404 404 404 404 404 404"
SIGNED_IN = "in ok ok ok ok ok ok ok ok ok"
POSTED = "in 403 403 ok ok ok ok ok ok ok"
RUNNERS = "in 403 403 ok ok ok ok ok 403 ok"
PLANNERS = "in 403 403 403 403 ok ok ok ok ok"
#               anon nob vol off nei ope com chi adm sup
SEES_DUTY = "in 404 ok ok 404 ok ok ok ok ok"
RUNS_DUTY = "in 404 403 ok 404 ok ok ok 403 ok"
WRITES_DUTY = "in 404 ok ok 404 ok ok ok 403 ok"
PLANS_DUTY = "in 404 403 403 404 ok ok ok ok ok"
REVIEWS_DUTY = "in 404 403 403 404 403 ok ok 403 ok"
SEES_UNIT = "in 404 404 ok 404 ok ok ok ok ok"
# The officer gives, and nobody of these is named as the taker.
TAKES_OVER = "in 404 403 403 404 403 403 403 403 403"
SWAPS = "in 404 404 403 404 ok ok ok ok ok"
PLANS_ABSENCE = "in 404 404 404 404 ok ok ok ok ok"
PLANS_UNIT = "in 404 404 403 404 ok ok ok ok ok"
WORKS_REPORT = "in 404 404 ok 404 ok ok ok 403 ok"
HEADS_REPORT = "in 404 404 403 404 403 ok ok 403 ok"
# Who is in the roll of the duty; of the others nobody, whoever they are.
PRESENT = "in 403 ok ok 403 403 403 403 403 403"
SCANS = "in 404 ok ok 404 404 404 404 404 404"
MANAGERS = "in 403 403 403 403 403 403 403 ok ok"
HEADS = "in 403 403 403 403 403 ok ok 403 ok"
HEADS_UNIT = "in 404 404 403 404 403 ok ok 403 ok"
READS_NOTE = "in 404 404 403 404 404 ok ok 404 ok"
SEES_NOTE = "in 404 404 ok 404 404 ok ok 404 ok"
# Nobody of these opens sealed reports there, so that a superuser is the second person.
CONFIRMS = "in 404 404 403 404 403 403 403 403 ok"

# What an officer wrote, only that officer changes.
AUTHORS = "in 404 404 ok 404 403 403 403 403 403"
# For a unit its own commander and operator speak, and nobody above.
ISSUES = "in 403 403 403 403 ok ok ok 403 403"
PASSES = "in 404 404 403 404 ok ok 403 403 403"
JUDGES = "in 404 404 403 404 403 ok 403 403 403"

# URL name: (method, the row its key is of, what comes out for each role, what is sent)
TABLE = {
    "home": ("get", None, EVERYBODY, {}),
    "healthz": ("get", None, EVERYBODY, {}),
    "manifest": ("get", None, EVERYBODY, {}),
    "service_worker": ("get", None, EVERYBODY, {}),
    "account_login": ("get", None, EVERYBODY, {}),
    "account_logout": ("get", None, SIGNED_IN, {}),
    "account_change_password": ("get", None, SIGNED_IN, {}),
    "accounts:more": ("get", None, SIGNED_IN, {}),
    "accounts:phone_edit": ("get", None, SIGNED_IN, {}),
    "accounts:password_link": ("get", "let_in", NOBODY, {}),
    "accounts:access_list": ("get", None, "in 403 403 403 403 403 ok ok ok ok", {}),
    "accounts:person_confirm": ("post", "let_in", CONFIRMS, {}),
    "accounts:posting_decide": ("post", "asked", CONFIRMS, {"answer": "yes"}),
    "accounts:outbox_list": ("get", None, SIGNED_IN, {}),
    "accounts:outbox_me": ("get", None, SIGNED_IN, {}),
    "accounts:theme_set": ("post", None, EVERYBODY, {"theme": "dark"}),
    "accounts:person_paste": ("get", None, MANAGERS, {}),
    # territory
    "territory:unit_paste": ("get", None, MANAGERS, {}),
    "territory:area_paste": ("get", None, MANAGERS, {}),
    # partners
    "partners:group_list": ("get", None, POSTED, {}),
    "partners:group_detail": ("get", "group", SEES_UNIT, {}),
    "partners:group_confirm": ("get", "group", PLANS_UNIT, {}),
    "partners:member_add": ("get", "group", PLANS_UNIT, {}),
    "partners:member_paste": ("get", None, MANAGERS, {}),
    "partners:member_edit": ("get", "member", PLANS_UNIT, {}),
    # reports: a citizen, whose right is the code
    "reports:report_send": ("get", None, EVERYBODY, {}),
    "reports:report_fill": ("get", None, EVERYBODY, {}),
    "reports:report_receipt": ("get", None, EVERYBODY, {}),
    "reports:report_leave": ("post", None, EVERYBODY, {}),
    "reports:category_search": ("post", None, EVERYBODY, {"words": "mtr ilang"}),
    "reports:area_search": ("post", None, EVERYBODY, {"village_name": "Duri"}),
    "reports:report_track": ("get", None, EVERYBODY, {}),
    "reports:track_note": ("post", None, EVERYBODY, {"text": "Tambahan"}),
    "reports:track_confirm": ("post", None, EVERYBODY, {}),
    "reports:track_dispute": ("post", None, EVERYBODY, {"reason": "Belum"}),
    "reports:track_rate": ("post", None, EVERYBODY, {"rate-rating": "5"}),
    "reports:track_forget": ("post", None, EVERYBODY, {}),
    "reports:track_photo": ("get", "report_photo", NOBODY, {}),
    # reports: the desk
    "reports:report_list": ("get", None, POSTED, {}),
    "reports:report_new": ("get", None, RUNNERS, {}),
    "reports:report_detail": ("get", "report", SEES_UNIT, {}),
    "reports:report_print": ("get", "report", SEES_UNIT, {}),
    "reports:report_code": ("get", "report", SEES_UNIT, {}),
    "reports:report_share": ("get", "report", SEES_UNIT, {}),
    "reports:report_photo": ("get", "report_photo", SEES_UNIT, {}),
    # reports: the steps of one
    "reports:report_verify": ("post", "report", WORKS_REPORT, {}),
    "reports:report_dispatch": ("get", "report", WORKS_REPORT, {}),
    "reports:report_recall": ("post", "sent_report", WORKS_REPORT, {}),
    "reports:report_arrive": ("post", "sent_report", WORKS_REPORT, {}),
    "reports:report_resolve": ("get", "sent_report", WORKS_REPORT, {}),
    "reports:report_close": ("post", "done_report", HEADS_REPORT, {}),
    "reports:report_reject": ("get", "report", HEADS_REPORT, {}),
    "reports:report_merge": ("get", "report", WORKS_REPORT, {}),
    "reports:report_refer": ("get", "report", WORKS_REPORT, {}),
    "reports:report_reopen": ("get", "done_report", WORKS_REPORT, {}),
    "reports:report_override": ("get", "report", HEADS_REPORT, {}),
    "reports:report_note": ("get", "report", WORKS_REPORT, {}),
    "reports:report_classify": ("get", "report", WORKS_REPORT, {}),
    "reports:report_handover": ("get", "report", WORKS_REPORT, {}),
    "reports:contact_open": ("get", "report", WORKS_REPORT, {}),
    "reports:contact_access_list": ("get", None, "in 403 403 403 403 403 ok ok 403 ok", {}),
    # patrols: a night
    "patrols:my_day": ("get", None, SIGNED_IN, {}),
    "patrols:duty_begin": ("get", None, RUNNERS, {}),
    "patrols:duty_choices": ("get", None, SIGNED_IN, {}),
    "patrols:duty_detail": ("get", "running", SEES_DUTY, {}),
    "patrols:swap_ask": ("get", "planned_own", "in 404 403 ok 404 403 403 403 403 403", {}),
    "patrols:my_hours": ("get", None, SIGNED_IN, {}),
    "patrols:my_letter": ("get", None, SIGNED_IN, {}),
    "patrols:person_hours": ("get", "served", HEADS_UNIT, {}),
    "patrols:person_letter": ("get", "served", HEADS_UNIT, {}),
    "patrols:attendance_month": ("get", None, HEADS, {}),
    "patrols:calendar_link": ("get", None, SIGNED_IN, {}),
    "patrols:calendar_feed": ("get", None, NOBODY, {}),
    "patrols:swap_list": ("get", None, SIGNED_IN, {}),
    "patrols:swap_change": ("post", "swap", SWAPS, {"action": "confirm"}),
    "patrols:duty_start": ("post", "planned", RUNS_DUTY, {}),
    "patrols:duty_elsewhere": ("get", "planned", RUNS_DUTY, {}),
    "patrols:duty_rollcall": ("get", "running", RUNS_DUTY, {}),
    "patrols:duty_code": ("get", "running", RUNS_DUTY, {}),
    "patrols:duty_present": ("get", "fresh_code", PRESENT, {}),
    "patrols:plate_scan": ("get", "plate", SCANS, {}),
    "patrols:duty_photo_add": ("post", "running", RUNS_DUTY, {}),
    "patrols:duty_photo_remove": ("post", "duty_photo", RUNS_DUTY, {}),
    "patrols:duty_photo_view": ("get", "duty_photo", SEES_DUTY, {}),
    "patrols:attendance_all": ("post", "running", RUNS_DUTY, {}),
    "patrols:attendance_mark": ("post", "attendance", RUNS_DUTY, {"status": "excused"}),
    "patrols:attendance_clear": ("post", "attendance", RUNS_DUTY, {}),
    "patrols:attendance_move": ("get", "attendance", RUNS_DUTY, {}),
    "patrols:attendance_remove": ("post", "guest", RUNS_DUTY, {}),
    "patrols:attendance_add": ("post", "running", RUNS_DUTY, {}),
    "patrols:guest_add": ("post", "running", RUNS_DUTY, {"name": "Tamu"}),
    "patrols:check_in": ("post", "running", WRITES_DUTY, {}),
    "patrols:checkpoint_leave": ("post", "running", WRITES_DUTY, {}),
    "patrols:entry_add": ("get", "running", WRITES_DUTY, {}),
    "patrols:duty_nil": ("post", "running", WRITES_DUTY, {}),
    "patrols:entry_withdraw": ("post", "entry", "in 404 403 ok 404 403 403 403 403 403", {}),
    "patrols:entry_report": ("post", "entry", WRITES_DUTY, {}),
    "patrols:entry_photos": ("get", "entry", "in 404 403 ok 404 403 403 403 403 403", {}),
    "patrols:photo_add": ("post", "entry_uuid", "in 404 403 ok 404 403 403 403 403 403", {}),
    "patrols:entry_share": ("get", "entry", SEES_DUTY, {}),
    "patrols:photo_view": ("get", "photo", SEES_DUTY, {}),
    "patrols:duty_handover": ("get", "post_night", RUNS_DUTY, {}),
    "patrols:handover_detail": ("get", "handover", SEES_DUTY, {}),
    "patrols:handover_confirm": ("post", "handover", TAKES_OVER, {}),
    "patrols:duty_end": ("get", "running", RUNS_DUTY, {}),
    "patrols:duty_resume": ("post", "ended", RUNS_DUTY, {}),
    "patrols:duty_submit": ("post", "ended", RUNS_DUTY, {}),
    "patrols:duty_log": ("get", "running", SEES_DUTY, {}),
    "patrols:duty_share": ("get", "running", SEES_DUTY, {}),
    # patrols: what could not be stored in its log, of which the officer is the author
    "patrols:late_note_add": ("get", None, SIGNED_IN, {}),
    "patrols:late_note_list": ("get", None, SIGNED_IN, {}),
    "patrols:late_note_read": ("post", "late_note", READS_NOTE, {}),
    "patrols:late_note_photo": ("get", "late_photo", SEES_NOTE, {}),
    # patrols: without a signal
    "patrols:entry_now": ("get", None, SIGNED_IN, {}),
    "patrols:copy_list": ("get", None, SIGNED_IN, {}),
    "patrols:no_signal": ("get", None, SIGNED_IN, {}),
    # patrols: a guard post
    "patrols:post_detail": ("get", "post", SEES_UNIT, {}),
    "patrols:post_book": ("get", "post", SEES_UNIT, {}),
    "patrols:hours_add": ("get", "post", PLANS_UNIT, {}),
    "patrols:hours_edit": ("get", "hours", PLANS_UNIT, {}),
    "patrols:hours_remove": ("post", "hours", PLANS_UNIT, {}),
    "patrols:item_add": ("get", "post", PLANS_UNIT, {}),
    "patrols:item_edit": ("get", "item", PLANS_DUTY, {}),
    "patrols:item_retire": ("post", "item", PLANS_DUTY, {}),
    "patrols:item_check": ("get", "item", WRITES_DUTY, {}),
    "patrols:fault_add": ("get", "post", WORKS_REPORT, {}),
    "patrols:fault_mend": ("get", "fault", WORKS_REPORT, {}),
    # patrols: command
    "patrols:tonight": ("get", None, POSTED, {}),
    "patrols:night_list": ("get", None, POSTED, {}),
    "patrols:week_print": ("get", None, POSTED, {}),
    "patrols:unit_map": ("get", "unit", SEES_UNIT, {}),
    "patrols:hotspot_list": ("get", None, POSTED, {}),
    "patrols:hotspot_add": ("get", None, PLANNERS, {}),
    "patrols:hotspot_detail": ("get", "hotspot", SEES_UNIT, {}),
    "patrols:hotspot_edit": ("get", "hotspot", PLANS_UNIT, {}),
    "patrols:hotspot_retire": ("get", "hotspot", PLANS_UNIT, {}),
    "patrols:hotspot_restore": ("post", "hotspot", PLANS_UNIT, {}),
    "patrols:hotspot_intensify": ("get", "hotspot", PLANS_UNIT, {}),
    "patrols:rounds_withdraw": ("post", "rounds", PLANS_UNIT, {}),
    "patrols:proposal_decline": ("get", "proposal", HEADS_REPORT, {}),
    "patrols:route_list": ("get", None, POSTED, {}),
    "patrols:route_add": ("get", None, PLANNERS, {}),
    "patrols:route_detail": ("get", "route", SEES_UNIT, {}),
    "patrols:route_edit": ("get", "route", PLANS_UNIT, {}),
    "patrols:route_retire": ("get", "route", PLANS_UNIT, {}),
    "patrols:route_restore": ("post", "route", PLANS_UNIT, {}),
    "patrols:route_plates": ("get", "route", PLANS_UNIT, {}),
    "patrols:checkpoint_add": ("get", "route", PLANS_UNIT, {}),
    "patrols:checkpoint_edit": ("get", "checkpoint", PLANS_UNIT, {}),
    "patrols:checkpoint_retire": ("post", "checkpoint", PLANS_UNIT, {}),
    "patrols:checkpoint_restore": ("post", "checkpoint", PLANS_UNIT, {}),
    "patrols:plate_renew": ("get", "checkpoint", PLANS_UNIT, {}),
    "patrols:post_list": ("get", None, POSTED, {}),
    "patrols:post_add": ("get", None, PLANNERS, {}),
    "patrols:post_edit": ("get", "post", PLANS_UNIT, {}),
    "patrols:post_retire": ("get", "post", PLANS_UNIT, {}),
    "patrols:post_restore": ("post", "post", PLANS_UNIT, {}),
    "patrols:duty_list": ("get", None, POSTED, {}),
    "patrols:duty_review": ("get", "ended", REVIEWS_DUTY, {}),
    "patrols:duty_cancel": ("get", "planned", PLANS_DUTY, {}),
    "patrols:duty_restore": ("post", "cancelled", PLANS_DUTY, {}),
    "patrols:schedule_list": ("get", None, PLANNERS, {}),
    "patrols:schedule_add": ("get", None, PLANNERS, {}),
    "patrols:schedule_edit": ("get", "schedule", PLANS_UNIT, {}),
    "patrols:schedule_end": ("get", "schedule", PLANS_UNIT, {}),
    "patrols:schedule_teams": ("get", "schedule", PLANS_UNIT, {}),
    "patrols:absence_list": ("get", None, PLANNERS, {}),
    "patrols:absence_add": ("get", None, PLANNERS, {}),
    "patrols:absence_edit": ("get", "absence", PLANS_ABSENCE, {}),
    "patrols:absence_end": ("post", "absence", PLANS_ABSENCE, {}),
    # programs
    "programs:activity_list": ("get", None, POSTED, {}),
    "programs:activity_recap": ("get", None, POSTED, {}),
    "programs:activity_recap_file": ("get", None, POSTED, {}),
    "programs:coverage": ("get", None, POSTED, {}),
    "programs:workload": ("get", None, HEADS, {}),
    "programs:unit_setup": ("get", None, MANAGERS, {}),
    "programs:workload_move": ("get", "polsek", HEADS_UNIT, {}),
    "programs:workload_share": ("get", "officer_posting", HEADS_UNIT, {}),
    "programs:activity_add": ("get", None, RUNNERS, {}),
    "programs:activity_detail": ("get", "activity", SEES_UNIT, {}),
    "programs:activity_edit": ("get", "activity", AUTHORS, {}),
    "programs:activity_withdraw": ("post", "activity", AUTHORS, {}),
    "programs:activity_share": ("get", "activity", SEES_UNIT, {}),
    "programs:activity_sheet": ("get", "activity", SEES_UNIT, {}),
    "programs:activity_photo": ("get", "activity_photo", SEES_UNIT, {}),
    "programs:activity_photo_add": ("post", "activity_uuid", AUTHORS, {}),
    "programs:instruction_list": ("get", None, POSTED, {}),
    "programs:instruction_add": ("get", None, ISSUES, {}),
    "programs:instruction_detail": ("get", "instruction", SEES_UNIT, {}),
    "programs:instruction_print": ("get", "instruction", SEES_UNIT, {}),
    "programs:instruction_withdraw": ("get", "instruction", JUDGES, {}),
    "programs:instruction_read": ("post", "receipt", AUTHORS, {}),
    "programs:instruction_pass": ("get", "unit_receipt", PASSES, {}),
    "programs:instruction_done": ("get", "read_receipt", AUTHORS, {}),
    "programs:instruction_accept": ("post", "done_receipt", JUDGES, {}),
    "programs:instruction_return": ("get", "done_receipt", JUDGES, {}),
    "programs:resident_open": ("get", "activity_sealed", AUTHORS, {}),
    "programs:resident_forget": ("post", "activity_sealed", AUTHORS, {}),
    # programs: what residents say, and what becomes of it
    "programs:issue_list": ("get", None, POSTED, {}),
    "programs:issue_print": ("get", None, POSTED, {}),
    "programs:issue_add": ("get", None, RUNNERS, {}),
    "programs:issue_detail": ("get", "issue", SEES_UNIT, {}),
    "programs:issue_promise": ("get", "issue", WORKS_REPORT, {}),
    "programs:issue_done": ("get", "issue", WORKS_REPORT, {}),
    "programs:issue_verify": ("get", "issue", WORKS_REPORT, {}),
    "programs:issue_explain": ("get", "issue", WORKS_REPORT, {}),
    "programs:issue_report": ("post", "issue", WORKS_REPORT, {}),
    "programs:issue_publish": ("get", "forum_issue", PLANS_UNIT, {}),
    "programs:issue_unpublish": ("post", "forum_issue", PLANS_UNIT, {}),
    # programs: meetings with residents
    "programs:forum_list": ("get", None, POSTED, {}),
    "programs:forum_add": ("get", None, RUNNERS, {}),
    "programs:forum_detail": ("get", "forum", SEES_UNIT, {}),
    "programs:forum_edit": ("get", "forum", WORKS_REPORT, {}),
    "programs:forum_cancel": ("post", "forum", WORKS_REPORT, {}),
    "programs:forum_code": ("get", "forum", SEES_UNIT, {}),
    "programs:forum_print": ("get", "forum", SEES_UNIT, {}),
    "programs:forum_hold": ("post", "forum", WORKS_REPORT, {}),
    # Residents, who have the address from the QR
    "programs:forum_open": ("get", "forum_key", EVERYBODY, {}),
    "programs:forum_attend": ("post", "forum_key", EVERYBODY, {}),
}
EXTRA_ARGUMENTS = {"patrols:photo_view": ["small"], "reports:report_photo": ["small"]}
EXTRA_ARGUMENTS["reports:track_photo"] = ["small"]
EXTRA_ARGUMENTS["patrols:duty_photo_view"] = ["small"]
EXTRA_ARGUMENTS["patrols:late_note_photo"] = ["small"]
EXTRA_ARGUMENTS["programs:activity_photo"] = ["small"]
EXTRA_ARGUMENTS["programs:activity_sheet"] = ["kenari"]
EXTRA_ARGUMENTS["patrols:calendar_feed"] = ["guessed-token"]
EXTRA_ARGUMENTS["accounts:password_link"] = ["guessed-token"]
ROUND = {name: row for name, row in TABLE.items() if row[0] == "get"}


class FreshCode:
    """The code of an apel as it is in the minute in which its address is written."""

    def __init__(self, duty):
        self.duty = duty

    def __str__(self):
        return make_code(self.duty, timezone.now())


def photo_of(duty, officer):
    """A photo of the apel."""
    return add_duty_photo(duty=duty, by=officer, photo=clean_photo(jpeg()), sent=Sent())


def activity_rows(unit, officer, word):
    kind = make.make_activity_kind()
    sheet, _is_new = Sheet.objects.get_or_create(code="kenari", defaults={"name": "Lembar"})
    sheet.kinds.add(kind)
    activity = make.make_activity(
        unit,
        officer,
        f"Kunjungan {word}",
        kind,
        outcome=f"Sepakat {word}",
        place=f"Rumah {word}",
        agencies=f"Mitra {word}",
        keywords=f"Kunci {word}",
        resident=f"Warga {word}",
        photos=(clean_photo(jpeg()),),
        photos_to_come=1,
    )
    return {
        "activity": activity,
        "polsek": unit,
        "officer_posting": officer.postings.get(),
        "activity_uuid": SimpleNamespace(pk=activity.client_uuid),
        "activity_photo": activity.photos.get(),
        "activity_sealed": activity,
    }


def instruction_rows(unit, officer, word):
    """To the officer: one not read, one read, one done, two withdrawn; and one to the unit."""
    head = make.make_user(f"Kepala {word}", unit, "commander")
    above = make.make_user(f"Atasan {word}", unit.parent, "commander")

    def receipt_of(name, by=head, **to):
        said = {"subject": f"{name} {word}", "points": (f"Butir {word}",)}
        sent = make.make_instruction(by.unit, by, number=f"{name} {word}", **said, **to)
        return sent.receipts.get()

    first, seen, done, gone, unread = (
        receipt_of(name, people=[officer]) for name in ("Satu", "Dua", "Tiga", "Empat", "Enam")
    )
    for receipt in (seen, done, gone):
        read_receipt(receipt=receipt, by=officer)
    finish_receipt(receipt=done, by=officer, report=f"Sudah {word}")
    for receipt in (gone, unread):
        withdraw_instruction(instruction=receipt.instruction, by=head, reason=f"Batal {word}")
    own = receipt_of("Lima", above, units=[unit])
    read_receipt(receipt=own, by=head)
    return {
        "instruction": first.instruction,
        "receipt": first,
        "read_receipt": seen,
        "done_receipt": done,
        "withdrawn_receipt": gone,
        "withdrawn_unread": unread,
        "unit_receipt": own,
    }


def make_rows_of(unit, officer, word, volunteer_member=None):
    """Rows of every kind at a unit, each with the word in its texts."""
    group = volunteer_member.group if volunteer_member else make.make_group(unit, f"Mitra {word}")
    member = volunteer_member or make.make_member(group, f"Anggota {word}")
    route = make.make_route(unit, f"Rute {word}", checkpoints=2, note=f"Jalan {word}")
    route.checkpoints.update(name=Concat(Value(f"Titik {word} "), "name"))
    hotspot = make.make_hotspot(unit, f"Rawan {word}", lat=-6.15, lon=106.8, advice=f"Cara {word}")
    schedule = make.make_schedule(unit, f"Jadwal {word}", officers=[officer], groups=[group])

    def new_duty(kind, **fields):
        duty = make.make_duty(unit, f"{kind} {word}", route=route, leader=officer, **fields)
        make.make_attendance(duty, officer=officer, expected=False)
        make.make_attendance(duty, member=member, expected=False)
        return duty

    planned, running = new_duty("Rencana"), start_duty(duty=new_duty("Jalan"), by=officer)
    ended = start_duty(duty=new_duty("Usai"), by=officer, despite=True)
    ended = end_duty(duty=ended, by=officer, summary=f"Ringkasan {word}")
    cancelled = new_duty("Batal")
    type(cancelled).objects.filter(pk=cancelled.pk).update(
        state="cancelled", cancel_reason=f"Sebab {word}"
    )
    entry, _ = log_entry(
        duty=running,
        by=officer,
        draft=EntryDraft(kind="finding", text=f"Temuan {word}", photos=(clean_photo(jpeg()),)),
    )
    late_note, _ = hand_over_note(
        by=officer,
        sent=Sent(),
        text=f"Susulan {word}",
        kind="finding",
        meant_for=cancelled.pk,
        photos=(clean_photo(jpeg()),),
    )
    post = make.make_post(unit, f"Pos {word}", address=f"Gang {word}")

    def new_post_night(kind):
        name = f"{kind} {word}"
        return make.make_post_night(unit, officer, [member], post=post, name=name, expected=False)

    post_night, handed = new_post_night("Jaga"), new_post_night("Jaga lama")
    item = make.make_item(post, f"Radio {word}", kind="radio")
    make.make_item(post, f"Senter {word}", wanted=4)
    handover = make.make_handover(
        handed, officer, f"Penerima {word}", [(item, 0, "missing")], note=f"Titip {word}"
    )
    post_planned = make.make_duty(
        unit, f"Jaga nanti {word}", timezone.now() + timedelta(days=12), post=post, leader=officer
    )
    guest = make.make_attendance(
        running, guest_name=f"Tamu {word}", expected=False, status="present", at=timezone.now()
    )

    def new_report(kind, **fields):
        return make.make_report(
            unit,
            f"{kind} {word}",
            privacy="officers",
            contact_name=f"Pelapor {word}",
            contact_phone="+6281299990000",
            **fields,
        )

    sent_report, done_report = new_report("Laporan jalan"), new_report("Laporan usai")
    for report in (sent_report, done_report):
        dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=done_report, by=officer, outcome="handled", reason=f"Hasil {word}")
    open_contact(report=sent_report, by=officer, reason=f"Keperluan {word}")
    report = new_report("Laporan baru", photos=(clean_photo(jpeg()),))
    admin = make.make_user(f"Admin {word}", unit, "admin")
    forum = make.make_forum(unit, officer, f"Pertemuan {word}")
    let_in = make.make_user(f"Orang {word}", unit, "officer", let_in_by=admin)
    to_swap = new_duty("Tukar", starts_at=timezone.now() + timedelta(days=20))
    to_swap.attendances.filter(officer=officer).update(expected=True)
    posting = make.make_posting(let_in, unit, "commander", sealed_asked_by=admin)
    record(AccessKind.ASKED, person=let_in, by=admin)
    return {
        "let_in": let_in,
        "asked": posting,
        "report": report,
        "report_photo": report.photos.get(),
        "sent_report": sent_report,
        "done_report": done_report,
        "unit": unit,
        "group": group,
        "member": member,
        "route": route,
        "checkpoint": route.checkpoints.get(order=1),
        "plate": SimpleNamespace(pk=route.checkpoints.get(order=2).plate),
        "hotspot": hotspot,
        "proposal": make.make_proposal(unit),
        "rounds": make.make_schedule(unit, f"Ronde {word}", hotspot=hotspot),
        "schedule": schedule,
        "planned_own": to_swap,
        "swap": Swap.objects.create(
            duty=to_swap, asker=officer, other=admin, state="agreed", asked_at=timezone.now()
        ),
        "absence": make.make_absence(let_in, note=f"Catatan {word}"),
        "planned": planned,
        "running": running,
        "ended": ended,
        "cancelled": cancelled,
        "entry": entry,
        "entry_uuid": SimpleNamespace(pk=entry.client_uuid),
        "photo": entry.photos.get(),
        "late_note": late_note,
        "late_photo": late_note.photos.get(),
        **activity_rows(unit, officer, word),
        **instruction_rows(unit, officer, word),
        "post": post,
        "hours": make.make_hours(post),
        "item": item,
        "fault": make.make_fault(post, officer, f"Rusak {word}"),
        "post_night": post_night,
        "post_planned": post_planned,
        "handover": handover,
        "guest": guest,
        "duty_photo": photo_of(running, officer),
        "fresh_code": SimpleNamespace(pk=FreshCode(running.pk)),
        "served": SimpleNamespace(pk=f"officer:{officer.pk}"),
        "attendance": running.attendances.get(officer=officer),
        "forum": forum,
        "forum_key": SimpleNamespace(pk=forum.key),
        "forum_issue": make.make_issue(unit, officer, f"Curhat {word}", forum=forum),
        "issue": make.make_issue(unit, officer, f"Keluhan {word}"),
    }


@pytest.fixture
def cast(
    units, volunteer, officer, neighbour, operator, commander, chief, admin_user, superuser, nobody
):
    return {
        "anonymous": None,
        "nobody": nobody,
        "volunteer": volunteer,
        "officer": officer,
        "neighbour": neighbour,
        "operator": operator,
        "commander": commander,
        "chief": chief,
        "admin_user": admin_user,
        "superuser": superuser,
    }


@pytest.fixture
def rows(units, officer, volunteer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_rows_of(units.polsek, officer, "kenari-a", volunteer.membership)


def path_of(name, rows, key):
    arguments = [rows[key].pk] if key else []
    return reverse(name, args=[*arguments, *EXTRA_ARGUMENTS.get(name, [])])


def close_file(response):
    """Closes the file of an answer; `response.close()` would close the database too."""
    for close in response._resource_closers:
        close()


def ask(client, user, method, path, sent):
    """What comes out, in the words of the table; whatever was changed is undone."""
    if user:
        client.force_login(user)
    else:
        client.logout()
    with transaction.atomic():
        response = getattr(client, method)(path, sent)
        close_file(response)
        transaction.set_rollback(True)
    if response.status_code == 302 and reverse("account_login") in response.url and not user:
        return "in"
    if response.status_code == 401 and not user:
        return "in"
    return "ok" if response.status_code in (200, 302, 303) else str(response.status_code)


def url_names(patterns=None, space=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from url_names(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_url_has_a_row():
    assert set(url_names()) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_access(name, client, cast, rows):
    method, key, expected, sent = TABLE[name]
    path = path_of(name, rows, key)
    found = {role: ask(client, cast[role], method, path, sent) for role in ROLES}
    assert found == dict(zip(ROLES, expected.split(), strict=True))


# Rows of a duty that runs: who leads it may finish it after the posting has ended.
OF_RUNNING = {"running", "attendance", "guest", "entry", "entry_uuid", "photo"}
OF_RUNNING |= {"post_night", "handover", "item", "fresh_code", "duty_photo", "plate"}
# A note and an activity stay their author's, a swap its asker's.
OWN = {"late_note", "late_photo", "swap", "activity", "activity_uuid", "activity_photo"}


def test_access_after_the_posting_ended(client, cast, rows):
    """Like somebody who never had one, but for the duty that still runs."""
    officer, found, expected = cast["officer"], {}, {}
    officer.postings.update(ends_on=timezone.localdate() - timedelta(days=1))
    for name, (method, key, words, sent) in TABLE.items():
        role = "officer" if key in OF_RUNNING | OWN else "nobody"
        expected[name] = words.split()[ROLES.index(role)]
        found[name] = ask(client, officer, method, path_of(name, rows, key), sent)
    assert found == expected


def test_access_of_the_switched_off(client, cast, rows):
    """A session of before opens nothing but what is open to everybody."""
    officer = cast["officer"]
    officer.is_active = False
    officer.save()
    for name, (method, key, words, sent) in TABLE.items():
        client.force_login(officer)
        with transaction.atomic():
            answer = getattr(client, method)(path_of(name, rows, key), sent)
            close_file(answer)
            transaction.set_rollback(True)
        is_refused = answer.status_code == 401 or reverse("account_login") in answer.headers.get(
            "Location", ""
        )
        assert is_refused is words.startswith("in"), name


OPEN_TO_ALL = {None, "fresh_code", "plate", "forum_key"}


@pytest.mark.parametrize(
    "name",
    # A code that holds was shown at the apel: it tells nothing that its holder does not know.
    # Of plates see tests/patrols/test_plate_scan.py: their addresses hold no number.
    [name for name, row in TABLE.items() if row[1] not in OPEN_TO_ALL],
)
def test_what_is_not_there_and_what_is_foreign_look_alike(name, client, cast, rows, units):
    method, key, _expected, sent = TABLE[name]
    path = path_of(name, rows, key)
    pk = rows[key].pk
    absent = path.replace(f"/{pk}/", f"/{uuid.uuid4() if isinstance(pk, uuid.UUID) else 999999}/")
    client.force_login(cast["neighbour"])
    foreign, missing = (getattr(client, method)(p, sent) for p in (path, absent))
    assert foreign.status_code == missing.status_code == 404
    csrf = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    assert csrf.sub(b"", foreign.content) == csrf.sub(b"", missing.content)


@pytest.mark.parametrize(
    "name",
    # The quick exit leads to another site.
    [name for name, row in TABLE.items() if row[0] == "post" and name != "reports:report_leave"],
)
def test_a_post_address_asked_by_get_leads_to_a_page(name, client, rows, superuser):
    """As after signing in again, reloading or Back: nothing is done, and there is no empty 405."""
    client.force_login(superuser)
    key = TABLE[name][1]
    answer = client.get(path_of(name, rows, key), follow=True)
    assert answer.redirect_chain, "led to no page"
    assert answer.status_code == 200
    assert "<h1" in answer.content.decode()


# The admin: every model of the registry, for every role.

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
STAFF = {"admin_user", "superuser"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_admin_opens_to_staff_only(model, client, cast, rows):
    lists = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for role, user in cast.items():
        if user:
            client.force_login(user)
        else:
            client.logout()
        answer = client.get(lists)
        if role in STAFF:
            assert answer.status_code in (200, 403), role
        else:
            assert answer.status_code in (302, 403), role
    client.force_login(cast["superuser"])
    assert client.get(lists).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_admin_treats_foreign_and_absent_rows_alike(model, client, cast, rows, units, settings):
    make_rows_of(units.polsek_neighbour, cast["neighbour"], "kenari-b")
    if not hasattr(model.objects, "visible_to"):
        pytest.skip("Reference data without a unit.")
    foreign = model.objects.exclude(
        pk__in=model.objects.visible_to(cast["admin_user"]).values("pk")
    ).first()
    if foreign is None:
        pytest.skip("Everybody sees all of these.")
    client.force_login(cast["admin_user"])
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    answers = [client.get(reverse(name, args=[pk])) for pk in (foreign.pk, 999999)]
    assert [a.status_code for a in answers] == [302, 302] or [a.status_code for a in answers] == [
        403,
        403,
    ]


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role not in ("anonymous", "chief", "superuser")]
)
def test_no_foreign_canary_on_any_page(role, client, cast, rows, units):
    """Everything of the neighbouring sector is marked; nobody of Polsek A may read a mark of it,
    and the neighbour reads none of Polsek A's."""
    other = make_rows_of(units.polsek_neighbour, cast["neighbour"], "kenari-b")
    own, foreign = ("kenari-b", "kenari-a") if role == "neighbour" else ("kenari-a", "kenari-b")
    client.force_login(cast[role])
    paths = [
        path_of(name, table, key)
        for table in (rows, other)
        for name, (_method, key, *_rest) in ROUND.items()
        if name != "programs:forum_open"  # a poster has its address: everybody may read it
    ]
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths += [
            reverse(f"{name}_changelist"),
            reverse(f"{name}_changelist") + "?q=kenari",
            reverse(f"{name}_add"),
        ]
    seen_own = False
    for path in paths:
        answer = client.get(path, follow=False)
        text = b"".join(answer) if answer.streaming else answer.content
        close_file(answer)
        assert foreign.encode() not in text, path
        seen_own |= own.encode() in text
    assert seen_own or role == "nobody"
