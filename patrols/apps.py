from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from partners.extensions import member_attendance
from reports.extensions import report_origin
from toolkit.jobs.registry import Job, jobs


class PatrolsConfig(AppConfig):
    name = "patrols"
    verbose_name = _("Patrols")

    def ready(self) -> None:
        from patrols.selectors import findings
        from patrols.selectors import member_attendance as attendance
        from patrols.services.duties import mark_missed
        from patrols.services.schedules import make_duties

        member_attendance.fill(attendance.member_attendance)
        report_origin.fill(findings.origin_of)
        jobs.add(Job("make_duties", timedelta(hours=1), make_duties))
        jobs.add(Job("mark_missed", timedelta(hours=1), mark_missed))
