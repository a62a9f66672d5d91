"""The hours of posts, and what is broken there."""

import uuid
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import GuardPost, PostFault, PostHours
from patrols.rights import may_keep_post, may_plan
from toolkit.editing import Seen, values_of
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer

HOURS_EDITED = ("weekdays", "opens", "closes")


class HoursConflict(Conflict):
    stored: PostHours


class FaultConflict(Conflict):
    stored: PostFault


@transaction.atomic
def save_hours(
    *,
    hours: PostHours,
    by: User,
    seen: Seen | None = None,
    client_uuid: uuid.UUID | None = None,
) -> PostHours:
    """Adds hours to their post, or stores changes. Sent again under the same `client_uuid` new ones
    are the stored ones.

    Raises HoursConflict where the form has added other ones, EditConflict where somebody has
    changed them since the page was `seen`, ValidationError where the post has them already, others
    overlap on the same night, or somebody has removed them.
    """
    if not may_plan(by, GuardPost.objects.get(pk=hours.post_id)):
        raise PermissionDenied
    # Two people add the same hours at once: the second finds the first, and is told.
    lock_until_commit(f"hours of post {hours.post_id}")
    if hours.pk:
        before = PostHours.objects.select_for_update().filter(pk=hours.pk).first()
        if before is None:
            raise ValidationError(_("Somebody has removed these hours meanwhile."))
        if seen is not None:
            seen.check(before, values_of(hours, HOURS_EDITED))
    elif client_uuid is not None:
        body = {"by": by.pk, "post": hours.post_id, **values_of(hours, HOURS_EDITED)}
        sha256, rows = body_sha256(body), PostHours.objects.all()
        if stored := stored_answer(rows, client_uuid, sha256, conflict=HoursConflict):
            return stored
        hours.client_uuid, hours.body_sha256 = client_uuid, sha256
    hours.full_clean()
    check_overlap(hours)
    hours.save()
    return hours


def check_overlap(hours: PostHours) -> None:
    """Raises ValidationError where other hours of the post share a night and a time of it."""
    unit, night = hours.post.unit, timezone.localdate()
    opens, closes = hours.span(night, unit)
    for other in PostHours.objects.filter(post=hours.post_id).exclude(pk=hours.pk):
        first, last = other.span(night, unit)
        if set(other.weekdays) & set(hours.weekdays) and first < closes and opens < last:
            words = {"hours": str(other)}
            raise ValidationError(
                {"opens": _("The post has %(hours)s on the same night: these overlap.") % words}
            )


@transaction.atomic
def remove_hours(*, hours: PostHours, by: User) -> bool:
    """The history keeps them. False where somebody has removed them before."""
    if not may_plan(by, hours.post):
        raise PermissionDenied
    stored = PostHours.objects.select_for_update().filter(pk=hours.pk).first()
    if stored is None:
        return False
    stored.delete()
    return True


@transaction.atomic
def report_fault(
    *,
    post: GuardPost,
    by: User,
    text: str,
    since: date,
    client_uuid: uuid.UUID | None = None,
    now: datetime | None = None,
) -> tuple[PostFault, bool]:
    """Notes what is broken at a post; returns it with True if it is new.

    Raises FaultConflict where another is stored under the UUID.
    """
    if not may_keep_post(by, post):
        raise PermissionDenied
    key = client_uuid or uuid.uuid4()
    sha256 = body_sha256({"by": by.pk, "post": post.pk, "text": text, "since": since})
    stored = stored_answer(PostFault.objects.all(), key, sha256, conflict=FaultConflict)
    if stored is not None:
        return stored, False
    fault = PostFault.objects.create(
        post=post,
        text=text.strip(),
        since=since,
        reported_by=by,
        reported_at=now or timezone.now(),
        client_uuid=key,
        body_sha256=sha256,
    )
    return fault, True


@transaction.atomic
def mend_fault(*, fault: PostFault, by: User, note: str = "", now: datetime | None = None) -> bool:
    """Notes that it is mended. False where somebody has noted it before."""
    rows = PostFault.objects.select_for_update(of=("self",)).select_related("post")
    fault = rows.get(pk=fault.pk)
    if not may_keep_post(by, fault.post):
        raise PermissionDenied
    if fault.mended_at is not None:
        return False
    fault.mended_by, fault.mended_at, fault.mended_note = by, now or timezone.now(), note.strip()
    fault.save(update_fields=["mended_by", "mended_at", "mended_note"])
    return True


@transaction.atomic
def reopen_fault(*, fault: PostFault, by: User) -> bool:
    """Undoes `mend_fault`. False where it is open."""
    rows = PostFault.objects.select_for_update(of=("self",)).select_related("post")
    fault = rows.get(pk=fault.pk)
    if not may_keep_post(by, fault.post):
        raise PermissionDenied
    if fault.mended_at is None:
        return False
    fault.mended_by, fault.mended_at, fault.mended_note = None, None, ""
    fault.save(update_fields=["mended_by", "mended_at", "mended_note"])
    return True
