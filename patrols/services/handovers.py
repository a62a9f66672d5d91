"""A duty at a post hands it over to the next: what, how it was, and both named."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from patrols.models import Attendance, Duty, EntryKind, ItemCheck, PostHandover
from patrols.rights import may_hand_over, takes_over
from patrols.selectors.handovers import next_duty
from patrols.services.entries import EntryDraft, log_entry
from patrols.services.post_items import count_of, follow_checks, lock_items
from toolkit.idempotency.answers import Conflict, body_sha256, lock_until_commit, stored_answer
from toolkit.idempotency.sent import Sent
from toolkit.refusals import log_refusal

logger = logging.getLogger(__name__)


class HandoverConflict(Conflict):
    """Another handover is stored under the UUID, or the duty has one already."""

    stored: PostHandover


@dataclass(frozen=True)
class LineDraft:
    """How many there are of an item, and how they are."""

    item: int
    present: int
    condition: str
    remark: str = ""


@dataclass(frozen=True)
class Taker:
    """Who takes over: somebody of a roll at the post, or somebody by name only."""

    name: str
    row: Attendance | None = None

    @property
    def user_id(self) -> int | None:
        member = self.row.member if self.row else None
        if member is not None:
            return member.user_id
        return self.row.officer_id if self.row else None


@log_refusal(logger, "Handover of a post")
@transaction.atomic
def hand_over_post(
    *,
    duty: Duty,
    by: User,
    taker: Taker,
    lines: Sequence[LineDraft],
    note: str = "",
    sent: Sent | None = None,
    now: datetime | None = None,
) -> tuple[PostHandover, bool]:
    """Stores the handover of a post and writes it into the log of the duty; returns it with True if
    it is new. What was looked at earlier than something that is known already changes no item.

    What the person has stored before is found although they may not hand over any more. Raises
    HandoverConflict where the duty has handed over already, or another handover is stored under the
    UUID; ValidationError where the duty takes no entries, or nobody else takes over.
    """
    now, sent = now or timezone.now(), sent or Sent()
    body = {
        "duty": duty.pk,
        "giver": by.pk,
        "taker": [taker.name, taker.row and taker.row.pk],
        "note": note,
        "lines": [asdict(line) for line in lines],
        "device_at": sent.device_at,
    }
    sha256 = body_sha256(body)
    is_allowed = may_hand_over(by, duty)
    rows = PostHandover.objects.all() if is_allowed else PostHandover.objects.filter(giver=by)
    stored = stored_answer(rows, sent.client_uuid, sha256, conflict=HandoverConflict)
    if stored is not None:
        return stored, False
    post = duty.post
    if not is_allowed or post is None:
        raise PermissionDenied
    if taker.user_id == by.pk:
        raise ValidationError(
            {"taker": _("Choose somebody else: nobody hands over to themselves.")}
        )
    # Two phones at once: the second finds what the first has stored.
    lock_until_commit(f"handover of {duty.pk}")
    if given := PostHandover.objects.standing().filter(duty=duty.pk).first():
        raise HandoverConflict(given)
    items = {item.pk: item for item in post.items.all()}
    counts = [
        count_of(items[line.item], line.present, line.condition, line.remark)
        for line in lines
        if line.item in items
    ]
    checks = [ItemCheck(by=by, **count) for count in counts]
    entry, _is_new = log_entry(
        duty=duty,
        by=by,
        draft=EntryDraft(
            kind=EntryKind.HANDOVER,
            text=words_of(taker, checks, note),
            device_at=sent.device_at,
            sent_at=sent.sent_at,
        ),
        though_absent=True,
        now=now,
    )
    handover = PostHandover.objects.create(
        post=post,
        unit_id=post.unit_id,
        duty=duty,
        to_duty=next_duty(duty),
        entry=entry,
        giver=by,
        taker_id=taker.row.officer_id if taker.row else None,
        taker_member_id=taker.row.member_id if taker.row else None,
        taker_name=taker.name,
        note=note.strip(),
        at=entry.at,
        device_at=entry.device_at,
        received_at=now,
        client_uuid=sent.client_uuid,
        body_sha256=sha256,
    )
    for check in checks:
        check.handover, check.at = handover, entry.at
    ItemCheck.objects.bulk_create(checks)
    follow_checks(lock_items(check.item_id for check in checks))
    return handover, True


def words_of(taker: Taker, checks: Sequence[ItemCheck], note: str) -> str:
    """What stands in the log: to whom, what is missing or broken, and the note."""
    lines = [_("The post is handed over to %(taker)s.") % {"taker": taker.name}]
    troubled = [check for check in checks if check.is_troubled]
    lines += [f"{check.name}: {check.state_words}. {check.remark}".strip() for check in troubled]
    if checks and not troubled:
        lines.append(_("All %(n)d things are there and in order.") % {"n": len(checks)})
    elif troubled:
        rest = len(checks) - len(troubled)
        lines.append(_("In order: %(n)d.") % {"n": rest})
    return "\n".join([*lines, note.strip()]).strip()


@transaction.atomic
def confirm_handover(
    *, handover: PostHandover, by: User, difference: str = "", now: datetime | None = None
) -> bool:
    """The taker says that it is so, or what is different. False where they have said it before.

    Raises ValidationError where somebody else has, or the handover was taken back.
    """
    rows = PostHandover.objects.visible_to(by)
    rows = rows.select_related("to_duty", "taker_member", "confirmed_by")
    handover = rows.select_for_update(of=("self",)).get(pk=handover.pk)
    if handover.confirmed_by_id == by.pk:
        return False
    if not takes_over(by, handover):
        raise PermissionDenied
    if handover.withdrawn_at:
        raise ValidationError(_("This handover was taken back. It does not count."))
    if handover.confirmed_by is not None:
        words = {"name": handover.confirmed_by.titled_name}
        raise ValidationError(_("%(name)s has confirmed this handover already.") % words)
    handover.confirmed_by, handover.confirmed_at = by, now or timezone.now()
    handover.difference = difference.strip()
    handover.save(update_fields=["confirmed_by", "confirmed_at", "difference"])
    return True
