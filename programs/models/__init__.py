from programs.models.activities import Activity, ActivityPhoto, Topic
from programs.models.kinds import ActivityKind
from programs.models.residents import ActivityResident, ResidentOpening
from programs.models.sheets import Sheet, SheetLine, SheetSource

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivityPhoto",
    "ActivityResident",
    "ResidentOpening",
    "Sheet",
    "SheetLine",
    "SheetSource",
    "Topic",
]
