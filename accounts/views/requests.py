"""What views of every app share about a request."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import User
from toolkit.idempotency.fields import read_uuid


class SignedIn(HttpRequest):
    """A request behind LoginRequiredMiddleware."""

    user: User


def attempt(request: HttpRequest, action: Callable[[], object], done: str = "") -> bool:
    """Runs `action`. The next page shows `done`, or why the action was refused."""
    try:
        action()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if done:
        messages.success(request, done)
    return True


def sent_uuid(request: HttpRequest) -> uuid.UUID:
    """The UUID that came with the form, so that a second tap makes no second row."""
    return read_uuid(request.POST.get("client_uuid", ""))
