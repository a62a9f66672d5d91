"""The page of an instruction: who has not read it, and how far everybody is."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors.phones import phones_of
from patrols.extensions import Deed
from patrols.presenters.calls import Call
from programs.models import Instruction, InstructionReceipt
from programs.models.instructions import units_answered_for
from programs.rights import may_answer, may_judge, may_pass, may_see_activities
from programs.selectors.instructions import (
    heads_of,
    officers_below,
    receipts_shown,
    serving,
    unread_of,
)
from programs.workflow import ReceiptState
from territory.times import moment


@dataclass(frozen=True)
class ReceiptLine:
    """A row of the table. `officers` counts those to whom the unit has passed it down. `head` is
    who is asked about it. `has_left`: the officer serves there no more."""

    receipt: InstructionReceipt
    officers: dict[str, int]
    head: User | None
    call: Call | None
    is_late: bool
    has_left: bool
    may_judge: bool

    @property
    def is_unread(self) -> bool:
        return self.receipt.state == ReceiptState.SENT

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for this person to accept it."""
        return self.may_judge and self.receipt.state == ReceiptState.DONE


@dataclass(frozen=True)
class OwnReceipt:
    """A receipt that the person answers, with what they may do now."""

    receipt: InstructionReceipt
    is_late: bool
    may_pass: bool

    @property
    def waits_to_be_read(self) -> bool:
        return self.receipt.state == ReceiptState.SENT


@dataclass(frozen=True)
class InstructionBoard:
    """All receipts that the person sees, and the person's own apart."""

    lines: list[ReceiptLine]
    own: list[OwnReceipt]

    @property
    def unread(self) -> list[ReceiptLine]:
        return [line for line in self.lines if line.is_unread]

    @property
    def late_read(self) -> list[ReceiptLine]:
        """Those who have read it, and are late: they stand apart from those who have not."""
        return [
            line
            for line in self.lines
            if line.is_late and line.receipt.is_open and not line.is_unread
        ]

    @property
    def waiting(self) -> list[ReceiptLine]:
        return [line for line in self.lines if line.is_waiting]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many are in each state, in the order in which they come."""
        states = [line.receipt.state for line in self.lines]
        return [(str(state.label), states.count(state)) for state in ReceiptState]


def instruction_board(instruction: Instruction, user: User, now: datetime) -> InstructionBoard:
    """Five statements, however many receipts."""
    answered = units_answered_for(user)
    receipts = receipts_shown(instruction, user, answered)
    officers = officers_below(instruction, user)
    own = [row for row in receipts if may_answer(user, row)]
    others = [row for row in _in_tree(receipts) if row not in own]
    heads, still = heads_of(others), serving(others)
    asked = {row.pk: row.person or heads.get(row.unit_id) for row in others}
    unread = [row for row in others if row.is_open]
    people = [person.pk for row in unread if (person := asked[row.pk])]
    phones = phones_of(user, people)
    lines = []
    for row in others:
        head = asked[row.pk]
        has_left = row.person_id is not None and (row.person_id, row.unit_id) not in still
        phone = phones.get(head.pk) if head and row.is_open and not has_left else None
        call = Call(head.titled_name, phone, _question(row)) if head and phone else None
        line = ReceiptLine(
            receipt=row,
            officers=officers.get(row.pk, {}),
            head=head,
            call=call,
            is_late=row.is_late(now),
            has_left=has_left,
            may_judge=may_judge(user, row),
        )
        lines.append(line)
    return InstructionBoard(
        lines, [OwnReceipt(row, row.is_late(now), may_pass(user, row)) for row in own]
    )


def _in_tree(receipts: list[InstructionReceipt]) -> list[InstructionReceipt]:
    """Each receipt followed by those that were passed down from it."""
    known = {row.pk for row in receipts}
    below: dict[int | None, list[InstructionReceipt]] = {}
    for row in receipts:
        below.setdefault(row.above_id if row.above_id in known else None, []).append(row)
    found: list[InstructionReceipt] = []
    stack = below.get(None, [])[::-1]
    while stack:
        row = stack.pop()
        found.append(row)
        stack += below.get(row.pk, [])[::-1]
    return found


def _question(receipt: InstructionReceipt) -> str:
    """Names the number alone: WhatsApp is no place for what an instruction says."""
    words = {"what": str(receipt.instruction)}
    if receipt.state == ReceiptState.SENT:
        return _("%(what)s has not been confirmed as read yet. Please open it.") % words
    return _("How far is %(what)s? Please report.") % words


def instruction_words(instruction: Instruction) -> list[str]:
    """What is stored, in lines."""
    return [
        f"{instruction} · {moment(instruction.issued_at, instruction.unit)}",
        instruction.heading,
    ]


def instruction_deeds(user: User) -> list[Deed]:
    """On my day, while something is unread."""
    number = unread_of(user) if may_see_activities(user) else 0
    if not number:
        return []
    words = _("Instructions not read: %(n)d") % {"n": number}
    return [Deed(reverse("programs:instruction_list"), "mail", words)]
