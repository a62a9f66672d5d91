"""The databases to measure: one for each size, made once and kept."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings
from psycopg2 import sql

MANAGE = Path(settings.BASE_DIR) / "manage.py"
# Counted up where load_demo or load_scale makes other rows: older databases are then made anew.
MARK = "kamtibmas bench 2"
STEPS = (("migrate", "-v0"), ("createcachetable", "-v0"), ("load_seeds",), ("load_demo",))


def address(name: str) -> str:
    """DATABASE_URL with the name of another database."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def manage(name: str, *words: str) -> str:
    """Runs a Django command on that database. Returns what it printed on standard output."""
    environment = {
        **os.environ,
        "DATABASE_URL": address(name),
        "KAMTIBMAS_DEMO": "1",
        # Hashed names need a manifest, which only `make run` makes.
        "KAMTIBMAS_HASHED_STATIC": "0",
    }
    done = subprocess.run(
        [sys.executable, str(MANAGE), *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def prepare(size: int) -> str:
    """The name of the database with `size` log entries and as many reports. It is made if it is
    missing or was made by an older demo."""
    name = f"kamtibmas_bench_{size}"
    if _mark(name) == MARK:
        manage(name, *STEPS[0])
        return name
    half_made = f"{name}_half"  # renamed at the end, so that an interrupted one is made anew
    for old in (half_made, name):
        _run(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
    _run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half_made)))
    for step in STEPS:
        manage(half_made, *step)
    manage(half_made, "load_scale", str(size))
    _run(sql.SQL("VACUUM ANALYZE"), database=half_made)
    _run(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(half_made), sql.Identifier(name)
        )
    )
    _run(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK)))
    return name


def _mark(name: str) -> str | None:
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        found = cursor.fetchone()
        return found[0] if found else None


def _run(statement: sql.Composable, database: str = "") -> None:
    connection = psycopg2.connect(address(database) if database else os.environ["DATABASE_URL"])
    try:
        connection.autocommit = True
        connection.cursor().execute(statement)
    finally:
        connection.close()
