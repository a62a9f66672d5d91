"""What a guard post has and lacks, and which posts a commander acts on tonight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    DateTimeField,
    Field,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import RawSQL

from accounts.models import User
from accounts.roles import Action
from patrols.models import GuardPost, ItemCheck, PostFault, PostHours, PostItem
from patrols.models.posts import by_kind, to_be_manned_since
from patrols.selectors.on_duty import SURELY_OVER
from territory.scope import unscoped

# A post that nobody stands at for so long, in its hours, is empty.
EMPTY_AFTER = timedelta(minutes=30)
MOST_POSTS = 100
MOST_FAULTS = 50
OF_THE_POST = "the post was reached through its scope, or through a duty that stands there"


def troubled_items(post_id: int) -> list[PostItem]:
    """What is missing or broken at a post, with who looked last as `looked_by` and the name of
    their duty, where it was a handover, as `of_duty`. One statement."""
    looks = unscoped(ItemCheck.objects.standing(), OF_THE_POST)
    last = looks.filter(item=OuterRef("pk")).order_by("-at", "-pk")
    rows = unscoped(PostItem.objects.troubled(), OF_THE_POST).filter(post=post_id)
    looked = rows.annotate(
        looked_by=Subquery(last.values("by__name")[:1]),
        of_duty=Subquery(last.values("handover__duty__name")[:1]),
    )
    return sorted(looked, key=by_kind)


def items_of(post: GuardPost, *, with_retired: bool = False) -> list[PostItem]:
    """Its equipment in use, by kind. One statement."""
    rows = unscoped(PostItem.objects.filter(post=post), OF_THE_POST)
    return sorted(rows if with_retired else rows.current(), key=by_kind)


def open_faults(post_id: int) -> list[PostFault]:
    """One statement."""
    rows = unscoped(PostFault.objects.open(), OF_THE_POST).filter(post=post_id)
    return list(rows.select_related("reported_by").order_by("since", "pk")[:MOST_FAULTS])


def hours_of(post: GuardPost) -> list[PostHours]:
    rows = unscoped(PostHours.objects, OF_THE_POST)
    return list(rows.filter(post=post).order_by("opens", "closes", "pk"))


@dataclass(frozen=True)
class PostTrouble:
    """A post of a commander: what is missing or broken there, how many faults are open, and since
    when nobody stands there although its hours say so."""

    post: GuardPost
    items: list[PostItem]
    faults: int
    empty_since: datetime | None


# Of one post. Written in SQL: docs/adr/0029.
TROUBLED = """
    FROM patrols_postitem WHERE post_id = patrols_guardpost.id
        AND retired_on IS NULL AND (present < wanted OR condition <> 'good')
"""
HOURS = "FROM patrols_posthours WHERE post_id = patrols_guardpost.id"
HAS_HOURS_OR_TROUBLE = f"(EXISTS (SELECT {TROUBLED}) OR EXISTS (SELECT {HOURS}))"
LACKS = f"""
    (SELECT JSONB_AGG(JSONB_BUILD_OBJECT(
        'name', name, 'number', number, 'kind', kind,
        'wanted', wanted, 'present', present, 'condition', condition
    ) ORDER BY name, number, id) {TROUBLED})
"""
SPANS = f"""
    (SELECT JSONB_AGG(JSONB_BUILD_OBJECT('weekdays', weekdays, 'opens', opens, 'closes', closes))
    {HOURS})
"""
FAULT_COUNT = """
    (SELECT COUNT(*) FROM patrols_postfault
    WHERE post_id = patrols_guardpost.id AND mended_at IS NULL)
"""
IS_MANNED = """
    (EXISTS (SELECT FROM patrols_duty WHERE post_id = patrols_guardpost.id
        AND night >= %s AND state = 'running' AND ends_at >= %s))
"""
LEFT_AT = """
    (SELECT MAX(ended_at) FROM patrols_duty WHERE post_id = patrols_guardpost.id
        AND night >= %s AND state = 'ended' AND ended_at <= %s)
"""


def posts_to_act_on(user: User, within: Q, *, now: datetime) -> list[PostTrouble]:
    """Of the units that the person commands, without those above and below, the empty ones first.

    Nobody else is told that a post is empty. One statement, none for who commands no unit.
    """
    headed = user.scope.units_posted_with(Action.REVIEW)
    if not headed:
        return []
    posts = GuardPost.objects.in_scope(user).current().filter(within, unit__in=headed)
    found = [_trouble_of(post, now) for post in _with_state(posts, now)[:MOST_POSTS]]
    troubled = [row for row in found if row.empty_since or row.items]
    return sorted(troubled, key=lambda row: row.empty_since is None)


def _with_state(posts: QuerySet[GuardPost], now: datetime) -> QuerySet[Any]:
    """Posts with hours or trouble, each with its `lacks`, `spans`, `fault_count`, `left_at` and
    whether it `is_manned`."""
    # The nights of now, in each time zone, and those before.
    recent = (now - timedelta(days=3)).date()
    return (
        posts.filter(_of_post(HAS_HOURS_OR_TROUBLE, BooleanField()))
        .select_related("unit")
        .only("name", "unit__timezone")
        .annotate(
            lacks=_of_post(LACKS, JSONField()),
            spans=_of_post(SPANS, JSONField()),
            fault_count=_of_post(FAULT_COUNT, IntegerField()),
            is_manned=_of_post(IS_MANNED, BooleanField(), recent, now - SURELY_OVER),
            left_at=_of_post(LEFT_AT, DateTimeField(), recent, now),
        )
        .order_by("name", "pk")
    )


def _of_post(statement: str, kind: "Field[Any, Any]", *values: date) -> RawSQL:
    return RawSQL(statement, values, kind)  # noqa: S611 a constant of this module


def _trouble_of(post: Any, now: datetime) -> PostTrouble:
    items = [PostItem(post=post, **row) for row in post.lacks or ()]
    since = to_be_manned_since(_hours(post.spans or ()), now, post.unit)
    if since is not None and post.left_at is not None:
        since = max(since, post.left_at)
    is_empty = since is not None and not post.is_manned and now - since >= EMPTY_AFTER
    return PostTrouble(post, items, post.fault_count, since if is_empty else None)


def _hours(spans: Sequence[dict[str, Any]]) -> list[PostHours]:
    return [
        PostHours(
            weekdays=row["weekdays"],
            opens=time.fromisoformat(row["opens"]),
            closes=time.fromisoformat(row["closes"]),
        )
        for row in spans
    ]
