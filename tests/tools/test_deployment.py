"""The commands of docs/deployment.md are those that work."""

import os
import re
import shutil
import subprocess
import sys

import psycopg2
import pytest
from django.core.management import get_commands
from django.db import connection

from reports.models import Report
from tests import factories as make
from tools.launcher.postgres import CHECKOUT, EmbeddedPostgres
from tools.launcher.roles import OWNER, SITE

GUIDE = (CHECKOUT / "docs" / "deployment.md").read_text()


def commands_of(heading):
    """The lines of the blocks of commands below a heading."""
    _before, _heading, rest = GUIDE.partition(f"\n## {heading}\n")
    part = rest.partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```", part, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def test_every_command_of_manage_py_exists():
    named = set(re.findall(r"manage\.py (\w+)", GUIDE))
    assert {"prepare_database", "load_seeds", "run_jobs"} <= named
    assert named <= set(get_commands())


@pytest.fixture
def programs():
    if not os.environ.get("TESTS_POSTGRES_HOME"):
        pytest.skip("DATABASE_URL names a server whose programs may not be here.")
    found = EmbeddedPostgres()._install_programs()
    if not (found / "pg_dump").exists():
        pytest.skip("The package of the embedded PostgreSQL has no pg_dump.")
    return found


@pytest.mark.django_db(transaction=True)
def test_saved_restored_and_brought_up_to_date(units, programs, tmp_path):
    """As the guide says it, on the tests' own server, into a database that is thrown away."""
    report = make.make_report(units.polsek, privacy="sealed", contact_name="Siti")
    here = connection.settings_dict["NAME"]
    restored = f"restored_{os.getpid()}"
    owner = os.environ["DATABASE_URL"]
    host = os.environ["TESTS_POSTGRES_HOME"]

    def address(role, database):
        return owner.replace(OWNER, role).replace(f"/{SITE}?", f"/{database}?")

    def run(line, database):
        words = line.replace("kamtibmas_restored", restored)
        words = words.replace(".venv/bin/python", sys.executable)
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGHOST": host,
            "DATABASE_URL": address(SITE, database),
            "DATABASE_OWNER_URL": address(OWNER, database),
        }
        done = subprocess.run(
            f"cd {tmp_path} && {words.replace('manage.py', str(CHECKOUT / 'manage.py'))}",
            shell=True,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)

    (dump,) = commands_of("What to keep safe")
    made, *rest = commands_of("Restoring")
    assert dump.replace("kamtibmas.dump", "before.dump") in commands_of("A new release")
    assert rest[-1] in commands_of("A new release")
    try:
        run(dump, here)
        run(made, here)
        for line in rest:
            run(line, restored)
        with psycopg2.connect(address(SITE, restored)) as site, site.cursor() as cursor:
            cursor.execute("SELECT text, privacy FROM reports_report")
            assert cursor.fetchall() == [(report.text, "sealed")]
            cursor.execute("SELECT count(*) FROM reports_reportcontact")
            assert cursor.fetchone() == (1,)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("DELETE FROM reports_reportevent")
        site.close()
    finally:
        shutil.rmtree(tmp_path)
        away = psycopg2.connect(owner)
        away.autocommit = True
        # Waits for sessions that are just ending, which the owner could not end.
        away.cursor().execute(f"DROP DATABASE IF EXISTS {restored}")
        away.close()
    assert Report.objects.count() == 1
