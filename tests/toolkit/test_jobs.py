"""Jobs: run when due, once by two processes, and their failures kept without personal data."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from toolkit.jobs.management.commands import run_jobs
from toolkit.jobs.models import JobRecord
from toolkit.jobs.registry import Job, Registry, jobs
from toolkit.jobs.runner import run_due

HOUR = timedelta(hours=1)


class Counter:
    """A job's function that counts how often it ran, and raises what it is given."""

    def __init__(self, error=None):
        self.runs, self.error = 0, error

    def __call__(self):
        self.runs += 1
        if self.error:
            raise self.error


def test_two_jobs_of_one_name_are_refused():
    registry, first = Registry(), Job("sweep", HOUR, Counter())
    registry.add(first)
    registry.add(first)  # as where an app's ready() runs twice
    assert registry.all() == [first]
    with pytest.raises(ImproperlyConfigured, match="sweep"):
        registry.add(Job("sweep", HOUR, Counter()))


def test_the_jobs_of_the_site():
    assert {job.name: job.every for job in jobs.all()} == {
        "recall_reports": timedelta(minutes=10),
        "escalate_instructions": timedelta(minutes=10),
        "forget_residents": timedelta(days=1),
        "free_duties": HOUR,
        "make_duties": HOUR,
        "mark_missed": HOUR,
        "propose_hotspots": timedelta(days=1),
        "clear_sessions": timedelta(days=1),
        "clear_cache": timedelta(minutes=1),
        "clear_counts": timedelta(minutes=1),
        "clear_receipts": timedelta(days=1),
        "sweep_photos": HOUR,
        "delete_orphan_photos": timedelta(days=1),
    }


@pytest.mark.django_db
def test_a_job_runs_again_when_its_time_has_passed(time_machine):
    time_machine.move_to("2026-11-11 05:00Z", tick=False)
    work = Counter()
    job = Job("sweep", HOUR, work)
    assert run_due([job]) == []
    assert work.runs == 1
    time_machine.shift(timedelta(minutes=59))
    run_due([job])
    assert work.runs == 1
    time_machine.shift(timedelta(minutes=1))
    run_due([job])
    assert work.runs == 2
    record = JobRecord.objects.get(name="sweep")
    assert record.last_run_at == timezone.now()
    assert record.duration_ms is not None
    assert record.last_failed_at is None


@pytest.mark.django_db
def test_a_failure_is_kept_without_its_message_and_stops_no_other_job(time_machine, caplog):
    time_machine.move_to("2026-11-11 05:00Z", tick=False)
    broken = Counter(IntegrityError("Key (name)=(Siti Aminah) exists"))
    sound = Counter()
    pair = [Job("broken", HOUR, broken), Job("sound", HOUR, sound)]
    assert run_due(pair) == ["broken"]
    assert sound.runs == 1
    record = JobRecord.objects.get(name="broken")
    assert record.last_run_at == record.last_failed_at == timezone.now()
    assert "IntegrityError" in record.last_failure
    assert "test_jobs.py" in record.last_failure
    assert "Siti" not in record.last_failure + caplog.text
    assert "The job broken failed" in caplog.text
    # It waits until it is due again, and what failed stays to be read after it went well.
    assert run_due(pair) == []
    assert broken.runs == 1
    broken.error = None
    time_machine.shift(HOUR)
    assert run_due(pair) == []
    record.refresh_from_db()
    assert record.last_run_at > record.last_failed_at
    assert record.last_failure


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_a_job_once():
    begun, may_end = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert may_end.wait(10)

    def run_first():
        run_due([Job("slow", HOUR, slow)])
        connection.close()

    first = threading.Thread(target=run_first)
    first.start()
    assert begun.wait(10)
    second, other = Counter(), Counter()
    assert run_due([Job("slow", HOUR, second), Job("other", HOUR, other)]) == []
    assert (second.runs, other.runs) == (0, 1)
    may_end.set()
    first.join()
    # The lock is free again, and the job no longer due.
    assert run_due([Job("slow", HOUR, second)]) == []
    assert second.runs == 0
    assert JobRecord.objects.get(name="slow").last_run_at


@pytest.fixture
def only(monkeypatch):
    """Makes a registry with one job the one that the command reads."""

    def replace(work):
        registry = Registry()
        registry.add(Job("only", HOUR, work))
        monkeypatch.setattr(run_jobs, "jobs", registry)
        return work

    return replace


@pytest.mark.django_db
def test_the_command_says_what_failed(only):
    work = only(Counter())
    call_command("run_jobs")
    call_command("run_jobs")
    assert work.runs == 1
    JobRecord.objects.update(last_run_at=None)
    only(Counter(ValueError()))
    with pytest.raises(CommandError, match="Failed: only"):
        call_command("run_jobs")


def test_forever_outlives_a_database_that_is_away(monkeypatch, caplog):
    """Three minutes: one without a database, two with one."""
    answers = [DatabaseError("secret"), None, KeyboardInterrupt()]
    slept = []

    def run(found):
        if answer := answers.pop(0):
            raise answer

    monkeypatch.setattr(run_jobs, "run_due", run)
    monkeypatch.setattr(run_jobs, "close_old_connections", lambda: None)
    monkeypatch.setattr(run_jobs.connection, "close", lambda: None)
    monkeypatch.setattr(run_jobs.time, "sleep", slept.append)
    with pytest.raises(KeyboardInterrupt):
        call_command("run_jobs", forever=True)
    assert slept == [60, 60]
    assert "did not answer" in caplog.text
    assert "secret" not in caplog.text


def test_the_admin_shows_jobs_to_superusers_only(superuser, admin_user, sign_in):
    record = JobRecord.objects.create(
        name="sweep", last_run_at=timezone.now(), duration_ms=12, last_failure="ValueError"
    )
    page = sign_in(superuser).get(reverse("admin:jobs_jobrecord_changelist")).content.decode()
    assert "sweep" in page
    change = reverse("admin:jobs_jobrecord_change", args=[record.pk])
    page = sign_in(superuser).get(change).content.decode()
    assert "ValueError" in page
    assert 'name="_save"' not in page
    client = sign_in(admin_user)
    assert client.get(change).status_code == 403
    assert "jobrecord" not in client.get(reverse("admin:index")).content.decode()
