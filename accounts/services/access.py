"""Lets people in, and gives the permission for sealed reports: two people decide, and it is kept.

An administrator makes a link, with which the person sets a password. It might be the administrator
who uses it, so that nothing sealed opens to the account until a second person confirms who it is.
In the same way the permission for sealed reports is asked for by one and confirmed by another.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessEvent, AccessKind, Posting, User
from accounts.rights import (
    may_confirm,
    may_confirm_person,
    may_make_link,
    may_vouch,
    units_of,
)
from accounts.roles import Role
from territory.models import Unit, UnitKind


class LinkTokens(PasswordResetTokenGenerator):
    """A token holds until the password changes, the person signs in with the old one, a newer link
    is made, or PASSWORD_RESET_TIMEOUT."""

    key_salt = "accounts.password_link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        made = user.link_at.timestamp() if user.link_at else ""
        return f"{super()._make_hash_value(user, timestamp)}{made}"


tokens = LinkTokens()


def record(
    kind: AccessKind,
    *,
    person: User,
    by: User,
    units: Iterable[Unit] = (),
    now: datetime | None = None,
) -> None:
    """One row for each unit, by default each of the person's; without any unit at Mabes."""
    found = list(units) or units_of(person) or list(Unit.objects.filter(kind=UnitKind.MABES)[:1])
    AccessEvent.objects.bulk_create(
        AccessEvent(person=person, by=by, kind=kind, unit=unit, at=now or timezone.now())
        for unit in found
    )


@transaction.atomic
def make_link(*, person: User, by: User, now: datetime | None = None) -> str:
    """The token of a new link. Older links of the person end."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not may_make_link(by, person):
        raise PermissionDenied
    person.link_by, person.link_at = by, now or timezone.now()
    person.save(update_fields=["link_by", "link_at"])
    record(AccessKind.LINK_MADE, person=person, by=by, now=now)
    return tokens.make_token(person)


def person_of_link(pk: int, token: str) -> User | None:
    """The person whose link this is, if it may still be used."""
    person = User.objects.filter(pk=pk, is_active=True).exclude(link_at=None).first()
    return person if person is not None and tokens.check_token(person, token) else None


@transaction.atomic
def use_link(*, by: User, token: str, password: str, now: datetime | None = None) -> bool:
    """Sets the password of `by`, whose link it is. False where the link holds no more."""
    person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if person_of_link(person.pk, token) is None:
        return False
    maker = person.link_by
    person.set_password(password)
    person.link_at = None
    if maker is not None:
        person.let_in_by = None if _vouches(maker, person) else person.let_in_by or maker
    person.save(update_fields=["password", "link_at", "let_in_by"])
    record(AccessKind.LINK_USED, person=person, by=person, now=now)
    return True


def _vouches(by: User, person: User) -> bool:
    """Whether nobody has to confirm: all that is sealed there opens to `by` anyway."""
    if person.is_superuser:
        return False
    units = units_of(person)
    return bool(units) and all(may_vouch(by, unit) for unit in units)


def settle_person(*, person: User, by: User) -> list[AccessKind]:
    """Before `person` is saved as `by` typed it: lets nobody in, nor makes anybody a superuser,
    whom no second person has confirmed. Answers with what has to be recorded after the saving.

    Another name or sign-in asks anew, too: who was confirmed is whoever had the old one. Whoever
    asked first stays barred from confirming, so nobody is promoted who waits already.
    """
    before = User.objects.filter(pk=person.pk).first() if person.pk else None
    if before is None:
        found = [AccessKind.PROMOTED] if person.is_superuser else []
    else:
        found = list(_changes_of_access(before, person))
    asks = {AccessKind.SWITCHED_ON, AccessKind.RENAMED, AccessKind.PROMOTED} & set(found)
    if AccessKind.PROMOTED in asks and person.let_in_by_id is not None:
        words = _("First somebody has to confirm who uses this account.")
        raise ValidationError({"is_superuser": words})
    if asks and person.pk != by.pk and not _vouches(by, person):
        person.let_in_by_id = person.let_in_by_id or by.pk
    return found


def _changes_of_access(before: User, person: User) -> Iterator[AccessKind]:
    if person.is_active != before.is_active:
        yield AccessKind.SWITCHED_ON if person.is_active else AccessKind.SWITCHED_OFF
    if person.is_superuser != before.is_superuser:
        yield AccessKind.PROMOTED if person.is_superuser else AccessKind.DEMOTED
    if any(getattr(before, name) != getattr(person, name) for name in ("name", "nrp", "username")):
        yield AccessKind.RENAMED


def _refuse_if_changed(row: User | Posting, seen: str) -> None:
    if seen and seen != row.access_stamp:
        raise ValidationError(_("This has changed since you looked. Look again."))


@transaction.atomic
def confirm_person(*, person: User, by: User, seen: str = "", now: datetime | None = None) -> None:
    """`by` knows that the person uses the account. A second tap changes nothing. `seen` is the
    `access_stamp` that the page showed."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.let_in_by_id is None:
        return
    if not may_confirm_person(by, person):
        raise PermissionDenied
    _refuse_if_changed(person, seen)
    person.let_in_by = None
    person.save(update_fields=["let_in_by"])
    record(AccessKind.CONFIRMED, person=person, by=by, now=now)


def settle_sealed(*, posting: Posting, by: User) -> AccessKind | None:
    """Before `posting` is saved as `by` typed it: keeps the permission for sealed reports, or turns
    it into a question to a second person. Answers with what has to be recorded after the saving."""
    before = Posting.objects.filter(pk=posting.pk).first() if posting.pk else None
    had = before is not None and before.opens_sealed
    is_less = before is not None and before.is_wider_than(posting) and _opens_sealed(posting.user)
    if not posting.opens_sealed:
        if posting.role != Role.COMMANDER:
            posting.sealed_asked_by = None
        if had:
            return AccessKind.ENDED
        # Who leaves a unit finds reports about it that are kept above.
        return AccessKind.SHORTENED if is_less else None
    if before is not None and had and not posting.is_wider_than(before):
        return AccessKind.SHORTENED if is_less else None
    if may_vouch(by, posting.unit):
        posting.sealed_asked_by = None
        return AccessKind.GRANTED
    posting.opens_sealed, posting.sealed_asked_by = False, by
    return AccessKind.ASKED


def _opens_sealed(person: User) -> bool:
    return person.postings.filter(opens_sealed=True).exists()


@transaction.atomic
def decide_sealed(
    *, posting: Posting, by: User, grants: bool, seen: str = "", now: datetime | None = None
) -> None:
    """The second person's word. A second tap changes nothing. `seen` as in `confirm_person`."""
    rows = Posting.objects.select_for_update(of=("self",)).select_related("unit", "user")
    posting = rows.get(pk=posting.pk)
    if posting.sealed_asked_by_id is None:
        return
    if not may_confirm(by, posting.user, posting.unit, posting.sealed_asked_by_id):
        raise PermissionDenied
    _refuse_if_changed(posting, seen)
    posting.opens_sealed, posting.sealed_asked_by = grants, None
    posting.full_clean(exclude=["user", "unit"])
    posting.save(update_fields=["opens_sealed", "sealed_asked_by"])
    kind = AccessKind.GRANTED if grants else AccessKind.REFUSED
    record(kind, person=posting.user, by=by, units=[posting.unit], now=now)
