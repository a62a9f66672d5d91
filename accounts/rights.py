from datetime import timedelta

from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Action
from territory.models import Unit

# So long nobody but who opened sealed reports counts as the second person after they lost that.
# Heads see the loss on "Access of people" at once, and have this time to ask why.
SEALED_WAIT = timedelta(days=7)


def may_read_access(user: User) -> bool:
    """See who let whom in: heads of units, administrators, and who opens sealed reports."""
    return bool(user.scope.actions & {Action.REVIEW, Action.MANAGE, Action.UNSEAL})


def may_vouch(user: User, unit: Unit) -> bool:
    """Give others alone what opens sealed reports of the unit: whoever opens them already."""
    return user.may(Action.UNSEAL, unit)


def units_of(person: User) -> list[Unit]:
    """Where the person serves or will serve; without any posting the unit of the account. Asks the
    database only for what was not prefetched."""
    today = timezone.localdate()
    held = (posting for posting in person.postings.all() if not posting.has_ended(today))
    found = {posting.unit_id: posting.unit for posting in held}
    if not found and person.unit is not None:
        found = {person.unit.pk: person.unit}
    return list(found.values())


def may_confirm(user: User, person: User, unit: Unit, asked_by: int | None) -> bool:
    """Be the second person, after whoever asked, about what opens sealed reports of the unit.

    That is somebody who opens them, there or above. Where nobody else does nor has done for
    SEALED_WAIT, such as for the first Kapolsek, it is a superuser. Neither confirms what they asked
    for, nor themselves, and nobody does whose own account waits to be confirmed.
    """
    if user.pk in (person.pk, asked_by) or not user.scope.is_confirmed:
        return False
    if may_vouch(user, unit):
        return True
    return user.is_superuser and is_without_holder(unit, person)


def is_without_holder(unit: Unit, person: User) -> bool:
    """Whether nobody but the person opens sealed reports of the unit, nor has for SEALED_WAIT."""
    holders = User.objects.opened_sealed(unit, timezone.now() - SEALED_WAIT)
    return not holders.exclude(pk=person.pk).exists()


def may_confirm_person(user: User, person: User) -> bool:
    """Say that it is this person who uses the account. See `may_confirm`. Whoever made the last
    link may have used it, whoever let the person in since."""
    if user.pk in (person.pk, person.let_in_by_id, person.link_by_id):
        return False
    units = units_of(person)
    if person.is_superuser or not units:
        # No unit of theirs decides about a superuser.
        return user.is_superuser and user.scope.is_confirmed
    return all(may_confirm(user, person, unit, person.let_in_by_id) for unit in units)


def may_make_link(user: User, person: User) -> bool:
    """Make a link with which the person sets a password. Not for oneself."""
    return person.pk != user.pk and may_administer(user, person)


def may_administer(user: User, person: User) -> bool:
    """Whether `user` manages the person's unit, and may change them and make a link for them.

    Nobody does while their own account waits to be confirmed: else one person with two accounts
    would let others in with the one and confirm them with the other. Nobody but a superuser changes
    a superuser or themselves. Who holds a role outside the units that `user` manages is
    administered from above: `user` could otherwise use a link for that person and so that role.
    One statement at most, besides the person's unit.
    """
    if not user.scope.is_confirmed:
        return False
    if user.is_superuser:
        return True
    if person.pk == user.pk or person.is_superuser:
        return False
    managed = user.scope.rows("unit__", action=Action.MANAGE)
    if managed is None:
        return False
    # Who has no unit is administered by those who manage all of them.
    if managed if person.unit is None else not user.may(Action.MANAGE, person.unit):
        return False
    inside = Posting.objects.visible_to(user).filter(managed)
    held = person.postings.exclude(ends_on__lt=timezone.localdate())
    return not held.exclude(pk__in=inside).exists()


def may_add_people(user: User) -> bool:
    """Add people and their first postings, each in a unit that `user` administers."""
    return Action.MANAGE in user.scope.actions and user.scope.is_confirmed


def may_plan_absence(user: User, person: User) -> bool:
    """Enter when the person is away: whoever plans in a unit of the person's postings."""
    return any(user.may(Action.PLAN, posting.unit) for posting in current_postings(person))


def current_postings(person: User) -> list[Posting]:
    """Those that have not ended."""
    today = timezone.localdate()
    rows = person.postings.exclude(ends_on__lt=today).select_related("unit")
    return list(rows)


def may_move_areas(user: User, unit: Unit) -> bool:
    """Move villages between the officers of the unit: its commanders, and those above."""
    return user.may(Action.REVIEW, unit)
