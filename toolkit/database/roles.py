"""Two roles of PostgreSQL: the owner of the tables migrates, the site's role serves.

The site's role reads and writes rows. It changes no table, empties none, deletes only what the site
deletes, and neither changes nor deletes what is append-only. It cannot set triggers aside. So
whoever takes over the site cannot rewrite its history.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg2 import sql

from toolkit.database.append_only import rights

logger = logging.getLogger(__name__)

TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""
ROLE = """
SELECT rolsuper,
    rolcreaterole OR rolbypassrls OR rolreplication,
    EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_has_role(relowner, 'MEMBER')
    ) OR has_schema_privilege('public', 'CREATE'),
    EXISTS (
        SELECT FROM pg_proc WHERE prosrc <> 'SELECT false'
        AND oid = to_regprocedure('public._pgtrigger_should_ignore(name)')
    )
FROM pg_roles WHERE rolname = current_user
"""
WRITABLE = """
SELECT relname, has_table_privilege(oid, 'TRUNCATE'), has_table_privilege(oid, 'INSERT'),
    has_table_privilege(oid, 'UPDATE'), has_table_privilege(oid, 'DELETE')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
ORDER BY relname
"""
# pgtrigger's migrations write the function anew, with each trigger. Nobody here ignores a trigger.
NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false'
"""


class Excess(NamedTuple):
    """What the connected role may do beyond serving the site."""

    is_superuser: bool
    has_attributes: bool
    owns_tables: bool
    ignores_triggers: bool
    tables: list[str]

    def __bool__(self) -> bool:
        return any(self)

    def __str__(self) -> str:
        remedy = "give DATABASE_URL another role (docs/deployment.md, “Two roles”)."
        if self.is_superuser:
            return f"The site connects to PostgreSQL as a superuser: {remedy}"
        if self.owns_tables:
            return f"The site connects to PostgreSQL as the owner of its tables: {remedy}"
        if self.has_attributes:
            return f"The site's role may make roles, replicate or pass row security: {remedy}"
        remedy = "run `manage.py prepare_database` as the owner."
        if self.ignores_triggers:
            return f"The site's role may keep triggers, and so the history, from running: {remedy}"
        names = ", ".join(self.tables[:5])
        return (
            f"The site's role may empty tables, or write rows that it should not ({names}, "
            f"{len(self.tables)} tables): {remedy}"
        )


def excess() -> Excess:
    """Of the role that this connection has."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        is_superuser, has_attributes, owns_tables, ignores_triggers = cursor.fetchone()
        cursor.execute(WRITABLE)
        tables = [
            name
            for name, truncates, *given in cursor.fetchall()
            if truncates or rights(name).exceeded_by(*given)
        ]
    return Excess(is_superuser, has_attributes, owns_tables, ignores_triggers, tables)


def warn_of_excess() -> None:
    """One line in the log where the site starts with a role that may do too much."""
    try:
        if found := excess():
            logger.warning("%s", found)
    except DatabaseError:
        return  # the pages say that it is away


@contextmanager
def as_owner() -> Iterator[bool]:
    """Connects as the role of DATABASE_OWNER_URL; says whether there is one."""
    owner = settings.DATABASE_OWNER
    if not owner:
        yield False
        return
    site = connection.settings_dict
    connection.close()
    connection.settings_dict = {**site, **owner, "NAME": site["NAME"]}
    try:
        yield True
    finally:
        connection.close()
        connection.settings_dict = site


def grant_site_role(role: str) -> None:
    """Gives the site's role what it needs in this database and takes the rest; the owner runs it.

    After the migrations, which may let triggers be set aside again. In one transaction, so that a
    site that serves meanwhile misses nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEVER_IGNORE)
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        for statement in _grants(role, connection.settings_dict["NAME"], tables):
            cursor.execute(statement)


def _grants(role: str, database: str, tables: Iterable[str]) -> Iterator[sql.Composed]:
    named = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    for words in (
        "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        # Tables of a later migration are at least not changed, until this runs after it.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
    ):
        yield sql.SQL(words).format(**named)
    for table in tables:
        may = rights(table)
        yield sql.SQL("GRANT {rights} ON {table} TO {role}").format(
            rights=sql.SQL(may.named()), table=sql.Identifier(table), **named
        )
        if may.columns:
            yield sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(
                columns=sql.SQL(", ").join(map(sql.Identifier, sorted(may.columns))),
                table=sql.Identifier(table),
                **named,
            )
