"""The telephone numbers of people in rolls, for those who may call them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from accounts.roles import Action
from accounts.selectors.phones import phones_of
from partners.models import GroupMember
from patrols.models import Attendance, Duty


@dataclass(frozen=True)
class Phones:
    """Numbers of officers and of members of groups, each by id."""

    officers: dict[int, PhoneNumber] = field(default_factory=dict)
    members: dict[int, PhoneNumber] = field(default_factory=dict)

    def of_leader(self, duty: Duty) -> PhoneNumber | None:
        return self.officers.get(duty.leader_id or 0)

    def of(self, row: Attendance) -> PhoneNumber | None:
        return self.officers.get(row.officer_id or 0) or self.members.get(row.member_id or 0)


def phones_on(user: User, duties: Iterable[Duty] = (), rows: Iterable[Attendance] = ()) -> Phones:
    """Numbers of the leaders of the duties and of the people of the rows, as far as they are of the
    person's unit or below it. Needs `member__group` of the rows loaded. One statement at most.

    A volunteer's own account has the newer number: its owner keeps it.
    """
    rows = list(rows)
    members = [row.member for row in rows if row.member and _may_call(user, row.member)]
    leaders = (duty.leader_id for duty in duties)
    accounts = phones_of(
        user,
        [*leaders, *(row.officer_id for row in rows)],
        vouched=[member.user_id for member in members if member.user_id],
    )
    found = {
        member.pk: accounts.get(member.user_id or 0) or member.phone
        for member in members
        if member.user_id != user.pk
    }
    return Phones(accounts, {pk: phone for pk, phone in found.items() if phone})


def _may_call(user: User, member: GroupMember) -> bool:
    serves = member.is_active and member.group.is_active
    return serves and user.may(Action.VIEW, member.group)
