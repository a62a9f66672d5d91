from django.db.models import Q
from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Action
from territory.models import Unit


def may_read_access(user: User) -> bool:
    """See who let whom in: heads of units, administrators, and who opens sealed reports."""
    return bool(user.scope.actions & {Action.REVIEW, Action.MANAGE, Action.UNSEAL})


def may_vouch(user: User, unit: Unit) -> bool:
    """Give others alone what opens sealed reports of the unit: whoever opens them already."""
    return user.may(Action.UNSEAL, unit)


def units_of(person: User) -> list[Unit]:
    """Where the person serves or will serve; without any posting the unit of the account."""
    held = person.postings.exclude(ends_on__lt=timezone.localdate()).select_related("unit")
    found = {posting.unit_id: posting.unit for posting in held}
    if not found and person.unit is not None:
        found = {person.unit.pk: person.unit}
    return list(found.values())


def may_confirm(user: User, person: User, unit: Unit, asked_by: int | None) -> bool:
    """Be the second person, after whoever asked, about what opens sealed reports of the unit.

    That is somebody who opens them, there or above. Where nobody else does, such as for the first
    Kapolsek, it is a superuser. Neither confirms what they asked for, nor themselves, and nobody
    does whose own account waits to be confirmed.
    """
    if user.pk in (person.pk, asked_by) or not user.scope.is_confirmed:
        return False
    if may_vouch(user, unit):
        return True
    holders = Posting.objects.opening_sealed(unit).exclude(user=person)
    return user.is_superuser and not holders.exists()


def may_confirm_person(user: User, person: User) -> bool:
    """Say that it is this person who uses the account. See `may_confirm`."""
    units = units_of(person)
    if person.is_superuser or not units:
        # No unit of theirs decides about a superuser.
        is_second = user.pk not in (person.pk, person.let_in_by_id)
        return user.is_superuser and is_second and user.scope.is_confirmed
    return all(may_confirm(user, person, unit, person.let_in_by_id) for unit in units)


def may_make_link(user: User, person: User) -> bool:
    """Make a link with which the person sets a password. Not for oneself, and not while one's own
    account waits to be confirmed."""
    return person.pk != user.pk and user.scope.is_confirmed and may_administer(user, person)


def may_administer(user: User, person: User) -> bool:
    """Whether `user`, who manages the person's unit, may change them and make a link for them.

    Nobody but a superuser changes a superuser or themselves. Who holds a role outside the units
    that `user` manages is administered from above: `user` could otherwise use a link for that
    person and so that role. One statement at most.
    """
    if user.is_superuser:
        return True
    if person.pk == user.pk or person.is_superuser:
        return False
    managed = user.scope.rows("unit__", action=Action.MANAGE) or Q()
    inside = Posting.objects.visible_to(user).filter(managed)
    held = person.postings.exclude(ends_on__lt=timezone.localdate())
    return not held.exclude(pk__in=inside).exists()
