"""What services that receive from outside write to the log: why they refused, nothing personal."""

import logging
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.urls import reverse

from patrols.models import EntryKind
from patrols.services.entries import EntryConflict, EntryDraft, log_entry
from reports.models import Report
from reports.services.intake import ReportConflict, ReportDraft, receive_report
from reports.services.reporter import (
    add_reporter_note,
    confirm_outcome,
    dispute_outcome,
    rate_report,
)
from reports.views import throttle
from territory.models import Unit
from tests import factories as make
from toolkit.photos.clean import clean_photo

TEXT, NAME, PHONE, PLACE = "Teks kenari", "Bu Kenari", "081299988877", "Gang Kenari 7"
CANARIES = ["enari", "99988877", "Relawan", "relawan", "Bhabin", "bhabin", make.PASSWORD]


@pytest.fixture
def draft(units):
    return ReportDraft(
        category=make.make_category(),
        text=TEXT,
        place=PLACE,
        home=units.polsek,
        privacy="officers",
        contact_name=NAME,
        contact_phone=PHONE,
    )


@pytest.fixture
def logged(caplog):
    """``logged()`` gives the lines of our own loggers, after a search for canaries in all lines."""
    caplog.set_level(logging.INFO)

    def lines(*secrets):
        for record in caplog.records:
            written = f"{record.getMessage()} {record.exc_text} {record.exc_info}"
            found = [word for word in (*CANARIES, *secrets) if word in written]
            assert not found, (record.name, found)
        ours = ("accounts", "reports", "patrols", "toolkit")
        return [
            f"{record.levelname} {record.name}: {record.getMessage()}"
            for record in caplog.records
            if record.name.partition(".")[0] in ours
        ]

    return lines


def test_a_report_that_is_stored_leaves_no_line(draft, logged):
    receive_report(draft=draft)
    receive_report(draft=draft)
    assert logged() == []


def test_another_report_under_the_same_uuid(draft, logged):
    report, _ = receive_report(draft=draft)
    with pytest.raises(ReportConflict):
        receive_report(draft=replace(draft, text=f"{TEXT} lain"))
    assert logged(report.code, str(draft.client_uuid)) == [
        "WARNING reports.services.intake: Report refused: another body is stored under its UUID"
    ]


def test_a_report_for_which_no_unit_answers(draft, logged):
    Unit.objects.update(is_fallback=False)
    with pytest.raises(ValidationError):
        receive_report(draft=replace(draft, home=None))
    assert logged() == ["INFO reports.services.intake: Report refused: ValidationError (no_unit)"]


def test_a_report_that_the_database_refuses(draft, logged):
    """The text of the database's error repeats the row."""
    with pytest.raises(DatabaseError):
        receive_report(draft=replace(draft, place=PLACE * 1000))
    assert logged() == ["ERROR reports.services.intake: Report not stored: DataError"]


@pytest.mark.parametrize(
    ("service", "fields", "line"),
    [
        (add_reporter_note, {}, "Note of a reporter refused: ValidationError (text)"),
        (confirm_outcome, {}, "Confirmation of a reporter refused: ValidationError (no_outcome)"),
        (
            dispute_outcome,
            {"reason": TEXT},
            "Dispute of a reporter refused: ValidationError (no_outcome)",
        ),
        (
            rate_report,
            {"rating": 9, "text": TEXT},
            "Rating of a reporter refused: ValidationError (no_outcome)",
        ),
    ],
)
def test_answers_of_a_reporter(draft, logged, service, fields, line):
    report, _ = receive_report(draft=draft)
    with pytest.raises(ValidationError):
        service(code=report.code, **fields)
    with pytest.raises(Report.DoesNotExist):
        service(code="AAAA-BBBB-CCCC", **fields)
    unknown = f"{line.partition(':')[0]}: DoesNotExist"
    assert logged(report.code, "AAAA-BBBB-CCCC") == [
        f"INFO reports.services.reporter: {line}",
        f"INFO reports.services.reporter: {unknown}",
    ]


def test_log_entries(running_duty, officer, volunteer, neighbour, logged):
    draft = EntryDraft(kind=EntryKind.OBSERVATION, text=TEXT)
    log_entry(duty=running_duty, by=officer, draft=draft)
    with pytest.raises(EntryConflict):
        log_entry(duty=running_duty, by=officer, draft=replace(draft, text=f"{TEXT} lain"))
    with pytest.raises(PermissionDenied):
        log_entry(duty=running_duty, by=neighbour, draft=EntryDraft(kind="note", text=TEXT))
    with pytest.raises(ValidationError):
        log_entry(duty=running_duty, by=officer, draft=EntryDraft(kind=TEXT, text=TEXT))
    refused = "patrols.services.entries: Log entry refused:"
    assert logged(str(draft.client_uuid)) == [
        f"WARNING {refused} another body is stored under its UUID",
        f"INFO {refused} PermissionDenied",
        f"INFO {refused} ValidationError (kind)",
    ]


def test_a_log_entry_on_a_duty_that_takes_none(duty, officer, logged):
    with pytest.raises(ValidationError):
        log_entry(duty=duty, by=officer, draft=EntryDraft(kind="note", text=TEXT))
    assert logged() == [
        "INFO patrols.services.entries: Log entry refused: ValidationError (duty_closed)"
    ]


def test_a_photo_that_is_none(logged):
    upload = BytesIO(b"kenari")
    upload.name = "bu-kenari.jpg"
    with pytest.raises(ValidationError):
        clean_photo(upload)
    assert logged() == ["INFO toolkit.photos.clean: Photo refused: ValidationError (not_a_photo)"]


def test_sign_in(client, officer, logged):
    cache.clear()
    login = reverse("account_login")
    for handle in ("bhabin.a", "80010001", "tidak.ada.kenari"):
        client.post(login, {"login": handle, "password": f"{make.PASSWORD}x"})
    refused = "INFO accounts.adapter: Sign-in refused: no such active account, or a wrong password"
    assert logged("80010001", "tidak.ada") == [refused] * 3
    for _ in range(6):
        client.post(login, {"login": "bhabin.a", "password": f"{make.PASSWORD}x"})
    throttled = "INFO accounts.adapter: Sign-in refused: ValidationError (too_many_login_attempts)"
    assert logged()[-1] == throttled


def test_a_limit_that_is_used_up(rf, db, logged):
    limit = throttle.Limit("code", 1, 60)
    request = rf.get("/", REMOTE_ADDR="203.0.113.77", headers={"user-agent": "Ponsel Kenari"})
    assert throttle.allows(request, limit)
    assert not throttle.allows(request, limit)
    assert logged("203.0.113.77") == [
        "WARNING reports.views.throttle: The limit “code” of a device or an address is used up"
    ]
