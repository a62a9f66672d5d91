from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from patrols.models import (
    Checkpoint,
    Duty,
    EntryKind,
    GuardPost,
    LogEntry,
    Mark,
    Route,
    Schedule,
    ShareTemplate,
)
from patrols.models.duties import SILENT_AFTER, START_GRACE
from patrols.models.entries import WRITTEN_KINDS
from patrols.models.schedules import night_of
from patrols.workflow import DutyState, ReviewState
from territory.models import UnitKind
from tests import factories as make

NOW = datetime(2026, 11, 11, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def assert_refused(row):
    with pytest.raises(ValidationError):
        row.full_clean(exclude=["polda", "polres", "polsek"])
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# Duty


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_at": NOW},
        {"ends_at": NOW - MINUTE},
    ],
)
def test_a_duty_ends_later_than_it_starts(units, fields):
    assert_refused(Duty(unit=units.polsek, name="X", night=NOW.date(), starts_at=NOW, **fields))


def test_a_duty_has_a_route_or_a_post(units):
    assert_refused(
        Duty(
            unit=units.polsek,
            name="X",
            night=NOW.date(),
            starts_at=NOW,
            ends_at=NOW + MINUTE,
            route=make.make_route(units.polsek),
            post=make.make_post(units.polsek),
        )
    )


def test_one_duty_a_schedule_and_night(units):
    schedule = make.make_schedule(units.polsek)
    make.make_duty(units.polsek, schedule=schedule, night=NOW.date())
    duty = Duty(
        unit=units.polsek,
        schedule=schedule,
        name="X",
        night=NOW.date(),
        starts_at=NOW,
        ends_at=NOW + MINUTE,
    )
    assert_refused(duty)
    for _number in range(2):  # unscheduled there may be many
        make.make_duty(units.polsek, night=NOW.date())


def test_where_it_goes_on(units):
    assert Duty().place_name == ""
    assert Duty(route=make.make_route(units.polsek, "Rute")).place_name == "Rute"
    assert Duty(post=make.make_post(units.polsek, "Pos")).place_name == "Pos"


@pytest.mark.parametrize("state", list(DutyState))
def test_overdue(state):
    duty = Duty(state=state, starts_at=NOW)
    assert not duty.is_overdue(NOW + START_GRACE)
    assert duty.is_overdue(NOW + START_GRACE + MINUTE) is (state == DutyState.PLANNED)


@pytest.mark.parametrize(
    ("started", "last", "silence"),
    [
        (46, None, 46),
        (45, None, None),
        (200, 46, 46),
        (200, 45, None),
        (200, 0, None),
        (10, 200, None),  # written before the start
    ],
)
def test_silence(started, last, silence):
    duty = Duty(
        state=DutyState.RUNNING,
        started_at=NOW - started * MINUTE,
        last_entry_at=None if last is None else NOW - last * MINUTE,
    )
    assert timedelta(minutes=45) == SILENT_AFTER
    assert duty.silence(NOW) == (None if silence is None else silence * MINUTE)
    for state in set(DutyState) - {DutyState.RUNNING}:
        duty.state = state
        assert duty.silence(NOW) is None


@pytest.mark.parametrize("state", list(DutyState))
@pytest.mark.parametrize("review", list(ReviewState))
def test_when_entries_are_accepted(state, review):
    accepts = state == DutyState.RUNNING or (
        state == DutyState.ENDED and review != ReviewState.APPROVED
    )
    assert Duty(state=state, review=review).accepts_entries is accepts


def test_the_running_and_the_planned(units, duty):
    running = make.make_duty(units.polsek, state=DutyState.RUNNING, started_at=NOW)
    assert list(Duty.objects.running()) == [running]
    assert list(Duty.objects.planned()) == [duty]


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (datetime(2026, 11, 12, 5, 59), date(2026, 11, 11)),
        (datetime(2026, 11, 12, 6, 0), date(2026, 11, 12)),
        (datetime(2027, 1, 1, 0, 30), date(2026, 12, 31)),
        (datetime(2028, 3, 1, 3, 0), date(2028, 2, 29)),
    ],
)
def test_the_night_of_a_moment(moment, night):
    assert night_of(moment) == night


# Places


def test_names_of_places_are_unique_while_in_use(units):
    for model in (Route, GuardPost):
        model.objects.create(unit=units.polsek, name="Satu")
        assert_refused(model(unit=units.polsek, name="Satu"))
        model.objects.create(unit=units.polsek_other, name="Satu")
        model.objects.update(retired_on=NOW.date())
        model.objects.create(unit=units.polsek, name="Satu")
        assert model.objects.current().count() == 1


@pytest.mark.parametrize("radius_m", [0, 9, 2001])
def test_a_radius_has_bounds(units, radius_m):
    route = make.make_route(units.polsek)
    assert_refused(Checkpoint(route=route, order=1, name="X", radius_m=radius_m))


def test_current_checkpoints(units):
    route = make.make_route(units.polsek, checkpoints=2)
    first, second = route.checkpoints.all()
    Checkpoint.objects.filter(pk=first.pk).update(retired_on=NOW.date())
    assert list(route.checkpoints.current()) == [second]


def test_places_of_a_log_are_not_deleted(units, officer, running_duty):
    place = running_duty.route.checkpoints.first()
    make.make_entry(running_duty, officer, kind="check_in", checkpoint_id=place.pk)
    for row in (place, running_duty.route, running_duty, units.polsek):
        with pytest.raises(ProtectedError):
            row.delete()


# Schedule


@pytest.mark.parametrize(
    "fields",
    [
        {"weekdays": []},
        {"weekdays": [7]},
        {"start": time(22), "end": time(22)},
        {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)},
    ],
)
def test_schedules_the_database_refuses(units, fields):
    fields = {"start": time(22), "end": time(1), "valid_from": date(2026, 1, 1), **fields}
    assert_refused(Schedule(unit=units.polsek, name="X", **fields))


def test_a_schedule_has_a_route_or_a_post(units):
    assert_refused(
        Schedule(
            unit=units.polsek,
            name="X",
            start=time(22),
            end=time(1),
            route=make.make_route(units.polsek),
            post=make.make_post(units.polsek),
        )
    )


def test_by_default_every_night(units):
    assert make.make_schedule(units.polsek).weekdays == [0, 1, 2, 3, 4, 5, 6]


# Log entries


def unsaved_entry(duty, officer, **fields):
    fields = {"kind": EntryKind.NOTE, "at": NOW, "received_at": NOW, **fields}
    return LogEntry(duty=duty, unit=duty.unit, author=officer, body_sha256="0" * 64, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"marks": ["aneh"]},
        {"lat": 1.0, "lon": 181.0},
        {"left_at": NOW},  # no check-in
        {"kind": EntryKind.CHECK_IN, "left_at": NOW - MINUTE},
    ],
)
def test_entries_the_database_refuses(duty, officer, fields):
    assert_refused(unsaved_entry(duty, officer, **fields))


def test_one_row_a_client_uuid(duty, officer):
    first = unsaved_entry(duty, officer)
    first.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        unsaved_entry(duty, officer, client_uuid=first.client_uuid).save()


def test_all_marks_at_once(duty, officer):
    unsaved_entry(duty, officer, marks=list(Mark.values)).save()


def test_an_entry_is_named_by_kind_and_text(duty, officer):
    assert str(unsaved_entry(duty, officer, text="x" * 99)) == f"{EntryKind.NOTE.label} {'x' * 40}"
    assert str(unsaved_entry(duty, officer)) == str(EntryKind.NOTE.label)


def test_what_a_person_picks():
    steps = {EntryKind.CHECK_IN, EntryKind.START, EntryKind.END}
    assert set(WRITTEN_KINDS) == set(EntryKind) - steps


# Share templates


def unsaved_template(unit, **fields):
    return ShareTemplate(unit=unit, **{"duty_text": "x", "entry_text": "y", **fields})


def test_the_nearest_template(units):
    subsektor = make.make_unit(UnitKind.SUBSEKTOR, parent=units.polsek)
    assert ShareTemplate.objects.for_unit(subsektor) is None
    for unit in (units.polda, units.polres, units.polsek, subsektor):
        row = unsaved_template(unit)
        row.save()
        assert ShareTemplate.objects.for_unit(subsektor) == row
    assert ShareTemplate.objects.for_unit(units.polsek_other).unit == units.polda
    assert ShareTemplate.objects.for_unit(units.polsek_east) is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"duty_text": "{kesatuan} {hari} {uraian}"}, None),
        ({"entry_text": "{catatan} {koordinat} {pukul}"}, None),
        ({"duty_text": "tanpa kata"}, None),
        ({"duty_text": "{nik}"}, "duty_text"),
        ({"duty_text": "{catatan}"}, "duty_text"),
        ({"duty_text": "{}"}, "duty_text"),
        ({"entry_text": "{kesatuan.parent}"}, "entry_text"),
        ({"entry_text": "{kesatuan!r}"}, "entry_text"),
    ],
)
def test_words_a_template_knows(units, fields, wrong):
    row = unsaved_template(units.polsek, **fields)
    if wrong is None:
        row.full_clean()
        return
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    assert wrong in caught.value.message_dict


def test_names(units):
    route = make.make_route(units.polsek, "Rute", checkpoints=1)
    rows = [
        route,
        route.checkpoints.get(),
        make.make_post(units.polsek, "Pos"),
        make.make_schedule(units.polsek, "Jadwal"),
        make.make_duty(units.polsek, "Tugas"),
        unsaved_template(units.polsek),
    ]
    assert [str(row) for row in rows] == ["Rute", "Titik 1", "Pos", "Jadwal", "Tugas", "Polsek A"]
