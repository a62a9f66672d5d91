from partners.models.groups import RENEWAL_NOTICE, ConfirmationState, GroupKind, PartnerGroup
from partners.models.members import GroupMember, MemberRole

__all__ = [
    "RENEWAL_NOTICE",
    "ConfirmationState",
    "GroupKind",
    "GroupMember",
    "MemberRole",
    "PartnerGroup",
]
