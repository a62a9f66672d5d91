"""Proves at the start that the keys open the contacts of this database, and changes the keys."""

from typing import Any, NamedTuple

from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from reports.encryption import fingerprint, keys, newest_key, phone_digest
from reports.models import ContactKey, ReportContact

BATCH = 500


class WrongKeys(ImproperlyConfigured):
    """The site must not start; the message is one sentence for whoever runs it."""

    def __init__(self) -> None:
        super().__init__(
            "SECRET_KEY or CONTACT_KEYS is not the one that contacts of reporters in this database"
            " are encrypted with: give the former keys too (docs/deployment.md, “Keys”)."
        )


def prove_keys() -> None:
    """Raises WrongKeys where contacts are encrypted with a key that the settings do not give.

    Remembers the newest key. A database without any remembered key, of an earlier release, proves
    the keys by its oldest and its newest contact.
    """
    tables = set(connection.introspection.table_names())
    given = [fingerprint(key) for key in keys()]
    has_keys = ContactKey._meta.db_table in tables
    used = set(ContactKey.objects.values_list("fingerprint", flat=True)) if has_keys else set()
    if not used and ReportContact._meta.db_table in tables:
        used = _keys_of_contacts()
    if not used <= set(given):
        raise WrongKeys
    new = {given[0], *used}
    if has_keys:
        known = ContactKey.objects.filter(fingerprint__in=new)
        new -= set(known.values_list("fingerprint", flat=True))
        ContactKey.objects.bulk_create(
            [ContactKey(fingerprint=one) for one in sorted(new)], ignore_conflicts=True
        )


def _keys_of_contacts() -> set[str]:
    """Fingerprints of the keys of the oldest and the newest contact, "" for an unknown one."""
    found = set()
    rows = _with_tokens()
    for row in (rows.order_by("pk").first(), rows.order_by("-pk").first()):
        for token in _tokens(row) if row is not None else ():
            found.add(next((fingerprint(key) for key in keys() if _opens(Fernet(key), token)), ""))
    return found


def _with_tokens() -> QuerySet[Any]:
    """Contacts, with what stands encrypted in the database."""
    return ReportContact.objects.annotate(
        name_token=Cast("name", TextField()), phone_token=Cast("phone", TextField())
    )


def _tokens(contact: Any) -> list[str]:
    return [token for token in (contact.name_token, contact.phone_token) if token]


def _opens(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


class Rotation(NamedTuple):
    """How many contacts were encrypted anew, and the numbers of the reports that no key opens."""

    changed: int
    unreadable: list[str]


def rotate_keys() -> Rotation:
    """Encrypts every contact with the newest key, and forgets the former keys where that is done.

    In batches, each a transaction. Another call goes on where the last one was stopped.
    """
    prove_keys()
    newest, last, changed = newest_key(), 0, 0
    unreadable: list[str] = []
    while True:
        with transaction.atomic():
            rows = _with_tokens().filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))
            batch = list(rows.select_related("report")[:BATCH])
            if not batch:
                break
            old = [row for row in batch if not all(_opens(newest, t) for t in _tokens(row))]
            unreadable += [row.report.number for row in old if not row.is_readable]
            stale = [row for row in old if row.is_readable]
            for row in stale:
                row.phone_digest = phone_digest(row.phone) if row.phone else ""
            ReportContact.objects.bulk_update(stale, ["name", "phone", "phone_digest"])
        last, changed = batch[-1].pk, changed + len(stale)
    if not unreadable:
        ContactKey.objects.exclude(fingerprint=fingerprint(keys()[0])).delete()
    return Rotation(changed, unreadable)
