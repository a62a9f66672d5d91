from accounts.models.absences import Absence, AbsenceKind
from accounts.models.access import AccessEvent, AccessKind
from accounts.models.postings import Posting, _Days
from accounts.models.receipts import DeedReceipt
from accounts.models.users import User

__all__ = [
    "Absence",
    "AbsenceKind",
    "AccessEvent",
    "AccessKind",
    "DeedReceipt",
    "Posting",
    "User",
    "_Days",  # a migration names it here
]
