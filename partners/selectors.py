from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from partners.models import GroupMember
from territory.scope import unscoped


def active_members() -> Coalesce:
    """How many active members a group has, for annotate(). Counted for the rows of a page only."""
    rows = unscoped(GroupMember.objects, "the group is in scope, and so are its members")
    members = rows.filter(group=OuterRef("pk"), is_active=True)
    counted = members.order_by().values("group").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
