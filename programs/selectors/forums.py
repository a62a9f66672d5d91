"""What the pages of a meeting read: the old list, what was said now, who was there."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from programs.models import Forum, ForumSignIn, ResidentIssue
from programs.models.issues import OLDEST_FIRST
from programs.selectors.issues import issues_shown
from programs.workflow import OPEN_ISSUES, ForumState
from territory.scope import unscoped

MOST_ISSUES = 200
FIRST_LOOKS_BACK = timedelta(days=60)


def forums_shown(rows: QuerySet[Forum]) -> QuerySet[Forum]:
    """With what a row of the list names."""
    return rows.select_related("kind", "village", "unit")


def meeting_before(forum: Forum, user: User) -> Forum | None:
    """The last one of its kind that was held, of the same unit and village."""
    rows = Forum.objects.visible_to(user).filter(
        unit=forum.unit_id,
        village=forum.village_id,
        kind=forum.kind_id,
        state=ForumState.HELD,
        starts_at__lt=forum.starts_at,
    )
    return rows.order_by("-starts_at", "-pk").first()


def old_list(forum: Forum, before: Forum | None, user: User) -> list[ResidentIssue]:
    """What was said before this meeting and is open, or was answered since the last one."""
    since = before.starts_at if before else forum.starts_at - FIRST_LOOKS_BACK
    rows = ResidentIssue.objects.visible_to(user).filter(
        Q(state__in=OPEN_ISSUES) | Q(changed_at__gte=since),
        unit=forum.unit_id,
        at__lt=forum.starts_at,
    )
    rows = rows.filter(Q(forum=None) | ~Q(forum=forum.pk))
    if forum.village_id is not None:
        rows = rows.filter(Q(village=forum.village_id) | Q(village=None))
    return list(issues_shown(rows).order_by(*OLDEST_FIRST)[:MOST_ISSUES])


def issues_of(forum: Forum, user: User) -> list[ResidentIssue]:
    """What was said at it, or through its QR."""
    rows = ResidentIssue.objects.visible_to(user).filter(forum=forum)
    return list(issues_shown(rows).order_by(*OLDEST_FIRST)[:MOST_ISSUES])


def sign_ins_of(forum: Forum, user: User) -> tuple[int, list[tuple[int | None, int]]]:
    """How many signed in, and how many of each RW."""
    rows = ForumSignIn.objects.visible_to(user).filter(forum=forum)
    by_rw = list(rows.order_by("rw").values_list("rw").annotate(n=Count("pk")))
    return sum(number for _rw, number in by_rw), by_rw


def forum_of_key(key: UUID) -> Forum | None:
    """The meeting of a QR, for whoever has scanned it."""
    rows = unscoped(Forum.objects, "whoever has the address may read its public page")
    return rows.filter(key=key).select_related("unit", "kind", "village").first()


def published_issues(forum: Forum) -> list[ResidentIssue]:
    """Those that the unit has published, with the words it published alone."""
    rows = unscoped(ResidentIssue.objects, "only words that the unit has published")
    shown = ("id", "kind", "state", "due", "explained_why", "public_text", "public_answer")
    found = rows.filter(forum=forum, published_at__isnull=False).only(*shown)
    return list(found.order_by(*OLDEST_FIRST)[:MOST_ISSUES])
