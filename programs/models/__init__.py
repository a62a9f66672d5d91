from programs.models.activities import Activity, ActivityPhoto, Topic
from programs.models.forums import Forum, ForumSignIn
from programs.models.instructions import (
    Instruction,
    InstructionKind,
    InstructionReceipt,
    ReceiptEvent,
    ReceiptEventKind,
    Secrecy,
)
from programs.models.issues import (
    ExplainedWhy,
    IssueEvent,
    IssueKind,
    IssueReport,
    IssueStep,
    ResidentIssue,
)
from programs.models.kinds import ActivityKind
from programs.models.residents import ActivityResident, ResidentOpening
from programs.models.sheets import Sheet, SheetLine, SheetSource

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivityPhoto",
    "ActivityResident",
    "ExplainedWhy",
    "Forum",
    "ForumSignIn",
    "Instruction",
    "InstructionKind",
    "InstructionReceipt",
    "IssueEvent",
    "IssueKind",
    "IssueReport",
    "IssueStep",
    "ReceiptEvent",
    "ReceiptEventKind",
    "ResidentIssue",
    "ResidentOpening",
    "Secrecy",
    "Sheet",
    "SheetLine",
    "SheetSource",
    "Topic",
]
