"""What the pages of issues read beyond the methods of their QuerySet."""

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Posting, User
from accounts.roles import GRANTS, Action
from programs.models import IssueEvent, IssueReport, ResidentIssue
from programs.models.issues import origin_words
from reports.extensions import Origin
from reports.models import Report, Source
from territory.scope import unscoped

MOST_OWNERS = 100
LOGGING_ROLES = [role for role, actions in GRANTS.items() if Action.LOG in actions]


def issues_shown(rows: QuerySet[ResidentIssue]) -> QuerySet[ResidentIssue]:
    """With what a row of a list names."""
    return rows.select_related("village", "unit", "group", "owner")


def timeline_of(issue: ResidentIssue) -> list[IssueEvent]:
    """The oldest first."""
    return list(issue.timeline.select_related("by"))


def owners_offered(issue: ResidentIssue) -> list[User]:
    """Officers posted to the unit of the issue, by name."""
    active = unscoped(Posting.objects.active(), "only those of the issue's unit are used")
    posted = active.filter(unit=issue.unit_id, role__in=LOGGING_ROLES)
    people = unscoped(User.objects, "they are of the issue's unit")
    found = people.filter(pk__in=posted.values("user"), is_active=True)
    return list(found.order_by("name", "pk")[:MOST_OWNERS])


def report_of(issue: ResidentIssue, user: User) -> tuple[bool, Report | None]:
    """Whether a report was made of it, and that report where the person may open it."""
    made = IssueReport.objects.visible_to(user).filter(issue=issue).first()
    if made is None:
        return False, None
    return True, Report.objects.visible_to(user).filter(pk=made.report_id).first()


def issue_origin_of(report_id: int, source: str, user: User) -> Origin | None:
    """The issue a report came from, for the report's page. One statement, for such a report."""
    if source != Source.COMMUNITY:
        return None
    made = (
        unscoped(IssueReport.objects, "whoever reads the report may know where it came from")
        .filter(report=report_id)
        .select_related("issue__activity__kind", "issue__forum")
        .first()
    )
    if made is None:
        return None
    issue = made.issue
    is_open = user.may(Action.VIEW, issue)
    url = reverse("programs:issue_detail", args=[issue.pk]) if is_open else ""
    return Origin(origin_words(issue), url)
