"""The duties to which a phone can move an entry: those whose log takes it from this person now."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.rights import may_log
from patrols.services.duties import end_duty, review_duty, start_duty
from tests import factories as make

URL = "/patrols/duties/choices/"


@pytest.fixture
def duties(units, officer, commander, volunteer):
    """Named by their state; the volunteer is in the roll of one that runs."""

    def new(name, unit=units.polsek, leader=officer):
        return make.make_duty(unit, name, leader=leader)

    new("rencana")
    running = start_duty(duty=new("jalan"), by=officer)
    make.make_attendance(running, member=volunteer.membership, expected=False)
    end_duty(duty=start_duty(duty=new("usai"), by=officer, despite=True), by=officer)
    approved = end_duty(duty=start_duty(duty=new("sah"), by=officer, despite=True), by=officer)
    review_duty(duty=approved, by=commander, action="approve")
    other = make.make_user("Bhabin B", units.polsek_neighbour, "officer")
    start_duty(duty=new("tetangga", units.polsek_neighbour, other), by=other)
    return running


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("officer", ["usai", "jalan"]),
        ("commander", ["usai", "jalan"]),
        ("volunteer", ["jalan"]),
        ("neighbour", ["tetangga"]),
        ("admin_user", []),
        ("nobody", []),
        ("superuser", ["tetangga", "usai", "jalan"]),
    ],
)
def test_whose_log_the_person_may_write(sign_in, request, duties, who, names):
    user = request.getfixturevalue(who)
    client = sign_in(user)
    rows = client.get(URL).json()
    assert [row["name"] for row in rows] == names
    for row in rows:
        assert set(row) == {"key", "name", "night"}
        duty = type(duties).objects.get(pk=row["key"])
        assert row["night"] == duty.night_name
        assert client.get(reverse("patrols:entry_add", args=[row["key"]])).status_code == 200
    every = type(duties).objects.accepting_entries()
    visible = every.visible_to(user)
    assert {row.name for row in visible if may_log(user, row)} == set(names)


def test_at_most_twenty_of_the_last_month(sign_in, units, officer):
    for number in range(23):
        start = timezone.now() - timedelta(days=number * 2)
        duty = make.make_duty(units.polsek, str(number), starts_at=start, leader=officer)
        start_duty(duty=duty, by=officer, despite=True)
    names = [row["name"] for row in sign_in(officer).get(URL).json()]
    assert names == [str(number) for number in range(len(names))]
    assert 14 <= len(names) <= 16
    for number in range(9):
        duty = make.make_duty(units.polsek, f"lagi {number}", leader=officer)
        start_duty(duty=duty, by=officer, despite=True)
    assert len(sign_in(officer).get(URL).json()) == 20


def test_one_statement_for_the_duties(sign_in, officer, duties, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(4):
        client.get(URL)


def test_another_person_is_told_nothing(sign_in, officer, duties):
    answer = sign_in(officer).get(URL, headers={"X-Outbox": "999"})
    assert answer.status_code == 401
