from accounts.admin.people import UserAdmin
from accounts.admin.postings import PostingAdmin

__all__ = ["PostingAdmin", "UserAdmin"]
