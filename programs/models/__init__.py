from programs.models.activities import Activity, ActivityPhoto, Topic
from programs.models.forums import Forum, ForumSignIn
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
    "IssueEvent",
    "IssueKind",
    "IssueReport",
    "IssueStep",
    "ResidentIssue",
    "ResidentOpening",
    "Sheet",
    "SheetLine",
    "SheetSource",
    "Topic",
]
