"""Names in a roll and in the choice of people, so that two of one name can be told apart."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import GroupMember, MemberRole
from patrols.models import Attendance
from patrols.selectors.roll import Candidates, key_of

PHONE_DIGITS = 3


def choices_of(found: Candidates) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choice of people by key: officers with their NRP, members with their group."""
    members = {member: f"{member.name} · {member.group.name}" for member in found.members}
    details = _details_of_namesakes(members)
    return [
        (_("Officers"), [(key_of(officer), _officer_label(officer)) for officer in found.officers]),
        (
            _("Members of partner groups"),
            [
                (key_of(member), " · ".join(filter(None, [label, details.get(member)])))
                for member, label in members.items()
            ],
        ),
    ]


def _officer_label(officer: User) -> str:
    return f"{officer.titled_name} · {officer.nrp or officer.username}"


def details_of(rows: Iterable[Attendance]) -> dict[int, str]:
    """By key of the row, what tells two people of one name apart; only for those."""
    rows = list(rows)
    names = Counter(row.person_name.casefold() for row in rows)
    same = [row for row in rows if names[row.person_name.casefold()] > 1]
    members = {row.member: row.person_name for row in same if row.member}
    of_members = _details_of_namesakes(members)
    found = {row.pk: of_members.get(row.member, "") for row in same if row.member}
    for row in same:
        if row.officer:
            found[row.pk] = row.officer.nrp or row.officer.username or ""
    return found


def _details_of_namesakes(names: dict[GroupMember, str]) -> dict[GroupMember, str]:
    """Role, agency and the end of the phone number; the number of the row where these are alike."""
    names = {member: name.casefold() for member, name in names.items()}
    times = Counter(names.values())
    details = {member: _detail(member) for member, name in names.items() if times[name] > 1}
    told = Counter((names[member], detail) for member, detail in details.items())
    return {
        member: detail
        if detail and told[names[member], detail] == 1
        else " · ".join(filter(None, [detail, _("no. %(n)d") % {"n": member.pk}]))
        for member, detail in details.items()
    }


def _detail(member: GroupMember) -> str:
    role = "" if member.role == MemberRole.MEMBER else str(member.get_role_display())
    digits = str(member.phone)[-PHONE_DIGITS:] if member.phone else ""
    phone = _("phone …%(digits)s") % {"digits": digits} if digits else ""
    return " · ".join(filter(None, [role, member.agency, phone]))
