"""One database for each size beside the site's own, made once and used again."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
from django.conf import settings
from psycopg2 import sql

MANAGE = Path(settings.BASE_DIR) / "manage.py"
STEPS = (("migrate", "-v0"), ("createcachetable", "-v0"), ("load_seeds",), ("load_demo",))


def address(name: str) -> str:
    """DATABASE_URL with another database's name."""
    own = str(settings.DATABASES["default"]["NAME"])
    head, _, tail = os.environ["DATABASE_URL"].rpartition(f"/{own}")
    return f"{head}/{name}{tail}"


def manage(name: str, *words: str) -> str:
    """A Django command on that database; what it printed on standard output."""
    environment = {**os.environ, "DATABASE_URL": address(name), "KAMTIBMAS_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, str(MANAGE), *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def prepare(size: int) -> str:
    """The name of the database with `size` log entries, filled if it was not there."""
    name = f"kamtibmas_bench_{size}"
    if not _exists(name):
        half_made = f"{name}_half"
        _run(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(half_made)))
        _run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half_made)))
        for step in STEPS:
            manage(half_made, *step)
        manage(half_made, "load_demo", "--scale", str(size))
        _run(sql.SQL("VACUUM ANALYZE"), database=half_made)
        _run(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(half_made), sql.Identifier(name)
            )
        )
    return name


def _exists(name: str) -> bool:
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _run(statement: sql.Composable, database: str = "") -> None:
    connection = psycopg2.connect(address(database) if database else os.environ["DATABASE_URL"])
    try:
        connection.autocommit = True
        connection.cursor().execute(statement)
    finally:
        connection.close()
