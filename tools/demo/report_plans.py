"""What is reported in the demo, where, and who works on it, as tables."""

from typing import NamedTuple

from tools.demo.accounts import (
    DANAU_TELUK,
    MENTENG,
    PASAR_JAMBI,
    PEDAMARAN,
    PELAYANGAN,
    SEKAYU,
    TAMBORA,
)

DAYS = 90
# How often in each band of four hours from midnight, local time.
NIGHT = (28, 4, 4, 6, 16, 42)
DAY = (3, 8, 30, 27, 22, 10)
ALWAYS = (14, 9, 17, 18, 20, 22)

# Category: how often, and in which hours.
KINDS: dict[str, tuple[float, tuple[int, ...]]] = {
    "vehicle_theft": (9, NIGHT),
    "brawl": (9, NIGHT),
    "noise_dispute": (8, NIGHT),
    "street_racing": (7, NIGHT),
    "burglary": (6, NIGHT),
    "drunkenness": (6, NIGHT),
    "suspicious_person": (6, NIGHT),
    "traffic_accident": (6, ALWAYS),
    "online_fraud": (6, DAY),
    "lost_document": (6, DAY),
    "extortion": (5, DAY),
    "illegal_parking": (5, DAY),
    "robbery": (4, NIGHT),
    "assault": (4, NIGHT),
    "domestic_violence": (4, NIGHT),
    "narcotics": (4, NIGHT),
    "dangling_cable": (4, DAY),
    "threat": (3, DAY),
    "gambling": (3, NIGHT),
    "fire": (3, ALWAYS),
    "other": (3, ALWAYS),
    "sexual_violence": (2, ALWAYS),
    "mental_crisis": (2, ALWAYS),
    "flood_landslide": (2, ALWAYS),
    "wild_animal": (2, ALWAYS),
    "prostitution": (1.5, NIGHT),
    "police_misconduct": (1.5, DAY),
    "missing_person": (1.5, ALWAYS),
    "missing_child": (1, ALWAYS),
    "communal_clash": (1, NIGHT),
    "body_found": (0.5, ALWAYS),
    "terrorism": (0.3, ALWAYS),
}


class Place(NamedTuple):
    """Where something happens again and again. `north` and `east` are metres from the middle of the
    village. `share` weighs the place against the sector's others; categories in `kinds` come here
    three times as often."""

    village: str
    name: str
    share: float
    north: int
    east: int
    kinds: tuple[str, ...] = ()


class Sector(NamedTuple):
    """A Polsek. `share` weighs it against the other sectors. `desk` reads reports, `officers` go
    there, `commander` closes: usernames. What happens at none of `places` happens in one of
    `villages`. `gives_to` are the units it hands reports over to."""

    unit: str
    share: float
    desk: tuple[str, ...]
    commander: str
    officers: tuple[str, ...]
    places: tuple[Place, ...]
    villages: tuple[str, ...]
    gives_to: tuple[str, ...]


def _names(prefix: str, numbers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{number}" for number in numbers)


BRAWLS = ("brawl", "street_racing", "communal_clash")
STREET = ("robbery", "drunkenness", "extortion", "assault")
MARKET = ("extortion", "illegal_parking", "lost_document")
JEMBATAN_LIMA = "31.73.04.1008"

SECTORS = (
    Sector(
        TAMBORA,
        46,
        ("operator.tambora", "operator.tambora", "kanit.binmas.tambora"),
        "kapolsek.tambora",
        (
            *(f"samapta{number}.tambora" for number in range(1, 7)),
            "bhabin.tambora",
            "bhabin.angke",
            "bhabin.pekojan",
            "bhabin.krendang",
            "bhabin.duriutara",
            "bhabin.kalianyar",
        ),
        (
            Place(JEMBATAN_LIMA, "kolong jalan layang Jembatan Lima", 24, 180, -90, BRAWLS),
            Place(JEMBATAN_LIMA, "deretan toko Jembatan Lima", 14, -120, 140, MARKET),
            Place("31.73.04.1007", "rel dekat Stasiun Angke", 14, 90, 210, (*BRAWLS, *STREET)),
            Place("31.73.04.1002", "gang konveksi Kali Anyar", 11, -60, 40, ("vehicle_theft",)),
            Place("31.73.04.1005", "lapangan RW 05 Krendang", 9, 70, -40, ("noise_dispute",)),
            Place("31.73.04.1009", "tepi kali Pekojan", 8, 40, 60, ("narcotics",)),
        ),
        _names("31.73.04", tuple(range(1001, 1012))),
        ("polres-metro-jakarta-barat", "polres-metro-jakarta-pusat"),
    ),
    Sector(
        MENTENG,
        20,
        ("samapta1.menteng", "samapta2.menteng"),
        "kapolsek.menteng",
        ("bhabin.menteng", "samapta1.menteng", "samapta2.menteng", "samapta3.menteng"),
        (
            Place("31.71.06.1003", "Jembatan Kali Pasir", 45, -210, -160, BRAWLS),
            Place("31.71.06.1003", "gang Kali Pasir", 15, -150, -110, ("vehicle_theft",)),
            Place("31.71.06.1005", "halte Kebon Sirih", 12, 60, -30, STREET),
            Place("31.71.06.1002", "taman Pegangsaan", 10, 30, 90, ("drunkenness",)),
        ),
        _names("31.71.06", tuple(range(1001, 1006))),
        ("polres-metro-jakarta-pusat", TAMBORA),
    ),
    Sector(
        PASAR_JAMBI,
        12,
        ("kapolsek.pasarjambi",),
        "kapolsek.pasarjambi",
        ("bhabin.pasarjambi",),
        (
            Place("15.71.04.1003", "pasar tepi sungai", 45, 60, 30, MARKET),
            Place("15.71.04.1001", "terminal bayangan Beringin", 30, -40, 70, STREET),
        ),
        _names("15.71.04", (1001, 1002, 1003, 1004)),
        ("polresta-jambi", PELAYANGAN),
    ),
    Sector(
        SEKAYU,
        7,
        ("kapolsek.sekayu",),
        "kapolsek.sekayu",
        ("bhabin.sekayu",),
        (
            Place("16.06.01.1010", "pasar Serasan Jaya", 40, 100, 50, MARKET),
            Place("16.06.01.1011", "jalan lingkar Soak Baru", 35, -200, 300, ("street_racing",)),
        ),
        _names("16.06.01", (1009, 1010, 1011, 1012, 2001, 2002)),
        ("polres-musi-banyuasin",),
    ),
    Sector(
        PEDAMARAN,
        6,
        ("kapolsek.pedamaran",),
        "kapolsek.pedamaran",
        ("bhabin.pedamaran",),
        (
            Place("16.02.03.2007", "kalangan Pedamaran I", 40, 80, 60, ("burglary",)),
            Place("16.02.03.2006", "jembatan Pedamaran II", 35, -50, 20, ("street_racing",)),
        ),
        _names("16.02.03", (2004, 2005, 2006, 2007, 2009, 2019)),
        ("polres-ogan-komering-ilir",),
    ),
    Sector(
        DANAU_TELUK,
        5,
        ("kapolsek.danauteluk",),
        "kapolsek.danauteluk",
        ("bhabin.danauteluk",),
        (Place("15.71.06.1003", "dermaga Olak Kemang", 70, 120, 80, ("gambling",)),),
        _names("15.71.06", (1001, 1002, 1003, 1005)),
        ("polresta-jambi",),
    ),
    Sector(
        PELAYANGAN,
        4,
        ("kapolsek.pelayangan",),
        "kapolsek.pelayangan",
        ("bhabin.pelayangan",),
        (Place("15.71.05.1001", "jembatan Arab Melayu", 70, 60, -70, ("brawl",)),),
        _names("15.71.05", (1001, 1002, 1004, 1006)),
        ("polresta-jambi", PASAR_JAMBI),
    ),
)

# Who works on reports of a Polres: the commander, who is the desk too, and the officers.
ABOVE: dict[str, tuple[str, tuple[str, ...]]] = {
    "polres-metro-jakarta-barat": ("kapolres.jakbar", ("propam.jakbar", "reskrim.jakbar")),
    "polres-metro-jakarta-pusat": ("kapolres.jakpus", ("kapolres.jakpus",)),
    "polresta-jambi": ("kapolresta.jambi", ("kapolresta.jambi",)),
    "polres-musi-banyuasin": ("kapolres.muba", ("kapolres.muba",)),
    "polres-ogan-komering-ilir": ("kapolres.oki", ("kapolres.oki",)),
}

# What is said where no known place is meant.
VAGUE = ("depan minimarket", "pangkalan ojek", "lapangan futsal", "gang belakang musala", "pos RW")


class Risk(NamedTuple):
    """A hotspot of the demo, at a place of a sector. `risky` are hours, from and until; the radius
    is in metres."""

    unit: str
    place: str
    risky: tuple[int, int]
    kinds: tuple[str, ...]
    advice: str
    radius_m: int = 150


RISKS = (
    Risk(
        TAMBORA,
        "kolong jalan layang Jembatan Lima",
        (23, 4),
        ("brawl", "street_racing"),
        "Singgah 10–15 menit, ajak remaja berbicara lalu pulang.",
        radius_m=250,  # with the checkpoint of the joint patrol
    ),
    Risk(
        TAMBORA,
        "rel dekat Stasiun Angke",
        (22, 3),
        ("robbery", "drunkenness"),
        "Lewat pelan dengan rotator, periksa lampu jalan.",
    ),
    Risk(
        TAMBORA,
        "gang konveksi Kali Anyar",
        (1, 5),
        ("vehicle_theft",),
        "Ingatkan kunci ganda, sapa penjaga malam konveksi.",
    ),
    Risk(
        PASAR_JAMBI,
        "pasar tepi sungai",
        (8, 12),
        ("extortion",),
        "Temui pedagang, tempel nomor 110.",
    ),
)
