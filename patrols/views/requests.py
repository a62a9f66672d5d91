"""What the pages of patrols share: the way to a duty."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.views.requests import SignedIn
from patrols.models import Duty
from patrols.rights import may_run


def reach_duty(request: SignedIn, pk: int) -> Duty:
    """The duty with what its pages name; 404 outside the person's reach."""
    rows = Duty.objects.visible_to(request.user).select_related(
        "unit", "route", "post", "leader", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def reach_run_duty(request: SignedIn, pk: int) -> Duty:
    duty = reach_duty(request, pk)
    if not may_run(request.user, duty):
        raise PermissionDenied
    return duty
