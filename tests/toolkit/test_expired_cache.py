from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from toolkit.expired_cache import delete_expired_rows


@pytest.mark.django_db
def test_rows_go_when_their_time_is_over(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    cache.set("short", 1, 60)
    cache.set("long", 1, 600)
    time_machine.shift(timedelta(seconds=61))
    delete_expired_rows()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [key for (key,) in cursor.fetchall()] == [":1:long"]
