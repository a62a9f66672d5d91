"""People with their first postings from a pasted table.

The rules are those of the admin's page of a person: nobody gives a posting outside the units that
they administer, and a table never gives the permission for sealed reports. The accounts have no
password until the person sets one with a link.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Posting, User
from accounts.rights import may_add_people
from accounts.roles import Action, Rank, Role
from accounts.selectors.named_places import NamedPlaces
from accounts.services.access import record, settle_person, settle_sealed
from territory.models import Area, Unit
from territory.selectors.unit_names import NamedUnits
from toolkit.idempotency.answers import lock_until_commit
from toolkit.names import name_key
from toolkit.tables.cells import choice_of, choice_words, digits_of, phone_of
from toolkit.tables.notes import note_added
from toolkit.tables.plans import Plan, refuse_if_wrong, there_words
from toolkit.tables.reading import Column, Line, TableSpec, read_table

SPEC = TableSpec(
    columns=(
        Column(
            "name",
            gettext_lazy("name"),
            ("nama", "nama lengkap", "nama personel", "nama anggota"),
            gettext_lazy("Without the rank."),
            required=True,
        ),
        Column(
            "rank",
            gettext_lazy("rank"),
            ("pangkat",),
            gettext_lazy("Such as Bripka. Empty for civil servants."),
            most=30,
        ),
        Column(
            "nrp",
            "NRP",
            ("nip", "nrp/nip", "no nrp", "nomor nrp"),
            gettext_lazy("With it the person signs in. A civil servant’s NIP."),
            required=True,
            most=30,
        ),
        Column(
            "unit",
            gettext_lazy("unit"),
            ("kesatuan", "satuan", "nama satuan", "satker"),
            gettext_lazy("Name or code of a unit that you administer."),
            required=True,
        ),
        Column(
            "role",
            gettext_lazy("role"),
            ("peran", "hak", "hak akses"),
            gettext_lazy("Petugas, komandan, operator or admin."),
            required=True,
            most=30,
        ),
        Column(
            "title",
            gettext_lazy("title"),
            ("jabatan",),
            gettext_lazy("As it is printed, such as Kanit Binmas or Ps. Kapolsek."),
            most=60,
        ),
        Column(
            "villages",
            gettext_lazy("villages served"),
            ("desa binaan", "kelurahan binaan", "wilayah binaan", "binaan", "kelurahan", "desa"),
            gettext_lazy("With commas, also RW: Angke, Krendang RW 01, RW 02."),
            most=400,
        ),
        Column(
            "phone",
            gettext_lazy("phone"),
            ("telepon", "telp", "no telp", "nomor telepon", "hp", "no hp", "nomor hp", "wa"),
            gettext_lazy("As you dial it."),
            most=40,
        ),
    ),
    example=(
        *("Budi Santoso", "Bripka", "80010001", "Polsek Tambora", "petugas"),
        *("Bhabinkamtibmas", "Angke, Krendang", "0812 3456 7890"),
    ),
)
RANKS = choice_words(
    Rank.values,
    brigpol="brigadir",
    kombes="kombespol",
    brigjen="brigjenpol",
    irjen="irjenpol",
    komjen="komjenpol",
    jenderal="jenderalpol",
)
ROLES = choice_words(
    Role.values,
    officer="petugas anggota bhabinkamtibmas bhabin",
    commander="komandan pimpinan",
    admin="administrator",
)
NRP_DIGITS = 8


@dataclass
class NewPerson:
    person: User
    posting: Posting
    villages: list[Area]


def plan_people(*, text: str, by: User) -> Plan[NewPerson]:
    """What `save_people` would make. The number of statements does not grow with the lines."""
    table = read_table(text, SPEC)
    plan: Plan[NewPerson] = Plan(table)
    units = NamedUnits((line["unit"] for line in table.lines), by)
    places = NamedPlaces(line["villages"] for line in table.lines)
    numbers = {digits_of(line["nrp"]) for line in table.lines}
    rows = User.objects.filter(nrp__in=numbers).select_related("unit")
    stored = {person.nrp: person for person in rows.prefetch_related("postings__unit")}
    first: dict[str, Line] = {}
    for line in table.lines:
        before = plan.mistake_count
        nrp = _nrp(plan, line)
        if nrp and first.setdefault(nrp, line) is not line:
            words = _("This NRP stands on line %(line)d already: a person stands here once.")
            plan.refuse(line, "nrp", words % {"line": first[nrp].number})
        unit, words = units.find(line["unit"])
        if unit is None:
            plan.refuse(line, "unit", words)
        role, rank = _role(plan, line), _rank(plan, line)
        phone = phone_of(line["phone"])
        if phone is None:
            plan.refuse(line, "phone", _("This is no telephone number. Write it as you dial it."))
        villages = _villages(plan, line, unit, places)
        if plan.mistake_count != before or unit is None:
            continue
        person = stored.get(nrp)
        if person is not None:
            _compare(plan, line, person, unit, role, by)
            continue
        new = _new_person(plan, line, User(nrp=nrp, rank=rank, unit=unit, phone=phone), role)
        new.villages = villages
        if plan.mistake_count == before:
            plan.make(line, _new_words(new), new)
    return plan


@transaction.atomic
def save_people(*, text: str, by: User) -> Plan[NewPerson]:
    """Adds all people of the table with their postings, or nobody (TableRefused).

    One table of people is saved at a time, in the whole country: two may name the same NRP.
    """
    if not may_add_people(by):
        raise PermissionDenied
    lock_until_commit("table of people")
    plan = plan_people(text=text, by=by)
    refuse_if_wrong(plan)
    settled = []
    for new in plan.rows:
        new.person.set_unusable_password()
        settled += [(kind, new) for kind in settle_person(person=new.person, by=by)]
        kind = settle_sealed(posting=new.posting, by=by)
        settled += [(kind, new)] if kind else []
    User.objects.bulk_create(new.person for new in plan.rows)
    Posting.objects.bulk_create(new.posting for new in plan.rows)
    served = Posting.villages.through
    served.objects.bulk_create(
        served(posting=new.posting, area=area) for new in plan.rows for area in new.villages
    )
    for kind, new in settled:
        record(kind, person=new.person, by=by, units=[new.posting.unit])
    note_added((new.person for new in plan.rows), by.pk)
    return plan


def _nrp(plan: Plan[NewPerson], line: Line) -> str:
    nrp = digits_of(line["nrp"])
    if not (nrp.isascii() and nrp.isdigit()) or len(nrp) > 18:
        words = _("An NRP has digits only. In the spreadsheet, make a text of the column.")
    elif len(nrp) < NRP_DIGITS:
        words = _("An NRP has 8 digits. Has the spreadsheet dropped the zeros in front?")
    else:
        return nrp
    plan.refuse(line, "nrp", words)
    return ""


def _role(plan: Plan[NewPerson], line: Line) -> str:
    role = choice_of(line["role"], ROLES)
    if role is None:
        words = _("Write petugas, komandan, operator or admin. The office goes under “title”.")
        plan.refuse(line, "role", words)
    return role or ""


def _rank(plan: Plan[NewPerson], line: Line) -> str:
    rank = choice_of(line["rank"], RANKS) if line["rank"] else ""
    if rank is None:
        plan.refuse(line, "rank", _("No rank is called so. Write it short: Bripka, Aipda, AKP."))
    return rank or ""


def _villages(
    plan: Plan[NewPerson], line: Line, unit: Unit | None, places: NamedPlaces
) -> list[Area]:
    if unit is None or not line["villages"]:
        return []
    covers = Posting(unit=unit, role=Role.OFFICER).grant().covers
    found, wrong = places.find(line["villages"], lambda own: own is not None and covers(own))
    for words in wrong:
        plan.refuse(line, "villages", words)
    return found


def _compare(
    plan: Plan[NewPerson], line: Line, person: User, unit: Unit, role: str, by: User
) -> None:
    """A person who exists is left alone; who serves elsewhere or otherwise is refused."""
    if person.unit is None or not by.may(Action.MANAGE, person.unit):
        words = _("Somebody outside your units has this NRP. Ask the administrator above you.")
        plan.refuse(line, "nrp", words)
        return
    if name_key(person.name) != name_key(line["name"]):
        words = _("%(person)s has this NRP. Compare the two, and write the right NRP.")
        plan.refuse(line, "nrp", words % {"person": person.titled_name})
        return
    current = [row for row in person.postings.all() if not row.has_ended(unit.today())]
    held = next((row for row in current if row.unit_id == unit.pk and row.role == role), None)
    if held is None:
        serves = ", ".join(f"{row.get_role_display()}, {row.unit}" for row in current)
        words = _(
            "%(person)s is here already (%(serves)s). Postings change on the person’s own page:"
            " delete the line."
        )
        told = {"person": person.titled_name, "serves": serves or _("without a posting")}
        plan.refuse(line, "", words % told)
        return
    differs = []
    if line["rank"] and choice_of(line["rank"], RANKS) != person.rank:
        differs.append("rank")
    if line["title"] and line["title"] != held.title:
        differs.append("title")
    if line["phone"] and phone_of(line["phone"]) != str(person.phone or ""):
        differs.append("phone")
    labels = [str(SPEC.column(name).label) for name in differs]
    plan.keep(line, there_words(f"{person.titled_name} · {held.unit}", labels))


def _new_person(plan: Plan[NewPerson], line: Line, person: User, role: str) -> NewPerson:
    person.name = line["name"]
    foreign = ["unit", "password", "link_by", "let_in_by"]
    try:
        person.full_clean(exclude=foreign, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        plan.refuse_all(line, error)
    unit = person.unit
    assert unit is not None  # noqa: S101  # the caller has given it
    posting = Posting(
        user=person, unit=unit, role=role, title=line["title"], starts_on=unit.today()
    )
    return NewPerson(person, posting, [])


def _new_words(new: NewPerson) -> str:
    posting = new.posting
    role = f"{posting.get_role_display()}, {posting.unit}"
    served = ", ".join(area.name for area in new.villages)
    words = [new.person.titled_name, str(new.person.nrp), role, posting.title, served]
    return " · ".join(filter(None, words))
