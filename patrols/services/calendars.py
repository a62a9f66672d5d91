"""The secret address of a person's calendar."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from patrols.models import CalendarLink


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_calendar_link(*, by: User) -> str:
    """The token of a new address, shown once. An older address of the person ends."""
    token = secrets.token_urlsafe(32)
    values = {"digest": digest_of(token), "made_at": timezone.now()}
    CalendarLink.objects.update_or_create(user=by, defaults=values)
    return token


def end_calendar_link(*, by: User) -> None:
    CalendarLink.objects.filter(user=by).delete()


def person_of_calendar(token: str) -> User | None:
    """Whose address it is, while the person may sign in."""
    links = CalendarLink.objects.filter(digest=digest_of(token))
    link = links.select_related("user").first()
    return link.user if link and link.user.may_sign_in else None
