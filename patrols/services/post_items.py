"""The equipment of posts: added, changed, retired, looked at."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Condition, GuardPost, ItemCheck, PostHandover, PostItem
from patrols.rights import may_check_item, may_plan
from toolkit.editing import Seen, values_of
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer
from toolkit.idempotency.sent import Sent, done_at

# What the form of an item changes.
EDITED = ("kind", "name", "number", "wanted")


class ItemConflict(Conflict):
    stored: PostItem


class ItemCheckConflict(Conflict):
    stored: ItemCheck


@transaction.atomic
def save_item(
    *,
    item: PostItem,
    by: User,
    seen: Seen | None = None,
    client_uuid: uuid.UUID | None = None,
) -> PostItem:
    """Adds an item to its post, or stores changes. A new item counts as there and in order, until
    somebody looks at it. Sent again under the same `client_uuid` it is the stored one.

    Raises ItemConflict where the form has added another one, EditConflict where somebody has
    changed it since the page was `seen`, ValidationError where the post has one of that name and
    number.
    """
    post = GuardPost.objects.get(pk=item.post_id)
    if not may_plan(by, post):
        raise PermissionDenied
    _lock_names(item)
    if item.pk:
        before = PostItem.objects.select_for_update().get(pk=item.pk)
        if seen is not None:
            seen.check(before, values_of(item, EDITED))
        for name in ("present", "condition", "remark", "seen_at", "retired_on"):
            setattr(item, name, getattr(before, name))
    elif client_uuid is not None:
        body = {"by": by.pk, "post": item.post_id, **values_of(item, EDITED)}
        sha256, rows = body_sha256(body), PostItem.objects.all()
        if stored := stored_answer(rows, client_uuid, sha256, conflict=ItemConflict):
            return stored
        item.client_uuid, item.body_sha256 = client_uuid, sha256
    if item.seen_at is None:
        item.present = item.wanted
    item.full_clean()
    item.save()
    return item


def _lock_names(item: PostItem) -> None:
    """Two people give the same name at once: the second finds the first, and is told."""
    lock_until_commit(f"equipment of post {item.post_id}")


@transaction.atomic
def retire_item(*, item: PostItem, by: User, today: date | None = None) -> bool:
    """The post has it no more: no handover counts it from now on. False where it was so before."""
    rows = PostItem.objects.select_for_update(of=("self",)).select_related("post__unit")
    item = rows.get(pk=item.pk)
    if not may_plan(by, item.post):
        raise PermissionDenied
    if item.retired_on is not None:
        return False
    item.retired_on = today or item.post.unit.today()
    item.save(update_fields=["retired_on"])
    return True


@transaction.atomic
def restore_item(*, item: PostItem, by: User) -> bool:
    """Undoes `retire_item`. Raises ValidationError where another has its name and number now."""
    _lock_names(item)
    item = PostItem.objects.select_for_update(of=("self",)).select_related("post").get(pk=item.pk)
    if not may_plan(by, item.post):
        raise PermissionDenied
    if item.retired_on is None:
        return False
    item.retired_on = None
    item.full_clean()
    item.save(update_fields=["retired_on"])
    return True


@transaction.atomic
def check_item(
    *,
    item: PostItem,
    by: User,
    present: int,
    condition: str,
    remark: str = "",
    sent: Sent | None = None,
    now: datetime | None = None,
) -> tuple[ItemCheck, bool]:
    """Notes how many there are of an item and how they are; returns it with True if it is new."""
    now, sent = now or timezone.now(), sent or Sent()
    if not may_check_item(by, item):
        raise PermissionDenied
    words = {"present": present, "condition": condition, "remark": remark}
    sha256 = body_sha256({"by": by.pk, "item": item.pk, **words})
    rows = ItemCheck.objects.all()
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=ItemCheckConflict)
    if stored is not None:
        return stored, False
    item = PostItem.objects.select_for_update().get(pk=item.pk)
    if item.retired_on is not None:
        raise ValidationError(_("The post no longer has this."))
    look = ItemCheck(by=by, at=done_at(sent, now).at, **count_of(item, present, condition, remark))
    look.client_uuid, look.body_sha256 = sent.client_uuid, sha256
    look.save()
    follow_checks([item])
    return look, True


def count_of(item: PostItem, present: int, condition: str, remark: str) -> dict[str, object]:
    """The fields of an `ItemCheck`. Where nothing is there, it is missing, whatever was said."""
    present = min(max(present, 0), item.wanted) if condition != Condition.MISSING else 0
    return {
        "item": item,
        "name": str(item),
        "wanted": item.wanted,
        "present": present,
        "condition": condition if present else Condition.MISSING,
        "remark": remark.strip(),
    }


def follow_checks(items: Iterable[PostItem]) -> None:
    """Brings locked items up to date with the newest look that stands, which need not be the last
    that has arrived. Two statements and one for each item that changes."""
    found = {item.pk: item for item in items}
    looks = (
        ItemCheck.objects.standing()
        .filter(item__in=found)
        .order_by("item_id", "-at", "-pk")
        .distinct("item_id")
    )
    newest = {look.item_id: look for look in looks}
    for pk, item in found.items():
        look = newest.get(pk)
        state = (
            (look.present, look.condition, look.remark, look.at)
            if look
            else (item.wanted, Condition.GOOD, "", None)
        )
        if state != (item.present, item.condition, item.remark, item.seen_at):
            item.present, item.condition, item.remark, item.seen_at = state
            item.save(update_fields=["present", "condition", "remark", "seen_at"])


def take_back_handover(entry_id: int, now: datetime) -> None:
    """Of a log entry that is being taken back: the handover it stands for, too, and what the post
    has is again as it was known before. Raises ValidationError where the taker has confirmed it.

    The caller has locked the entry.
    """
    rows = PostHandover.objects.standing().select_for_update(of=("self",))
    handover = rows.filter(entry=entry_id).first()
    if handover is None:
        return
    if handover.confirmed_at is not None:
        raise ValidationError(_("The taker has confirmed it already. Add a note that corrects it."))
    handover.withdrawn_at = now
    handover.save(update_fields=["withdrawn_at"])
    follow_checks(lock_items(handover.lines.values_list("item", flat=True)))


def lock_items(ids: Iterable[int]) -> list[PostItem]:
    return list(PostItem.objects.filter(pk__in=list(ids)).select_for_update().order_by("pk"))
