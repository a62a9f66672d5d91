"""What the pages of patrols share: the signed-in request, the way to a duty, an action's answer."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from partners.views import SignedIn as SignedIn  # every page of patrols takes it from here
from patrols.models import Duty
from patrols.services.duties import may_run


def reach_duty(request: SignedIn, pk: int) -> Duty:
    """The duty with what its pages name; 404 outside the person's reach."""
    rows = Duty.objects.visible_to(request.user).select_related(
        "unit", "route", "post", "leader", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def reach_run_duty(request: SignedIn, pk: int) -> Duty:
    duty = reach_duty(request, pk)
    if not may_run(duty, request.user):
        raise PermissionDenied
    return duty


def attempt(request: HttpRequest, action: Callable[[], object], done: str = "") -> bool:
    """Does it, and tells the person what came of it on the next page."""
    try:
        action()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if done:
        messages.success(request, done)
    return True


def sent_uuid(request: HttpRequest) -> uuid.UUID:
    """The UUID minted with the form, so that a second tap makes no second entry."""
    try:
        return uuid.UUID(request.POST.get("client_uuid", ""))
    except ValueError:
        return uuid.uuid4()
