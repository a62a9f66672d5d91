"""Of which agency the people of a roll are: the totals of Tiga Pilar and those who join them.

Agencies are typed by hand (partners.GroupMember.agency, a guest's agency), so they are found by
their words.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WORD = re.compile(r"[a-z]+")


class Agency(TextChoices):
    POLICE = "police", "Polri"
    MILITARY = "military", "TNI"
    GOVERNMENT = "government", _("local government, Satpol PP")
    RESIDENTS = "residents", _("residents")
    OTHER = "other", _("others")


# In this order: "polisi pamong praja" is no police.
WORDS: dict[Agency, frozenset[str]] = {
    agency: frozenset(words.split())
    for agency, words in {
        Agency.GOVERNMENT: "satpol satpolpp pp pamong lurah camat pemda pemkot pemkab pemprov "
        "linmas dishub damkar kades sekdes dinas bnn bnnk bnnp bpbd kesbangpol walikota bupati",
        Agency.MILITARY: "tni koramil kodim babinsa danramil dandim posramil marinir kostrad",
        Agency.POLICE: "polri polisi polsek polres polda kapolsek wakapolsek kapolres kapolda "
        "bhabin bhabinkamtibmas brimob samapta polairud",
        Agency.RESIDENTS: "warga rt rw masyarakat relawan pokdar pokdarkamtibmas fkpm satpam "
        "satkamling karang taruna remaja pemuda tokoh ormas lsm ojol senkom",
    }.items()
}
# They say where somebody is from («Babinsa Desa Suka»), and of what only where no other word does.
PLACES = frozenset({"kelurahan", "kecamatan", "desa"})
# Kinds of groups whose members are no residents, unless their agency says so.
GOVERNMENT_KINDS = frozenset({"linmas", "bnn", "agency", "forkopimda"})


class Person(NamedTuple):
    """`group_kind` is the code of a member's group; None for who is no member."""

    is_officer: bool
    agency: str = ""
    group_kind: str | None = None


def agency_of(person: Person) -> Agency:
    if person.is_officer:
        return Agency.POLICE
    words = set(WORD.findall(person.agency.casefold()))
    for agency, known in WORDS.items():
        if words & known:
            return agency
    if words & PLACES:
        return Agency.GOVERNMENT
    if words or person.group_kind is None:
        return Agency.OTHER
    return Agency.GOVERNMENT if person.group_kind in GOVERNMENT_KINDS else Agency.RESIDENTS


def by_agency(people: Iterable[tuple[Person, int]]) -> dict[Agency, int]:
    """How many of each agency that has any, from people with how many times each counts."""
    found = dict.fromkeys(Agency, 0)
    for person, n in people:
        found[agency_of(person)] += n
    return {agency: n for agency, n in found.items() if n}
