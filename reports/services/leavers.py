"""Takes reports back to the desk whose assigned officer serves there no more."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Posting, User
from accounts.selectors.presence import presence_of
from reports.models import EventKind, Report
from reports.services.transitions import write_change
from reports.workflow import CHANGES
from territory.models import UnitKind


def recall_from_leavers(
    *, officer: User | None = None, now: datetime | None = None
) -> list[Report]:
    """Recalls the reports assigned to people without a posting that covers the report's unit.

    Of one officer, by default of all. No officer does it, so it counts as no response, and the
    reporter is not told.
    """
    now = now or timezone.now()
    found = _abandoned().order_by("pk")
    if officer is not None:
        found = found.filter(assignee=officer)
    recalled = []
    for pk in found.values_list("pk", flat=True):
        with transaction.atomic():
            # Asked again under the lock: somebody may have assigned another officer meanwhile.
            locked = _abandoned().select_for_update(of=("self",), no_key=True).filter(pk=pk)
            report = locked.select_related("unit", "assignee").first()
            if report is not None:
                recalled.append(_recall(report, now))
    return recalled


def _abandoned() -> QuerySet[Report]:
    covers = (
        Q(unit__kind=UnitKind.MABES)
        | Q(unit=OuterRef("polda"))
        | Q(unit=OuterRef("polres"))
        | Q(unit__polsek=OuterRef("polsek"))
    )
    postings = Posting.objects.active().filter(covers, user=OuterRef("assignee"))
    return Report.objects.filter(
        Q(assignee__is_active=False) | Q(assignee__is_superuser=False) & ~Exists(postings),
        state__in=CHANGES["recall"].from_states,
        assignee__isnull=False,
    )


def _recall(report: Report, now: datetime) -> Report:
    officer = report.assignee
    assert officer is not None  # noqa: S101
    why = presence_of([officer.pk]).absence(officer.pk, report.unit, report.unit.today(now))
    return write_change(
        report,
        EventKind.RECALLED,
        CHANGES["recall"].to_state,
        by=None,
        at=now,
        text=f"{officer.titled_name}: {why or _('serves elsewhere now')}.",
        is_public=False,
    )


def follow_standing(person: User, by: User) -> list[str]:
    """Recalls the reports of a person who has left, and says which, of those that `by` may see."""
    recalled = {report.pk for report in recall_from_leavers(officer=person)}
    visible = Report.objects.visible_to(by).filter(pk__in=recalled).order_by("pk")
    numbers = ", ".join(report.number for report in visible.only("pk"))
    if not numbers:
        return []
    return [_("Back at the desk, without an officer: %(numbers)s.") % {"numbers": numbers}]
