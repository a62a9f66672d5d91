"""The duty of a page's address."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.views.requests import SignedIn
from patrols.models import Duty, LogEntry
from patrols.rights import may_log, may_run
from patrols.selectors.copies import any_duty
from territory.scope import unscoped
from toolkit.idempotency.fields import sent_uuid
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
    return get_object_or_404(_with_people(Duty.objects.visible_to(request.user)), **_key(pk))


def _with_people(rows: QuerySet[Duty]) -> QuerySet[Duty]:
    return rows.select_related("unit", "route", "post", "leader", "reviewed_by")


def _key(pk: DutyRef) -> dict[str, DutyRef]:
    return {"client_uuid": pk} if isinstance(pk, UUID) else {"pk": pk}


def get_duty_to_run(request: SignedIn, pk: DutyRef) -> Duty:
    """As `get_duty_or_404`; 403 for who may see the duty but not run it."""
    duty = get_duty_or_404(request, pk)
    require(may_run(request.user, duty))
    return duty


def get_duty_to_log(request: SignedIn, pk: DutyRef) -> Duty:
    """As `get_duty_or_404`; 403 for who may see the duty but not write on it.

    An entry that the person has stored before opens its duty, too: the answer was lost, and so was
    the right since.
    """
    try:
        duty = get_duty_or_404(request, pk)
        if may_log(request.user, duty):
            return duty
        refusal: Exception = PermissionDenied()
    except Http404 as error:
        refusal = error
    entries = unscoped(LogEntry.objects, "the person's own, which the phone sends once more")
    stored = entries.filter(author=request.user, client_uuid=sent_uuid(request)).values("duty")
    duties = unscoped(Duty.objects, "the person has written on it").filter(pk__in=stored)
    found = _with_people(duties).filter(**_key(pk)).first()
    if found is None:
        raise refusal
    return found
