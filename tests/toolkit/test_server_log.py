"""Nothing that people typed gets into PostgreSQL's own log, whatever fails."""

import contextlib
import os
import uuid
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from reports.models import Report, ReportContact
from tests import factories as make
from tests.reports.test_history import columns_containing
from tests.server import ask, running_server
from tests.test_reports_secrecy import decoded_rows, photo_with_metadata, sent_form
from tests.threads import in_threads
from toolkit.database import server_log
from toolkit.database.server_log import QUIET, Setting, complaints
from tools.launcher.postgres import EmbeddedPostgres

CANARY = "kenari sungsang"


@pytest.fixture
def server():
    home = os.environ.get("TESTS_POSTGRES_HOME")
    if not home:
        pytest.skip("DATABASE_URL names a server whose log is not here.")
    return EmbeddedPostgres(Path(home), throwaway=True)


@pytest.fixture
def logged(server):
    """Reads what the server has logged since the test began."""
    start = server.log.stat().st_size

    def read():
        with server.log.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    return read


@pytest.fixture
def talkative(server):
    """A connection that logs everything, as a server does that nobody has set up."""
    name = connection.settings_dict["NAME"]
    loud = psycopg2.connect(server.superuser_url(name))
    loud.autocommit = True
    with contextlib.closing(loud), loud.cursor() as cursor:
        cursor.execute(
            "SET log_min_messages = warning; SET log_min_error_statement = error;"
            "SET log_error_verbosity = 'default'; SET log_min_duration_statement = 0"
        )
        yield cursor


def report_row(**changes):
    report = Report.objects.get()
    report.pk, report.code, report.client_uuid = None, f"LW-{uuid.uuid4().hex[:12]}", uuid.uuid4()
    report.text = CANARY
    for name, value in changes.items():
        setattr(report, name, value)
    return report


def unique():
    report_row(client_uuid=Report.objects.get().client_uuid).save()


def check():
    report_row(rating=9).save()


def not_null():
    report_row(reported_at=None).save()


def too_long():
    report_row(place=CANARY * 100).save()


def foreign_key():
    report_row(category_id=987654321).save()
    connection.check_constraints()


def trigger():
    report = report_row(privacy="anonymous")
    report.save()
    ReportContact.objects.create(report=report, name=CANARY)


def wrong_type():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [CANARY])


def timeout():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(5), %s", [CANARY])


def slow():
    """Not a failure, but what a limit of duration would log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05), %s", [CANARY])
    raise DatabaseError


FAILURES = [unique, check, not_null, too_long, foreign_key, trigger, wrong_type, timeout, slow]


@pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__)
def test_a_statement_that_fails_leaves_no_words(units, logged, fail):
    make.make_report(units.polsek)
    with pytest.raises(DatabaseError), transaction.atomic():
        fail()
    assert CANARY not in logged()


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_and_a_killed_connection_leave_no_words(units, logged):
    rows = [make.make_report(units.polsek).pk for _ in range(2)]

    def cross(number):
        mine, other = rows if number else reversed(rows)
        with transaction.atomic():
            for pk in (mine, other):
                Report.objects.filter(pk=pk).update(text=CANARY)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.2)")

    def end_itself(number):
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid()), %s", [CANARY])

    assert in_threads(2, cross) == {"OperationalError": 1}
    assert in_threads(1, end_itself) == {"OperationalError": 1}
    assert "terminating connection" in logged()  # a server's life is logged
    assert CANARY not in logged()


def test_the_search_would_find_words_of_a_server_nobody_has_set_up(db, talkative, logged):
    talkative.execute("CREATE TEMPORARY TABLE rows (n int PRIMARY KEY, words text)")
    with contextlib.suppress(psycopg2.Error):
        talkative.execute("INSERT INTO rows VALUES (NULL, %s)", [CANARY])
    assert "Failing row contains" in logged()
    assert logged().count(CANARY) >= 2


# A report sent eight times at once

TEXT = "Kenari sungsang memukul anaknya"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("privacy", ["anonymous", "sealed"])
def test_a_report_sent_eight_times_at_once_is_in_its_row_only(
    units, settings, tmp_path, caplog, logged, privacy
):
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level("INFO")
    make.make_category("domestic_violence", is_sealed=True)
    sent = sent_form(
        units,
        category="domestic_violence",
        text=TEXT,
        privacy=privacy,
        contact_name="Siti Kenarisungsang",
        contact_phone="081299990077",
        client_uuid=str(uuid.uuid4()),
    )
    answers = []

    def send(_number):
        answer = Client().post(
            reverse("reports:report_send"), sent | {"photos": photo_with_metadata()}
        )
        answers.append(answer.status_code)

    assert in_threads(8, send) == {}
    assert answers == [303] * 8
    report = Report.objects.get()
    assert report.is_sealed
    assert ReportContact.objects.exists() == (privacy == "sealed")
    where = {("reports_report", "text")}
    assert columns_containing("sungsang") == where
    secrets = ["sungsang", "99990077", report.code]
    held = b"\n".join(decoded_rows()).decode(errors="replace")
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for word in secrets:
        assert word not in logged(), word
        assert word not in caplog.text, word
        assert word not in held, word
        assert word.encode() not in files, word


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("privacy", ["anonymous", "sealed"])
def test_nor_is_it_in_the_log_of_the_web_server(units, tmp_path, logged, privacy):
    """Sent over HTTP, once rightly and once with a key that another report has."""
    make.make_category("domestic_violence", is_sealed=True)
    token, agent = "a" * 32, "Kenaripeta/9.1"
    sent = sent_form(units, category="domestic_violence", text=TEXT, privacy=privacy)
    sent |= {"client_uuid": str(uuid.uuid4()), "contact_name": "Siti Kenarisungsang"}
    sent |= {"contact_phone": "081299990077", "csrfmiddlewaretoken": token}
    headers = {
        "Cookie": f"csrftoken={token}",
        "User-Agent": agent,
        "Referer": "http://127.0.0.1/asal-kenari",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    before, _, after = os.environ["DATABASE_URL"].partition("?")
    database = f"{before.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{after}"
    answers = []
    with running_server(tmp_path / "log", workers=2, DATABASE_URL=database) as site:

        def send(fields):
            answers.append(ask(site, "/lapor/isi/", urlencode(fields), headers=headers)[0].status)

        assert in_threads(8, lambda _number: send(sent)) == {}
        send(sent | {"text": f"{TEXT} lagi"})
        send(sent | {"csrfmiddlewaretoken": "b" * 32})
    assert answers == [303] * 8 + [409, 302]
    assert Report.objects.count() == 1
    text = site.log.read_text()
    assert "Forbidden" in text
    assert "Traceback" not in text
    for word in ("sungsang", "99990077", Report.objects.get().code, "127.0.0.1", agent, "asal-"):
        assert word not in text, word
        assert word not in logged(), word


# What `check --deploy` asks


def test_the_tests_own_server_is_quiet(db, server, capsys):
    with connection.cursor() as cursor:
        cursor.execute(server_log.QUERY, [list(QUIET)])
        settings = [Setting(*row) for row in cursor.fetchall()]
    assert {name for name in QUIET if "." not in name} <= {row.name for row in settings}
    assert complaints(settings) == []


@pytest.mark.parametrize("name", [name for name in QUIET if "." not in name])
def test_each_setting_is_asked_for_by_name(name):
    (line,) = complaints([Setting(name, "loud", "configuration file")])
    assert line.startswith(f"{name} is 'loud'")
    quiet = QUIET[name][0]
    assert complaints([Setting(name, quiet, "configuration file")]) == []
    (line,) = complaints([Setting(name, quiet, "user")])
    assert "whole server" in line


def test_check_deploy_names_a_loud_server(db, monkeypatch, capsys):
    monkeypatch.setitem(server_log.QUIET, "log_min_messages", ("panic",))
    call_command("check", "--deploy", "--fail-level", "CRITICAL")
    error = capsys.readouterr().err
    assert "(toolkit.W002) log_min_messages is 'log'" in error


@pytest.mark.usefixtures("db")
def test_check_deploy_says_that_the_database_is_away(monkeypatch, capsys):
    def away():
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        call_command("check", "--deploy", "--fail-level", "CRITICAL")
    assert "toolkit.W001" in capsys.readouterr().err
