"""The duty of a page's address."""

from django.shortcuts import get_object_or_404

from accounts.views.requests import SignedIn
from patrols.models import Duty
from patrols.rights import may_run
from toolkit.ui.requests import require


def get_duty_or_404(request: SignedIn, pk: int) -> Duty:
    """The duty with unit, place and people loaded; 404 for who may not see it."""
    rows = Duty.objects.visible_to(request.user).select_related(
        "unit", "route", "post", "leader", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def get_duty_to_run(request: SignedIn, pk: int) -> Duty:
    """As `get_duty_or_404`; 403 for who may see the duty but not run it."""
    duty = get_duty_or_404(request, pk)
    require(may_run(request.user, duty))
    return duty
