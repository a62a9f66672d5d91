"""The duty of a page's address."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.views.requests import SignedIn
from patrols.models import Duty
from patrols.rights import may_run
from patrols.selectors.copies import any_duty
from toolkit.outbox.copies import ANY, is_copy
from toolkit.ui.requests import require

# As in the page's address: see duty_key.py.
DutyRef = int | UUID


def get_duty_or_404(request: SignedIn, pk: DutyRef) -> Duty:
    """The duty with unit, place and people loaded; 404 for who may not see it.

    In a copy, ANY stands for a patrol that the phone will begin.
    """
    if pk == ANY and is_copy(request):
        return any_duty(request.user)
    rows = Duty.objects.visible_to(request.user).select_related(
        "unit", "route", "post", "leader", "reviewed_by"
    )
    return get_object_or_404(rows, **({"client_uuid": pk} if isinstance(pk, UUID) else {"pk": pk}))


def get_duty_to_run(request: SignedIn, pk: DutyRef) -> Duty:
    """As `get_duty_or_404`; 403 for who may see the duty but not run it."""
    duty = get_duty_or_404(request, pk)
    require(may_run(request.user, duty))
    return duty
