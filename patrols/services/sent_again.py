"""Finds the entry that a phone sends again because it heard no answer."""

import uuid

from django.db.models import Q

from accounts.models import User
from patrols.models import LogEntry
from patrols.services.entries import EntryDraft
from toolkit.idempotency.answers import note_stored


def sent_before(*, duty: int | uuid.UUID, by: User, draft: EntryDraft) -> LogEntry | None:
    """The entry that the person has stored with the same words, and that needs nothing more.

    One statement, before any other of a phone that sends again because the answer was lost. What
    it does not find, `log_entry` judges. `duty` is the key of its row, or its UUID.
    """
    if draft.photos:
        return None
    on_duty = Q(duty__client_uuid=duty) if isinstance(duty, uuid.UUID) else Q(duty=duty)
    stored = LogEntry.objects.filter(on_duty, author=by, client_uuid=draft.client_uuid).first()
    if stored is None or stored.body_sha256 != draft.sha256(stored.duty_id, by):
        return None
    note_stored()
    return stored
