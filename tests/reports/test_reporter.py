"""What the reporter may do with the code, and how often."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from reports.models import Report, ReportEvent, ReportPhoto
from reports.services.changes import close_report, override_report, resolve_report, verify_report
from reports.services.reporter import (
    MOST_NOTES,
    MOST_RATINGS,
    add_reporter_note,
    confirm_outcome,
    dispute_outcome,
    rate_report,
)
from reports.workflow import ENDED, ReportState
from tests import factories as make
from toolkit.photos.clean import clean_photo, missing_photo

NOW = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
# States in which the reporter may confirm or rate the outcome, and in which the reporter disputes.
ANSWERABLE = {"resolved", "closed"}
DISPUTABLE = ANSWERABLE | {"rejected", "referred", "duplicate"}
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def report(units):
    return make.make_report(units.polsek, now=NOW - 60 * MINUTE)


@pytest.fixture
def resolved(report, officer):
    verify_report(report=report, by=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Sudah didamaikan")
    report.refresh_from_db()
    return report


@pytest.fixture
def stored_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return lambda: [path for path in tmp_path.rglob("*") if path.is_file()]


def make_photo(colour):
    raw = BytesIO()
    Image.new("RGB", (40, 30), colour).save(raw, "PNG")
    raw.seek(0)
    return clean_photo(raw)


def put_in_state(report, state, officer, other):
    """Sets the state, with the fields that the database wants with it."""
    Report.objects.filter(pk=report.pk).update(
        state=state,
        assignee=officer if state in ("dispatched", "on_scene") else None,
        outcome="handled" if state in ENDED else "",
        resolved_at=NOW if state in ENDED else None,
        closed_at=NOW if state == "closed" else None,
        duplicate_of=other if state == "duplicate" else None,
        referred_to="PLN" if state == "referred" else "",
    )
    report.refresh_from_db()


def event_kinds(report):
    return list(report.timeline.values_list("kind", flat=True))


# An unknown code


@pytest.mark.parametrize("code", ["", "LW-0000-0000-0000", "LK-000001", "LW-31Q1-3Y0H-AYP4", "%"])
def test_a_code_of_no_report_does_nothing(report, code):
    for act in (
        lambda: add_reporter_note(code=code, text="Halo"),
        lambda: confirm_outcome(code=code),
        lambda: dispute_outcome(code=code, reason="Tidak"),
        lambda: rate_report(code=code, rating=5),
    ):
        with pytest.raises(Report.DoesNotExist):
            act()
    assert event_kinds(report) == ["received"]


def test_the_number_is_no_code(report):
    with pytest.raises(Report.DoesNotExist):
        add_reporter_note(code=report.number, text="Halo")


# Notes


@pytest.mark.parametrize("state", ReportState.values)
def test_a_note_is_taken_in_any_state(units, report, officer, state):
    put_in_state(report, state, officer, make.make_report(units.polsek))
    note = add_reporter_note(code=report.code, text="  Plat B 1234 XY \n")
    note.refresh_from_db()
    assert (note.kind, note.text, note.at) == ("reporter_note", "Plat B 1234 XY", NOW)
    assert (note.actor, note.is_public, note.unit) == (None, True, units.polsek)
    assert (note.from_state, note.to_state, note.is_by_reporter) == ("", "", True)
    before = report.state
    report.refresh_from_db()
    assert report.state == before  # a note does not change the state


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_note_is_none(report, text):
    with pytest.raises(ValidationError) as caught:
        add_reporter_note(code=report.code, text=text)
    assert "text" in caught.value.message_dict
    assert event_kinds(report) == ["received"]


def test_the_same_note_twice_in_a_row_is_one(report, stored_files):
    first = add_reporter_note(code=report.code, text="Halo")
    for minutes in (0, 1, 600):
        assert (
            add_reporter_note(code=report.code, text=" Halo ", now=NOW + minutes * MINUTE) == first
        )
    other = add_reporter_note(code=report.code, text="Masih di sini", now=NOW + MINUTE)
    again = add_reporter_note(code=report.code, text="Halo", now=NOW + 2 * MINUTE)
    assert len({first.pk, other.pk, again.pk}) == 3


def test_the_same_words_with_another_photo_are_another_note(report, stored_files):
    red, blue = make_photo("red"), make_photo("blue")
    notes = [
        add_reporter_note(code=report.code, text="Ini fotonya", photos=photos)
        for photos in ((), (red,), (red,), (blue,), (blue, red), (red, blue), (red,), ())
    ]
    assert [notes.index(note) for note in notes] == [0, 1, 1, 3, 4, 5, 6, 7]
    assert ReportPhoto.objects.count() == 7
    assert len(stored_files()) == 14


def test_photos_alone_sent_twice_are_one_note(report, stored_files):
    red = make_photo("red")
    first = add_reporter_note(code=report.code, photos=[red])
    assert add_reporter_note(code=report.code, photos=[red]) == first
    assert (first.text, first.photos.count()) == ("", 1)
    assert len(stored_files()) == 2
    assert ReportPhoto.objects.held_by(report.code).count() == 1


def test_so_many_notes_and_no_more(report):
    for number in range(MOST_NOTES):
        add_reporter_note(code=report.code, text=str(number))
    with pytest.raises(ValidationError):
        add_reporter_note(code=report.code, text="Satu lagi")
    # A retry of the last note is still accepted.
    assert add_reporter_note(code=report.code, text=str(MOST_NOTES - 1)).pk
    assert len(event_kinds(report)) == MOST_NOTES + 1


def test_a_missing_photo_sent_again_makes_no_note(report, stored_files):
    red, blue = make_photo("red"), make_photo("blue")
    note = add_reporter_note(code=report.code, text="Ini", photos=[missing_photo(red.digest)])
    add_reporter_note(code=report.code, text="Lain")
    assert add_reporter_note(code=report.code, photos=[red]) == note
    assert not note.photos.get().is_missing
    assert add_reporter_note(code=report.code, photos=[blue]) != note
    assert event_kinds(report).count("reporter_note") == 3


def test_a_note_sent_again_brings_its_missing_photo(report, stored_files):
    red = make_photo("red")
    note = add_reporter_note(code=report.code, text="Ini", photos=[missing_photo(red.digest)])
    assert add_reporter_note(code=report.code, text="Ini", photos=[red]) == note
    assert not note.photos.get().is_missing


def test_a_missing_photo_that_only_officers_see_is_not_the_reporter_s(report, stored_files):
    """Else the reporter would learn that the police have the same photo."""
    red = make_photo("red")
    inner = ReportEvent.objects.create(report=report, kind="note", unit=report.unit, text="Dalam")
    ReportPhoto.objects.create(report=report, event=inner, width=0, height=0, digest=red.digest)
    assert add_reporter_note(code=report.code, photos=[red]) != inner
    assert inner.photos.get().is_missing


# Confirming


def test_confirming_closes(resolved):
    closed = confirm_outcome(code=resolved.code, now=NOW + MINUTE)
    closed.refresh_from_db()
    assert (closed.state, closed.closed_at, closed.outcome) == ("closed", NOW + MINUTE, "handled")
    event = closed.timeline.last()
    assert (event.kind, event.from_state, event.to_state) == ("confirmed", "resolved", "closed")
    assert (event.actor, event.is_public) == (None, True)
    assert confirm_outcome(code=resolved.code) == closed
    assert event_kinds(resolved).count("confirmed") == 1


def test_confirming_what_is_closed_already_is_noted_once(resolved, commander):
    close_report(report=resolved, by=commander)
    for _again in range(3):
        confirm_outcome(code=resolved.code, now=NOW + MINUTE)
    resolved.refresh_from_db()
    assert (resolved.state, resolved.closed_at) == ("closed", NOW)
    assert event_kinds(resolved).count("confirmed") == 1


def test_each_outcome_may_be_confirmed(resolved, officer):
    confirm_outcome(code=resolved.code, now=NOW + MINUTE)
    dispute_outcome(code=resolved.code, reason="Kambuh", now=NOW + 2 * MINUTE)
    resolve_report(
        report=resolved, by=officer, outcome="other", reason="Lagi", now=NOW + 3 * MINUTE
    )
    confirm_outcome(code=resolved.code, now=NOW + 4 * MINUTE)
    resolved.refresh_from_db()
    assert resolved.state == "closed"
    assert event_kinds(resolved).count("confirmed") == 2


# Disputing


def test_disputing_reopens_visibly(resolved, officer):
    confirm_outcome(code=resolved.code)
    report = dispute_outcome(code=resolved.code, reason=" Masih ribut ", now=NOW + MINUTE)
    report.refresh_from_db()
    assert (report.state, report.outcome, report.outcome_reason) == ("verified", "", "")
    assert report.resolved_at is report.closed_at is report.assignee is None
    assert report.first_response_at == NOW  # a dispute keeps it
    event = report.timeline.last()
    assert (event.kind, event.from_state, event.to_state) == ("disputed", "closed", "verified")
    assert (event.actor, event.is_public, event.text) == (None, True, "Masih ribut")
    with pytest.raises(ValidationError):
        dispute_outcome(code=resolved.code, reason="Lagi")


def test_disputing_takes_the_assignment_back(resolved, officer):
    Report.objects.filter(pk=resolved.pk).update(assignee=officer)
    assert dispute_outcome(code=resolved.code, reason="Belum").assignee is None
    resolved.refresh_from_db()
    assert resolved.assignee is None


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_dispute_says_why(resolved, reason):
    with pytest.raises(ValidationError) as caught:
        dispute_outcome(code=resolved.code, reason=reason)
    assert "reason" in caught.value.message_dict
    resolved.refresh_from_db()
    assert resolved.state == "resolved"


@pytest.mark.parametrize("state", ReportState.values)
def test_what_may_be_answered_when(units, report, officer, state):
    other = make.make_report(units.polsek)
    for act, states in (
        (lambda: confirm_outcome(code=report.code), ANSWERABLE),
        (lambda: rate_report(code=report.code, rating=4), ANSWERABLE),
        (lambda: dispute_outcome(code=report.code, reason="Belum"), DISPUTABLE),
    ):
        put_in_state(report, state, officer, other)
        count = ReportEvent.objects.count()
        if state in states:
            act()
            assert ReportEvent.objects.count() == count + 1
        else:
            with pytest.raises(ValidationError):
                act()
            assert ReportEvent.objects.count() == count
            report.refresh_from_db()
            assert (report.state, report.rating) == (state, None)
    if state in DISPUTABLE:
        report.refresh_from_db()
        assert (report.state, report.duplicate_of, report.referred_to) == ("verified", None, "")


# Rating


@pytest.mark.parametrize("rating", [0, 6, -1, 100, 2**31])
def test_ratings_that_cannot_be(resolved, rating):
    with pytest.raises(ValidationError) as caught:
        rate_report(code=resolved.code, rating=rating)
    assert "rating" in caught.value.message_dict
    resolved.refresh_from_db()
    assert resolved.rating is None


def test_a_rating_is_stored_and_the_last_counts(resolved):
    for rating, text in ((5, ""), (5, ""), (1, " Lambat "), (1, "Lambat"), (1, ""), (2, "")):
        rate_report(code=resolved.code, rating=rating, text=text)
    resolved.refresh_from_db()
    assert (resolved.rating, resolved.state) == (2, "resolved")
    rated = resolved.timeline.filter(kind="rated")
    assert [event.text for event in rated] == ["5/5", "1/5. Lambat", "2/5"]
    assert all(event.is_public and event.actor is None for event in rated)


def test_so_many_ratings_and_no_more(resolved):
    for number in range(MOST_RATINGS):
        rate_report(code=resolved.code, rating=1 + number % 2)
    with pytest.raises(ValidationError):
        rate_report(code=resolved.code, rating=5)
    resolved.refresh_from_db()
    assert resolved.rating == 2


# No step of the reporter's is one of the police


def test_the_reporter_responds_to_nobody(units, report, officer):
    put_in_state(report, "rejected", officer, None)
    dispute_outcome(code=report.code, reason="Ini penting", now=NOW)
    report.refresh_from_db()
    assert report.first_response_at is None


def test_a_commander_may_close_again_what_was_disputed(resolved, commander):
    dispute_outcome(code=resolved.code, reason="Belum")
    override_report(report=resolved, by=commander, state="closed", reason="Sudah dicek")
    resolved.refresh_from_db()
    assert (resolved.state, resolved.outcome, resolved.outcome_reason) == (
        "closed",
        "other",
        "Sudah dicek",
    )
