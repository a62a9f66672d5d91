from partners.admin.groups import GroupKindAdmin, PartnerGroupAdmin
from partners.admin.members import GroupMemberAdmin

__all__ = ["GroupKindAdmin", "GroupMemberAdmin", "PartnerGroupAdmin"]
