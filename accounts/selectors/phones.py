"""Whose telephone number a person may use: that of their own people."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Posting, User
from accounts.roles import Action
from territory.scope import unscoped


def phones_of(
    user: User, people: Iterable[int | None], *, vouched: Collection[int] = ()
) -> dict[int, PhoneNumber]:
    """The numbers, by id, of those of the people who serve today in the person's unit or below it.

    The postings decide, not the unit of the account, which stays the old one until somebody
    corrects it. `vouched` are accounts without a posting, of volunteers whom the caller has found
    to be of the person's units. Nobody gets the own number. One statement, none where there is
    nobody to ask about.
    """
    ids = {pk for pk in people if pk is not None} - {user.pk}
    known = set(vouched) - {user.pk}
    served = user.scope.rows("unit__", action=Action.VIEW)
    if served is None or not ids | known:
        return {}
    postings = unscoped(Posting.objects.active(), "`served` is the person's scope")
    of_own = Q(pk__in=postings.filter(served, user__in=ids).values("user"))
    rows = unscoped(User.objects, "those posted in the person's scope, and volunteers of it")
    found = rows.filter(of_own | Q(pk__in=known), is_active=True).exclude(phone="")
    return dict(found.order_by().values_list("pk", "phone"))
