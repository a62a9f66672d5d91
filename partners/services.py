from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Action
from partners.models import GroupMember, PartnerGroup
from partners.rights import may_change_group


@transaction.atomic
def confirm_group(
    *, group: PartnerGroup, number: str, confirmed_on: date, expires_on: date | None, by: User
) -> PartnerGroup:
    """Records a pengukuhan, the first or a renewal.

    Raises ValidationError on impossible dates, PermissionDenied without the right.
    """
    group = PartnerGroup.objects.visible_to(by).select_for_update(of=("self",)).get(pk=group.pk)
    if not may_change_group(by, group):
        raise PermissionDenied
    group.confirmation_number = number
    group.confirmed_on = confirmed_on
    group.confirmation_expires_on = expires_on
    group.full_clean()
    group.save(update_fields=["confirmation_number", "confirmed_on", "confirmation_expires_on"])
    return group


@transaction.atomic
def move_members(*, members: QuerySet[GroupMember], group: PartnerGroup, by: User) -> int:
    """Moves members to another group and returns how many moved.

    Members of groups that `by` may not change stay where they are.
    """
    group = PartnerGroup.objects.visible_to(by).get(pk=group.pk)
    condition = by.scope.rows("group__", action=Action.PLAN)
    if condition is None or not may_change_group(by, group):
        raise PermissionDenied
    ids = list(members.select_for_update(of=("self",)).values_list("pk", flat=True))
    return GroupMember.objects.filter(condition, pk__in=ids).update(group=group)


@transaction.atomic
def save_member(*, member: GroupMember, by: User) -> GroupMember:
    """Adds a member to a group, or stores changes. Accounts are linked in the admin only."""
    groups = [member.group]
    if member.pk:
        groups += PartnerGroup.objects.filter(members=member.pk)
    if not all(may_change_group(by, group) for group in groups):
        raise PermissionDenied
    member.full_clean()
    member.save()
    return member
