from datetime import timedelta

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from accounts.extensions import standing_changed
from territory.extensions import places_to_see
from toolkit.jobs.registry import Job, jobs
from toolkit.startup import at_start


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from reports.checks import keys_open_contacts
        from reports.selectors.hotspots import hotspots_to_see
        from reports.selectors.known_words import build_known_words
        from reports.services.keys import prove_keys
        from reports.services.leavers import follow_standing, recall_from_leavers
        from reports.services.proposals import propose_hotspots

        at_start.add(prove_keys)
        at_start.add(build_known_words)
        register(keys_open_contacts, Tags.database)
        standing_changed.add(follow_standing)
        places_to_see.add(hotspots_to_see)
        jobs.add(Job("recall_reports", timedelta(minutes=10), recall_from_leavers))
        jobs.add(Job("propose_hotspots", timedelta(days=1), propose_hotspots))
