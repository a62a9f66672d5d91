"""What the site's role may not do, whatever SQL gets through to it; and who grants it the rest."""

import contextlib
import os

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kamtibmas_site import environment
from reports.models import Report
from tests import factories as make
from tests.roles import owner_role
from toolkit.database import roles
from toolkit.database.append_only import READ_ONLY, append_only_tables, rights
from toolkit.database.checks import check_server
from toolkit.database.management.commands import prepare_database
from toolkit.database.roles import as_owner, excess, warn_of_excess
from tools.launcher.roles import OWNER, SITE

# Tables whose rows the site changes or deletes. A new table stands here or is append-only.
CHANGED = """
accounts_absence accounts_deedreceipt accounts_posting accounts_posting_villages accounts_user
accounts_user_groups accounts_user_user_permissions auth_group auth_group_permissions cache
django_session jobs_jobrecord limits_count partners_groupkind partners_groupmember
partners_partnergroup patrols_attendance patrols_checkpoint patrols_latenotephoto
patrols_duty patrols_dutyphoto patrols_calendarlink patrols_holiday patrols_swap patrols_team
patrols_team_groups patrols_team_officers patrols_entryphoto patrols_findingreport
patrols_guardpost patrols_logentry patrols_postfault patrols_posthandover patrols_posthours
patrols_postitem
patrols_route patrols_schedule patrols_schedule_groups patrols_schedule_officers
patrols_sharetemplate programs_activity programs_activitykind programs_activityphoto
programs_activityresident programs_forum programs_instruction programs_instructionreceipt
programs_residentissue programs_sheet programs_sheet_kinds programs_sheetline
reports_category reports_hotspot reports_hotspot_categories
reports_hotspotproposal reports_report
reports_contactkey reports_reportcontact reports_reportphoto
territory_area territory_boundary territory_unit territory_unitarea
account_emailaddress account_emailconfirmation
"""
# Of those, what the site deletes.
DELETED = """
accounts_absence accounts_deedreceipt cache django_session limits_count patrols_attendance
patrols_calendarlink patrols_duty patrols_dutyphoto patrols_posthours patrols_sharetemplate
patrols_swap patrols_team programs_activityresident programs_sheetline reports_contactkey
territory_unitarea
"""
KEPT = {
    *("django_admin_log", "pghistory_context"),
    *("patrols_latenote", "programs_receiptevent", "programs_residentopening"),
    *("programs_issueevent", "programs_issuereport", "programs_forumsignin"),
    *("reports_contactaccess", "reports_handover", "reports_reportevent", "reports_reportrevision"),
}


@pytest.fixture
def url(db):
    """The address of the test database for the site's own role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone() != (SITE,):
            pytest.skip("DATABASE_URL names a server without the site's role.")
    name = connection.settings_dict["NAME"]
    return os.environ["DATABASE_URL"].replace(OWNER, SITE).replace(f"/{SITE}?", f"/{name}?")


@pytest.fixture
def site(url):
    """A cursor of a connection that has been the site's from the beginning."""
    with contextlib.closing(psycopg2.connect(url)) as own, own.cursor() as cursor:
        own.autocommit = True
        yield cursor


STATEMENTS = [
    # Tables as such
    "TRUNCATE reports_report CASCADE",
    "TRUNCATE patrols_logentry",
    "TRUNCATE reports_reportevent",
    "TRUNCATE reports_reportrevision",
    "TRUNCATE pghistory_context",
    "TRUNCATE django_admin_log",
    "DROP TABLE reports_reportcontact",
    "DROP TABLE django_session",
    "ALTER TABLE reports_report DISABLE TRIGGER ALL",
    "ALTER TABLE reports_reportevent DISABLE TRIGGER pgtrigger_append_only_eac1b",
    "ALTER TABLE reports_report DROP CONSTRAINT report_code",
    "ALTER TABLE reports_report ADD COLUMN note text",
    "ALTER TABLE reports_report OWNER TO kamtibmas",
    "ALTER TABLE reports_report ENABLE ROW LEVEL SECURITY",
    "CREATE INDEX mine ON reports_report (id)",
    "DROP INDEX report_newest",
    "CREATE TRIGGER mine BEFORE INSERT ON reports_report FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP TRIGGER pgtrigger_append_only_eac1b ON reports_reportevent",
    "CREATE RULE mine AS ON INSERT TO reports_report DO INSTEAD NOTHING",
    # Things of its own
    "CREATE TABLE mine (n int)",
    "CREATE TEMPORARY TABLE reports_report (n int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE sql AS 'SELECT NULL'",
    "DROP FUNCTION _pgh_attach_context() CASCADE",
    "CREATE EXTENSION dblink",
    "CREATE DATABASE mine",
    # History
    "UPDATE reports_reportrevision SET text = 'x'",
    "DELETE FROM reports_reportrevision",
    "UPDATE reports_reportevent SET text = 'x'",
    "DELETE FROM reports_reportevent",
    "UPDATE reports_contactaccess SET reason = 'x'",
    "UPDATE reports_contactaccess SET polda_id = NULL",
    "DELETE FROM reports_contactaccess",
    "UPDATE reports_handover SET at = now()",
    "DELETE FROM reports_handover",
    "UPDATE pghistory_context SET metadata = '{}'",
    "DELETE FROM pghistory_context",
    "INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES "
    "(gen_random_uuid(), '{}', now(), now()) ON CONFLICT (id) DO UPDATE SET metadata = '{}'",
    "UPDATE django_admin_log SET change_message = ''",
    "DELETE FROM django_admin_log",
    "DELETE FROM patrols_dutyevent",
    "DELETE FROM accounts_userevent",
    "UPDATE accounts_deedreceipt SET client_uuid = gen_random_uuid()",
    "TRUNCATE accounts_deedreceipt",
    "UPDATE patrols_latenote SET text = 'x'",
    "UPDATE patrols_latenote SET author_id = 1",
    "DELETE FROM patrols_latenote",
    "SELECT * FROM reports_reportevent FOR UPDATE",
    # Rows that the site does not delete, or does not change
    "DELETE FROM reports_reportcontact",
    "DELETE FROM reports_report",
    "DELETE FROM reports_reportphoto",
    "DELETE FROM patrols_logentry",
    "DELETE FROM patrols_entryphoto",
    "DELETE FROM accounts_user",
    "DELETE FROM accounts_posting",
    "DELETE FROM jobs_jobrecord",
    "DELETE FROM auth_group",
    "UPDATE reports_contactkey SET fingerprint = 'x'",
    "UPDATE accounts_posting_villages SET posting_id = posting_id",
    "UPDATE patrols_schedule_officers SET user_id = user_id",
    "MERGE INTO reports_reportcontact c USING reports_report r ON c.report_id = r.id "
    "WHEN MATCHED THEN DELETE",
    "SELECT setval('reports_report_id_seq', 1)",
    "BEGIN; LOCK TABLE reports_reportevent IN ACCESS EXCLUSIVE MODE",
    "BEGIN; LOCK TABLE pghistory_context IN SHARE ROW EXCLUSIVE MODE",
    # What Django keeps for itself
    "DELETE FROM django_migrations",
    "UPDATE auth_permission SET codename = 'x'",
    "DELETE FROM django_content_type",
    # The server
    "SET session_replication_role = replica",
    "SET log_min_messages = debug5",
    "SET log_statement = 'all'",
    "SET ROLE kamtibmas_owner",
    "SET SESSION AUTHORIZATION kamtibmas_owner",
    "ALTER ROLE kamtibmas SUPERUSER",
    "CREATE ROLE mine",
    "GRANT kamtibmas_owner TO kamtibmas",
    "ALTER SYSTEM SET fsync = off",
    "ALTER DATABASE {database} SET log_statement = 'all'",
    "DROP DATABASE {database}",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY reports_reportevent FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/mine')",
    "SELECT pg_ls_dir('/etc')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'kamtibmas_owner'",
    "SELECT pg_rotate_logfile()",
    "SELECT * FROM pg_authid",
    "SELECT pg_catalog.pg_create_restore_point('mine')",
    "ALTER ROLE kamtibmas_owner PASSWORD 'x'",
    "ALTER ROLE kamtibmas CREATEROLE",
    "ALTER ROLE kamtibmas SET session_replication_role = replica",
    "ALTER ROLE kamtibmas SET session_preload_libraries = 'x'",
    "LOAD 'auto_explain'",
    "CREATE PUBLICATION mine FOR TABLE reports_report",
    "CREATE SUBSCRIPTION mine CONNECTION '' PUBLICATION mine",
    "CREATE TABLESPACE mine LOCATION '/tmp'",
    "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION mine()",
    "ALTER LANGUAGE plpgsql OWNER TO kamtibmas",
    "COMMENT ON TABLE reports_report IS 'x'",
    "REINDEX TABLE reports_report",
    "CLUSTER reports_report USING report_newest",
    "ALTER FUNCTION _pgtrigger_should_ignore(name) SECURITY DEFINER",
    "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
    "LANGUAGE sql AS 'SELECT true'",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kamtibmas_owner'",
    "SELECT pg_reload_conf()",
]


def test_there_are_enough_statements():
    assert len(STATEMENTS) == len(set(STATEMENTS)) >= 45


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_site_s_role_may_not(site, statement):
    with pytest.raises(
        (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.InvalidRoleSpecification)
    ):
        site.execute(statement.replace("{database}", connection.settings_dict["NAME"]))


# What docs/adr/0018 says that the role may do.
ALLOWED = [
    "BEGIN; LOCK TABLE reports_report IN ACCESS EXCLUSIVE MODE; ROLLBACK",
    "SELECT pg_advisory_lock(1), pg_advisory_unlock(1)",
    "NOTIFY mine",
    "SELECT lo_unlink(lo_create(0))",
    "DO $$ BEGIN NULL; END $$",
    "SELECT nextval('reports_report_id_seq')",
    "SET pghistory.context_metadata = '{}'",
    "SELECT pg_cancel_backend(pg_backend_pid()) WHERE false",
    "BEGIN; ALTER ROLE kamtibmas PASSWORD 'x'; ROLLBACK",
    "BEGIN; ALTER ROLE kamtibmas SET work_mem = '8MB'; ROLLBACK",
    "UPDATE reports_report SET is_sealed = false WHERE id = 0",
    "UPDATE accounts_user SET is_superuser = true WHERE id = 0",
    "UPDATE reports_reportcontact SET name = '' WHERE id = 0",
    "DELETE FROM reports_contactkey WHERE id = 0",
    "INSERT INTO reports_reportevent SELECT * FROM reports_reportevent WHERE id = 0",
    "INSERT INTO reports_reportrevision SELECT * FROM reports_reportrevision WHERE pgh_id = 0",
]


@pytest.mark.parametrize("statement", ALLOWED)
def test_the_site_s_role_may(site, statement):
    site.execute(statement)


def test_neither_change_nor_delete_of_any_append_only_table(site):
    site.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND "
        "has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')",
        [sorted({*append_only_tables(), *READ_ONLY})],
    )
    assert site.fetchall() == []


def test_the_site_s_role_may_do_what_each_table_needs_and_no_more(site):
    site.execute(roles.WRITABLE)
    for table, truncates, *given in site.fetchall():
        assert not truncates
        assert given == list(rights(table)[:3]), table


def test_what_the_site_deletes(db):
    """The rows of a new model stay, unless it is marked @deletable."""
    models = apps.get_models(include_auto_created=True)
    links = {model._meta.db_table for model in models if model._meta.auto_created}
    tables = {"cache", *(model._meta.db_table for model in models)}
    assert {table for table in tables if rights(table).delete} - links == set(DELETED.split())
    assert not any(rights(table).update for table in links)


# Nobody keeps a trigger from running


def triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%'")
        return [name for (name,) in cursor.fetchall()]


def test_a_change_is_recorded_whatever_the_session_sets(units, officer):
    report = make.make_report(units.polsek, by=officer)
    with connection.cursor() as cursor:
        every = "{" + ",".join(triggers()) + "}"
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [every])
        cursor.execute("UPDATE reports_report SET text = 'x' WHERE id = %s", [report.pk])
        cursor.execute("SELECT count(*) FROM reports_reportrevision WHERE id = %s", [report.pk])
        assert cursor.fetchone() == (1,)
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), owner_role():
            cursor.execute("DELETE FROM reports_reportevent")
        cursor.execute("SET pgtrigger.ignore = '{}'")


def test_no_trigger_can_be_set_aside(site, db):
    found = triggers()
    assert len(found) > 50
    site.execute("SELECT set_config('pgtrigger.ignore', %s, false)", ["{" + ",".join(found) + "}"])
    site.execute(
        "SELECT bool_or(_pgtrigger_should_ignore(name::name)) FROM unnest(%s) name", [found]
    )
    assert site.fetchone() == (False,)


def test_a_migration_that_lets_triggers_be_set_aside_is_told_and_mended(url):
    """pgtrigger writes its function anew with each trigger."""
    trigger = Report._meta.triggers[0].compile(Report)
    with owner_role(), connection.cursor() as cursor:
        cursor.execute(trigger.install_sql)
    assert excess().ignores_triggers
    assert [found.id for found in check_server()].count("toolkit.W003") == 1
    with owner_role():
        roles.grant_site_role(SITE)
    assert not excess()


def test_each_table_is_decided_upon(db):
    """A new table goes into CHANGED above, or its model is marked @append_only."""
    with connection.cursor() as cursor:
        cursor.execute(roles.TABLES)
        tables = {name for (name,) in cursor.fetchall()}
    kept = set(append_only_tables())
    assert not kept & set(CHANGED.split())
    assert tables - kept - READ_ONLY == set(CHANGED.split()) & tables
    assert kept >= KEPT
    history = {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_label")}
    assert history <= kept


def test_whoever_is_marked_append_only_is_also_refused_by_the_roles(db):
    """Triggers that refuse changes and the roles say the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname ~ '_append_only_'"
        )
        assert {name for (name,) in cursor.fetchall()} <= set(append_only_tables())


# The command


def test_the_site_s_role_does_not_exceed(url):
    assert not excess()


def test_what_is_too_much_is_said(url, caplog):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert "owner of its tables" in str(excess())
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT TRUNCATE ON reports_report TO {SITE}")
        cursor.execute(f"GRANT DELETE ON reports_reportevent TO {SITE}")
        cursor.execute(f"GRANT INSERT ON django_migrations TO {SITE}")
        cursor.execute(f"GRANT UPDATE ON reports_contactkey TO {SITE}")
        cursor.execute(f"SET ROLE {SITE}")
    assert excess().tables == [
        *("django_migrations", "reports_contactkey", "reports_report", "reports_reportevent")
    ]
    assert "(django_migrations, reports_contactkey, reports_report, rep" in str(excess())


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (roles.Excess(True, True, True, True, []), "as a superuser"),
        (roles.Excess(False, True, True, True, []), "as the owner"),
        (roles.Excess(False, True, False, True, []), "may make roles"),
        (roles.Excess(False, False, False, True, ["a"]), "may keep triggers"),
        (roles.Excess(False, False, False, False, ["a"]), "(a, 1 tables)"),
    ],
)
def test_each_excess_has_its_sentence(found, words):
    assert words in str(found)
    assert found


def test_a_start_with_too_much_is_one_line(db, monkeypatch, caplog):
    monkeypatch.setattr(roles, "excess", lambda: roles.Excess(True, True, True, False, []))
    warn_of_excess()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("The site connects to PostgreSQL as a superuser")


def test_the_command_grants_after_the_migrations(settings, monkeypatch):
    """They let triggers be set aside again, and bring tables without rights."""
    steps = []
    monkeypatch.setattr(prepare_database, "as_owner", lambda: contextlib.nullcontext(True))
    monkeypatch.setattr(prepare_database, "call_command", lambda name, **_: steps.append(name))
    monkeypatch.setattr(prepare_database, "grant_site_role", steps.append)
    settings.DATABASE_OWNER = {"USER": "the owner"}
    prepare_database.Command().execute(
        *(), force_color=False, no_color=True, skip_checks=True, verbosity=0
    )
    assert steps == ["migrate", "createcachetable", settings.DATABASES["default"]["USER"]]


def test_one_role_for_both_is_refused(settings):
    settings.DATABASE_OWNER = {"USER": settings.DATABASES["default"]["USER"]}
    with pytest.raises(CommandError, match="same role"):
        call_command("prepare_database")


def test_the_owner_s_address_is_read(monkeypatch):
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    assert environment.database_owner() == {}
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@/site?host=/run")
    assert environment.database_owner()["USER"] == "owner"


@pytest.mark.django_db(transaction=True)
def test_the_command_grants_again_and_comes_back_to_the_site_s_role(url, settings, monkeypatch):
    before = dict(connection.settings_dict)
    settings.DATABASE_OWNER = {**before, "USER": OWNER, "NAME": "elsewhere"}
    connection.close()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_database()")
        assert cursor.fetchone() == (OWNER, before["NAME"])
    assert connection.settings_dict == before
