"""Notes, category and handover: the services, without their pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reports.models import Handover, Report, ReportEvent
from reports.services.casework import classify_report, hand_over_report, note_report
from reports.services.changes import (
    arrive_at_report,
    close_report,
    dispatch_report,
    merge_report,
    override_report,
    recall_report,
    reject_report,
    reopen_report,
    resolve_report,
    verify_report,
)
from reports.services.reporter import add_reporter_note, dispute_outcome
from reports.services.transitions import ReportMoved
from reports.workflow import OPEN, ReportState
from tests import factories as make
from tests.pictures import jpeg
from tests.reports.report_pages import make_report_in_state
from tests.threads import in_threads
from toolkit.photos.clean import clean_photo, missing_photo

NOW = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def report(units):
    return make.make_report(units.polsek, now=NOW - 60 * MINUTE)


@pytest.fixture
def sealed(db):
    return make.make_category("domestic_violence", is_sealed=True, target_minutes=10)


@pytest.fixture
def about_police(db):
    return make.make_category("misconduct", is_sealed=True, is_about_police=True)


def reload_report(report):
    return Report.objects.select_related("unit", "category").get(pk=report.pk)


def is_visible_to(user, report):
    return Report.objects.visible_to(user).filter(pk=report.pk).exists()


def reload_user(user):
    return type(user).objects.get(pk=user.pk)


# Notes


def test_a_note(units, report, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photos = [clean_photo(jpeg())]
    note = note_report(report=report, by=officer, text="  Dicek ", photos=photos)
    assert (note.kind, note.text, note.actor, note.unit) == (
        "note",
        "Dicek",
        officer,
        units.polsek,
    )
    assert (note.is_public, note.at, note.from_state, note.to_state) == (False, NOW, "", "")
    assert note.photos.get().report == report
    assert note_report(report=report, by=officer, text="Halo", is_public=True).is_public
    assert reload_report(report).first_response_at is None  # a note is no response


def test_an_empty_note_is_refused(report, officer):
    with pytest.raises(ValidationError):
        note_report(report=report, by=officer, text=" \n")
    assert ReportEvent.objects.filter(kind="note").count() == 0


def test_two_photos_are_two_notes_and_a_second_tap_is_none(
    report, officer, operator, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    red, blue = (clean_photo(jpeg(colour=colour)) for colour in ((200, 0, 0), (0, 0, 200)))

    def note(photos, by=officer, now=NOW, **fields):
        return note_report(report=report, by=by, photos=photos, now=now, **fields)

    notes = [
        note([red]),
        note([red]),
        note([blue]),
        note([blue, red]),
        note([blue], text="Pintu"),
        note([blue], text=" Pintu ", now=NOW + MINUTE / 2),
        note([blue], text="Pintu", is_public=True),
        note([blue], text="Pintu", by=operator),
        note([blue], text="Pintu", now=NOW + 2 * MINUTE),
    ]
    assert [notes.index(one) for one in notes] == [0, 0, 2, 3, 4, 4, 6, 7, 8]
    assert [one.photos.count() for one in notes] == [1, 1, 1, 2, 1, 1, 1, 1, 1]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2 * 8


def test_a_missing_photo_of_a_note_sent_again_takes_its_place(report, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = clean_photo(jpeg())
    lost = [missing_photo(photo.digest)]
    note = note_report(report=report, by=officer, text="Dicek", photos=lost, now=NOW)
    assert note_report(report=report, by=officer, photos=[photo], now=NOW + 9 * MINUTE) == note
    assert not note.photos.get().is_missing
    second = note_report(report=report, by=officer, text="Lagi", photos=lost, now=NOW)
    assert note_report(report=report, by=officer, text="Lagi", photos=[photo], now=NOW) == second
    assert not second.photos.get().is_missing


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("officer", True),
        ("operator", True),
        ("commander", True),
        ("chief", True),
        ("superuser", True),
        ("admin_user", False),
        ("neighbour", None),
        ("volunteer", None),
        ("nobody", None),
    ],
)
def test_who_works_on_a_report(request, units, report, sealed, who, may):
    user = request.getfixturevalue(who)
    acts = [
        lambda: note_report(report=report, by=user, text="Dicek"),
        lambda: classify_report(
            report=report, by=user, category=report.category, priority="urgent"
        ),
        lambda: hand_over_report(
            report=report, by=user, unit=units.polsek_other, reason="TKP di sana"
        ),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Report.DoesNotExist if may is None else PermissionDenied):
                act()
    assert ReportEvent.objects.count() == (4 if may else 1)


# Category and priority


def test_a_new_category_brings_its_priority_and_target(report, officer):
    theft = make.make_category("vehicle_theft", target_minutes=10)
    classify_report(report=report, by=officer, category=theft)
    stored = reload_report(report)
    assert (stored.category, stored.priority) == (theft, "urgent")
    assert stored.due_at == stored.reported_at + 10 * MINUTE
    event = stored.timeline.last()
    assert (event.kind, event.is_public, event.actor) == ("classified", True, officer)
    assert (event.from_state, event.to_state) == ("", "")
    assert theft.label in event.text
    assert report.category.label in event.text


def test_a_priority_may_be_set_by_hand(report, officer):
    classify_report(report=report, by=officer, category=report.category, priority="urgent")
    stored = reload_report(report)
    assert (stored.priority, stored.due_at) == ("urgent", report.due_at)
    assert not stored.timeline.last().is_public  # the reporter does not read of priorities
    # An empty priority keeps it; a new category sets its own.
    classify_report(report=report, by=officer, category=report.category)
    assert reload_report(report).priority == "urgent"
    with pytest.raises(ValidationError):
        classify_report(report=report, by=officer, category=report.category, priority="later")


def test_what_changes_nothing_is_not_written(report, officer):
    kept = list(Report.objects.filter(pk=report.pk).values())
    counts = report.timeline.count(), report.events.count()
    for fields in ({}, {"priority": report.priority}, {"seen": report.class_stamp}):
        same = classify_report(report=report, by=officer, category=report.category, **fields)
        assert same.pk == report.pk
    assert list(Report.objects.filter(pk=report.pk).values()) == kept
    assert (report.timeline.count(), report.events.count()) == counts


def test_a_seal_set_or_taken_off_is_in_the_words(report, keeper):
    was = f"{report.category.label} · {report.get_priority_display()}"
    for is_sealed, words in (
        (True, f"{was} → {was} · tertutup"),
        (False, f"{was} · tertutup → {was}"),
    ):
        classify_report(report=report, by=keeper, category=report.category, is_sealed=is_sealed)
        event = report.timeline.last()
        assert (event.kind, event.text, event.is_public) == ("classified", words, False)


def test_an_old_page_does_not_sort_what_was_sorted_since(report, officer, commander):
    """Each part of the stamp counts: category, priority and seal."""
    theft = make.make_category("vehicle_theft", target_minutes=10)
    for fields in (
        {"category": report.category, "priority": "urgent"},
        {"category": theft, "priority": "urgent"},
    ):
        seen = reload_report(report).class_stamp
        classify_report(report=report, by=commander, **fields)
        with pytest.raises(ReportMoved) as caught:
            classify_report(report=report, by=officer, category=theft, priority="normal", seen=seen)
        assert "Kapolsek A" in caught.value.messages[0]
    # An assignment does not change the class stamp.
    seen = reload_report(report).class_stamp
    dispatch_report(report=report, by=commander, assignee=officer)
    classify_report(report=report, by=officer, category=theft, is_sealed=True, seen=seen)
    assert reload_report(report).is_sealed
    with pytest.raises(ReportMoved):
        classify_report(report=report, by=officer, category=theft, is_sealed=True, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_sorted_twice_at_once_is_sorted_once(report, officer, operator):
    people, priorities = [officer, operator], ["urgent", "normal"]
    assert report.priority not in priorities

    def classify_in_thread(number):
        classify_report(
            report=report,
            by=reload_user(people[number]),
            category=report.category,
            priority=priorities[number],
            seen=report.class_stamp,
        )

    assert in_threads(2, classify_in_thread) == {"ReportMoved": 1}
    event = ReportEvent.objects.get(report=report, kind="classified")
    assert reload_report(report).priority == priorities[people.index(event.actor)]


def test_mediated_is_not_put_under_what_the_law_forbids(report, officer, commander):
    violence = make.make_category("sexual_violence", allows_mediation=False)
    said = {"outcome": "mediated", "reason": "Berdamai"}
    verify_report(report=report, by=officer)
    resolve_report(report=report, by=officer, **said)
    for _state in ("resolved", "closed"):
        with pytest.raises(ValidationError) as caught:
            classify_report(report=report, by=officer, category=violence)
        assert "category" in caught.value.message_dict
        assert reload_report(report).category == report.category
        if reload_report(report).state == "resolved":
            close_report(report=report, by=commander)
    reopen_report(report=report, by=officer, reason="Bukan keributan biasa")
    classify_report(report=report, by=officer, category=violence)
    with pytest.raises(ValidationError):
        resolve_report(report=report, by=officer, **said)


def test_the_outcome_is_checked_against_the_category_of_now(report, officer):
    """The page was opened before somebody changed the category."""
    stale = reload_report(report)
    assert stale.category.allows_mediation
    verify_report(report=report, by=officer)
    violence = make.make_category("sexual_violence", allows_mediation=False)
    classify_report(report=report, by=officer, category=violence)
    with pytest.raises(ValidationError) as caught:
        resolve_report(report=stale, by=officer, outcome="mediated", reason="Berdamai")
    assert "outcome" in caught.value.message_dict
    assert (reload_report(report).state, reload_report(report).outcome) == ("verified", "")
    resolve_report(report=stale, by=officer, outcome="handled", reason="Ditangani")


def test_a_category_without_target_has_no_clock(report, officer):
    found = make.make_category("found", target_minutes=None)
    classify_report(report=report, by=officer, category=found)
    assert (reload_report(report).due_at, reload_report(report).priority) == (None, "normal")


def test_sealing_takes_it_out_of_sight_but_of_the_permission(report, sealed, officer, keeper):
    classify_report(report=report, by=officer, category=sealed)
    assert reload_report(report).is_sealed
    assert not is_visible_to(officer, report)
    assert is_visible_to(keeper, report)


def test_anybody_who_works_on_it_may_seal_it(report, officer, keeper):
    classify_report(report=report, by=officer, category=report.category, is_sealed=True)
    assert reload_report(report).is_sealed
    assert not is_visible_to(officer, report)


def test_unsealing_needs_the_permission(report, sealed, officer, keeper, commander):
    dispatch_report(report=report, by=officer, assignee=officer)
    classify_report(report=report, by=officer, category=sealed)
    # The assigned officer works on it, but may not unseal it in either way.
    plain = make.make_category("noise_dispute")
    for fields in ({"category": plain}, {"category": plain, "priority": "high"}):
        with pytest.raises(ValidationError) as caught:
            classify_report(report=report, by=officer, **fields)
        assert "is_sealed" in caught.value.message_dict
    assert reload_report(report).is_sealed
    with pytest.raises(Report.DoesNotExist):
        classify_report(report=report, by=commander, category=plain)
    classify_report(report=report, by=keeper, category=plain, is_sealed=True)
    assert reload_report(report).is_sealed
    classify_report(report=report, by=keeper, category=plain)
    assert not reload_report(report).is_sealed
    # A sealed category seals the report even if nobody asked for it.
    classify_report(report=report, by=keeper, category=sealed, is_sealed=False)
    assert reload_report(report).is_sealed


def test_about_police_leaves_the_unit_and_its_eyes(units, report, about_police, officer, keeper):
    dispatch_report(report=report, by=officer, assignee=officer)
    before = reload_report(report).stamp
    classify_report(report=report, by=officer, category=about_police, about_unit=units.polsek)
    stored = reload_report(report)
    assert (stored.unit, stored.about_unit, stored.is_sealed) == (units.polres, units.polsek, True)
    assert (stored.assignee, stored.state) == (None, "received")
    assert (stored.polres_id, stored.polsek_id) == (units.polres.pk, None)
    for user in (officer, keeper):
        assert not is_visible_to(user, report)
    above = make.make_user(unit=units.polres, role="commander", opens_sealed=True)
    assert is_visible_to(above, report)
    assert not Handover.objects.exists()  # without a Handover the unit cannot read on
    event = stored.timeline.last()
    assert (event.from_state, event.to_state) == ("dispatched", "received")
    assert event.unit == units.polsek
    with pytest.raises(ReportMoved) as caught:
        hand_over_report(report=report, by=above, unit=units.polda, reason="x", seen=before)
    assert str(officer) in caught.value.messages[0]


def test_about_police_without_a_name_goes_past_the_polres(units, report, about_police, officer):
    classify_report(report=report, by=officer, category=about_police)
    stored = reload_report(report)
    assert (stored.unit, stored.about_unit, stored.is_sealed) == (units.polda, units.polres, True)
    subsektor = make.make_unit("subsektor", "Subsektor A", units.polsek)
    # It may be about anybody of the Polres or below, even somebody who commands elsewhere.
    for unit in (units.polres, units.polsek, units.polsek_neighbour, subsektor):
        below = make.make_user(unit=unit, role="commander", opens_sealed=True)
        make.make_posting(below, units.polda, "commander", opens_sealed=True)
        assert not is_visible_to(reload_user(below), report)
    other = make.make_user(unit=units.polsek_other, role="commander", opens_sealed=True)
    make.make_posting(other, units.polda, "commander", opens_sealed=True)
    assert is_visible_to(reload_user(other), report)
    assert not Handover.objects.exists()


def test_about_police_that_is_above_the_accused_already(
    units, report, about_police, officer, keeper
):
    """The unit complained about handed it over, and now loses sight of it."""
    hand_over(report, officer, units.polres)
    above = make.make_user(unit=units.polres, role="commander", opens_sealed=True)
    assert is_visible_to(keeper, report)
    classify_report(report=report, by=above, category=about_police, about_unit=units.polsek)
    stored = reload_report(report)
    assert (stored.unit, stored.about_unit, stored.state) == (
        units.polres,
        units.polsek,
        "received",
    )
    assert stored.timeline.last().kind == "classified"
    assert is_visible_to(above, report)
    assert not is_visible_to(keeper, report)
    with pytest.raises(ValidationError) as caught:
        hand_over(stored, above, units.polsek)
    assert "unit" in caught.value.message_dict


def test_about_police_once_is_not_moved_again(units, report, about_police, officer):
    other = make.make_category("extortion", is_sealed=True, is_about_police=True)
    classify_report(report=report, by=officer, category=about_police, about_unit=units.polsek)
    above = make.make_user(unit=units.polres, role="commander", opens_sealed=True)
    classify_report(report=report, by=above, category=other)
    stored = reload_report(report)
    assert (stored.unit, stored.about_unit) == (units.polres, units.polsek)


def test_no_longer_about_police_needs_the_permission(units, report, about_police, officer):
    classify_report(report=report, by=officer, category=about_police, about_unit=units.polsek)
    above = make.make_user(unit=units.polres, role="commander", opens_sealed=True)
    clerk = make.make_user(unit=units.polres, role="officer")
    dispatch_report(report=report, by=above, assignee=clerk)
    with pytest.raises(ValidationError):
        classify_report(report=report, by=clerk, category=report.category, is_sealed=True)
    classify_report(report=report, by=above, category=report.category)
    stored = reload_report(report)
    assert (stored.about_unit, stored.is_sealed, stored.unit) == (None, False, units.polres)
    # It is no longer about that unit, which may read it again.
    hand_over_report(report=stored, by=above, unit=units.polsek, reason="Bukan tentang polisi")
    assert is_visible_to(officer, report)


def test_an_ended_report_about_police_moves_and_stays_ended(units, report, about_police, officer):
    Report.objects.filter(pk=report.pk).update(state="resolved", outcome="handled", resolved_at=NOW)
    classify_report(report=report, by=officer, category=about_police, about_unit=units.polsek)
    stored = reload_report(report)
    assert (stored.unit, stored.state, stored.outcome) == (units.polres, "resolved", "handled")


# Crime where nobody investigates


@pytest.fixture
def crime(db):
    return make.make_category("burglary", crime_class="conventional", target_minutes=10)


@pytest.fixture
def polsek_a_does_not_investigate(units, db):
    units.polsek.investigates = False
    units.polsek.save()


@pytest.mark.parametrize("state", sorted(OPEN))
def test_crime_leaves_a_unit_that_does_not_investigate(
    units, polsek_a_does_not_investigate, crime, officer, state
):
    report = make_report_in_state(state, units.polsek, officer)
    number, code = report.number, Report.objects.get(pk=report.pk).code
    classify_report(report=report, by=officer, category=crime)
    stored = reload_report(report)
    assert (stored.unit, stored.state, stored.assignee) == (units.polres, "received", None)
    assert (stored.number, stored.code, stored.about_unit) == (number, code, None)
    given = Handover.objects.get(report=report)
    assert (given.unit, given.to_unit, given.at) == (units.polsek, units.polres, NOW)
    *_first, sorted_anew, moved = stored.timeline.order_by("pk")
    assert (sorted_anew.kind, sorted_anew.unit) == ("classified", units.polsek)
    assert (moved.kind, moved.from_state, moved.to_state) == ("handed_over", state, "received")
    assert (moved.unit, moved.actor, moved.is_public) == (units.polsek, officer, True)
    assert moved.text.startswith("Polsek A → Polres A. ")
    # The Polsek may still read it, but not work on it.
    assert is_visible_to(officer, report)
    assert not Report.objects.in_scope(officer).exists()
    with pytest.raises(PermissionDenied):
        classify_report(report=report, by=officer, category=crime, priority="urgent")


@pytest.mark.parametrize("state", sorted(set(ReportState.values) - set(OPEN)))
def test_crime_that_has_ended_stays(units, polsek_a_does_not_investigate, crime, officer, state):
    report = make_report_in_state(state, units.polsek, officer)
    classify_report(report=report, by=officer, category=crime)
    stored = reload_report(report)
    assert (stored.unit, stored.state, stored.category) == (units.polsek, state, crime)
    assert not Handover.objects.exists()


def test_crime_stays_with_who_investigates(units, report, crime, officer):
    dispatch_report(report=report, by=officer, assignee=officer)
    classify_report(report=report, by=officer, category=crime)
    stored = reload_report(report)
    assert (stored.unit, stored.state, stored.assignee) == (units.polsek, "dispatched", officer)
    assert not Handover.objects.exists()


def test_a_priority_alone_takes_crime_nowhere(units, crime, officer):
    report = make.make_report(units.polsek, category=crime)
    units.polsek.investigates = False
    units.polsek.save()
    classify_report(report=report, by=officer, category=crime, priority="normal")
    assert reload_report(report).unit == units.polsek


def test_sealed_crime_is_read_on_by_the_permission_only(
    units, polsek_a_does_not_investigate, report, officer, keeper
):
    secret = make.make_category("child_abuse", crime_class="conventional", is_sealed=True)
    classify_report(report=report, by=officer, category=secret)
    assert (reload_report(report).unit, reload_report(report).is_sealed) == (units.polres, True)
    assert is_visible_to(keeper, report)
    assert not is_visible_to(officer, report)


def test_crime_is_not_handed_to_who_does_not_investigate(units, report, crime, officer, chief):
    units.polsek_neighbour.investigates = False
    units.polsek_neighbour.save()
    theft = make.make_report(units.polsek, category=crime)
    with pytest.raises(ValidationError) as caught:
        hand_over(theft, officer, units.polsek_neighbour)
    assert "unit" in caught.value.message_dict
    assert reload_report(theft).unit == units.polsek
    assert not Handover.objects.exists()
    hand_over(theft, officer, units.polsek_other)
    hand_over(report, officer, units.polsek_neighbour)
    assert reload_report(theft).unit == units.polsek_other
    assert reload_report(report).unit == units.polsek_neighbour


# Another unit


def hand_over(report, by, unit, **fields):
    return hand_over_report(
        **{"report": report, "by": by, "unit": unit, "reason": " TKP di sana ", **fields}
    )


def test_both_units_read_the_trail_of_a_handed_over_report(units, report, officer, neighbour):
    dispatch_report(report=report, by=officer, assignee=officer)
    code, number, due_at = report.code, report.number, report.due_at
    hand_over(report, officer, units.polsek_neighbour)
    stored = reload_report(report)
    assert (stored.code, stored.number, stored.due_at) == (code, number, due_at)
    assert (stored.unit, stored.assignee, stored.state) == (
        units.polsek_neighbour,
        None,
        "received",
    )
    event = stored.timeline.last()
    assert (event.kind, event.from_state, event.to_state) == (
        "handed_over",
        "dispatched",
        "received",
    )
    assert (event.unit, event.is_public, event.actor) == (units.polsek, True, officer)
    assert event.text == "Polsek A → Polsek Tetangga. TKP di sana"
    for user in (officer, neighbour):
        trail = ReportEvent.objects.visible_to(user).filter(report=report)
        assert trail.count() == 3
    assert not Report.objects.in_scope(officer).exists()
    add_reporter_note(code=code, text="Saya di depan")
    assert stored.timeline.last().unit == units.polsek_neighbour
    # Handed back and on again: each unit that had it may still read it.
    hand_over(stored, neighbour, units.polsek)
    hand_over(stored, officer, units.polsek_east)
    for user in (officer, neighbour):
        assert Report.objects.visible_to(user).get() == report
        with pytest.raises(PermissionDenied):
            hand_over(stored, user, units.polsek)


def test_handing_over_is_no_first_response(units, report, officer):
    hand_over(report, officer, units.polsek_neighbour)
    assert reload_report(report).first_response_at is None


def test_nothing_is_due_where_somebody_came_before_the_handover(units, report, officer):
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    assert reload_report(report).due_at is not None
    hand_over(report, officer, units.polsek_neighbour)
    assert (reload_report(report).state, reload_report(report).due_at) == ("received", None)


@pytest.mark.parametrize("reason", ["", "  "])
def test_handing_over_says_why(units, report, officer, reason):
    with pytest.raises(ValidationError) as caught:
        hand_over(report, officer, units.polsek_neighbour, reason=reason)
    assert "reason" in caught.value.message_dict


def test_a_report_is_not_handed_to_the_unit_that_has_it(units, report, officer):
    with pytest.raises(ValidationError) as caught:
        hand_over(report, officer, units.polsek)
    assert "unit" in caught.value.message_dict
    assert not Handover.objects.exists()


@pytest.mark.parametrize("state", sorted(set(ReportState.values) - set(OPEN)))
def test_an_ended_report_is_not_handed_over(units, report, officer, state):
    ended = state in ("resolved", "closed")
    Report.objects.filter(pk=report.pk).update(
        state=state,
        outcome="other" if ended else "",
        resolved_at=NOW if ended else None,
        closed_at=NOW if state == "closed" else None,
        duplicate_of=make.make_report(units.polsek) if state == "duplicate" else None,
        referred_to="PLN" if state == "referred" else "",
    )
    with pytest.raises(ValidationError):
        hand_over(report, officer, units.polsek_neighbour)
    assert reload_report(report).unit == units.polsek


def test_the_second_person_is_told_who_was_faster(units, report, officer, operator):
    dispatch_report(report=report, by=operator, assignee=operator, seen=report.stamp)
    with pytest.raises(ReportMoved) as caught:
        hand_over(report, officer, units.polsek_neighbour, seen=report.stamp)
    assert "Operator A" in caught.value.messages[0]
    hand_over(report, officer, units.polsek_neighbour, seen=reload_report(report).stamp)


def test_a_report_about_a_unit_goes_neither_to_it_nor_below(units, about_police, chief):
    subsektor = make.make_unit("subsektor", "Subsektor A", units.polsek)
    top = make.make_user(unit=units.mabes, role="commander", opens_sealed=True)
    about_polsek = make.make_report(units.polsek, category=about_police, about_unit=units.polsek)
    about_polres = make.make_report(units.polres, category=about_police)
    for report, barred in (
        (about_polsek, [units.polsek, subsektor]),
        (about_polres, [units.polres, units.polsek, units.polsek_neighbour, subsektor]),
    ):
        for unit in barred:
            with pytest.raises(ValidationError) as caught:
                hand_over(report, top, unit)
            assert "unit" in caught.value.message_dict
        hand_over(report, top, units.polsek_other)
        assert reload_report(report).is_sealed


def test_a_sealed_report_stays_sealed_on_its_way(units, sealed, keeper, officer, neighbour):
    report = make.make_report(units.polsek, category=sealed)
    hand_over(report, keeper, units.polsek_neighbour)
    assert reload_report(report).is_sealed
    assert is_visible_to(keeper, report)
    assert not is_visible_to(officer, report)
    assert not is_visible_to(neighbour, report)


# Who is sent, and when somebody was there


@pytest.mark.parametrize(
    "who",
    ["neighbour", "officer_east", "volunteer", "nobody", "admin_user", "inactive", "accused"],
)
def test_nobody_is_assigned_who_does_not_work_there(
    request, units, report, about_police, officer, who
):
    by = officer
    if who == "inactive":
        user = make.make_user(unit=units.polsek, role="officer", is_active=False)
    elif who == "accused":
        report = make.make_report(units.polsek, category=about_police, about_unit=units.polsek)
        user = make.make_user(unit=units.polres, role="officer")
        make.make_posting(user, units.polsek)
        by = make.make_user(unit=units.polres, role="commander", opens_sealed=True)
    else:
        user = request.getfixturevalue(who)
    with pytest.raises(ValidationError) as caught:
        dispatch_report(report=report, by=by, assignee=reload_user(user))
    assert "assignee" in caught.value.message_dict
    assert (reload_report(report).state, reload_report(report).assignee) == ("received", None)


def test_the_assignee_is_checked_against_the_report_of_now(units, report, officer, chief):
    """It was handed over after the page was opened, so officers of the former unit are refused."""
    stale = reload_report(report)
    hand_over(report, officer, units.polsek_neighbour)
    with pytest.raises(ValidationError):
        dispatch_report(report=stale, by=chief, assignee=officer)


def test_the_first_arrival_and_the_first_response_stay(report, officer):
    dispatch_report(report=report, by=officer, assignee=officer, now=NOW)
    arrive_at_report(report=report, by=officer, now=NOW + 5 * MINUTE)
    for minutes in (10, 20):
        resolve_report(
            report=report,
            by=officer,
            outcome="handled",
            reason="Selesai",
            now=NOW + minutes * MINUTE,
        )
        dispute_outcome(code=report.code, reason="Belum", now=NOW + (minutes + 1) * MINUTE)
        later = NOW + (minutes + 2) * MINUTE
        dispatch_report(report=report, by=officer, assignee=officer, now=later)
        arrive_at_report(report=report, by=officer, now=later + MINUTE)
    stored = reload_report(report)
    assert stored.first_response_at == NOW
    assert stored.arrived_at == NOW + 5 * MINUTE
    assert stored.resolved_at is None


def test_assigning_another_officer_changes_the_stamp(report, officer, operator, commander):
    """With the stamp of an old page a person would recall somebody else's assignment."""
    dispatch_report(report=report, by=commander, assignee=officer)
    old = reload_report(report).stamp
    recall_report(report=report, by=commander, seen=old)
    dispatch_report(report=report, by=commander, assignee=operator)
    assert reload_report(report).state == "dispatched"
    for act in (recall_report, arrive_at_report):
        with pytest.raises(ReportMoved):
            act(report=report, by=operator, seen=old)
    assert reload_report(report).assignee == operator
    arrive_at_report(report=report, by=operator, seen=reload_report(report).stamp)


def test_another_outcome_changes_the_stamp(report, officer, commander):
    """Resolved, disputed and resolved again: the page showed an outcome that is gone."""
    verify_report(report=report, by=officer)
    stamps = []
    for minutes in (0, 10):
        resolve_report(
            report=report,
            by=officer,
            outcome="handled",
            reason="Selesai",
            now=NOW + minutes * MINUTE,
        )
        stamps.append(reload_report(report).stamp)
        if not minutes:
            dispute_outcome(code=report.code, reason="Belum", now=NOW + 5 * MINUTE)
    assert stamps[0] != stamps[1]
    for act in (
        lambda seen: close_report(report=report, by=commander, seen=seen),
        lambda seen: reopen_report(report=report, by=officer, reason="Lagi", seen=seen),
        lambda seen: override_report(
            report=report, by=commander, state="closed", reason="Selesai", seen=seen
        ),
    ):
        with pytest.raises(ReportMoved):
            act(stamps[0])
    assert reload_report(report).state == "resolved"
    close_report(report=report, by=commander, seen=stamps[1])


def test_nobody_is_late_where_somebody_was(report, officer, commander):
    theft = make.make_category("vehicle_theft", target_minutes=10)
    late = NOW + timedelta(days=1)
    # An officer was assigned and recalled, but nobody came, so the report stays due.
    dispatch_report(report=report, by=officer, assignee=officer)
    recall_report(report=report, by=officer)
    assert reload_report(report).due_at == report.due_at
    assert Report.objects.overdue(late).exists()
    dispatch_report(report=report, by=officer, assignee=officer)
    arrive_at_report(report=report, by=officer)
    assert reload_report(report).due_at == report.due_at
    recall_report(report=report, by=officer)
    classify_report(report=report, by=officer, category=theft)
    for act in (
        lambda: None,
        lambda: dispatch_report(report=report, by=officer, assignee=officer),
        lambda: override_report(report=report, by=commander, state="received", reason="Ulang"),
    ):
        act()
        assert reload_report(report).due_at is None
        assert not reload_report(report).is_overdue(late)
        assert not Report.objects.overdue(late).exists()
    assert reload_report(report).arrived_at == NOW


def test_nobody_is_late_after_a_dispute_where_somebody_was(report, officer):
    for come in (False, True):
        dispatch_report(report=report, by=officer, assignee=officer)
        if come:
            arrive_at_report(report=report, by=officer)
        resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
        dispute_outcome(code=report.code, reason="Belum")
        assert reload_report(report).due_at == (None if come else NOW + 30 * MINUTE)


# Merging


def test_a_report_is_not_merged_with_itself_nor_with_one_out_of_sight(
    units, report, officer, sealed
):
    hidden = make.make_report(units.polsek, category=sealed)
    foreign = make.make_report(units.polsek_neighbour)
    for into in (report, hidden, foreign):
        with pytest.raises(ValidationError) as caught:
            merge_report(report=report, by=officer, into=into)
        assert "into" in caught.value.message_dict
    assert reload_report(report).state == "received"


def test_a_report_is_not_merged_with_one_that_was_merged_meanwhile(units, report, officer):
    """The other report was merged after the page had offered it."""
    into, third = make.make_report(units.polsek), make.make_report(units.polsek)
    merge_report(report=Report.objects.get(pk=into.pk), by=officer, into=third)
    assert into.state == "received"
    with pytest.raises(ValidationError) as caught:
        merge_report(report=report, by=officer, into=into)
    assert "into" in caught.value.message_dict
    assert "LK-" not in caught.value.messages[0]


@pytest.mark.parametrize("state", sorted(set(ReportState.values) - set(OPEN)))
def test_a_report_is_only_merged_with_an_open_one(units, report, officer, state):
    into = make_report_in_state(state, units.polsek, officer)
    with pytest.raises(ValidationError) as caught:
        merge_report(report=report, by=officer, into=into)
    assert "into" in caught.value.message_dict
    assert reload_report(report).state == "received"


def test_reports_merged_before_point_to_the_new_report(units, report, officer):
    first, second, other = (make.make_report(units.polsek) for _number in range(3))
    for duplicate in (first, second):
        merge_report(report=duplicate, by=officer, into=report)
    merge_report(report=report, by=officer, into=other)
    for duplicate in (first, second, report):
        assert (reload_report(duplicate).state, reload_report(duplicate).duplicate_of) == (
            "duplicate",
            other,
        )
    assert set(other.duplicates.all()) == {first, second, report}
    assert first.timeline.filter(kind="merged").count() == 1
    assert first.events.last().duplicate_of_id == report.pk  # the history keeps the old value
    # A merge of other reports does not touch these.
    third, fourth = make.make_report(units.polsek), make.make_report(units.polsek)
    merge_report(report=third, by=officer, into=fourth)
    assert reload_report(first).duplicate_of == other


@pytest.mark.django_db(transaction=True)
def test_two_reports_are_not_merged_with_each_other_at_once(units, report, officer):
    other = make.make_report(units.polsek)
    pairs = [(report, other), (other, report)]

    def merge_in_thread(number):
        one, into = pairs[number]
        merge_report(report=one, by=reload_user(officer), into=into)

    assert in_threads(2, merge_in_thread) == {"ValidationError": 1}
    assert Report.objects.filter(state="duplicate").count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_reports_are_not_merged_in_a_ring(units, officer):
    """Each merge also writes what was merged into its report, which another one has locked."""
    for _round in range(8):
        ring = [make.make_report(units.polsek) for _ in range(3)]

        def merge_in_thread(number, ring=ring):
            into = ring[(number + 1) % 3]
            merge_report(report=ring[number], by=reload_user(officer), into=into)

        errors = in_threads(3, merge_in_thread)
        assert set(errors) <= {"ValidationError", "ReportMoved"}
        merged = Report.objects.filter(pk__in=[row.pk for row in ring], state="duplicate")
        assert 1 <= merged.count() <= 2
        assert not merged.filter(duplicate_of__state="duplicate").exists()


@pytest.mark.django_db(transaction=True)
def test_a_step_twice_at_once_is_one_step(units, report, officer, operator):
    people = [officer, operator] * 4

    def send_in_thread(number):
        by = reload_user(people[number])
        dispatch_report(report=report, by=by, assignee=by, seen=report.stamp)

    assert in_threads(8, send_in_thread) == {"ReportMoved": 7}
    assert ReportEvent.objects.filter(report=report, kind="dispatched").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_reporter_and_the_police_at_once(units, report, officer, commander):
    reject_report(report=report, by=commander, reason="Kurang jelas")

    def act(number):
        if number % 2:
            dispute_outcome(code=report.code, reason="Ini penting")
        else:
            add_reporter_note(code=report.code, text="Halo")

    # The first dispute reopens, the others find an open report; the same note is stored once.
    assert in_threads(8, act) == {"ValidationError": 3}
    kinds = list(report.timeline.values_list("kind", flat=True))
    assert (kinds.count("disputed"), kinds.count("reporter_note")) == (1, 1)


# Issue 7, line 19: the target time of a reopened report


@pytest.mark.parametrize("way", ["dispute", "reopen", "override", "reopen a rejected one"])
def test_line_19_a_reopened_report_is_not_late_at_once(report, officer, commander, way):
    later = NOW + timedelta(days=3)
    if way == "reopen a rejected one":
        reject_report(report=report, by=commander, reason="Belum jelas")
    else:
        dispatch_report(report=report, by=officer, assignee=officer)
        resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    if way == "dispute":
        dispute_outcome(code=report.code, reason="Belum", now=later)
    elif way == "override":
        override_report(
            report=report, by=commander, state="verified", reason="Belum selesai", now=later
        )
    else:
        reopen_report(report=report, by=officer, reason="Terjadi lagi", now=later)
    stored = reload_report(report)
    assert stored.state == "verified"
    assert stored.due_at == later + (report.due_at - report.reported_at)
    assert not stored.is_overdue(later)
    assert stored.is_overdue(stored.due_at + MINUTE)


def test_line_19_another_category_counts_from_the_reopening_too(report, officer):
    later = NOW + timedelta(days=3)
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    reopen_report(report=report, by=officer, reason="Terjadi lagi", now=later)
    theft = make.make_category("vehicle_theft", target_minutes=10)
    classify_report(report=report, by=officer, category=theft, now=later + MINUTE)
    assert reload_report(report).due_at == later + 10 * MINUTE


def test_line_19_a_message_about_another_day_names_the_day(report, officer, time_machine):
    dispatch_report(report=report, by=officer, assignee=officer)
    resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    time_machine.move_to(NOW + timedelta(days=2), tick=False)
    with pytest.raises(ReportMoved) as moved:
        resolve_report(report=report, by=officer, outcome="handled", reason="Selesai")
    assert "2026" in str(moved.value)
