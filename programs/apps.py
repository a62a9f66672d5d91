from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from patrols.extensions import deeds_of_day, pages_to_keep
from reports.extensions import report_origin
from territory.extensions import table_pages
from toolkit.jobs.registry import Job, jobs
from toolkit.tables.pages import TablePage


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = _("Community work")

    def ready(self) -> None:
        from programs.presenters.instructions import instruction_deeds
        from programs.presenters.my_day import activity_deeds, activity_pages
        from programs.selectors.issues import issue_origin_of
        from programs.services.instructions import escalate_instructions
        from programs.services.residents import forget_residents

        deeds_of_day.add(instruction_deeds)
        deeds_of_day.add(activity_deeds)
        pages_to_keep.add(activity_pages)
        report_origin.add(issue_origin_of)
        table_pages.add(lambda: TablePage(0, "programs:unit_setup", _("What is missing")))
        jobs.add(Job("forget_residents", timedelta(days=1), forget_residents))
        jobs.add(Job("escalate_instructions", timedelta(minutes=10), escalate_instructions))
