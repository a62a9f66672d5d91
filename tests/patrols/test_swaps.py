"""Two officers swap a night: asked by one, agreed by the other, confirmed by who leads or plans."""

import uuid
from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.services.absences import save_absence
from patrols.models import Attendance, Duty, Swap
from patrols.selectors.holes import holes_of_duties, with_named_to
from patrols.selectors.roll import roll_of
from patrols.services.duties import BusyElsewhere
from patrols.services.schedules import end_schedule, make_duties
from patrols.services.swaps import SwapConflict, ask_swap, change_swap
from tests import factories as make
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_absences import absence_of
from tests.patrols.test_people_who_left import (  # noqa: F401
    clock,
    duty_of,
    nights_of,
    planned,
)
from tests.threads import in_threads
from toolkit.workflow import ChangeRefused

NIGHT, OTHER_NIGHT = date(2026, 11, 20), date(2026, 11, 21)


@pytest.fixture
def colleague(units):
    return make.make_user("Bhabin Dua", units.polsek, "officer")


@pytest.fixture
def duty(units, officer):
    return duty_of(planned(units.polsek, officer, leader=officer), NIGHT)


def asked(duty, officer, colleague, *actions, **fields):
    """A swap after these actions of (who, what)."""
    swap = ask_swap(duty=duty, other=colleague, by=officer, **fields)
    for who, action in actions:
        swap = change_swap(swap=swap, action=action, by=who)
    return swap


def people_on(duty):
    return set(duty.attendances.filter(expected=True).values_list("officer__name", flat=True))


def test_only_the_confirmed_swap_changes_the_roll(duty, officer, colleague, operator):
    swap = asked(duty, officer, colleague)
    assert people_on(duty) == {officer.name}
    change_swap(swap=swap, action="agree", by=colleague)
    assert people_on(duty) == {officer.name}
    change_swap(swap=swap, action="confirm", by=operator)
    duty.refresh_from_db()
    assert people_on(duty) == {colleague.name}
    assert (duty.leader, duty.is_edited) == (colleague, True)
    assert NIGHT not in nights_of(officer)


def test_the_schedule_does_not_undo_it(duty, officer, colleague, operator):
    asked(duty, officer, colleague, (colleague, "agree"), (operator, "confirm"))
    make_duties()
    assert people_on(duty) == {colleague.name}


def test_in_return_the_other_night_is_taken(units, duty, officer, colleague, operator):
    theirs = planned(units.polsek, colleague, name="Pos", weekdays=[5])
    back = duty_of(theirs, OTHER_NIGHT)
    # The officer's own duty is at that time: one of the two gives way.
    Attendance.objects.filter(duty__night=OTHER_NIGHT, officer=officer).delete()
    steps = [(colleague, "agree"), (operator, "confirm")]
    asked(duty, officer, colleague, *steps, in_return=back)
    assert people_on(duty) == {colleague.name}
    assert people_on(back) == {officer.name}


def test_two_duties_at_the_same_hours_are_swapped(units, duty, officer, colleague, operator):
    back = duty_of(planned(units.polsek, colleague, name="Pos"), NIGHT)
    steps = [(colleague, "agree"), (operator, "confirm")]
    asked(duty, officer, colleague, *steps, in_return=back)
    assert (people_on(duty), people_on(back)) == ({colleague.name}, {officer.name})


def test_the_roll_shows_who_stands_in(client, duty, officer, colleague, operator):
    asked(duty, officer, colleague, (colleague, "agree"), (operator, "confirm"))
    [row] = roll_of(duty).rows
    assert (row.officer, row.stands_in_for) == (colleague, officer.name)
    assert f"menggantikan {officer.name}" in page_of(client, operator, "duty_rollcall", duty.pk)
    shown = page_of(client, officer, "duty_detail", duty.pk)
    assert f"{colleague.titled_name} menggantikan {officer.titled_name}" in shown


def test_the_hole_is_that_of_who_stands_in(client, duty, officer, colleague, operator):
    asked(duty, officer, colleague, (colleague, "agree"), (operator, "confirm"))
    save_absence(absence=absence_of(officer, NIGHT, NIGHT, "leave"), by=operator)
    assert "cuti sampai" not in page_of(client, operator, "night_list")
    save_absence(absence=absence_of(colleague, NIGHT, NIGHT, "sick"), by=operator)
    assert "sakit sampai 20 Nov" in page_of(client, operator, "night_list")
    assert people_on(duty) == set()


@pytest.mark.parametrize("action", ["decline", "withdraw", "refuse"])
def test_what_does_not_come_about_changes_nothing(duty, officer, colleague, operator, action):
    who = {"decline": colleague, "withdraw": officer, "refuse": operator}[action]
    asked(duty, officer, colleague, (who, action))
    assert people_on(duty) == {officer.name}
    asked(duty, officer, colleague)  # may be asked again


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("officer", "agree"),
        ("operator", "agree"),
        ("colleague", "withdraw"),
        ("officer", "confirm"),
        ("colleague", "confirm"),
        ("officer", "refuse"),
    ],
)
def test_each_step_is_somebody_elses(request, duty, officer, colleague, who, action):
    """Also whoever leads the duty does not confirm their own swap."""
    swap = asked(duty, officer, colleague)
    with pytest.raises(PermissionDenied):
        change_swap(swap=swap, action=action, by=request.getfixturevalue(who))


def test_another_leader_confirms(units, duty, officer, colleague):
    leader = make.make_user("Danru", units.polsek, "officer")
    duty.leader = leader
    duty.save()
    asked(duty, officer, colleague, (colleague, "agree"), (leader, "confirm"))
    assert people_on(duty) == {colleague.name}


def test_nothing_is_confirmed_before_it_is_agreed(duty, officer, colleague, operator):
    with pytest.raises(ChangeRefused):
        asked(duty, officer, colleague, (operator, "confirm"))


def test_who_is_on_another_duty_then_does_not_stand_in(units, duty, officer, colleague, operator):
    planned(units.polsek, colleague, name="Pos")
    swap = asked(duty, officer, colleague, (colleague, "agree"))
    with pytest.raises(BusyElsewhere):
        change_swap(swap=swap, action="confirm", by=operator)
    assert people_on(duty) == {officer.name}


@pytest.mark.parametrize("what", ["away", "gone", "marked", "begun"])
def test_what_has_changed_meanwhile_is_told(units, duty, officer, colleague, operator, clock, what):  # noqa: F811
    swap = asked(duty, officer, colleague, (colleague, "agree"))
    if what == "away":
        save_absence(absence=absence_of(colleague, NIGHT, NIGHT), by=operator)
    elif what == "gone":
        duty.attendances.all().delete()
    elif what == "marked":
        duty.attendances.update(status="excused", at=duty.starts_at)
    else:
        clock.move_to(duty.starts_at, tick=False)
    with pytest.raises(ValidationError):
        change_swap(swap=swap, action="confirm", by=operator)


def test_who_may_not_be_asked(units, duty, officer, operator, neighbour):
    away = make.make_user("Cuti", units.polsek, "officer")
    make.make_absence(away, NIGHT, NIGHT)
    for person in (neighbour, away, officer):
        with pytest.raises(ValidationError):
            ask_swap(duty=duty, other=person, by=officer)
    with pytest.raises(ValidationError):
        ask_swap(duty=duty, other=officer, by=operator)  # who is not expected there


def test_the_same_form_twice_asks_once(duty, officer, colleague):
    key = uuid.uuid4()
    asked(duty, officer, colleague, client_uuid=key)
    asked(duty, officer, colleague, client_uuid=key)
    assert Swap.objects.count() == 1
    with pytest.raises(SwapConflict):
        asked(duty, officer, colleague, client_uuid=key, reason="Lain")
    with pytest.raises(ValidationError):
        asked(duty, officer, colleague)  # another page


def test_a_night_that_the_schedule_drops_takes_its_swap_along(duty, officer, colleague, operator):
    asked(duty, officer, colleague)
    end_schedule(schedule=duty.schedule, last_night=date(2026, 11, 12), by=operator)
    assert not Swap.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_confirm_once(units, officer, operator, commander):
    colleague = make.make_user("Bhabin Dua", units.polsek, "officer")
    third = make.make_user("Bhabin Tiga", units.polsek, "officer")
    mine = duty_of(planned(units.polsek, officer, start=time(20), end=time(22)), NIGHT)
    theirs = duty_of(planned(units.polsek, third, name="Pos", start=time(20), end=time(22)), NIGHT)
    swaps = [
        asked(duty, person, colleague, (colleague, "agree"))
        for duty, person in ((mine, officer), (theirs, third))
    ]

    def confirm_one(number):
        change_swap(swap=swaps[0], action="confirm", by=[operator, commander][number])

    assert in_threads(2, confirm_one) == {"ChangeRefused": 1}
    assert people_on(mine) == {colleague.name}
    # The same colleague cannot stand in on both.
    with pytest.raises(BusyElsewhere):
        change_swap(swap=swaps[1], action="confirm", by=operator)


@pytest.mark.django_db(transaction=True)
def test_two_swaps_that_need_one_person_at_once(units, officer, operator, commander):
    colleague = make.make_user("Bhabin Dua", units.polsek, "officer")
    third = make.make_user("Bhabin Tiga", units.polsek, "officer")
    mine = duty_of(planned(units.polsek, officer, start=time(20), end=time(22)), NIGHT)
    theirs = duty_of(planned(units.polsek, third, name="Pos", start=time(20), end=time(22)), NIGHT)
    swaps = [
        asked(duty, person, colleague, (colleague, "agree"))
        for duty, person in ((mine, officer), (theirs, third))
    ]

    def confirm(number):
        change_swap(swap=swaps[number], action="confirm", by=[operator, commander][number])

    assert in_threads(2, confirm) == {"BusyElsewhere": 1}
    assert Attendance.objects.filter(officer=colleague, duty__night=NIGHT).count() == 1


@pytest.fixture
def other_volunteer(group):
    user = make.make_user("Relawan B", username="relawan.b")
    make.make_member(group, "Relawan B", user=user)
    return user


@pytest.fixture
def group_duty(units, group, officer, volunteer, other_volunteer):
    """The group is planned; only the volunteer of the cast is expected on the night."""
    duty = duty_of(planned(units.polsek, officer, groups=[group]), NIGHT)
    duty.attendances.filter(member=other_volunteer.membership).delete()
    return duty


def members_on(duty):
    return set(duty.attendances.exclude(member=None).values_list("member__name", flat=True))


def test_volunteers_swap_within_their_group(
    client, units, group_duty, volunteer, other_volunteer, operator
):
    stranger = make.make_user("Relawan Lain", username="relawan.lain")
    make.make_member(make.make_group(units.polsek, "Lain"), "Relawan Lain", user=stranger)
    make.make_member(group_duty.attendances.get(member=volunteer.membership).member.group, "Diam")
    path = reverse("patrols:swap_ask", args=[group_duty.pk])
    assert path in page_of(client, volunteer, "duty_detail", group_duty.pk)
    people = client.get(path).context["form"].fields["other"].choices
    assert [name for key, name in people if key] == [other_volunteer.name]
    client.post(f"{path}?other={other_volunteer.pk}", {"reason": "Anak sakit"})
    swap = Swap.objects.get()
    assert swap.group == volunteer.membership.group
    change_swap(swap=swap, action="agree", by=other_volunteer)
    assert members_on(group_duty) == {volunteer.name}
    change_swap(swap=swap, action="confirm", by=operator)
    assert members_on(group_duty) == {other_volunteer.name}
    make_duties()
    assert members_on(group_duty) == {other_volunteer.name}
    [row] = [row for row in roll_of(group_duty).rows if row.member]
    assert row.stands_in_for == volunteer.name
    assert "tanpa penugasan" not in page_of(client, operator, "night_list")
    assert holes_on(group_duty) == []


def holes_on(duty):
    rows = with_named_to(Duty.objects.filter(pk=duty.pk).select_related("unit"))
    return holes_of_duties(rows).get(duty.pk, [])


def test_a_volunteer_asks_no_officer_and_no_officer_a_volunteer(
    group_duty, officer, volunteer, colleague, other_volunteer
):
    for by, other in ((volunteer, colleague), (officer, other_volunteer)):
        with pytest.raises(ValidationError):
            ask_swap(duty=group_duty, other=other, by=by)


def test_who_left_the_group_meanwhile_does_not_stand_in(
    group_duty, volunteer, other_volunteer, operator
):
    swap = asked(group_duty, volunteer, other_volunteer, (other_volunteer, "agree"))
    other_volunteer.membership.is_active = False
    other_volunteer.membership.save()
    with pytest.raises(ValidationError):
        change_swap(swap=swap, action="confirm", by=operator)
    assert members_on(group_duty) == {volunteer.name}


def test_nobody_agrees_to_a_night_that_has_begun(duty, officer, colleague, clock):  # noqa: F811
    swap = asked(duty, officer, colleague)
    clock.move_to(duty.starts_at, tick=False)
    with pytest.raises(ValidationError):
        change_swap(swap=swap, action="agree", by=colleague)


def test_who_leads_one_duty_does_not_change_the_roll_of_another(units, duty, officer, colleague):
    """A leader lent from elsewhere runs this duty only."""
    lent = make.make_user("Danru Lain", units.polsek_other, "officer")
    duty.leader = lent
    duty.save()
    back = duty_of(planned(units.polsek, colleague, name="Pos", weekdays=[5]), OTHER_NIGHT)
    Attendance.objects.filter(duty__night=OTHER_NIGHT, officer=officer).delete()
    swap = asked(duty, officer, colleague, (colleague, "agree"), in_return=back)
    with pytest.raises(PermissionDenied):
        change_swap(swap=swap, action="confirm", by=lent)
    change_swap(swap=swap, action="refuse", by=lent)
    alone = asked(duty, officer, colleague, (colleague, "agree"))
    change_swap(swap=alone, action="confirm", by=lent)
    assert people_on(duty) == {colleague.name}


def test_who_stands_in_may_swap_on(units, duty, officer, colleague, operator):
    """The holes follow the swaps in their order, whichever of the two duties each was asked for."""
    third = make.make_user("Bhabin Tiga", units.polsek, "officer")
    theirs = duty_of(planned(units.polsek, colleague, name="Pos"), NIGHT)
    confirmed = [(officer, "agree"), (operator, "confirm")]
    asked(theirs, colleague, officer, *confirmed, in_return=duty)
    asked(duty, colleague, third, (third, "agree"), (operator, "confirm"))
    assert people_on(duty) == {third.name}
    save_absence(absence=absence_of(colleague, NIGHT, NIGHT, "leave"), by=operator)
    assert holes_on(duty) == []
    save_absence(absence=absence_of(third, NIGHT, NIGHT, "sick"), by=operator)
    assert [hole.name for hole in holes_on(duty)] == [third.titled_name]


@pytest.mark.django_db(transaction=True)
def test_leave_entered_while_a_swap_is_confirmed_frees_the_night(units, officer, operator):
    """Whichever comes first, nobody is expected on a night of their leave."""
    colleague = make.make_user("Bhabin Dua", units.polsek, "officer")
    duty = duty_of(planned(units.polsek, officer), NIGHT)
    swap = asked(duty, officer, colleague, (colleague, "agree"))

    def both(number):
        if number:
            save_absence(absence=absence_of(colleague, NIGHT, NIGHT), by=operator)
        else:
            change_swap(swap=swap, action="confirm", by=operator)

    in_threads(2, both)
    assert colleague.name not in people_on(duty)
