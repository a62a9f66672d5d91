"""Instructions as their pages show them. Each function is one statement, however many receipts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Posting, User
from accounts.roles import Role
from programs.models import Instruction, InstructionReceipt, ReceiptEvent
from programs.workflow import ReceiptState
from territory.scope import unscoped

MOST_WAITING = 30
MOST_EVENTS = 60
NAMED = ("unit", "person", "above__unit", "read_by", "done_by", "instruction__unit")
FINISHED = (ReceiptState.DONE, ReceiptState.ACCEPTED)
# Titles of heads begin so; a Kanit commands too, and is not who is called.
HEADS = ("Kapol", "Ps. Kapol", "Kasub", "Ps. Kasub")


def waiting_for(user: User) -> list[InstructionReceipt]:
    """What the person, or the unit they answer for, has still to do; what is due first on top."""
    rows = InstructionReceipt.objects.of(user).open()
    rows = rows.filter(instruction__withdrawn_at=None).select_related(*NAMED)
    return list(rows.order_by("instruction__due_at", "-pk")[:MOST_WAITING])


def unread_of(user: User) -> int:
    """How many instructions wait to be read by the person or their unit."""
    rows = InstructionReceipt.objects.of(user).unread()
    return rows.filter(instruction__withdrawn_at=None).count()


def late_below(user: User) -> int:
    """How many receipts of instructions that the person's units have sent were raised as late and
    are open still."""
    rows = InstructionReceipt.objects.visible_to(user).open().filter(escalated_at__isnull=False)
    sent = Instruction.objects.in_scope(user).standing()
    return rows.filter(instruction__in=sent).count()


def narrowed(
    rows: QuerySet[Instruction], receipts: QuerySet[InstructionReceipt], **wanted: object
) -> QuerySet[Instruction]:
    """Instructions of which at least one of the receipts is as wanted."""
    return rows.filter(Exists(receipts.filter(instruction=OuterRef("pk"), **wanted)))


def own_receipts(user: User, found: Iterable[Instruction]) -> dict[int, InstructionReceipt]:
    """The receipt that the person answers, by the key of its instruction; the open one of two."""
    rows = InstructionReceipt.objects.of(user).select_related(*NAMED)
    rows = rows.filter(instruction__in=[row.pk for row in found])
    return {row.instruction_id: row for row in sorted(rows, key=lambda row: (row.is_open, row.pk))}


def counts_of(user: User, found: Iterable[Instruction]) -> dict[int, dict[str, int]]:
    """How many of the receipts that the person may see are read and done, by instruction."""
    rows = InstructionReceipt.objects.visible_to(user)
    rows = rows.filter(instruction__in=[row.pk for row in found]).order_by()
    return {row.pop("instruction"): row for row in _counted(rows, "instruction")}


def _counted(
    rows: QuerySet[InstructionReceipt], by: str
) -> QuerySet[InstructionReceipt, dict[str, Any]]:
    found: QuerySet[InstructionReceipt, dict[str, Any]] = rows.values(by).annotate(
        total=Count("pk"),
        read=Count("pk", filter=~Q(state=ReceiptState.SENT)),
        finished=Count("pk", filter=Q(state__in=FINISHED)),
    )
    return found


def receipts_shown(
    instruction: Instruction, user: User, answered: Collection[int]
) -> list[InstructionReceipt]:
    """Those of units, and of the officers of the units that the person answers for. Officers of
    other units are counted, by `officers_below`."""
    rows = InstructionReceipt.objects.visible_to(user).filter(instruction=instruction)
    own = Q(person=None) | Q(unit__in=answered) | Q(person=user)
    return list(rows.filter(own).select_related(*NAMED).order_by("unit__name", "pk"))


def officers_below(instruction: Instruction, user: User) -> dict[int | None, dict[str, int]]:
    """How many officers each unit passed it to, and how far they are, by the unit's receipt."""
    rows = InstructionReceipt.objects.visible_to(user)
    rows = rows.filter(instruction=instruction, person__isnull=False).order_by()
    return {row.pop("above"): row for row in _counted(rows, "above")}


def heads_of(receipts: Iterable[InstructionReceipt]) -> dict[int, User]:
    """Who is called about what a unit has not read: its commander, by the unit's key."""
    units = {row.unit_id for row in receipts if row.person_id is None}
    if not units:
        return {}
    rows = unscoped(Posting.objects.active(), "the receipts were read through their scope")
    rows = rows.filter(unit__in=units, role=Role.COMMANDER, user__is_active=True)
    found: dict[int, tuple[tuple[bool, int], User]] = {}
    for posting in rows.select_related("user").order_by("pk"):
        rank = (not posting.title.startswith(HEADS), posting.pk)
        if posting.unit_id not in found or rank < found[posting.unit_id][0]:
            found[posting.unit_id] = (rank, posting.user)
    return {unit: user for unit, (_rank, user) in found.items()}


def serving(receipts: Iterable[InstructionReceipt]) -> set[tuple[int, int]]:
    """Which officers serve today in the unit of their receipt: (person, unit)."""
    rows = unscoped(Posting.objects.active(), "the receipts were read through their scope")
    people = {row.person_id for row in receipts if row.person_id is not None}
    if not people:
        return set()
    held = rows.filter(user__in=people, user__is_active=True).order_by()
    return set(held.values_list("user", "unit"))


def timeline_of(receipts: Iterable[InstructionReceipt], user: User) -> list[ReceiptEvent]:
    """What happened with these receipts, the newest first."""
    rows = unscoped(ReceiptEvent.objects, "the receipts were read through their scope")
    rows = rows.filter(receipt__in=[row.pk for row in receipts])
    return list(rows.select_related("by", "receipt__unit").order_by("-at", "-pk")[:MOST_EVENTS])


def is_overdue(instruction: Instruction, now: datetime) -> bool:
    return instruction.due_at is not None and instruction.due_at <= now
