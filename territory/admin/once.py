"""The same page of the admin sent twice saves once, whatever it adds: a row, or rows beside one.

The page carries a key. Django's log of the admin keeps it with what was saved.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from territory.scope import unscoped
from toolkit.idempotency.answers import lock_until_commit

FORM_KEY = "form_key"
REMEMBERED = timedelta(days=2)


def sent_key(request: HttpRequest) -> str:
    """The key of the page that was sent, "" where it is none."""
    try:
        return str(uuid.UUID(request.POST.get(FORM_KEY, "")))
    except ValueError:
        return ""


def key_to_show(request: HttpRequest) -> str:
    """The same again for a page that comes back with errors: nothing was saved yet."""
    return sent_key(request) or str(uuid.uuid4())


def with_key(request: HttpRequest, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the log is told of a saved page, with the key. Nothing is told where nothing changed."""
    key = sent_key(request)
    return [{**part, "form": key} for part in told] if key else told


def saved_before(request: HttpRequest, model: type[Model]) -> str | None:
    """The key of the row that this page has saved. Waits for the same page that is saving now."""
    key = sent_key(request)
    if not key:
        return None
    lock_until_commit(f"page of the admin {key}")
    told = unscoped(LogEntry.objects, "what the person has saved").filter(
        user=request.user.pk,
        content_type__app_label=model._meta.app_label,
        content_type__model=model._meta.model_name,
        action_time__gt=timezone.now() - REMEMBERED,
        change_message__contains=f'"form": "{key}"',
    )
    return told.values_list("object_id", flat=True).first()
