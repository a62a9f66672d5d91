"""The accounts of the demo, as a table. Accounts and names are roles, never persons."""

from datetime import date, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from accounts.models import Posting, User
from territory.models import Area, AreaLevel, Unit
from tools.demo.phones import example_phone

PASSWORD = "kamtibmas-demo"  # noqa: S105

TAMBORA = "polsek-tambora"
MENTENG = "polsek-metro-menteng"
PASAR_JAMBI = "polsek-pasar-jambi"
DANAU_TELUK = "polsek-danau-teluk"
PELAYANGAN = "polsek-pelayangan"
SEKAYU = "polsek-sekayu"
PEDAMARAN = "polsek-pedamaran"


class Account(NamedTuple):
    """`role` is empty for the superuser and for volunteers, who have no posting. `about` says what
    the account is for, and is empty for accounts that nobody needs to see. `opens_sealed`: the
    account may read sealed reports of its unit."""

    username: str
    name: str
    unit: str = ""
    role: str = ""
    villages: tuple[str, ...] = ()
    about: str = ""
    opens_sealed: bool = False


def _bhabin(place: str, unit: str, name: str, *villages: str, about: str = "") -> Account:
    return Account(f"bhabin.{place}", f"Bhabin {name}", unit, "officer", villages, about)


def _samapta(place: str, unit: str, name: str, count: int) -> list[Account]:
    return [
        Account(f"samapta{number}.{place}", f"Anggota Samapta {name} {number}", unit, "officer")
        for number in range(1, count + 1)
    ]


def _kapolsek(place: str, unit: str, name: str) -> Account:
    return Account(f"kapolsek.{place}", name, unit, "commander", opens_sealed=True)


def _polres(username: str, name: str, place: str) -> Account:
    """A commander who reads what is sealed: the Kapolres, the heads of Propam and Reskrim."""
    return Account(username, name, f"polres-{place}", "commander", opens_sealed=True)


VOLUNTEER = Account(
    "relawan.tambora",
    "Anggota Citra Bhayangkara 07",
    TAMBORA,
    about="Relawan Pokdarkamtibmas Citra Bhayangkara Tambora",
)

ALL = [
    _bhabin(
        "tambora",
        TAMBORA,
        "Jembatan Lima",
        "31.73.04.1008",
        about="Bhabinkamtibmas Jembatan Lima, Polsek Tambora",
    ),
    VOLUNTEER,
    Account(
        "kanit.binmas.tambora",
        "Kanit Binmas Tambora",
        TAMBORA,
        "commander",
        about="Kanit Binmas Polsek Tambora",
    ),
    Account(
        "kapolsek.tambora",
        "Kapolsek Tambora",
        TAMBORA,
        "commander",
        about="Kapolsek Tambora",
        opens_sealed=True,
    ),
    Account(
        "operator.tambora",
        "Operator Polsek Tambora",
        TAMBORA,
        "operator",
        about="Operator Polsek Tambora",
    ),
    Account(
        "admin.tambora",
        "Admin Polsek Tambora",
        TAMBORA,
        "admin",
        about="Admin Polsek Tambora (halaman admin)",
    ),
    _bhabin("angke", TAMBORA, "Angke", "31.73.04.1007"),
    _bhabin("pekojan", TAMBORA, "Pekojan", "31.73.04.1009", "31.73.04.1010"),
    _bhabin("krendang", TAMBORA, "Krendang", "31.73.04.1005"),
    _bhabin("duriutara", TAMBORA, "Duri Utara", "31.73.04.1003"),
    _bhabin("duriselatan", TAMBORA, "Duri Selatan", "31.73.04.1011"),
    _bhabin("kalianyar", TAMBORA, "Kali Anyar", "31.73.04.1002"),
    _bhabin("tanahsereal", TAMBORA, "Tanah Sereal", "31.73.04.1004"),
    _bhabin("jembatanbesi", TAMBORA, "Jembatan Besi", "31.73.04.1006"),
    *_samapta("tambora", TAMBORA, "Tambora", 6),
    _bhabin(
        "menteng",
        MENTENG,
        "Kali Pasir",
        "31.71.06.1003",
        "31.71.06.1005",
        about="Bhabinkamtibmas Kali Pasir, Polsek Metro Menteng",
    ),
    Account(
        "kapolsek.menteng",
        "Kapolsek Metro Menteng",
        MENTENG,
        "commander",
        about="Kapolsek Metro Menteng",
        opens_sealed=True,
    ),
    *_samapta("menteng", MENTENG, "Menteng", 3),
    _bhabin(
        "pasarjambi",
        PASAR_JAMBI,
        "Pasar Jambi",
        "15.71.04.1003",
        "15.71.04.1001",
        about="Bhabinkamtibmas Pasar Jambi",
    ),
    _kapolsek("pasarjambi", PASAR_JAMBI, "Kapolsek Pasar Jambi"),
    _bhabin("danauteluk", DANAU_TELUK, "Danau Teluk", "15.71.06.1003", "15.71.06.1005"),
    _kapolsek("danauteluk", DANAU_TELUK, "Kapolsek Danau Teluk"),
    _bhabin("pelayangan", PELAYANGAN, "Pelayangan", "15.71.05.1001", "15.71.05.1004"),
    _kapolsek("pelayangan", PELAYANGAN, "Kapolsek Pelayangan"),
    _bhabin("sekayu", SEKAYU, "Sekayu", "16.06.01.1010", "16.06.01.1011"),
    _kapolsek("sekayu", SEKAYU, "Kapolsek Sekayu"),
    _bhabin("pedamaran", PEDAMARAN, "Pedamaran", "16.02.03.2007", "16.02.03.2006"),
    _kapolsek("pedamaran", PEDAMARAN, "Kapolsek Pedamaran"),
    Account(
        "kapolres.jakbar",
        "Kapolres Metro Jakarta Barat",
        "polres-metro-jakarta-barat",
        "commander",
        about="Kapolres Metro Jakarta Barat",
        opens_sealed=True,
    ),
    _polres("propam.jakbar", "Kasi Propam Polres Metro Jakarta Barat", "metro-jakarta-barat"),
    _polres("reskrim.jakbar", "Kanit Reskrim Polres Metro Jakarta Barat", "metro-jakarta-barat"),
    _polres("kapolres.jakpus", "Kapolres Metro Jakarta Pusat", "metro-jakarta-pusat"),
    Account(
        "kapolresta.jambi", "Kapolresta Jambi", "polresta-jambi", "commander", opens_sealed=True
    ),
    _polres("kapolres.muba", "Kapolres Musi Banyuasin", "musi-banyuasin"),
    _polres("kapolres.oki", "Kapolres Ogan Komering Ilir", "ogan-komering-ilir"),
    Account(
        "kapolda.metro",
        "Kapolda Metro Jaya",
        "polda-metro-jaya",
        "commander",
        about="Kapolda Metro Jaya",
    ),
    Account("admin", "Admin Kamtibmas", about="Admin utama, melihat semua kesatuan"),
]

# What `make run` and the sign-in page of a demo list: username, role.
SHOWN: list[tuple[str, str]] = [
    (account.username, account.about) for account in ALL if account.about
]


def create_accounts(until: date) -> dict[str, User]:
    """All accounts with their postings, by username. They share one hash: hashing is slow."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(
            username=account.username,
            name=account.name,
            unit=units.get(account.unit),
            phone=example_phone(number),
            # Of nobody: a real one begins with the year and the month of birth.
            nrp=f"0000{number:04}" if account.role else None,
            password=password,
            is_superuser=account.username == "admin",
            is_demo=True,
        )
        for number, account in enumerate(ALL, start=1)
    )
    by_name = {str(user.username): user for user in users}
    posted = [account for account in ALL if account.role]
    postings = Posting.objects.bulk_create(
        Posting(
            user=by_name[account.username],
            unit=units[account.unit],
            role=account.role,
            title="" if account.role == "officer" else account.name,
            opens_sealed=account.opens_sealed,
            starts_on=until - timedelta(days=400),
        )
        for account in posted
    )
    villages = {area.code: area for area in Area.objects.filter(level=AreaLevel.VILLAGE)}
    for account, posting in zip(posted, postings, strict=True):
        posting.villages.set([villages[code] for code in account.villages])
    return by_name
