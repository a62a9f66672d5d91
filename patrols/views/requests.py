"""How the pages of patrols reach the duty of their address."""

from django.shortcuts import get_object_or_404

from accounts.views.requests import SignedIn
from patrols.models import Duty
from patrols.rights import may_run
from toolkit.ui.requests import require


def reach_duty(request: SignedIn, pk: int) -> Duty:
    """The duty with unit, place and people loaded; 404 for who may not see it."""
    rows = Duty.objects.visible_to(request.user).select_related(
        "unit", "route", "post", "leader", "reviewed_by"
    )
    return get_object_or_404(rows, pk=pk)


def reach_run_duty(request: SignedIn, pk: int) -> Duty:
    """As `reach_duty`; 403 for who may see the duty but not run it."""
    duty = reach_duty(request, pk)
    require(may_run(request.user, duty))
    return duty
