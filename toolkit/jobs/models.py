from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRecord(models.Model):
    """When a job last ran and last failed. `run_jobs` makes and writes the row."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    last_failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    last_failure = models.TextField(
        _("what failed"),
        blank=True,
        help_text=_("The kind of error and where in the code; no message, which may name people."),
    )

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_due(self, every: timedelta, now: datetime) -> bool:
        return self.last_run_at is None or self.last_run_at + every <= now
