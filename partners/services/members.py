import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Action
from partners.models import GroupMember, PartnerGroup
from partners.rights import may_change_group
from toolkit.editing import Seen, values_of
from toolkit.idempotency.answers import (
    Conflict,
    body_sha256,
    lock_until_commit,
    stored_answer,
)

# What the form of a member changes.
EDITED = ("name", "role", "phone", "agency", "vetted_until", "is_active")


ADDED_ALREADY = _(
    "You have added this member already. Is it somebody else? Then give the phone number too."
)


class MemberConflict(Conflict):
    stored: GroupMember


@transaction.atomic
def move_members(*, members: QuerySet[GroupMember], group: PartnerGroup, by: User) -> int:
    """Moves members to another group and returns how many moved.

    Members of groups that `by` may not change stay where they are.
    """
    group = PartnerGroup.objects.visible_to(by).get(pk=group.pk)
    condition = by.scope.rows("group__", action=Action.PLAN)
    if condition is None or not may_change_group(by, group):
        raise PermissionDenied
    ids = list(members.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return GroupMember.objects.filter(condition, pk__in=ids).update(group=group)


@transaction.atomic
def save_member(
    *,
    member: GroupMember,
    by: User,
    seen: Seen | None = None,
    client_uuid: uuid.UUID | None = None,
) -> GroupMember:
    """Adds a member to a group, or stores changes. Accounts are linked in the admin only.

    Of a stored member only the fields that the page has `seen` are written. Raises EditConflict
    where somebody has changed them since. A new member sent again under the same `client_uuid` is
    the stored one. Raises MemberConflict where the form has added another one, ValidationError
    where another page of the same person has added the same one.
    """
    groups, before = [member.group], None
    if member.pk:
        locked = GroupMember.objects.select_for_update(of=("self",)).select_related("group")
        before = locked.get(pk=member.pk)
        groups.append(before.group)
    if not all(may_change_group(by, group) for group in groups):
        raise PermissionDenied
    if before is None and client_uuid is not None:
        sha256 = body_sha256({"by": by.pk, "group": member.group_id, **values_of(member, EDITED)})
        rows = GroupMember.objects.all()
        stored = stored_answer(rows, client_uuid, sha256, conflict=MemberConflict)
        if stored is not None:
            return stored
        lock_until_commit(f"member {sha256}")
        if rows.filter(group=member.group, body_sha256=sha256).active().exists():
            raise ValidationError({"name": ADDED_ALREADY})
        member.client_uuid, member.body_sha256 = client_uuid, sha256
    if before is not None and seen is not None:
        seen.check(before, values_of(member, seen.names))
    member.full_clean()
    member.save(update_fields=seen.names if before and seen else None)
    return member
