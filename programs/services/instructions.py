"""Sending an instruction down the tree, and answering it step by step.

A tap that arrives twice does its deed once: the state of the receipt tells.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.receipts import done_before
from programs.models import (
    Instruction,
    InstructionReceipt,
    ReceiptEvent,
    ReceiptEventKind,
    Secrecy,
)
from programs.models.instructions import MOST_POINTS, POINT_LENGTH
from programs.rights import (
    may_answer,
    may_issue,
    may_judge,
    may_pass,
    may_withdraw_instruction,
)
from programs.selectors.addressees import officers_of, units_under
from programs.workflow import OPEN_RECEIPTS, RECEIPT_CHANGES, ReceiptState
from territory.models import Unit
from toolkit.idempotency.answers import (
    Conflict,
    body_sha256,
    lock_until_commit,
    note_stored,
    stored_answer,
)
from toolkit.idempotency.sent import Sent, done_at
from toolkit.refusals import log_refusal
from toolkit.workflow import ChangeRefused, state_allows

logger = logging.getLogger(__name__)

MOST_ESCALATED = 2000


class InstructionConflict(Conflict):
    stored: Instruction


@dataclass(frozen=True)
class InstructionDraft:
    """What a commander sends, to `units` below and to `people` of the own unit."""

    kind: str
    number: str
    dated: date
    secrecy: str = Secrecy.ORDINARY
    subject: str = ""
    points: tuple[str, ...] = ()
    summary: str = ""
    due_at: datetime | None = None
    report_wanted: bool = False
    units: tuple[Unit, ...] = ()
    people: tuple[User, ...] = ()
    sent: Sent = field(default_factory=Sent)

    def columns(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "number": self.number,
            "dated": self.dated,
            "secrecy": self.secrecy,
            "subject": self.subject,
            "points": list(self.points),
            "summary": self.summary,
            "due_at": self.due_at,
            "report_wanted": self.report_wanted,
        }

    def sha256(self, author: User) -> str:
        units, people = (sorted(row.pk for row in rows) for rows in (self.units, self.people))
        body = {**self.columns(), "units": units, "people": people, "author": author.pk}
        return body_sha256(body)


def check_instruction(draft: InstructionDraft, now: datetime) -> None:
    """Raises ValidationError for what no page of ours sends, and for what is not to be kept."""
    if draft.secrecy == Secrecy.CLASSIFIED:
        if draft.subject or draft.points:
            words = _("A classified instruction has its number and a summary only.")
            raise ValidationError({"points": words})
        if not draft.summary:
            raise ValidationError({"summary": _("Say in your own words what is to be done.")})
    else:
        if not draft.subject:
            raise ValidationError({"subject": _("Say in one line what it is about.")})
        if not draft.points:
            raise ValidationError({"points": _("Write at least one point.")})
    if len(draft.points) > MOST_POINTS or any(len(one) > POINT_LENGTH for one in draft.points):
        words = _("At most %(n)d points of %(letters)d letters.")
        raise ValidationError({"points": words % {"n": MOST_POINTS, "letters": POINT_LENGTH}})
    if draft.due_at is not None and draft.due_at <= now:
        raise ValidationError({"due_on": _("This time is over already.")})
    if not draft.units and not draft.people:
        raise ValidationError(_("Choose who receives it."))


def _check_addressees(unit: Unit, units: Iterable[Unit], people: Iterable[User]) -> None:
    """The pages offer no others, so that these come from a form made by hand, or too late."""
    wanted, named = {one.pk for one in units}, {one.pk for one in people}
    below = set(units_under(unit).filter(pk__in=wanted).values_list("pk", flat=True))
    own = set(officers_of(unit).filter(pk__in=named).values_list("pk", flat=True))
    if wanted - below or named - own:
        raise ValidationError(_("Somebody you chose is not below you any more. Choose again."))


def _send_to(
    instruction: Instruction,
    unit: Unit,
    units: Iterable[Unit],
    people: Iterable[User],
    *,
    by: User,
    now: datetime,
    above: InstructionReceipt | None = None,
) -> list[InstructionReceipt]:
    """Makes the receipts of those who have none yet. Call it under the lock of the instruction."""
    had = InstructionReceipt.objects.filter(instruction=instruction)
    had_units = set(had.filter(person=None).values_list("unit", flat=True))
    had_people = set(had.filter(person__isnull=False).values_list("person", flat=True))
    common = {"instruction": instruction, "above": above, "sent_at": now}
    rows = [InstructionReceipt(**common, unit=one) for one in units if one.pk not in had_units]
    rows += [
        InstructionReceipt(**common, unit=unit, person=one)
        for one in people
        if one.pk not in had_people
    ]
    made = InstructionReceipt.objects.bulk_create(rows)
    _note(made, ReceiptEventKind.SENT, by=by, at=now)
    return made


def _note(
    receipts: Iterable[InstructionReceipt],
    kind: ReceiptEventKind,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
) -> None:
    ReceiptEvent.objects.bulk_create(
        ReceiptEvent(receipt=receipt, kind=kind, by=by, at=at, text=text) for receipt in receipts
    )


def _lock_name(instruction_id: int) -> str:
    return f"programs.instruction {instruction_id}"


@log_refusal(logger, "Instruction")
@transaction.atomic
def issue_instruction(
    *, draft: InstructionDraft, unit: Unit, by: User, now: datetime | None = None
) -> tuple[Instruction, bool]:
    """Sends an instruction of the unit; returns it with True if it is new.

    Raises InstructionConflict where another body is stored under the UUID.
    """
    now = now or timezone.now()
    sha256 = draft.sha256(by)
    own = Instruction.objects.filter(author=by)
    stored = stored_answer(own, draft.sent.client_uuid, sha256, conflict=InstructionConflict)
    if stored is not None:
        return stored, False
    if not may_issue(by, unit):
        raise PermissionDenied
    check_instruction(draft, now)
    _check_addressees(unit, draft.units, draft.people)
    instruction = Instruction.objects.create(
        **draft.columns(),
        unit=unit,
        author=by,
        issued_at=now,
        client_uuid=draft.sent.client_uuid,
        body_sha256=sha256,
    )
    _send_to(instruction, unit, draft.units, draft.people, by=by, now=now)
    return instruction, True


def _locked(receipt: InstructionReceipt) -> InstructionReceipt:
    rows = InstructionReceipt.objects.select_for_update(of=("self",))
    return rows.select_related("instruction", "unit", "person", "above").get(pk=receipt.pk)


def _require_change(receipt: InstructionReceipt, change: str) -> None:
    if receipt.instruction.withdrawn_at is not None:
        raise ChangeRefused(_("This instruction is withdrawn."))
    if not state_allows(RECEIPT_CHANGES, change, receipt.state):
        words = _("Not possible any more: it is “%(state)s”.")
        raise ChangeRefused(words % {"state": receipt.get_state_display()})
    receipt.state = RECEIPT_CHANGES[change].to_state


def _check_text(receipt: InstructionReceipt, text: str) -> None:
    """Words about a classified instruction would tell what it says."""
    if text and receipt.instruction.is_classified:
        raise ValidationError(_("Nothing is written here about a classified instruction."))


@transaction.atomic
def read_receipt(
    *,
    receipt: InstructionReceipt,
    by: User,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> InstructionReceipt:
    """Says that the addressee has read and understood it: once, whoever taps again. Sent later, it
    was read when the phone says so."""
    if done_before(by=by, sent=sent, deed="read instruction", receipt=receipt.pk):
        return receipt
    at = done_at(sent, now or timezone.now()).at
    receipt = _locked(receipt)
    if not may_answer(by, receipt):
        raise PermissionDenied
    if receipt.state != ReceiptState.SENT:
        note_stored()
        return receipt
    _require_change(receipt, "read")
    receipt.read_at = max(at, receipt.sent_at)
    receipt.read_by = by
    receipt.save(update_fields=["state", "read_at", "read_by"])
    _note([receipt], ReceiptEventKind.READ, by=by, at=receipt.read_at)
    return receipt


@transaction.atomic
def pass_receipt(
    *,
    receipt: InstructionReceipt,
    by: User,
    units: tuple[Unit, ...] = (),
    people: tuple[User, ...] = (),
    note: str = "",
    now: datetime | None = None,
) -> int:
    """Passes the instruction down; returns how many receive it who had not before."""
    now = now or timezone.now()
    lock_until_commit(_lock_name(receipt.instruction_id))
    receipt = _locked(receipt)
    if not may_pass(by, receipt):
        raise PermissionDenied
    _check_text(receipt, note)
    if not units and not people:
        raise ValidationError(_("Choose who receives it."))
    _require_change(receipt, "pass")
    _check_addressees(receipt.unit, units, people)
    made = _send_to(receipt.instruction, receipt.unit, units, people, by=by, now=now, above=receipt)
    if not made:
        note_stored()
        return 0
    receipt.passed_at = now
    receipt.pass_note = note or receipt.pass_note
    receipt.save(update_fields=["state", "passed_at", "pass_note"])
    _note([receipt], ReceiptEventKind.PASSED, by=by, at=now, text=note)
    return len(made)


@transaction.atomic
def finish_receipt(
    *,
    receipt: InstructionReceipt,
    by: User,
    report: str = "",
    is_nihil: bool = False,
    sent: Sent | None = None,
    now: datetime | None = None,
) -> InstructionReceipt:
    """Says that it is done, with a report where one is wanted. The same again changes nothing."""
    said = {"receipt": receipt.pk, "report": report, "nihil": is_nihil}
    if done_before(by=by, sent=sent, deed="finish instruction", **said):
        return receipt
    at = done_at(sent, now or timezone.now()).at
    receipt = _locked(receipt)
    if not may_answer(by, receipt):
        raise PermissionDenied
    is_same = (receipt.report, receipt.is_nihil) == (report, is_nihil)
    if receipt.state in (ReceiptState.DONE, ReceiptState.ACCEPTED) and is_same:
        note_stored()
        return receipt
    _check_text(receipt, report)
    if is_nihil and report:
        raise ValidationError({"report": _("Either nihil or a report.")})
    if _lacks_report(receipt.instruction, report, is_nihil):
        raise ValidationError({"report": _("Write what was done, or send nihil.")})
    _require_change(receipt, "done")
    receipt.done_at = max(at, receipt.read_at or receipt.sent_at)
    receipt.done_by = by
    receipt.report, receipt.is_nihil = report, is_nihil
    receipt.save(update_fields=["state", "done_at", "done_by", "report", "is_nihil"])
    words = _("Nihil") if is_nihil else report
    _note([receipt], ReceiptEventKind.DONE, by=by, at=receipt.done_at, text=words)
    return receipt


def _lacks_report(instruction: Instruction, report: str, is_nihil: bool) -> bool:
    wanted = instruction.report_wanted and not instruction.is_classified
    return wanted and not report and not is_nihil


@transaction.atomic
def accept_receipt(*, receipt: InstructionReceipt, by: User, now: datetime | None = None) -> bool:
    """Closes what is done. Returns False where it was accepted before."""
    now = now or timezone.now()
    receipt = _locked(receipt)
    if not may_judge(by, receipt):
        raise PermissionDenied
    if receipt.state == ReceiptState.ACCEPTED:
        return False
    _require_change(receipt, "accept")
    receipt.judged_at = now
    receipt.save(update_fields=["state", "judged_at"])
    _note([receipt], ReceiptEventKind.ACCEPTED, by=by, at=now)
    return True


@transaction.atomic
def return_receipt(
    *, receipt: InstructionReceipt, by: User, comment: str = "", now: datetime | None = None
) -> InstructionReceipt:
    """Sends back what is not good enough: the addressee has it open again, with the comment."""
    now = now or timezone.now()
    receipt = _locked(receipt)
    if not may_judge(by, receipt):
        raise PermissionDenied
    _check_text(receipt, comment)
    if not comment and not receipt.instruction.is_classified:
        raise ValidationError({"comment": _("Say what is missing.")})
    _require_change(receipt, "return")
    receipt.judged_at, receipt.comment, receipt.done_at = now, comment, None
    receipt.save(update_fields=["state", "judged_at", "comment", "done_at"])
    _note([receipt], ReceiptEventKind.RETURNED, by=by, at=now, text=comment)
    return receipt


@transaction.atomic
def withdraw_instruction(
    *, instruction: Instruction, by: User, reason: str, now: datetime | None = None
) -> bool:
    """Takes it back: nobody has to do it any more. Returns False where it was taken back before."""
    rows = Instruction.objects.select_for_update(of=("self",))
    instruction = rows.get(pk=instruction.pk)
    if not may_withdraw_instruction(by, instruction):
        raise PermissionDenied
    if instruction.withdrawn_at is not None:
        return False
    if not reason:
        raise ValidationError({"reason": _("Say why it is withdrawn.")})
    instruction.withdrawn_at = now or timezone.now()
    instruction.withdrawn_by, instruction.withdraw_reason = by, reason
    instruction.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    return True


@transaction.atomic
def escalate_instructions(now: datetime | None = None) -> int:
    """Raises what was not done in time, each receipt once; for the job."""
    now = now or timezone.now()
    rows = InstructionReceipt.objects.filter(
        state__in=OPEN_RECEIPTS,
        escalated_at=None,
        instruction__due_at__lte=now,
        instruction__withdrawn_at=None,
    )
    late = list(rows.select_for_update(of=("self",)).order_by("pk")[:MOST_ESCALATED])
    if not late:
        return 0
    found = InstructionReceipt.objects.filter(pk__in=[row.pk for row in late])
    found.update(escalated_at=now)
    _note(late, ReceiptEventKind.ESCALATED, by=None, at=now)
    return len(late)
