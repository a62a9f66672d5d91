"""A post is handed over once, to somebody else, and what was seen last counts."""

import uuid
from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from patrols.models import Condition, ItemCheck, LogEntry, PostHandover, PostHours, PostItem
from patrols.services.duties import end_duty
from patrols.services.entries import withdraw_entry
from patrols.services.handovers import (
    HandoverConflict,
    LineDraft,
    Taker,
    confirm_handover,
    hand_over_post,
)
from patrols.services.post_items import (
    ItemCheckConflict,
    check_item,
    restore_item,
    retire_item,
    save_item,
)
from patrols.services.posts import mend_fault, reopen_fault, report_fault, save_hours
from tests import factories as make
from tests.threads import in_threads
from toolkit.idempotency.sent import Sent


@pytest.fixture
def post(units):
    return make.make_post(units.polsek, "Pos Kali Pasir")


@pytest.fixture
def radio(post):
    return make.make_item(post, "HT", number="1", kind="radio")


@pytest.fixture
def torches(post):
    return make.make_item(post, "Senter", wanted=4, kind="light")


@pytest.fixture
def given(units, officer, post):
    """The duty that stands at the post and hands over."""
    return make.make_post_night(units.polsek, officer, post=post, name="Regu A")


@pytest.fixture
def following(units, post, commander):
    start = timezone.now() + timedelta(hours=7)
    return make.make_duty(units.polsek, "Regu B", start, post=post, leader=commander)


def state(item):
    item.refresh_from_db()
    return item.present, item.condition


def test_what_is_missing_is_known_to_the_item_and_written_into_the_log(
    given, following, officer, radio, torches
):
    lines = [(radio, 0, "missing"), (torches, 3, "broken")]
    handover = make.make_handover(given, officer, "Pak Budi", lines, note="Gerbang belum ditutup")
    assert (state(radio), state(torches)) == ((0, "missing"), (3, "broken"))
    assert (handover.to_duty, handover.giver, handover.taker_name) == (
        following,
        officer,
        "Pak Budi",
    )
    entry = handover.entry
    assert (entry.kind, entry.author, entry.duty) == ("handover", officer, given)
    assert entry.text.splitlines() == [
        "Pos diserahkan kepada Pak Budi.",
        "HT 1: hilang.",
        "Senter: ada 3 dari 4, rusak.",
        "Ada dan baik: 0 barang.",
        "Gerbang belum ditutup",
    ]


def test_a_duty_hands_over_once(given, officer, radio):
    first = make.make_handover(given, officer)
    with pytest.raises(HandoverConflict) as refused:
        make.make_handover(given, officer, "Orang lain")
    assert refused.value.stored == first
    withdraw_entry(entry=first.entry, by=officer)
    make.make_handover(given, officer, "Orang lain")
    with pytest.raises(IntegrityError), transaction.atomic():
        PostHandover.objects.update(withdrawn_at=None)


def test_sent_again_it_is_the_stored_one(given, officer, radio):
    sent, lines = Sent(), [(radio, 0, "missing")]
    first = make.make_handover(given, officer, lines=lines, sent=sent)
    assert make.make_handover(given, officer, lines=lines, sent=sent) == first
    assert (ItemCheck.objects.count(), given.entries.filter(kind="handover").count()) == (1, 1)


def test_other_words_under_the_same_key_are_a_conflict(given, officer):
    sent = Sent()
    make.make_handover(given, officer, sent=sent)
    with pytest.raises(HandoverConflict):
        make.make_handover(given, officer, "Orang lain", sent=sent)


def test_nobody_hands_over_to_themselves(given, officer):
    row = given.attendances.get(officer=officer)
    with pytest.raises(ValidationError):
        hand_over_post(duty=given, by=officer, taker=Taker(officer.name, row), lines=())
    handover = make.make_handover(given, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostHandover.objects.filter(pk=handover.pk).update(taker=officer)


def test_both_are_named(given, officer):
    handover = make.make_handover(given, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostHandover.objects.filter(pk=handover.pk).update(taker_name="")


def test_who_does_not_run_the_duty_hands_nothing_over(given, volunteer, neighbour, units):
    make.make_attendance(given, member=volunteer.membership)
    for person in (volunteer, neighbour):
        with pytest.raises(PermissionDenied):
            make.make_handover(given, person)
    patrol = make.make_duty(units.polsek)
    with pytest.raises(PermissionDenied):
        make.make_handover(patrol, make.make_user(unit=units.polsek, role="officer"))


def test_a_volunteer_who_leads_hands_over(units, officer, volunteer, post):
    night = make.make_post_night(units.polsek, officer, [volunteer.membership], post=post)
    night.leader = volunteer
    night.save()
    assert make.make_handover(night, volunteer).giver == volunteer


def test_not_before_the_start_nor_after_the_approval(units, officer, post, given):
    planned = make.make_duty(units.polsek, post=post, leader=officer)
    with pytest.raises(ValidationError):
        make.make_handover(planned, officer)
    ended = end_duty(duty=given, by=officer)
    type(ended).objects.filter(pk=ended.pk).update(review="approved")
    ended.refresh_from_db()
    with pytest.raises(ValidationError):
        make.make_handover(ended, officer)
    assert not PostHandover.objects.exists()


def test_taken_back_the_post_has_again_what_it_had(given, officer, radio):
    handover = make.make_handover(given, officer, lines=[(radio, 0, "missing")])
    withdraw_entry(entry=handover.entry, by=officer)
    assert state(radio) == (1, "good")
    assert radio.seen_at is None
    assert not PostHandover.objects.standing().exists()
    assert make.make_handover(given, officer, lines=[(radio, 1, "broken")]).withdrawn_at is None
    assert state(radio) == (1, "broken")


def test_confirmed_it_is_not_taken_back(given, following, officer, commander, radio):
    handover = make.make_handover(given, officer, lines=[(radio, 0, "missing")])
    assert confirm_handover(handover=handover, by=commander, difference="Senter juga hilang")
    assert not confirm_handover(handover=handover, by=commander)
    with pytest.raises(ValidationError):
        withdraw_entry(entry=handover.entry, by=officer)
    handover.entry.refresh_from_db()
    assert handover.entry.withdrawn_at is None
    assert state(radio) == (0, "missing")


def test_only_the_taker_confirms(given, following, officer, commander, volunteer, operator):
    row = make.make_attendance(following, member=volunteer.membership)
    taker = Taker("Relawan A", row)
    handover, _ = hand_over_post(duty=given, by=officer, taker=taker, lines=())
    for person in (officer, operator):
        with pytest.raises(PermissionDenied):
            confirm_handover(handover=handover, by=person)
    assert confirm_handover(handover=handover, by=volunteer)
    handover.refresh_from_db()
    assert (handover.taker_member, handover.confirmed_by) == (volunteer.membership, volunteer)
    with pytest.raises(ValidationError, match="Relawan A"):
        confirm_handover(handover=handover, by=commander)


def test_what_was_seen_later_stays_though_the_handover_arrives_later(given, officer, radio):
    """A phone without a signal sends in the morning what it saw at night."""
    now = timezone.now()
    check_item(item=radio, by=officer, present=1, condition="good", now=now)
    at_night = now - timedelta(minutes=40)
    sent = Sent(device_at=at_night, sent_at=now)
    handover = make.make_handover(given, officer, lines=[(radio, 0, "missing")], sent=sent, now=now)
    assert handover.at == at_night
    assert handover.is_late
    assert state(radio) == (1, "good")
    assert radio.checks.count() == 2


def test_a_wrong_clock_is_not_believed(given, officer):
    now = timezone.now()
    ahead = Sent(device_at=now + timedelta(days=1), sent_at=now + timedelta(days=1))
    handover = make.make_handover(given, officer, sent=ahead, now=now)
    assert handover.at == now
    assert handover.is_clock_off


def test_of_what_the_post_has_no_more_nothing_is_said(given, officer, radio, units):
    foreign = make.make_item(make.make_post(units.polsek_neighbour))
    lines = [(radio, 1, "good"), (foreign, 0, "missing")]
    assert make.make_handover(given, officer, lines=lines).lines.get().item == radio
    assert state(foreign) == (1, "good")


def test_more_than_there_should_be_is_all_of_them(given, officer, torches):
    make.make_handover(given, officer, lines=[(torches, 99, "good")])
    assert state(torches) == (4, "good")


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_make_one(given, officer, radio):
    def hand_over(_number):
        make.make_handover(given, officer, lines=[(radio, 0, "missing")])

    assert in_threads(2, hand_over) == {"HandoverConflict": 1}
    assert PostHandover.objects.count() == 1
    assert LogEntry.objects.filter(kind="handover").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_planners_add_the_same_thing_and_the_same_hours_at_once(post, commander):
    """The second is told so in words: without a lock the database would refuse its row."""

    def add_item(_number):
        save_item(item=PostItem(post=post, name="HT", kind="radio"), by=commander)

    def add_hours(_number):
        hours = PostHours(post=post, weekdays=[0], opens=time(22), closes=time(4))
        save_hours(hours=hours, by=commander)

    assert in_threads(4, add_item) == {"ValidationError": 3}
    assert in_threads(4, add_hours) == {"ValidationError": 3}


def test_lines_never_change(given, officer, radio):
    make.make_handover(given, officer, lines=[(radio, 0, "missing")])
    rows = ItemCheck.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(remark="Lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    "fields",
    [
        {"present": 0, "condition": "good"},
        {"present": 1, "condition": "missing"},
        {"wanted": 0},
        {"wanted": 51},
        {"condition": "lost"},
        {"kind": "car"},
    ],
)
def test_the_database_refuses_counts_that_cannot_be(radio, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostItem.objects.filter(pk=radio.pk).update(**fields)


# Equipment outside handovers.


def test_found_it_is_in_order_again(given, officer, radio):
    make.make_handover(given, officer, lines=[(radio, 0, "missing")])
    sent = Sent()
    look, is_new = check_item(item=radio, by=officer, present=1, condition="good", sent=sent)
    assert is_new
    assert state(radio) == (1, "good")
    again = check_item(item=radio, by=officer, present=1, condition="good", sent=sent)
    assert again == (look, False)
    with pytest.raises(ItemCheckConflict):
        check_item(item=radio, by=officer, present=0, condition="missing", sent=sent)


def test_who_stands_there_may_look_others_not(given, radio, volunteer, neighbour):
    for person in (volunteer, neighbour):
        with pytest.raises(PermissionDenied):
            check_item(item=radio, by=person, present=1, condition="broken")
    make.make_attendance(given, member=volunteer.membership)
    assert check_item(item=radio, by=volunteer, present=1, condition="broken")[1]


def test_a_new_item_counts_as_there(post, commander, officer):
    item = PostItem(post=post, name="Rompi", wanted=6)
    with pytest.raises(PermissionDenied):
        save_item(item=item, by=officer)
    key = uuid.uuid4()
    save_item(item=item, by=commander, client_uuid=key)
    assert state(item) == (6, "good")
    again = PostItem(post=post, name="Rompi", wanted=6)
    assert save_item(item=again, by=commander, client_uuid=key).pk == item.pk
    with pytest.raises(ValidationError):
        save_item(item=PostItem(post=post, name="Rompi"), by=commander)


def test_a_retired_item_is_counted_no_more(post, commander, radio):
    PostItem.objects.update(present=0, condition="missing")
    assert PostItem.objects.troubled().count() == 1
    assert retire_item(item=radio, by=commander)
    assert not retire_item(item=radio, by=commander)
    assert not PostItem.objects.troubled().exists()
    with pytest.raises(ValidationError):
        check_item(item=radio, by=commander, present=1, condition="good")
    make.make_item(post, "HT", number="1")
    with pytest.raises(ValidationError):
        restore_item(item=radio, by=commander)


def test_a_fault_is_mended_once_and_opened_again(post, officer, commander, neighbour):
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        report_fault(post=post, by=neighbour, text="Atap bocor", since=today)
    fault, _ = report_fault(post=post, by=officer, text="Atap bocor", since=today)
    assert mend_fault(fault=fault, by=commander, note="Swadaya warga")
    assert not mend_fault(fault=fault, by=officer)
    fault.refresh_from_db()
    assert (fault.mended_by, fault.mended_note) == (commander, "Swadaya warga")
    assert reopen_fault(fault=fault, by=officer)
    assert post.faults.open().get() == fault


def test_words_for_each_state():
    words = {
        (1, 1, Condition.GOOD): "baik",
        (1, 1, Condition.BROKEN): "rusak",
        (1, 0, Condition.MISSING): "hilang",
        (4, 3, Condition.GOOD): "ada 3 dari 4",
        (4, 3, Condition.BROKEN): "ada 3 dari 4, rusak",
        (4, 0, Condition.MISSING): "ada 0 dari 4",
    }
    for (wanted, present, condition), said in words.items():
        item = PostItem(wanted=wanted, present=present, condition=condition)
        assert item.state_words == said


def test_a_line_names_its_item_as_it_was_called(given, officer, radio):
    line = LineDraft(radio.pk, 1, "good")
    handover, _ = hand_over_post(duty=given, by=officer, taker=Taker("X"), lines=[line])
    PostItem.objects.filter(pk=radio.pk).update(name="HT baru")
    assert handover.lines.get().name == "HT 1"
