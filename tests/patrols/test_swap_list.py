from datetime import date

import pytest
from django.urls import reverse

from patrols.models import Swap
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_people_who_left import clock  # noqa: F401
from tests.patrols.test_swaps import asked, colleague, duty, people_on  # noqa: F401


def change(client, user, swap, action):
    client.force_login(user)
    return client.post(
        reverse("patrols:swap_change", args=[swap.pk]), {"action": action}, follow=True
    )


def test_each_sees_what_they_may_do(client, duty, officer, colleague, operator):  # noqa: F811
    swap = asked(duty, officer, colleague)
    assert "Batalkan permintaan" in page_of(client, officer, "swap_list")
    assert "Saya gantikan" in page_of(client, colleague, "swap_list")
    assert "Saya gantikan" not in page_of(client, officer, "swap_list")
    assert officer.name not in page_of(client, operator, "swap_list")  # not agreed yet
    assert "minta Anda menggantikannya" in page_of(client, colleague, "my_day")
    change(client, colleague, swap, "agree")
    assert "Setujui tukar dinas" in page_of(client, operator, "swap_list")
    answer = change(client, operator, swap, "confirm")
    assert people_on(duty) == {colleague.name}
    assert "menggantikan" in answer.content.decode()


def test_a_second_tap_says_that_it_is_done(client, duty, officer, colleague):  # noqa: F811
    swap = asked(duty, officer, colleague)
    change(client, colleague, swap, "agree")
    assert "sudah" in change(client, colleague, swap, "agree").content.decode()
    assert "tombol" in change(client, colleague, swap, "x").content.decode()


def test_a_stranger_finds_none(client, duty, officer, colleague, neighbour, nobody):  # noqa: F811
    swap = asked(duty, officer, colleague)
    for person in (neighbour, nobody):
        assert change(client, person, swap, "agree").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_statements_do_not_grow(
    client,
    units,
    duty,  # noqa: F811
    officer,
    colleague,  # noqa: F811
    django_assert_max_num_queries,
    count,
):
    for night in range(count):
        other = duty.schedule.duties.get(night=date(2026, 11, 13 + night))
        Swap.objects.create(duty=other, asker=officer, other=colleague, asked_at=duty.starts_at)
    client.force_login(colleague)
    with django_assert_max_num_queries(5):
        client.get(reverse("patrols:swap_list"))
