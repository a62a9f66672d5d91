"""Counts of all workers together, which tell nobody whom they are about."""

from collections import Counter as Tally
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.threads import in_threads
from toolkit.limits.counts import BUCKET_BITS, counter, delete_ended, give_back, take
from toolkit.limits.models import Count
from toolkit.limits.requests import address_of

ADDRESS = "203.0.113.77"


def numbers():
    return dict(Count.objects.values_list("kind", "number"))


@pytest.mark.django_db
def test_so_many_and_no_more(django_assert_num_queries):
    one = counter("report", ADDRESS, 3, 600)
    with django_assert_num_queries(1):
        assert take(one)
    assert [take(one) for _ in range(4)] == [True, True, False, False]
    assert numbers() == {"report": 3}
    assert take(counter("report", "198.51.100.1", 3, 600))
    assert take(counter("answer", ADDRESS, 3, 600))


@pytest.mark.django_db
def test_a_limit_ends_with_its_time(time_machine):
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    one = counter("report", ADDRESS, 1, 600)
    assert [take(one), take(one)] == [True, False]
    time_machine.shift(timedelta(seconds=599))
    assert not take(one)
    time_machine.shift(timedelta(seconds=1))
    assert [take(one), take(one)] == [True, False]
    delete_ended()
    assert Count.objects.exists()
    time_machine.shift(timedelta(seconds=600))
    delete_ended()
    assert not Count.objects.exists()


@pytest.mark.django_db
def test_who_is_refused_uses_up_nothing_of_others():
    device, address = counter("device", "a", 2, 60), counter("address", ADDRESS, 10, 60)
    assert [take(device, address) for _ in range(5)] == [True, True, False, False, False]
    assert numbers() == {"device": 2, "address": 2}


@pytest.mark.django_db
def test_what_did_no_harm_is_given_back():
    one = counter("report", ADDRESS, 1, 600)
    for _ in range(5):
        assert take(one)
        give_back(one)
    give_back(one)
    assert numbers() == {"report": 0}


@pytest.mark.django_db(transaction=True)
def test_issue_8_line_8_all_workers_count_together():
    device, address = counter("device", "a", 10, 60), counter("address", ADDRESS, 25, 60)
    others = [counter("device", f"b{number}", 10, 60) for number in range(8)]
    said = []

    def act(number):
        for _ in range(5):
            said.append(("same", take(device, address)))
            said.append(("own", take(others[number], address)))

    assert not in_threads(8, act)
    assert Tally(said)[("same", True)] <= 10
    assert Tally(ok for _who, ok in said)[True] == 25
    assert Count.objects.get(kind="address").number == 25


@pytest.mark.django_db
def test_nobody_can_tell_whom_a_count_is_about(time_machine, settings):
    time_machine.move_to("2026-11-11T10:00:00+00:00", tick=False)
    today = counter("report", ADDRESS, 3, 600)
    assert take(today)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row::text FROM limits_count AS row")
        ((row,),) = cursor.fetchall()
    assert ADDRESS not in row
    buckets = {counter("report", f"a{number}", 1, 1).bucket for number in range(3000)}
    assert max(buckets) < 2**BUCKET_BITS
    assert len(buckets) > 2900
    time_machine.shift(timedelta(days=1))
    tomorrow = counter("report", ADDRESS, 3, 600).bucket
    settings.SECRET_KEY = "another " * 10
    assert len({today.bucket, tomorrow, counter("report", ADDRESS, 3, 600).bucket}) == 3


@pytest.mark.django_db
def test_counts_are_in_no_log_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'limits_count'")
        assert cursor.fetchone() == ("u",)


def test_a_house_has_one_address(rf):
    own = {address_of(rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{n}")) for n in range(1, 9)}
    assert own == {"2001:db8:1:2::"}
    assert address_of(rf.get("/", REMOTE_ADDR="2001:db8:1:3::1")) not in own
    assert address_of(rf.get("/", REMOTE_ADDR=ADDRESS)) == ADDRESS
    assert address_of(rf.get("/", REMOTE_ADDR="")) == ""


@pytest.mark.django_db
def test_odd_words_are_counted():
    for odd in ("", "\x00", "\ud800", "x" * 100_000):
        assert take(counter("report", odd, 1, 60))
    assert Count.objects.filter(ends_at__gt=timezone.now()).count() == 4
