"""Tests have the role of the site, unless they ask for the owner's."""

import contextlib

from django.db import connection


@contextlib.contextmanager
def owner_role():
    """For what only the owner of the tables may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        yield
        cursor.execute(f"SET ROLE {role}")
