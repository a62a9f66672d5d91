"""Whose telephone number a person may use: that of their own people."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
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
    found = _numbers(postings.filter(served, user__in=ids), "user__")
    if known:
        volunteers = unscoped(User.objects, "volunteers whom the caller has vouched for")
        found = found.union(_numbers(volunteers.filter(pk__in=known)))
    return dict(found)


def _numbers(rows: QuerySet[Any], person: str = "") -> QuerySet[Any, tuple[int, PhoneNumber]]:
    """Id and number of those of active people who have one; `person` leads to them from a row."""
    active = rows.filter(**{f"{person}is_active": True}).exclude(**{f"{person}phone": ""})
    return active.order_by().values_list(f"{person}pk", f"{person}phone")
