"""Which jobs there are, and how often each is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Job:
    """`run` takes no arguments, opens its own transactions and may run more often than `every`.

    A failed job runs again when it is due again. What `run` returns is ignored.
    """

    name: str
    every: timedelta
    run: Callable[[], object]


class Registry:
    """Jobs by name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> None:
        """Raises ImproperlyConfigured if another job has the name."""
        if self._jobs.setdefault(job.name, job) != job:
            raise ImproperlyConfigured(f"Two jobs are named {job.name}.")

    def all(self) -> list[Job]:
        """In the order in which they were added."""
        return list(self._jobs.values())


jobs = Registry()
