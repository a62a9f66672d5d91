"""The partner groups and schedules of the demo as tables. Some of them are in the seeds already."""

from dataclasses import dataclass
from datetime import time

from tools.demo.accounts import (
    DANAU_TELUK,
    MENTENG,
    PASAR_JAMBI,
    PEDAMARAN,
    PELAYANGAN,
    SEKAYU,
    TAMBORA,
)

CITRA = "Citra Bhayangkara Tambora"
CITRA_POST = "Citra Bhayangkara Tambora, regu pos (contoh)"
TIGA_PILAR = "Tiga Pilar Tambora"
KALI_PASIR = "Warga Jembatan Kali Pasir"


@dataclass(frozen=True)
class Group:
    """`members` is how many there are: `member_name` with a number from `first`, of `agencies` in
    turn. `confirmed` and `expires` are days from the demo's night: the pengukuhan, if there is one.
    """

    unit: str
    name: str
    kind: str
    area: str
    members: int
    member_name: str
    agencies: tuple[str, ...] = ("",)
    first: int = 1
    confirmed: int | None = None
    expires: int | None = None


GROUPS = [
    Group(
        TAMBORA,
        CITRA,
        "pokdarkamtibmas",
        "31.73.04",
        12,
        "Anggota Citra Bhayangkara",
        confirmed=-690,
        expires=40,
    ),
    Group(
        TAMBORA,
        CITRA_POST,
        "pokdarkamtibmas",
        "31.73.04",
        6,
        "Anggota Citra Bhayangkara",
        first=13,
        confirmed=-690,
        expires=40,
    ),
    Group(
        TAMBORA,
        TIGA_PILAR,
        "tiga_pilar",
        "31.73.04",
        4,
        "Anggota Tiga Pilar",
        agencies=("TNI", "Satpol PP"),
    ),
    Group(
        TAMBORA,
        "Satkamling RW 05 Jembatan Lima (contoh)",
        "satkamling",
        "31.73.04.1008-005",
        5,
        "Anggota Satkamling RW 05",
    ),
    Group(
        TAMBORA,
        "Satpam Pertokoan Jembatan Lima (contoh)",
        "satpam",
        "31.73.04.1008",
        3,
        "Anggota Satpam",
        confirmed=-800,
        expires=-70,
    ),
    Group(MENTENG, KALI_PASIR, "residents", "31.71.06", 6, "Warga peserta patroli"),
    Group(
        PASAR_JAMBI,
        "Pokdarkamtibmas Pasar Jambi (contoh)",
        "pokdarkamtibmas",
        "15.71.04",
        5,
        "Anggota Pokdarkamtibmas",
        confirmed=-300,
        expires=430,
    ),
    Group(
        PEDAMARAN,
        "Satkamling Menang Raya (contoh)",
        "satkamling",
        "16.02.03.2019",
        5,
        "Anggota Satkamling",
        confirmed=-120,
        expires=610,
    ),
    Group(SEKAYU, "Linmas Sekayu (contoh)", "linmas", "16.06.01", 4, "Anggota Linmas"),
]


@dataclass(frozen=True)
class Plan:
    """One schedule and how its nights go.

    `scene` chooses the texts of the log. People are usernames, `groups` names; `spare` replace
    who does not come. `stops` are codes of villages, in order, for a new route. `visits` is how
    many check-ins a duty has, at least and at most, `busy` how many other entries. `guests` are
    (name, agency). `nights` is how many nights ago it began. `tonight` is '', 'overdue' (nobody has
    started it) or 'silent' (nothing heard for over an hour). A schedule that `is_of_seeds` is found
    by unit and name and keeps its times.
    """

    unit: str
    name: str
    scene: str
    leader: str
    reviewer: str
    officers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    kind: str = "patrol"
    weekdays: tuple[int, ...] = tuple(range(7))
    apel: time | None = None
    start: time = time(20)
    end: time = time(23)
    route: str = ""
    stops: tuple[str, ...] = ()
    visits: tuple[int, int] = (2, 4)
    busy: tuple[int, int] = (1, 3)
    guests: tuple[tuple[str, str], ...] = ()
    nights: int = 90
    tonight: str = ""
    is_of_seeds: bool = False


PLANS = [
    Plan(
        TAMBORA,
        "Patroli gabungan malam Tambora",
        "kampung",
        "bhabin.tambora",
        reviewer="kapolsek.tambora",
        officers=("samapta1.tambora", "samapta2.tambora"),
        groups=(CITRA,),
        spare=("bhabin.pekojan", "bhabin.duriutara", "samapta6.tambora"),
        route="Patroli gabungan Tambora",
        stops=tuple(f"31.73.04.{number}" for number in (1008, 1001, 1010, 1009, 1007, 1006))
        + tuple(f"31.73.04.{number}" for number in (1002, 1011, 1003, 1004, 1005)),
        visits=(5, 8),
        busy=(3, 7),
        guests=(("Anggota Koramil", "TNI"), ("Anggota Satpol PP", "Satpol PP")),
        is_of_seeds=True,
    ),
    Plan(
        TAMBORA,
        "Pos pantau dini hari Tambora",
        "post",
        "bhabin.angke",
        reviewer="kapolsek.tambora",
        officers=("samapta3.tambora",),
        groups=(CITRA_POST, TIGA_PILAR),
        spare=("samapta5.tambora", "bhabin.krendang"),
        visits=(1, 2),
        busy=(2, 5),
        is_of_seeds=True,
    ),
    Plan(
        TAMBORA,
        "Patroli siber Tambora (contoh)",
        "cyber",
        "samapta4.tambora",
        reviewer="kanit.binmas.tambora",
        kind="cyber",
        start=time(13),
        end=time(15),
        visits=(0, 0),
        nights=60,
    ),
    Plan(
        TAMBORA,
        "Patroli dialogis sore Krendang (contoh)",
        "kampung",
        "bhabin.krendang",
        reviewer="kanit.binmas.tambora",
        kind="dialogue",
        weekdays=(0, 2, 4),
        start=time(16),
        end=time(17, 30),
        route="Krendang dan Duri Utara (contoh)",
        stops=("31.73.04.1005", "31.73.04.1003"),
        visits=(2, 2),
        nights=60,
    ),
    Plan(
        MENTENG,
        "Patroli siang bersama warga Kali Pasir",
        "bridge",
        "bhabin.menteng",
        reviewer="kapolsek.menteng",
        officers=("samapta1.menteng",),
        groups=(KALI_PASIR,),
        route="Jembatan Kali Pasir",
        stops=("31.71.06.1003", "31.71.06.1005"),
        visits=(1, 3),
        is_of_seeds=True,
    ),
    Plan(
        MENTENG,
        "Patroli malam bersama warga Kali Pasir",
        "bridge",
        "bhabin.menteng",
        reviewer="kapolsek.menteng",
        officers=("samapta2.menteng", "samapta3.menteng"),
        groups=(KALI_PASIR,),
        route="Jembatan Kali Pasir",
        visits=(2, 3),
        is_of_seeds=True,
    ),
    Plan(
        PASAR_JAMBI,
        "Patroli dialogis pasar (contoh)",
        "market",
        "bhabin.pasarjambi",
        reviewer="kapolsek.pasarjambi",
        groups=("Pokdarkamtibmas Pasar Jambi (contoh)",),
        kind="dialogue",
        weekdays=(0, 1, 2, 3, 4, 5),
        start=time(9),
        end=time(11),
        route="Keliling pasar (contoh)",
        stops=("15.71.04.1003", "15.71.04.1002", "15.71.04.1001"),
        nights=60,
    ),
    Plan(
        DANAU_TELUK,
        "Patroli malam Danau Teluk (contoh)",
        "village",
        "bhabin.danauteluk",
        reviewer="kapolsek.danauteluk",
        route="Danau Teluk (contoh)",
        stops=("15.71.06.1003", "15.71.06.1005", "15.71.06.1002"),
        nights=45,
        tonight="silent",
    ),
    Plan(
        PELAYANGAN,
        "Patroli malam Pelayangan (contoh)",
        "village",
        "bhabin.pelayangan",
        reviewer="kapolsek.pelayangan",
        route="Pelayangan (contoh)",
        stops=("15.71.05.1001", "15.71.05.1002", "15.71.05.1006"),
        nights=45,
        tonight="overdue",
    ),
    Plan(
        SEKAYU,
        "Patroli malam Sekayu (contoh)",
        "village",
        "bhabin.sekayu",
        reviewer="kapolsek.sekayu",
        groups=("Linmas Sekayu (contoh)",),
        weekdays=(1, 4, 5),
        start=time(21),
        end=time(23, 30),
        route="Kota Sekayu (contoh)",
        stops=("16.06.01.1010", "16.06.01.1012", "16.06.01.1011"),
    ),
    Plan(
        PEDAMARAN,
        "Patroli rutin Pedamaran (contoh)",
        "village",
        "bhabin.pedamaran",
        reviewer="kapolsek.pedamaran",
        groups=("Satkamling Menang Raya (contoh)",),
        weekdays=(0, 2, 4, 5, 6),
        apel=time(19, 45),
        route="Desa-desa Pedamaran (contoh)",
        stops=("16.02.03.2007", "16.02.03.2006", "16.02.03.2019", "16.02.03.2005"),
    ),
]
