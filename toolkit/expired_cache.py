"""Deletes expired rows of the cache in the database.

Django deletes them only when they are read, or when the table is full.
"""

from django.conf import settings
from django.db import connection
from django.utils import timezone


def delete_expired_rows() -> None:
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [timezone.now()])  # noqa: S608
