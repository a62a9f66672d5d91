"""Runs the jobs that are due, each in one process at a time."""

import logging
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from toolkit.jobs.models import JobRecord
from toolkit.jobs.registry import Job

logger = logging.getLogger(__name__)

# The first of the two keys of each advisory lock; the second is a hash of the job's name.
LOCK_SPACE = 0x6A6F6273  # "jobs"


def run_due(jobs: Iterable[Job]) -> list[str]:
    """Runs each job that is due. Returns the names of those that failed.

    A job that another process is running now is left to that process.
    """
    failed = []
    for job in jobs:
        with _lock(job) as is_ours:
            # Read under the lock: the process that held it before may just have run the job.
            if is_ours and not _run_if_due(job):
                failed.append(job.name)
    return failed


def _run_if_due(job: Job) -> bool:
    """False if the job ran and failed."""
    record, _is_new = JobRecord.objects.get_or_create(name=job.name)
    started_at, started = timezone.now(), time.monotonic()
    if not record.is_due(job.every, started_at):
        return True
    failure = ""
    try:
        job.run()
    except Exception as error:
        failure = _describe(error)
        logger.error("The job %s failed: %s", job.name, failure)
    record.last_run_at = started_at
    record.duration_ms = round((time.monotonic() - started) * 1000)
    if failure:
        record.last_failed_at, record.last_failure = started_at, failure
    record.save()
    return not failure


def _describe(error: Exception) -> str:
    """The kind of error and where it was raised.

    Without its message: PostgreSQL quotes the values of the row there, such as a name.
    """
    frames = "".join(traceback.format_tb(error.__traceback__)[1:])
    return f"{type(error).__module__}.{type(error).__qualname__}\n{frames}"


@contextmanager
def _lock(job: Job) -> Iterator[bool]:
    """Whether the job's lock is ours. PostgreSQL frees it too when the connection ends.

    The lock belongs to the connection, not to a transaction: the job opens its own.
    """
    keys = (LOCK_SPACE, job.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", keys)
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", keys)
