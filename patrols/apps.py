from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from partners.extensions import member_attendance
from reports.extensions import report_origin


class PatrolsConfig(AppConfig):
    name = "patrols"
    verbose_name = _("Patrols")

    def ready(self) -> None:
        from patrols.selectors import findings
        from patrols.selectors import member_attendance as attendance

        member_attendance.fill(attendance.member_attendance)
        report_origin.fill(findings.origin_of)
