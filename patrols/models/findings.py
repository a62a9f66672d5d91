from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patrols.models.duties import Duty
from patrols.models.entries import LogEntry
from reports.models import Report
from territory.scope import Viewer


class FindingReportQuerySet(models.QuerySet["FindingReport"]):
    def visible_to(self, user: Viewer) -> Self:
        """Those of the entries the person may see, who thereby learns that it was passed on.

        The number of the report is only for who may see that report: `open_to` in
        selectors/findings.py says which these are.
        """
        return self.filter(entry__in=LogEntry.objects.visible_to(user))


class FindingReport(models.Model):
    """A finding on patrol that became a report, at most once."""

    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, related_name="finding", verbose_name=_("log entry")
    )
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, related_name="finding", verbose_name=_("report")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = FindingReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a finding")
        verbose_name_plural = _("reports of findings")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.report_id}"


def origin_words(duty: Duty) -> str:
    """What the report says it came from: «Temuan tugas Patroli A, Malam 11–12 Nov, Sprin/12»."""
    words = gettext("Finding on the duty %(duty)s, %(night)s") % {
        "duty": duty.name,
        "night": duty.night_name,
    }
    return f"{words}, {duty.order_title}" if duty.order_title else words
