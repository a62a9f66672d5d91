from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.extensions import standing_changed
from toolkit.jobs.registry import Job, jobs


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from reports.services.leavers import follow_standing, recall_from_leavers

        standing_changed.add(follow_standing)
        jobs.add(Job("recall_reports", timedelta(minutes=10), recall_from_leavers))
