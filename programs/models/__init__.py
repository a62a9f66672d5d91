from programs.models.activities import Activity, ActivityPhoto, Topic
from programs.models.instructions import (
    Instruction,
    InstructionKind,
    InstructionReceipt,
    ReceiptEvent,
    ReceiptEventKind,
    Secrecy,
)
from programs.models.kinds import ActivityKind
from programs.models.residents import ActivityResident, ResidentOpening
from programs.models.sheets import Sheet, SheetLine, SheetSource

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivityPhoto",
    "ActivityResident",
    "Instruction",
    "InstructionKind",
    "InstructionReceipt",
    "ReceiptEvent",
    "ReceiptEventKind",
    "ResidentOpening",
    "Secrecy",
    "Sheet",
    "SheetLine",
    "SheetSource",
    "Topic",
]
