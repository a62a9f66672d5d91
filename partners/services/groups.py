from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from partners.models import PartnerGroup
from partners.rights import may_change_group
from toolkit.editing import Seen, plain

CONFIRMATION = ("confirmation_number", "confirmed_on", "confirmation_expires_on")


@transaction.atomic
def confirm_group(
    *,
    group: PartnerGroup,
    number: str,
    confirmed_on: date,
    expires_on: date | None,
    by: User,
    seen: Seen | None = None,
) -> PartnerGroup:
    """Records a pengukuhan, the first or a renewal.

    Raises ValidationError on impossible dates, EditConflict where somebody has recorded another
    since the page was `seen`, PermissionDenied without the right.
    """
    group = PartnerGroup.objects.visible_to(by).select_for_update(of=("self",)).get(pk=group.pk)
    if not may_change_group(by, group):
        raise PermissionDenied
    values = dict(zip(CONFIRMATION, (number, confirmed_on, expires_on), strict=True))
    if seen is not None:
        seen.check(group, {name: plain(value) for name, value in values.items()})
    for name, value in values.items():
        setattr(group, name, value)
    group.full_clean()
    group.save(update_fields=CONFIRMATION)
    return group
