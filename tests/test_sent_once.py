"""Every form of every page sent twice makes its rows once."""

from itertools import chain
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from partners.models import GroupMember
from patrols.models import (
    Attendance,
    Checkpoint,
    Duty,
    ItemCheck,
    LogEntry,
    PostFault,
    PostHandover,
    PostHours,
    PostItem,
)
from programs.models import (
    Activity,
    Forum,
    ForumSignIn,
    Instruction,
    InstructionReceipt,
    IssueEvent,
    ReceiptEvent,
    ResidentIssue,
)
from reports.models import Report, ReportEvent
from tests import factories as make
from tests.lock_order import NAME, RANK, locked_kinds, out_of_order, unsorted_locks
from tests.test_access import ROUND, close_file, path_of, rows  # noqa: F401
from tools.fuzz.forms import forms_of

# What is typed where the page offers nothing to choose.
WORDS = {
    "text": "Kata uji",
    "number": "ST/1",
    "subject": "Curanmor",
    "points": "Sambangi pos kamling",
    "report": "Sudah dikerjakan",
    "guest_name": "Tamu Uji",
    "name": "Nama Uji",
    "reason": "Sebab uji",
    "comment": "Kurang lengkap",
    "agency": "PLN",
    "village_name": "Duri",
    "start": "20:00",
    "end": "22:00",
    "valid_from": "2026-11-29",
    "confirmation_number": "SK/1",
    "confirmed_on": "2026-01-01",
    "lp_number": "LP/1",
    "reported_at": "",
    "taker_name": "Pak RT",
    "wanted": "2",
    "opens": "19:00",
    "closes": "21:00",
    "since": "2026-11-01",
    "answer": "Kami pasang lampu",
    "promised_by": "Kanit Binmas",
    "on": "2027-01-08",
    "place": "Balai RW 05",
}
# What each of these pages makes, so that the round is known to have made it.
MADE = {
    ("report_note", ReportEvent),
    ("entry_report", Report),
    ("member_add", GroupMember),
    ("duty_begin", Duty),
    ("guest_add", Attendance),
    ("attendance_add", Attendance),
    ("entry_add", LogEntry),
    ("check_in", LogEntry),
    ("duty_nil", LogEntry),
    ("duty_end", LogEntry),
    ("duty_handover", PostHandover),
    ("item_add", PostItem),
    ("checkpoint_add", Checkpoint),
    ("item_check", ItemCheck),
    ("hours_add", PostHours),
    ("fault_add", PostFault),
    ("activity_add", Activity),
    ("issue_add", ResidentIssue),
    ("forum_add", Forum),
    ("forum_hold", Activity),
    ("forum_open", ResidentIssue),
    ("forum_attend", ForumSignIn),
    ("issue_promise", IssueEvent),
    ("issue_explain", IssueEvent),
    ("issue_report", Report),
    ("instruction_add", Instruction),
    ("instruction_pass", InstructionReceipt),
    ("instruction_read", ReceiptEvent),
    ("instruction_done", ReceiptEvent),
}
# The key of the request is locked after the row that it adds to: nobody else waits for it.
KEY_AFTER_ROW = {
    ("entry_report", "patrols_logentry", NAME),
    ("issue_report", "programs_residentissue", NAME),
}
# Rows that say what somebody did, not what somebody sent.
NOT_COUNTED = ("sessions", "admin", "contenttypes", "auth")


def counted():
    """How many rows each table of ours holds, in one statement."""
    models = [m for m in apps.get_models() if m._meta.app_label not in NOT_COUNTED]
    # History is of changes: the second tap of a mark may write the same mark again.
    models = [m for m in models if m._meta.managed and not hasattr(m, "pgh_id")]
    tables = {model._meta.db_table: model for model in models}
    parts = [f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {tables[table]: number for table, number in cursor.fetchall()}


def filled(form):
    sent = dict(form.fields)
    for name, values in form.offered.items():
        # A patrol begins on a route or at a post.
        if not sent.get(name) and not (name == "post" and "route" in form.offered):
            sent[name] = next((value for value in reversed(values) if value), "")
    return {name: value.strip() or WORDS.get(name, "") for name, value in sent.items()}


def rose(before, after):
    return {model for model in after if after[model] > before[model]}


@pytest.fixture
def everybody(rows, units, officer, superuser, operator):  # noqa: F811
    make.make_category("other")
    make.make_area("31.73.04.1001", "Duri")
    make.make_user("Bhabin Dua", units.polsek, "officer", username="bhabin.dua")
    return rows


def test_every_form_sent_twice_makes_its_rows_once(client, everybody, officer, operator):
    """And locks in one order (docs/adr/0021)."""
    made, twice, seen, wrong, locked = set(), set(), set(), set(), set()
    for person in (None, officer, operator):
        for name, (_method, key, *_rest) in ROUND.items():
            client.logout()
            if person:
                client.force_login(person)
            path = path_of(name, everybody, key)
            answer = client.get(path)
            close_file(answer)
            if answer.streaming or answer.status_code != 200:
                continue
            for form in forms_of(answer.content.decode()):
                page = urljoin(path, form.action or path)
                action = resolve(page.partition("?")[0]).url_name
                if form.method != "post" or "logout" in action:
                    continue
                for button in [None, *form.buttons]:
                    what = (person, action, button, *sorted(form.offered))
                    if what in seen:
                        continue
                    seen.add(what)
                    sent = filled(form) | (dict([button]) if button else {})
                    with transaction.atomic():
                        counts = [counted()]
                        for _tap in range(2):
                            with CaptureQueriesContext(connection) as ran:
                                client.post(page, sent)
                            counts.append(counted())
                            statements = [query["sql"] for query in ran]
                            locked |= set(chain.from_iterable(locked_kinds(statements)))
                            wrong |= {(action, *two) for two in out_of_order(statements)}
                            wrong |= {(action, sql) for sql in unsorted_locks(statements)}
                        transaction.set_rollback(True)
                    made |= {(action, model) for model in rose(*counts[:2])}
                    twice |= {(action, model) for model in rose(*counts[1:])}
    assert not twice
    assert wrong == KEY_AFTER_ROW
    # Nobody here is the taker of a handover, who alone confirms it.
    assert locked == set(RANK) - {"patrols_posthandover"}
    assert made >= MADE, MADE - made
