import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from itertools import permutations
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from accounts.models import User
from patrols.models import Attendance, Duty, EntryKind, EntryPhoto, LogEntry, Mark
from patrols.models.entries import WRITTEN_KINDS
from patrols.rights import UNDO_WITHIN
from patrols.services.duties import end_duty, review_duty, start_duty
from patrols.services.entries import (
    EntryConflict,
    EntryDraft,
    leave_checkpoint,
    log_entry,
    withdraw_entry,
)
from patrols.workflow import DutyState
from tests import factories as make
from tests.threads import in_threads
from toolkit.photos.clean import clean_photo

NOW = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)  # 23.00 in Jakarta
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def started_duty(duty, officer):
    """Running for an hour."""
    return start_duty(duty=duty, by=officer, now=NOW - timedelta(hours=1))


def write_entry(duty, by, *, now=NOW, kind=EntryKind.OBSERVATION, text="Situasi aman", **fields):
    return log_entry(duty=duty, by=by, draft=EntryDraft(kind=kind, text=text, **fields), now=now)[0]


def check_in(duty, by, place=None, *, now=NOW, **fields):
    if place is not None:
        fields = {"checkpoint_id": place.pk, "lat": place.lat, "lon": place.lon, **fields}
    return write_entry(duty, by, now=now, kind=EntryKind.CHECK_IN, text="", **fields)


def counters_of(duty):
    duty.refresh_from_db()
    return duty.entry_count, duty.last_entry_at


YEAR = timedelta(days=365)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# What is stored


def test_an_entry_is_stored_whole(started_duty, officer):
    client_uuid = uuid.uuid4()
    sent = NOW - 2 * MINUTE
    entry = write_entry(
        started_duty,
        officer,
        kind=EntryKind.CONTACT,
        text="  Bertemu Pak RT \n",
        people_count=3,
        lat=-6.15,
        lon=106.8,
        accuracy_m=12,
        device_at=sent,
        sent_at=NOW,
        client_uuid=client_uuid,
    )
    entry = LogEntry.objects.get(pk=entry.pk)
    assert (entry.kind, entry.text, entry.people_count) == ("contact", "Bertemu Pak RT", 3)
    assert (entry.lat, entry.lon, entry.accuracy_m) == (-6.15, 106.8, 12)
    assert (entry.at, entry.device_at, entry.received_at) == (sent, sent, NOW)
    assert (entry.author, entry.duty, entry.client_uuid) == (officer, started_duty, client_uuid)
    assert entry.marks == []
    assert (entry.unit_id, entry.polsek_id) == (started_duty.unit_id, started_duty.polsek_id)
    assert entry.distance_m is None


@pytest.mark.parametrize("kind", [*WRITTEN_KINDS, EntryKind.CHECK_IN])
def test_kinds_a_person_writes(started_duty, officer, kind):
    assert write_entry(started_duty, officer, kind=kind).kind == kind


@pytest.mark.parametrize("kind", [EntryKind.START, EntryKind.END, "", "apa saja"])
def test_kinds_no_person_writes(started_duty, officer, kind):
    with pytest.raises(ValidationError):
        write_entry(started_duty, officer, kind=kind)


@pytest.mark.parametrize("people_count", [-1, 32_768, 10**12])
def test_numbers_of_people_that_cannot_be(started_duty, officer, people_count):
    with pytest.raises(ValidationError):
        write_entry(started_duty, officer, people_count=people_count)


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("lat", "lon", "accuracy_m"),
    [
        (NAN, 106.8, 5),
        (-6.1, NAN, 5),
        (INFINITE, 106.8, 5),
        (-6.1, -INFINITE, 5),
        (91, 106.8, 5),
        (106.8, -6.1, 5),
        (-6.1, 1e308, 5),
        (-6.1, None, 5),
        (None, 106.8, 5),
        (None, None, 5),
    ],
)
def test_a_position_that_cannot_be_does_not_cost_the_entry(
    started_duty, officer, lat, lon, accuracy_m
):
    entry = check_in(started_duty, officer, lat=lat, lon=lon, accuracy_m=accuracy_m)
    entry.refresh_from_db()
    assert (entry.lat, entry.lon, entry.accuracy_m) == (None, None, None)
    assert entry.marks == [Mark.NO_POSITION]


@pytest.mark.parametrize("accuracy_m", [-1, 10**12])
def test_nor_does_an_accuracy(started_duty, officer, accuracy_m):
    entry = write_entry(started_duty, officer, lat=-6.1, lon=106.8, accuracy_m=accuracy_m)
    assert (entry.lat, entry.accuracy_m) == (-6.1, None)


def test_a_time_with_an_odd_offset_is_stored(started_duty, officer):
    device_at = (NOW - MINUTE).astimezone(timezone(timedelta(hours=23, minutes=59)))
    assert write_entry(started_duty, officer, device_at=device_at).at == NOW - MINUTE


# Marks


def test_check_in_inside_outside_and_within_accuracy(units, started_duty, officer):
    place = started_duty.route.checkpoints.first()
    degree = 1 / 111_195
    for metres, accuracy, outside in (
        (0, None, False),
        (74, None, False),
        (77, None, True),
        (77, 5, False),
        (150, 80, False),
        (150, 70, True),
        (5000, 100, True),
    ):
        entry = check_in(
            started_duty, officer, place, lat=place.lat + metres * degree, accuracy_m=accuracy
        )
        assert entry.distance_m == pytest.approx(metres, abs=1)
        assert (Mark.OUTSIDE in entry.marks) is outside, (metres, accuracy)
        assert entry.checkpoint == place


def test_check_in_without_a_position(started_duty, officer):
    place = started_duty.route.checkpoints.first()
    entry = check_in(started_duty, officer, checkpoint_id=place.pk)
    assert entry.marks == [Mark.NO_POSITION]
    assert entry.distance_m is None


def test_other_entries_are_not_measured(started_duty, officer):
    assert write_entry(started_duty, officer).marks == []
    entry = write_entry(started_duty, officer, lat=0.0, lon=0.0)
    assert (entry.marks, entry.distance_m) == ([], None)


def test_check_in_at_a_post(units, officer):
    post = make.make_post(units.polsek, lat=-6.15, lon=106.8)
    duty = make.make_duty(units.polsek, post=post, leader=officer, state="running", started_at=NOW)
    assert check_in(duty, officer, lat=-6.15, lon=106.8).marks == []
    far = check_in(duty, officer, lat=-6.16, lon=106.8)
    assert far.marks == [Mark.OUTSIDE]
    assert far.distance_m == pytest.approx(1112, abs=2)


def test_check_in_where_the_place_has_no_position(units, officer):
    duty = make.make_duty(
        units.polsek, post=make.make_post(units.polsek), state="running", started_at=NOW
    )
    entry = check_in(duty, officer, lat=-6.15, lon=106.8)
    assert (entry.marks, entry.distance_m) == ([], None)


def test_a_checkpoint_of_another_route_is_refused(units, started_duty, officer):
    other = make.make_route(units.polsek, checkpoints=1).checkpoints.get()
    for pk in (other.pk, 0, 2**63 - 1):
        with pytest.raises(ValidationError) as caught:
            check_in(started_duty, officer, checkpoint_id=pk)
        assert "checkpoint" in caught.value.message_dict
    assert not started_duty.entries.filter(kind="check_in").exists()


def test_marks_of_time(started_duty, officer):
    late = write_entry(started_duty, officer, device_at=NOW - 40 * MINUTE, sent_at=NOW)
    assert late.marks == [Mark.LATE]
    early = write_entry(started_duty, officer, device_at=NOW - 61 * MINUTE, sent_at=NOW)
    assert sorted(early.marks) == [Mark.EARLY, Mark.LATE]
    off = write_entry(started_duty, officer, device_at=EPOCH, sent_at=EPOCH)
    assert (off.marks, off.at, off.device_at) == ([Mark.CLOCK_OFF], NOW, EPOCH)


def test_marks_add_up(started_duty, officer):
    entry = check_in(started_duty, officer, device_at=NOW + YEAR, sent_at=NOW + YEAR)
    assert entry.marks == [Mark.CLOCK_OFF, Mark.NO_POSITION]


def test_what_was_written_before_the_end_and_arrives_after_it_is_not_added(started_duty, officer):
    ended = end_duty(duty=started_duty, by=officer, now=NOW)
    written, arrived = NOW - 5 * MINUTE, NOW + MINUTE
    entry = write_entry(ended, officer, device_at=written, sent_at=arrived, now=arrived)
    assert (entry.at, entry.marks) == (written, [])


def test_after_the_end_it_is_marked_until_the_log_is_approved(started_duty, officer, commander):
    ended = end_duty(duty=started_duty, by=officer, now=NOW)
    assert write_entry(ended, officer, now=NOW + MINUTE).marks == [Mark.AFTER_END]
    review_duty(duty=ended, by=commander, action="return", comment="Lengkapi")
    assert write_entry(ended, officer, now=NOW + MINUTE).marks == [Mark.AFTER_END]
    review_duty(duty=ended, by=officer, action="submit")
    review_duty(duty=ended, by=commander, action="approve")
    with pytest.raises(ValidationError):
        write_entry(ended, officer)


@pytest.mark.parametrize("state", [DutyState.PLANNED, DutyState.MISSED, DutyState.CANCELLED])
def test_a_duty_that_does_not_run_takes_no_entries(duty, officer, state):
    Duty.objects.update(state=state)
    with pytest.raises(ValidationError):
        write_entry(duty, officer)
    assert counters_of(duty) == (0, None)


# Stored once


def test_a_retry_is_answered_with_what_is_stored(started_duty, officer):
    before, _last = counters_of(started_duty)
    draft = EntryDraft(kind="note", text="Hujan", device_at=NOW - MINUTE, sent_at=NOW)
    first, is_new = log_entry(duty=started_duty, by=officer, draft=draft, now=NOW)
    assert is_new
    for minutes in (1, 60, 6000):
        later = NOW + minutes * MINUTE
        stored, is_new = log_entry(
            duty=started_duty, by=officer, draft=replace(draft, sent_at=later), now=later
        )
        assert (stored.pk, is_new) == (first.pk, False)
    assert counters_of(started_duty)[0] == before + 1


def test_a_retry_is_answered_even_after_the_log_is_closed(started_duty, officer, commander):
    draft = EntryDraft(kind="note", text="Hujan")
    first, _is_new = log_entry(duty=started_duty, by=officer, draft=draft, now=NOW)
    ended = end_duty(duty=started_duty, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    assert log_entry(duty=ended, by=officer, draft=draft) == (first, False)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Kering"},
        {"kind": "finding"},
        {"people_count": 2},
        {"lat": -6.0, "lon": 106.0},
        {"device_at": NOW - 2 * MINUTE},
        {"checkpoint_id": 5},
    ],
)
def test_another_body_under_the_same_uuid_is_a_conflict(started_duty, officer, other):
    client_uuid = uuid.uuid4()
    body = {"kind": "note", "text": "Hujan", "client_uuid": client_uuid}
    stored, _is_new = log_entry(duty=started_duty, by=officer, draft=EntryDraft(**body))
    before = counters_of(started_duty)
    with pytest.raises(EntryConflict) as caught:
        log_entry(duty=started_duty, by=officer, draft=EntryDraft(**{**body, **other}))
    assert caught.value.stored == stored
    stored.refresh_from_db()
    assert stored.text == "Hujan"
    assert counters_of(started_duty) == before


def test_the_same_body_by_another_or_elsewhere_is_a_conflict(
    units, started_duty, officer, commander
):
    draft = EntryDraft(kind="note", text="Hujan")
    log_entry(duty=started_duty, by=officer, draft=draft)
    with pytest.raises(EntryConflict):
        log_entry(duty=started_duty, by=commander, draft=draft)
    other = make.make_duty(units.polsek, state="running", started_at=NOW)
    with pytest.raises(EntryConflict):
        log_entry(duty=other, by=officer, draft=draft)


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_posts_at_once_make_one_row(started_duty, officer):
    place = started_duty.route.checkpoints.first()
    before, _last = counters_of(started_duty)
    for kind in ("note", "check_in"):
        draft = EntryDraft(
            kind=kind,
            text="Situasi aman",
            checkpoint_id=place.pk,
            lat=place.lat,
            lon=place.lon,
            device_at=NOW,
            sent_at=NOW,
        )
        answers = []

        def post(number, draft=draft, answers=answers):
            answers.append(log_entry(duty=started_duty, by=officer, draft=draft))

        errors = in_threads(50, post)
        assert errors == {}
        assert len({entry.pk for entry, _is_new in answers}) == 1
        assert sum(is_new for _entry, is_new in answers) == 1
    assert LogEntry.objects.exclude(kind="start").count() == 2
    assert counters_of(started_duty)[0] == before + 2


@pytest.mark.django_db(transaction=True)
def test_different_posts_at_once_are_all_counted(started_duty, officer, volunteer):
    before, _last = counters_of(started_duty)
    places = list(started_duty.route.checkpoints.all())

    def write(number):
        by = officer if number % 2 else volunteer
        check_in(started_duty, by, places[number % 3], now=NOW + number * MINUTE)

    assert in_threads(20, write) == {}
    assert counters_of(started_duty) == (before + 20, NOW + 19 * MINUTE)
    assert started_duty.entries.filter(kind="check_in").count() == 20


@pytest.mark.django_db(transaction=True)
def test_different_bodies_at_once_under_one_uuid_keep_one(started_duty, officer):
    client_uuid = uuid.uuid4()
    errors = in_threads(
        10, lambda n: write_entry(started_duty, officer, text=str(n), client_uuid=client_uuid)
    )
    assert errors == {"EntryConflict": 9}
    assert LogEntry.objects.filter(client_uuid=client_uuid).count() == 1


# Counters, visits, withdrawing


def test_counters(started_duty, officer):
    assert counters_of(started_duty) == (1, NOW - timedelta(hours=1))  # the start
    write_entry(started_duty, officer)
    assert counters_of(started_duty) == (2, NOW)
    write_entry(
        started_duty, officer, device_at=NOW - 20 * MINUTE, sent_at=NOW
    )  # arrives out of order
    assert counters_of(started_duty) == (3, NOW)


def test_the_next_check_in_ends_the_stay(started_duty, officer):
    first, second, _third = started_duty.route.checkpoints.all()
    at_first = check_in(started_duty, officer, first, now=NOW)
    at_second = check_in(started_duty, officer, second, now=NOW + 12 * MINUTE)
    write_entry(started_duty, officer, now=NOW + 14 * MINUTE)
    for entry, left_at in ((at_first, NOW + 12 * MINUTE), (at_second, None)):
        entry.refresh_from_db()
        assert entry.left_at == left_at
    assert leave_checkpoint(duty=started_duty, by=officer, now=NOW + 20 * MINUTE) == 1
    at_second.refresh_from_db()
    assert at_second.left_at == NOW + 20 * MINUTE
    assert leave_checkpoint(duty=started_duty, by=officer, now=NOW + 21 * MINUTE) == 0


def test_the_end_of_the_duty_ends_the_stay(started_duty, officer):
    entry = check_in(started_duty, officer, started_duty.route.checkpoints.first())
    end_duty(duty=started_duty, by=officer, now=NOW + 5 * MINUTE)
    entry.refresh_from_db()
    assert entry.left_at == NOW + 5 * MINUTE


def test_a_stay_that_arrives_after_the_end_of_the_duty_is_over(started_duty, officer):
    place = started_duty.route.checkpoints.first()
    end_duty(duty=started_duty, by=officer, now=NOW + 5 * MINUTE)
    late = {"sent_at": NOW + 9 * MINUTE, "now": NOW + 9 * MINUTE}
    before = check_in(started_duty, officer, place, device_at=NOW, **late)
    assert before.left_at == NOW + 5 * MINUTE
    after = check_in(started_duty, officer, place, device_at=NOW + 6 * MINUTE, **late)
    assert after.left_at == after.at


def test_stays_are_never_negative(started_duty, officer):
    """A check-in received late does not end the stay of one that was made after it."""
    first, second, _third = started_duty.route.checkpoints.all()
    later = check_in(started_duty, officer, second, now=NOW)
    earlier = check_in(
        started_duty, officer, first, device_at=NOW - 20 * MINUTE, sent_at=NOW, now=NOW
    )
    for entry in (later, earlier):
        entry.refresh_from_db()
    assert later.left_at is None
    # The stay at the first ended where the one at the second began.
    assert earlier.left_at == NOW


def test_check_ins_may_arrive_in_any_order(started_duty, officer):
    """Each stay ends when the next begins, in whatever order the three check-ins arrive."""
    places = list(started_duty.route.checkpoints.all())
    times = [NOW - 30 * MINUTE, NOW - 20 * MINUTE, NOW - 10 * MINUTE]
    for order in permutations(range(3)):
        entries = {
            n: check_in(started_duty, officer, places[n], device_at=times[n], sent_at=NOW)
            for n in order
        }
        for number, left_at in ((0, times[1]), (1, times[2]), (2, None)):
            entries[number].refresh_from_db()
            assert entries[number].left_at == left_at, order
        for entry in entries.values():
            withdraw_entry(entry=entry, by=officer, now=NOW)


def test_visits_of_another_duty_stay_open(units, started_duty, officer):
    other = make.make_duty(
        units.polsek, post=make.make_post(units.polsek), state="running", started_at=NOW
    )
    entry = check_in(other, officer)
    check_in(started_duty, officer, started_duty.route.checkpoints.first(), now=NOW + MINUTE)
    entry.refresh_from_db()
    assert entry.left_at is None


def test_withdrawing(started_duty, officer):
    entry = write_entry(started_duty, officer)
    before, _last = counters_of(started_duty)
    for _again in range(2):
        entry = withdraw_entry(entry=entry, by=officer, now=NOW + UNDO_WITHIN)
        assert counters_of(started_duty)[0] == before - 1
    assert entry.withdrawn_at == NOW + UNDO_WITHIN
    assert entry not in LogEntry.objects.standing()
    assert LogEntry.objects.get(pk=entry.pk).text == "Situasi aman"  # struck through, not gone


def test_too_late_to_withdraw(started_duty, officer):
    entry = write_entry(started_duty, officer)
    late = NOW + UNDO_WITHIN + timedelta(seconds=1)
    with pytest.raises(ValidationError):
        withdraw_entry(entry=entry, by=officer, now=late)


def test_a_quarter_of_an_hour_from_receipt_not_from_the_phone_s_time(started_duty, officer):
    entry = write_entry(started_duty, officer, device_at=NOW - timedelta(hours=3), sent_at=NOW)
    assert withdraw_entry(entry=entry, by=officer, now=NOW + MINUTE).withdrawn_at


def test_an_approved_log_is_not_withdrawn_from(started_duty, officer, commander):
    entry = write_entry(started_duty, officer)
    ended = end_duty(duty=started_duty, by=officer)
    review_duty(duty=ended, by=commander, action="approve")
    with pytest.raises(ValidationError):
        withdraw_entry(entry=entry, by=officer)


def test_only_the_author_withdraws(
    started_duty, officer, commander, superuser, volunteer, neighbour
):
    entry = write_entry(started_duty, officer)
    for user in (commander, superuser, volunteer):
        with pytest.raises(PermissionDenied):
            withdraw_entry(entry=entry, by=user)
    with pytest.raises(LogEntry.DoesNotExist):
        withdraw_entry(entry=entry, by=neighbour)


def test_start_and_end_are_not_withdrawn(started_duty, officer):
    ended = end_duty(duty=started_duty, by=officer, now=NOW)
    for entry in ended.entries.all():
        with pytest.raises(PermissionDenied):
            withdraw_entry(entry=entry, by=officer, now=NOW)


def test_a_withdrawn_check_in_is_no_open_stay(started_duty, officer):
    entry = check_in(started_duty, officer, started_duty.route.checkpoints.first())
    withdraw_entry(entry=entry, by=officer, now=NOW)
    assert leave_checkpoint(duty=started_duty, by=officer, now=NOW + MINUTE) == 0


def test_withdrawing_a_check_in_reopens_the_stay_before(started_duty, officer):
    first, second, third = started_duty.route.checkpoints.all()
    at_first = check_in(started_duty, officer, first, now=NOW)
    at_second = check_in(started_duty, officer, second, now=NOW + 5 * MINUTE)
    at_third = check_in(started_duty, officer, third, now=NOW + 9 * MINUTE)
    later = NOW + 10 * MINUTE
    # The stay between two others: the first lasts until the third.
    for taken_back, left_at in ((at_second, NOW + 9 * MINUTE), (at_third, None)):
        withdraw_entry(entry=taken_back, by=officer, now=later)
        at_first.refresh_from_db()
        assert at_first.left_at == left_at


def test_a_stay_ended_otherwise_stays_ended(started_duty, officer):
    first, second, _third = started_duty.route.checkpoints.all()
    at_first = check_in(started_duty, officer, first, now=NOW)
    leave_checkpoint(duty=started_duty, by=officer, now=NOW + 2 * MINUTE)
    at_second = check_in(started_duty, officer, second, now=NOW + 5 * MINUTE)
    withdraw_entry(entry=at_second, by=officer, now=NOW + 6 * MINUTE)
    at_first.refresh_from_db()
    assert at_first.left_at == NOW + 2 * MINUTE


def test_the_last_entry_is_the_last_that_stands(started_duty, officer):
    write_entry(started_duty, officer, now=NOW)
    entry = write_entry(started_duty, officer, now=NOW + 5 * MINUTE)
    assert counters_of(started_duty) == (3, NOW + 5 * MINUTE)
    for _again in range(2):
        withdraw_entry(entry=entry, by=officer, now=NOW + 6 * MINUTE)
        assert counters_of(started_duty) == (2, NOW)


# Photos


def test_no_file_takes_its_place_of_an_entry_that_was_not_stored(
    started_duty, officer, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    raw = BytesIO()
    Image.new("RGB", (20, 10), "red").save(raw, "PNG")
    raw.seek(0)
    draft = EntryDraft(kind="finding", photos=(clean_photo(raw),) * 2)

    def fail(*_args, **_fields):
        raise RuntimeError("failed")

    def placed():
        return [path for path in (tmp_path / "entries").rglob("*") if path.is_file()]

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr("patrols.services.entries.count_entry", fail)
        with pytest.raises(RuntimeError):
            log_entry(duty=started_duty, by=officer, draft=draft)
    assert placed() == []
    with django_capture_on_commit_callbacks(execute=True):
        assert log_entry(duty=started_duty, by=officer, draft=draft)[1]
    assert len(placed()) == 4


def test_photos_are_stored_with_the_entry_and_once(
    started_duty, officer, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    photos = []
    for colour in ("red", "blue"):
        raw = BytesIO()
        Image.new("RGB", (2000, 1000), colour).save(raw, "PNG")
        raw.seek(0)
        photos.append(clean_photo(raw))
    draft = EntryDraft(kind="finding", text="Kabel menjuntai", photos=tuple(photos))
    with django_capture_on_commit_callbacks(execute=True):
        entry, _is_new = log_entry(duty=started_duty, by=officer, draft=draft)
        assert log_entry(duty=started_duty, by=officer, draft=draft) == (entry, False)
    rows = list(EntryPhoto.objects.filter(entry=entry))
    assert [(row.width, row.height, str(row)) for row in rows] == [(1600, 800, "1600×800")] * 2
    assert [Path(row.large.path).read_bytes() for row in rows] == [photo.large for photo in photos]
    assert Path(rows[0].small.path).read_bytes() == photos[0].small
    with pytest.raises(EntryConflict):
        log_entry(duty=started_duty, by=officer, draft=replace(draft, photos=tuple(photos[:1])))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 4


# Who may


WHO = [
    ("officer", True),
    ("commander", True),
    ("operator", True),
    ("chief", True),
    ("superuser", True),
    ("volunteer", True),  # in the roll
    ("admin_user", False),
    ("neighbour", False),
    ("officer_east", False),
    ("nobody", False),
]


@pytest.mark.parametrize(("who", "may"), WHO)
def test_who_may_write(request, started_duty, who, may):
    user = User.objects.get(pk=request.getfixturevalue(who).pk)
    if may:
        assert write_entry(started_duty, user).author == user
        assert leave_checkpoint(duty=started_duty, by=user) == 0
        return
    for act in (write_entry, lambda duty, by: leave_checkpoint(duty=duty, by=by)):
        with pytest.raises(PermissionDenied):
            act(started_duty, user)
    assert started_duty.entries.count() == 1


def test_a_volunteer_writes_on_own_duties_only(units, volunteer):
    other = make.make_duty(units.polsek, state="running", started_at=NOW)
    with pytest.raises(PermissionDenied):
        write_entry(other, volunteer)


def test_who_leads_writes_though_posted_elsewhere(units, neighbour):
    duty = make.make_duty(units.polsek, leader=neighbour, state="running", started_at=NOW)
    make.make_attendance(duty, officer=neighbour)
    with pytest.raises(PermissionDenied):
        write_entry(make.make_duty(units.polsek, state="running", started_at=NOW), neighbour)
    assert write_entry(duty, neighbour).author == neighbour


def test_out_of_the_roll_out_of_the_log(started_duty, volunteer):
    write_entry(started_duty, volunteer)
    Attendance.objects.filter(member__user=volunteer).delete()
    with pytest.raises(PermissionDenied):
        write_entry(started_duty, volunteer)
