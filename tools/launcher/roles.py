"""The two roles of the embedded server: one owns the databases, the other serves the site.

Data of an older release have one role for both; it loses the databases to the owner.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql

SITE, OWNER = "kamtibmas", "kamtibmas_owner"


def make_roles(address: Callable[[str], str]) -> None:
    """Makes the roles and the database that are missing. `address` is the superuser's, by database.

    On a server that has them it only looks.
    """
    with _connection(address("postgres")) as cursor:
        cursor.execute(
            "SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname IN %s", [(SITE, OWNER)]
        )
        roles = dict(cursor.fetchall())
        if OWNER not in roles:
            _run(cursor, "CREATE ROLE {owner} LOGIN CREATEDB")
        if SITE not in roles:
            _run(cursor, "CREATE ROLE {site} LOGIN")
        elif roles[SITE]:
            _run(cursor, "ALTER ROLE {site} NOCREATEDB")
        cursor.execute("SELECT datname, datdba::regrole::text FROM pg_database WHERE datallowconn")
        owners = dict(cursor.fetchall())
        # So that tests, which make a database of their own, can go on with the site's role.
        _run(cursor, "GRANT {site} TO {owner}")
        if SITE not in owners:
            _run(cursor, "CREATE DATABASE {site} OWNER {owner}")
    for database in sorted(name for name, owner in owners.items() if owner == SITE):
        with _connection(address(database)) as cursor:
            _run(cursor, "REASSIGN OWNED BY {site} TO {owner}")
            _run(cursor, "ALTER DATABASE {database} OWNER TO {owner}", database=database)


def _run(cursor: Any, statement: str, database: str = "") -> None:
    names = {"site": SITE, "owner": OWNER, "database": database}
    quoted = {name: sql.Identifier(word) for name, word in names.items() if word}
    cursor.execute(sql.SQL(statement).format(**quoted))


@contextmanager
def _connection(address: str) -> Iterator[Any]:
    connection = psycopg2.connect(address)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
