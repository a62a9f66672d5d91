from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.extensions import standing_changed
from partners.extensions import member_attendance
from reports.extensions import officers_on_duty, report_origin
from territory.extensions import places_to_see
from toolkit.jobs.registry import Job, jobs


class PatrolsConfig(AppConfig):
    name = "patrols"
    verbose_name = _("Patrols")

    def ready(self) -> None:
        from patrols.selectors import findings, on_duty
        from patrols.selectors import member_attendance as attendance
        from patrols.selectors.places import posts_to_see, stops_to_see
        from patrols.services.duties import mark_missed
        from patrols.services.leavers import free_duties
        from patrols.services.schedules import make_duties
        from patrols.services.standing import follow_standing

        member_attendance.fill(attendance.member_attendance)
        officers_on_duty.fill(on_duty.officers_on_duty)
        report_origin.add(findings.origin_of)
        standing_changed.add(follow_standing)
        places_to_see.add(posts_to_see)
        places_to_see.add(stops_to_see)
        # Before make_duties: whoever has left an old unit can then be planned by the new one.
        jobs.add(Job("free_duties", timedelta(hours=1), free_duties))
        jobs.add(Job("make_duties", timedelta(hours=1), make_duties))
        jobs.add(Job("mark_missed", timedelta(hours=1), mark_missed))
