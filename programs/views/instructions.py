"""Instructions (atensi): sent down the tree, read, passed down, done, accepted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views.requests import SignedIn
from programs.filters import OURS, InstructionFilter
from programs.forms.instructions import (
    InstructionAddForm,
    InstructionDoneForm,
    InstructionPassForm,
    InstructionReturnForm,
    InstructionWithdrawForm,
)
from programs.models import Instruction, InstructionReceipt
from programs.models.instructions import NEWEST_FIRST, units_answered_for
from programs.presenters.instructions import instruction_board, instruction_words
from programs.rights import (
    may_answer,
    may_issue,
    may_judge,
    may_pass,
    may_see_activities,
    may_withdraw_instruction,
)
from programs.selectors.instructions import (
    counts_of,
    is_overdue,
    late_below,
    own_receipts,
    timeline_of,
    waiting_for,
)
from programs.services.instructions import (
    InstructionConflict,
    accept_receipt,
    finish_receipt,
    issue_instruction,
    pass_receipt,
    read_receipt,
    return_receipt,
    withdraw_instruction,
)
from programs.workflow import RECEIPT_CHANGES, ReceiptState
from territory.models import Unit
from toolkit.idempotency.fields import as_new_form
from toolkit.idempotency.sent import Sent
from toolkit.outbox.answers import outbox_form
from toolkit.ui.lists import list_context
from toolkit.ui.requests import attempt, post_only, require
from toolkit.workflow import state_allows


def _get_instruction_or_404(request: SignedIn, pk: int) -> Instruction:
    rows = Instruction.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("unit", "author", "withdrawn_by"), pk=pk)


def _get_receipt_or_404(request: SignedIn, pk: int) -> InstructionReceipt:
    rows = InstructionReceipt.objects.visible_to(request.user)
    named = rows.select_related("instruction__unit", "unit", "person", "above__unit")
    return get_object_or_404(named, pk=pk)


def _to_its_page(receipt: InstructionReceipt) -> HttpResponse:
    return redirect("programs:instruction_detail", receipt.instruction_id)


def _page_of_receipt(request: SignedIn, pk: int) -> HttpResponse:
    return _to_its_page(_get_receipt_or_404(request, pk))


def _unit_to_issue(user: User) -> Unit | None:
    """The person's own unit if they answer for it, else the first that they answer for."""
    units = units_answered_for(user)
    key = user.unit_id if user.unit_id in units else min(units, default=0)
    return Unit.objects.visible_to(user).filter(pk=key).first()


@require_safe
def instruction_list(request: SignedIn) -> HttpResponse:
    user = request.user
    require(may_see_activities(user))
    found = InstructionFilter(request.GET, user=user)
    rows = found.qs.select_related("unit", "author")
    shown = list_context(request, found, rows, order=NEWEST_FIRST, size=50)
    is_ours = request.GET.get("whose") == OURS
    instructions = shown["page"].rows
    own, counts = {}, {}
    if is_ours:
        counts = counts_of(user, instructions)
    else:
        own = own_receipts(user, instructions)
    now = timezone.now()
    context = {
        **shown,
        "is_ours": is_ours,
        "lines": [
            (row, own.get(row.pk), counts.get(row.pk, {}), is_overdue(row, now))
            for row in instructions
        ],
        "waiting": [] if is_ours or request.GET else waiting_for(user),
        "late": late_below(user) if is_ours else 0,
        "may_issue": may_issue(user),
        "show_units": "unit" in found.filters,
        "now": now,
    }
    return TemplateResponse(request, "programs/instruction_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_add(request: SignedIn) -> HttpResponse:
    user = request.user
    unit = _unit_to_issue(user)
    require(unit is not None and may_issue(user, unit))
    if unit is None:
        raise PermissionDenied
    stored = None
    form = InstructionAddForm(request.POST or None, unit=unit, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            instruction, _is_new = issue_instruction(draft=form.draft(), unit=unit, by=user)
        except InstructionConflict as conflict:
            stored = conflict.stored
            form = InstructionAddForm(as_new_form(request), unit=unit, user=user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Sent. Who has not read it yet stands on top."))
            return redirect("programs:instruction_detail", instruction.pk)
    context = {
        "form": form,
        "unit": unit,
        "stored": stored,
        "stored_words": instruction_words(stored) if stored else [],
    }
    status = 409 if stored else 200
    return TemplateResponse(request, "programs/instruction_add.html", context, status=status)


def _page_of(request: SignedIn, instruction: Instruction) -> dict[str, Any]:
    now = timezone.now()
    board = instruction_board(instruction, request.user, now)
    return {"instruction": instruction, "board": board, "now": now}


@require_safe
def instruction_detail(request: SignedIn, pk: int) -> HttpResponse:
    instruction = _get_instruction_or_404(request, pk)
    context = _page_of(request, instruction)
    own = [one.receipt for one in context["board"].own]
    context |= {
        "is_overdue": is_overdue(instruction, context["now"]),
        "timeline": timeline_of(own, request.user) if own else [],
        "may_withdraw": may_withdraw_instruction(request.user, instruction),
    }
    return render(request, "programs/instruction_detail.html", context)


@require_safe
def instruction_print(request: SignedIn, pk: int) -> HttpResponse:
    context = _page_of(request, _get_instruction_or_404(request, pk))
    return render(request, "programs/instruction_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    instruction = _get_instruction_or_404(request, pk)
    require(may_withdraw_instruction(request.user, instruction))
    if instruction.withdrawn_at is not None:
        messages.error(request, _("This instruction is withdrawn."))
        return redirect("programs:instruction_detail", pk)
    form = InstructionWithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        withdraw_instruction(instruction=instruction, by=request.user, reason=reason)
        messages.success(request, _("Withdrawn: nobody has to do it any more."))
        return redirect("programs:instruction_detail", pk)
    context = {"form": form, "instruction": instruction}
    return render(request, "programs/instruction_withdraw.html", context)


@post_only(_page_of_receipt)
@outbox_form
def instruction_read(request: SignedIn, pk: int) -> HttpResponse:
    """One tap, which waits on the phone for a signal."""
    receipt = _get_receipt_or_404(request, pk)
    require(may_answer(request.user, receipt))
    sent = Sent.read(request.POST)
    attempt(
        request,
        lambda: read_receipt(receipt=receipt, by=request.user, sent=sent),
        _("Confirmed: read and understood."),
    )
    return _to_its_page(receipt)


def _posted(request: SignedIn) -> QueryDict | None:
    """Of a form where nothing has to be filled in, nothing filled in is an answer."""
    return request.POST if request.method == "POST" else None


def _refused(request: SignedIn, receipt: InstructionReceipt, change: str) -> HttpResponse | None:
    """Leads back from a form whose change the state does not allow any more."""
    if receipt.instruction.withdrawn_at is not None:
        messages.error(request, _("This instruction is withdrawn."))
        return _to_its_page(receipt)
    if state_allows(RECEIPT_CHANGES, change, receipt.state):
        return None
    if receipt.state == ReceiptState.SENT:
        messages.error(request, _("Confirm first that it is read."))
    else:
        words = _("Not possible any more: it is “%(state)s”.")
        messages.error(request, words % {"state": receipt.get_state_display()})
    return _to_its_page(receipt)


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_pass(request: SignedIn, pk: int) -> HttpResponse:
    receipt = _get_receipt_or_404(request, pk)
    require(may_pass(request.user, receipt))
    if refused := _refused(request, receipt, "pass"):
        return refused
    form = InstructionPassForm(_posted(request), receipt=receipt, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            number = pass_receipt(
                receipt=receipt,
                by=request.user,
                units=form.chosen_units(),
                people=form.chosen_people(),
                note=form.cleaned_data.get("note", ""),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = ngettext("Passed down to %(n)d.", "Passed down to %(n)d.", number)
            done = words % {"n": number} if number else _("All of them had it already.")
            messages.success(request, done)
            return _to_its_page(receipt)
    return _receipt_page(request, "programs/instruction_pass.html", receipt, form)


@require_http_methods(["GET", "HEAD", "POST"])
@outbox_form
def instruction_done(request: SignedIn, pk: int) -> HttpResponse:
    receipt = _get_receipt_or_404(request, pk)
    require(may_answer(request.user, receipt))
    if request.method != "POST" and (refused := _refused(request, receipt, "done")):
        return refused
    form = InstructionDoneForm(_posted(request), receipt=receipt)
    if request.method == "POST" and form.is_valid():
        sent = form.sent()
        try:
            finish_receipt(receipt=receipt, by=request.user, sent=sent, **form.finished())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Reported as done to %(unit)s.") % {"unit": receipt.sender})
            return _to_its_page(receipt)
    return _receipt_page(request, "programs/instruction_done.html", receipt, form)


@post_only(_page_of_receipt)
def instruction_accept(request: SignedIn, pk: int) -> HttpResponse:
    receipt = _get_receipt_or_404(request, pk)
    require(may_judge(request.user, receipt))
    done = _("Accepted: %(who)s.") % {"who": receipt.addressee}
    attempt(request, lambda: accept_receipt(receipt=receipt, by=request.user), done)
    return _to_its_page(receipt)


@require_http_methods(["GET", "HEAD", "POST"])
def instruction_return(request: SignedIn, pk: int) -> HttpResponse:
    receipt = _get_receipt_or_404(request, pk)
    require(may_judge(request.user, receipt))
    if refused := _refused(request, receipt, "return"):
        return refused
    form = InstructionReturnForm(_posted(request), receipt=receipt)
    if request.method == "POST" and form.is_valid():
        comment = form.cleaned_data.get("comment", "")
        try:
            return_receipt(receipt=receipt, by=request.user, comment=comment)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Returned to %(who)s.") % {"who": receipt.addressee})
            return _to_its_page(receipt)
    return _receipt_page(request, "programs/instruction_return.html", receipt, form)


def _receipt_page(
    request: SignedIn, template: str, receipt: InstructionReceipt, form: Form
) -> HttpResponse:
    context = {"form": form, "receipt": receipt, "instruction": receipt.instruction}
    return TemplateResponse(request, template, context)
