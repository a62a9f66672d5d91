"""Members of partner groups from a pasted table."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from partners.models import GroupMember, MemberRole, PartnerGroup
from partners.rights import may_administer_group
from territory.rights import may_paste
from toolkit.idempotency.answers import lock_until_commit
from toolkit.name_search import NameKey
from toolkit.names import name_key
from toolkit.tables.cells import choice_of, choice_words, phone_of
from toolkit.tables.notes import note_added
from toolkit.tables.plans import Plan, refuse_if_wrong, there_words
from toolkit.tables.reading import Column, Line, TableSpec, read_table

SPEC = TableSpec(
    columns=(
        Column(
            "group",
            gettext_lazy("group"),
            ("kelompok", "nama kelompok", "grup", "kelompok mitra"),
            gettext_lazy("Its name, as in the list of groups."),
            required=True,
        ),
        Column(
            "name",
            gettext_lazy("name"),
            ("nama", "nama lengkap", "nama anggota"),
            required=True,
        ),
        Column(
            "role",
            gettext_lazy("role"),
            ("peran", "jabatan"),
            gettext_lazy("Ketua, sekretaris, koordinator or anggota. Empty: anggota."),
            most=30,
        ),
        Column(
            "phone",
            gettext_lazy("phone"),
            ("telepon", "telp", "no telp", "nomor telepon", "hp", "no hp", "nomor hp", "wa"),
            gettext_lazy("As you dial it."),
            most=40,
        ),
        Column(
            "agency",
            gettext_lazy("agency"),
            ("instansi", "dinas"),
            gettext_lazy("Such as TNI or Satpol PP, in a Tiga Pilar."),
            most=60,
        ),
        Column(
            "unit",
            gettext_lazy("unit"),
            ("kesatuan", "satuan", "polsek"),
            gettext_lazy("Only where groups of two units have the same name."),
        ),
    ),
    example=("Pokdarkamtibmas Tambora", "Ahmad Fauzi", "anggota", "0812 3456 7890", "", ""),
)
ROLES = choice_words(
    MemberRole.values,
    chair="ketua",
    secretary="sekretaris",
    coordinator="koordinator",
    member="anggota",
)
# Group, key of the name, number: with another number it is somebody else of the same name.
Key = tuple[int, str]


def plan_members(*, text: str, by: User) -> Plan[GroupMember]:
    """What `save_members` would make. The number of statements does not grow with the lines."""
    table = read_table(text, SPEC)
    plan: Plan[GroupMember] = Plan(table)
    keys = {name_key(line["group"]) for line in table.lines}
    named = PartnerGroup.objects.annotate(key=NameKey("name")).filter(key__in=keys - {""})
    groups = list(named.select_related("unit"))
    there = GroupMember.objects.filter(group__in=groups)
    stored: dict[Key, list[GroupMember]] = {}
    for member in there:
        stored.setdefault((member.group_id, name_key(member.name)), []).append(member)
    first: dict[Key, list[tuple[str, Line]]] = {}
    for line in table.lines:
        before = plan.mistake_count
        group = _group(plan, line, groups, by)
        member = _member(plan, line, group)
        if plan.mistake_count != before or group is None:
            continue
        key = (group.pk, name_key(member.name))
        phone = str(member.phone or "")
        twin = next((one for one in stored.get(key, []) if _is_same(phone, one)), None)
        told = first.setdefault(key, [])
        again = next((one for said, one in told if not said or not phone or said == phone), None)
        told.append((phone, line))
        if again is not None:
            words = _(
                "This member stands on line %(line)d too. Is it somebody else? Give both numbers."
            )
            plan.refuse(line, "name", words % {"line": again.number})
        elif twin is not None:
            plan.keep(line, _there_words(twin, line, group))
        else:
            role = member.get_role_display()
            made = [member.name, role, phone, member.agency, f"{group.name}, {group.unit}"]
            plan.make(line, " · ".join(filter(None, made)), member)
    return plan


@transaction.atomic
def save_members(*, text: str, by: User) -> Plan[GroupMember]:
    """Adds all members of the table, or nobody (TableRefused). One table at a time: a number tells
    two members of one name apart, which no constraint can."""
    if not may_paste(by):
        raise PermissionDenied
    lock_until_commit("table of members")
    plan = plan_members(text=text, by=by)
    refuse_if_wrong(plan)
    note_added(GroupMember.objects.bulk_create(plan.rows), by.pk)
    return plan


def _group(
    plan: Plan[GroupMember], line: Line, groups: list[PartnerGroup], by: User
) -> PartnerGroup | None:
    found = [group for group in groups if name_key(group.name) == name_key(line["group"])]
    if line["unit"]:
        said = name_key(line["unit"])
        found = [one for one in found if said in (name_key(one.unit.name), name_key(one.unit.code))]
    inside = [group for group in found if may_administer_group(by, group)]
    active = [group for group in inside if group.is_active]
    if len(active) == 1:
        return active[0]
    if active:
        words = _("Groups of several units are called so. Write the unit beside it.")
        plan.refuse(line, "unit", words)
    elif inside:
        plan.refuse(line, "group", _("This group is no longer active."))
    elif found:
        plan.refuse(line, "group", _("This group belongs to a unit that is not below yours."))
    else:
        words = _("No group is called so. Write its name as in the list, or add the group first.")
        plan.refuse(line, "group", words)
    return None


def _member(plan: Plan[GroupMember], line: Line, group: PartnerGroup | None) -> GroupMember:
    role = choice_of(line["role"], ROLES) if line["role"] else MemberRole.MEMBER
    if role is None:
        plan.refuse(line, "role", _("Write ketua, sekretaris, koordinator or anggota."))
    phone = phone_of(line["phone"])
    if phone is None:
        plan.refuse(line, "phone", _("This is no telephone number. Write it as you dial it."))
    member = GroupMember(
        group=group,
        name=line["name"],
        role=role or MemberRole.MEMBER,
        phone=phone or "",
        agency=line["agency"],
    )
    try:
        member.full_clean(
            exclude=["group", "user"], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        plan.refuse_all(line, error)
    return member


def _is_same(phone: str, member: GroupMember) -> bool:
    stored = str(member.phone or "")
    return not phone or not stored or phone == stored


def _there_words(member: GroupMember, line: Line, group: PartnerGroup) -> str:
    differs = []
    if line["role"] and choice_of(line["role"], ROLES) != member.role:
        differs.append("role")
    if line["phone"] and phone_of(line["phone"]) != str(member.phone or ""):
        differs.append("phone")
    if line["agency"] and line["agency"] != member.agency:
        differs.append("agency")
    labels = [str(SPEC.column(name).label) for name in differs]
    if not member.is_active:
        labels.append(_("no longer active"))
    return there_words(f"{member.name} · {group.name}", labels)
