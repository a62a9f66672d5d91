from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from toolkit.jobs.registry import Job, jobs


class LimitsConfig(AppConfig):
    name = "toolkit.limits"
    verbose_name = _("Limits")

    def ready(self) -> None:
        from toolkit.limits.counts import delete_ended

        jobs.add(Job("clear_counts", timedelta(minutes=1), delete_ended))
