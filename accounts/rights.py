from django.db.models import Q
from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Action


def may_administer(user: User, person: User) -> bool:
    """Whether `user`, who manages the person's unit, may change the person and their password.

    Nobody but a superuser changes a superuser or themselves. Who holds a role outside the units
    that `user` manages is administered from above: `user` could otherwise set a new password and
    use that role. One statement at most.
    """
    if user.is_superuser:
        return True
    if person.pk == user.pk or person.is_superuser:
        return False
    managed = user.scope.rows("unit__", action=Action.MANAGE) or Q()
    inside = Posting.objects.visible_to(user).filter(managed)
    held = person.postings.exclude(ends_on__lt=timezone.localdate())
    return not held.exclude(pk__in=inside).exists()
