"""Handovers at posts: who comes next, what was handed over, and what a phone keeps of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from patrols.models import Attendance, Duty, ItemCheck, PostHandover, PostItem
from patrols.selectors.posts import OF_THE_POST
from patrols.workflow import DutyState
from territory.scope import unscoped
from toolkit.keys import row_key

# A duty that begins later is no longer the next one.
NEXT_WITHIN = timedelta(hours=36)
COMING = (DutyState.PLANNED, DutyState.RUNNING, DutyState.ENDED)


def next_duty(duty: Duty) -> Duty | None:
    """The duty that stands at the same post after this one. One statement."""
    rows = unscoped(Duty.objects, "only which duty follows at this post")
    return (
        rows.filter(post=duty.post_id, state__in=COMING, starts_at__gt=duty.starts_at)
        .filter(starts_at__lte=duty.ends_at + NEXT_WITHIN)
        .exclude(pk=duty.pk)
        .select_related("unit", "leader")
        .order_by("starts_at", "pk")
        .first()
    )


def takers_of(following: Duty | None, giver: User) -> list[Attendance]:
    """The roll of the next duty without who gives, its leader first. One statement, none without
    a next duty."""
    if following is None:
        return []
    rows = following.attendances.select_related("officer", "member__group")
    found = list(rows.order_by("officer__name", "member__name", "guest_name", "pk"))
    return sorted(
        (row for row in found if not row.is_of(giver)),
        key=lambda row: row.officer_id is None or row.officer_id != following.leader_id,
    )


def taker_of(key: str, duty: Duty) -> Attendance | None:
    """The row of a roll that a form names; of any duty at the same post, because a phone may have
    kept the form since its next duty changed. One statement."""
    pk = row_key(key)
    if pk is None:
        return None
    rows = unscoped(Attendance.objects, "of the duties at this post")
    found = rows.filter(pk=pk, duty__post=duty.post_id).exclude(duty=duty.pk)
    return found.select_related("officer", "member__group").first()


def with_lines(rows: QuerySet[PostHandover]) -> QuerySet[PostHandover]:
    """With people, duties and lines. Two statements."""
    lines = unscoped(ItemCheck.objects, OF_THE_POST).select_related("item")
    return rows.select_related(
        "unit", "post", "duty__unit", "to_duty__unit", "giver", "taker", "taker_member__group"
    ).prefetch_related(Prefetch("lines", queryset=lines))


@dataclass(frozen=True)
class DutyHandovers:
    """Those that stand, from and to one duty; the one to it is the last."""

    given: PostHandover | None
    taken: PostHandover | None


def handovers_of(duty: Duty) -> DutyHandovers:
    """Two statements, none for a duty at no post."""
    if duty.post_id is None:
        return DutyHandovers(None, None)
    rows = unscoped(PostHandover.objects.standing(), "from and to the duty that is shown")
    both = list(
        with_lines(rows.filter(Q(duty=duty.pk) | Q(to_duty=duty.pk))).order_by("-at", "-pk")[:8]
    )
    return DutyHandovers(
        given=next((row for row in both if row.duty_id == duty.pk), None),
        taken=next((row for row in both if row.to_duty_id == duty.pk), None),
    )


def last_handover(post_id: int) -> PostHandover | None:
    rows = unscoped(PostHandover.objects.standing(), OF_THE_POST).filter(post=post_id)
    return with_lines(rows).order_by("-at", "-pk").first()


def facts_of_forms(duties: Iterable[Duty]) -> dict[int, list[str]]:
    """By post: what a handover form shows, so that the copy on a phone changes with it.

    Two statements, none where no duty stands at a post.
    """
    posts = {duty.post_id for duty in duties if duty.post_id}
    found: dict[int, list[str]] = {pk: [] for pk in posts}
    if not posts:
        return found
    items = unscoped(PostItem.objects.current(), OF_THE_POST).filter(post__in=posts)
    shown = ("pk", "name", "number", "wanted", "present", "condition", "remark")
    for post, *facts in items.order_by("pk").values_list("post", *shown):
        found[post].append(str(facts))
    first = min(duty.starts_at for duty in duties if duty.post_id)
    rolls = unscoped(Attendance.objects, "who may take over from the person's own duties")
    coming = rolls.filter(
        duty__post__in=posts,
        duty__state__in=COMING,
        duty__starts_at__gt=first,
        duty__starts_at__lte=max(duty.ends_at for duty in duties) + NEXT_WITHIN,
    )
    for post, *facts in coming.order_by("pk").values_list("duty__post", "duty", "pk"):
        found[post].append(str(facts))
    return found
