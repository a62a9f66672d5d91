from accounts.admin.absences import AbsenceAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.postings import PostingAdmin

__all__ = ["AbsenceAdmin", "PostingAdmin", "UserAdmin"]
