"""A country's worth of reports for the benchmarks, written by COPY: three years, oldest first.

Three Polda with some 190 sectors have nearly all of them. A fourth is quiet: 200 sectors with a
handful of reports each. One sector has had none for two years.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection
from encrypted_fields.fields import EncryptedCharField

from accounts.models import Posting, User
from accounts.roles import Role
from reports.codes import ALPHABET, read_code
from reports.models import Category, EventKind, Precision, Privacy
from reports.models.contacts import phone_digest
from reports.services.intake import due_at, priority_of
from reports.workflow import Outcome, ReportState
from territory.models import Area, AreaLevel, Unit, UnitKind
from toolkit.geo.points import cell_of
from tools.demo import PASSWORD
from tools.demo.copying import Table, bare
from tools.demo.report_phrases import says, tells
from tools.demo.report_plans import KINDS, VAGUE
from tools.demo.reports import SOURCES
from tools.demo.scale import add_units

QUIET_PROVINCE, QUIET_SECTORS = "18", 200
QUIET_POLDA = "contoh-polda-18"
QUIET_CHIEF = "kapolda.contoh"
DAYS = 3 * 365
FRESH = timedelta(days=6)
ASLEEP = timedelta(days=2 * 365 + 1)
ONE_IS_QUIET = 500
RARE_WORD, ONE_HAS_IT = "kentongan", 20_000
POINTS, CONTACTS, AT_ONCE = 30, 2000, 20_000

REPORT_COLUMNS = (
    "id unit_id client_uuid body_sha256 code category_id text village_id place lat lon h3_cell "
    "accuracy_m occurred_from occurred_to precision reported_at source privacy is_sealed "
    "priority assignee_id received_by_id state outcome outcome_reason lp_number "
    "referred_to duplicate_of_id rating due_at first_response_at arrived_at resolved_at closed_at"
)
EVENT_COLUMNS = "report_id kind from_state to_state actor_id unit_id is_public text at"
CONTACT_COLUMNS = "report_id name phone phone_digest"
HANDOVER_COLUMNS = "report_id unit_id to_unit_id at"
TABLES = (
    "reports_report", "reports_reportevent", "reports_reportcontact", "reports_handover",
)  # fmt: skip

MORE = (
    "", "", "", "", "Mohon segera.", "Terima kasih.", "Sudah tiga malam begini.", "Tolong pak.",
    "Saya ada fotonya.", "Banyak anak kecil di sini.", "Jangan sebut nama saya.",
    "Ketua RT sudah tahu.", "Kejadian sejak minggu lalu.", "Warga sudah resah.",
    "Satpam komplek juga melihat.", "Ada CCTV di toko sebelah.", "Hujan deras jadi sepi.",
)  # fmt: skip
# Of reports that are no longer fresh.
STATES = {
    ReportState.CLOSED: 7800,
    ReportState.REFERRED: 1000,
    ReportState.REJECTED: 600,
    ReportState.DUPLICATE: 350,
    ReportState.RESOLVED: 240,
    ReportState.VERIFIED: 10,
}
FRESH_STATES = {
    ReportState.CLOSED: 20,
    ReportState.RESOLVED: 40,
    ReportState.ON_SCENE: 8,
    ReportState.DISPATCHED: 8,
    ReportState.VERIFIED: 6,
    ReportState.RECEIVED: 6,
    ReportState.REFERRED: 7,
    ReportState.REJECTED: 5,
}
# The way to a state: the kind of each event after the first, and the state it leads to.
WAYS: dict[str, list[tuple[str, str]]] = {
    ReportState.RECEIVED: [],
    ReportState.VERIFIED: [(EventKind.VERIFIED, ReportState.VERIFIED)],
    ReportState.DISPATCHED: [(EventKind.DISPATCHED, ReportState.DISPATCHED)],
    ReportState.REFERRED: [(EventKind.REFERRED, ReportState.REFERRED)],
    ReportState.REJECTED: [(EventKind.REJECTED, ReportState.REJECTED)],
    ReportState.DUPLICATE: [(EventKind.MERGED, ReportState.DUPLICATE)],
}
WAYS[ReportState.ON_SCENE] = [
    *WAYS[ReportState.DISPATCHED],
    (EventKind.ARRIVED, ReportState.ON_SCENE),
]
WAYS[ReportState.RESOLVED] = [
    *WAYS[ReportState.ON_SCENE],
    (EventKind.RESOLVED, ReportState.RESOLVED),
]
WAYS[ReportState.CLOSED] = [*WAYS[ReportState.RESOLVED], (EventKind.CLOSED, ReportState.CLOSED)]


@dataclass(frozen=True)
class Sector:
    """Ids of a Polsek, of the Polres above it and of its people, the commander first."""

    unit: int
    polres: int
    area: int
    people: tuple[int, ...]
    points: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Sectors:
    busy: list[Sector]
    weights: list[float]
    asleep: Sector
    quiet: list[Sector]


def load_report_scale(
    *, reports: int, now: datetime, seed: int, say: Callable[[str], object]
) -> None:
    """Writes `reports` reports with their events, contacts and handovers."""
    random = Random(f"{seed} scale of reports")  # noqa: S311
    sectors = make_sectors(random)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE territory_unit, reports_category")
        cursor.execute("SELECT nextval(pg_get_serial_sequence('reports_report', 'id'))")
        first = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('reports_report', 'id'), %s)", [first + reports]
        )
        with bare(*TABLES):
            writer = Writer(random, now)
            for number, reported_at in enumerate(moments(reports, now, random)):
                writer.write(
                    first + number, reported_at, _sector(sectors, number, reported_at, now, random)
                )
                if (number + 1) % AT_ONCE == 0 or number + 1 == reports:
                    writer.send()
                    say(f"report {number + 1:,} of {reports:,}")


def make_sectors(random: Random) -> Sectors:
    """The sectors that `load_scale` made, and the quiet Polda beside them."""
    staff: dict[int, list[int]] = {}
    for pk, unit in (
        User.objects.filter(unit__code__startswith="contoh-")
        .order_by("username")
        .values_list("pk", "unit")
    ):
        staff.setdefault(unit, []).append(pk)
    units = (
        Unit.objects.filter(code__startswith="contoh-", kind=UnitKind.POLSEK)
        .select_related("area")
        .order_by("code")
    )
    busy = [_as_sector(unit, unit.area, staff[unit.pk], random) for unit in units if unit.area]
    quiet = make_quiet_polda(random)
    return Sectors(busy[:-1], [random.uniform(0.4, 2.2) for _ in busy[:-1]], busy[-1], quiet)


def make_quiet_polda(random: Random) -> list[Sector]:
    areas = list(Area.objects.filter(code__startswith=f"{QUIET_PROVINCE}.").order_by("code"))
    province = Area.objects.get(code=QUIET_PROVINCE)
    polda = Unit.objects.create(
        code=QUIET_POLDA,
        kind=UnitKind.POLDA,
        name=f"Polda {province.name} (contoh)",
        parent=Unit.objects.get(kind=UnitKind.MABES),
        area=province,
    )
    chief = User.objects.create(
        username=QUIET_CHIEF,
        name=f"Kapolda {province.name} (contoh)",
        unit=polda,
        password=make_password(PASSWORD),
        is_demo=True,
    )
    Posting.objects.create(user=chief, unit=polda, role=Role.COMMANDER, starts_on="2020-01-01")
    regencies = [(polda, area) for area in areas if area.level == AreaLevel.REGENCY]
    above = {area.pk: unit for unit, area in add_units(UnitKind.POLRES, regencies)}
    districts = [area for area in areas if area.level == AreaLevel.DISTRICT][:QUIET_SECTORS]
    made = add_units(UnitKind.POLSEK, [(above[area.parent_id or 0], area) for area in districts])
    return [_as_sector(unit, area, [chief.pk], random) for unit, area in made]


def sleeping_sector() -> Unit:
    """The one that has had no report for two years."""
    sectors = Unit.objects.filter(code__startswith="contoh-", kind=UnitKind.POLSEK)
    return sectors.order_by("-code")[:1].get()


def _as_sector(unit: Unit, area: Area, people: Sequence[int], random: Random) -> Sector:
    points = []
    for _ in range(POINTS):
        lat = round((area.lat or -2.0) + random.gauss(0, 0.008), 6)
        lon = round((area.lon or 104.0) + random.gauss(0, 0.008), 6)
        points.append((lat, lon, cell_of(lat, lon)))
    return Sector(unit.pk, unit.parent_id or unit.pk, area.pk, tuple(people), tuple(points))


def _sector(sectors: Sectors, number: int, at: datetime, now: datetime, random: Random) -> Sector:
    if number % ONE_IS_QUIET == ONE_IS_QUIET // 2:
        return random.choice(sectors.quiet)
    if number % ONE_IS_QUIET == 0 and now - at > ASLEEP:
        return sectors.asleep
    return random.choices(sectors.busy, sectors.weights)[0]


def moments(count: int, now: datetime, random: Random) -> Iterator[datetime]:
    """`count` moments of three years up to `now`, in order, more of them at night."""
    hours = [hour for hour in range(24) for _ in range(3 if hour < 3 or hour > 19 else 1)]
    begin = (now - timedelta(days=DAYS)).astimezone(UTC).replace(hour=0, minute=0, second=0)
    for day in range(DAYS):
        today = count * (day + 1) // DAYS - count * day // DAYS
        # 17.00 UTC is midnight in Jakarta.
        seconds = sorted(
            (random.choice(hours) + 17) % 24 * 3600 + random.randrange(3600) for _ in range(today)
        )
        for second in seconds:
            yield min(begin + timedelta(days=day, seconds=second), now)


class Writer:
    """Turns moments into rows."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random, self.now = random, now
        # What is about police needs people of another unit to work on it.
        offered = Category.objects.offered().exclude(is_about_police=True)
        kinds = [kind for kind in offered if kind.code in KINDS]
        self.kinds, self.weights = kinds, [KINDS[kind.code][0] for kind in kinds]
        self.names = list(
            Area.objects.filter(level=AreaLevel.DISTRICT).values_list("name", flat=True)
        )
        self.reports = Table(TABLES[0], REPORT_COLUMNS)
        self.events = Table(TABLES[1], EVENT_COLUMNS)
        self.contacts = Table(TABLES[2], CONTACT_COLUMNS)
        self.handovers = Table(TABLES[3], HANDOVER_COLUMNS)
        self.cipher = EncryptedCharField()
        self.known = [self._known(number) for number in range(CONTACTS)]
        # The last report of each sector and category: what a duplicate is merged with.
        self.last: dict[tuple[int, int], int] = {}

    def _known(self, number: int) -> tuple[str, str, str]:
        phone = f"+6281100{number:05}"
        name, sealed = map(self.cipher.get_prep_value, (f"Pelapor {number:04}", phone))
        return name, sealed, phone_digest(phone)

    def send(self) -> None:
        for table in (self.reports, self.events, self.contacts, self.handovers):
            table.send()

    def write(self, pk: int, at: datetime, sector: Sector) -> None:
        """One report, its way, and perhaps a contact and a handover."""
        random = self.random
        kind = random.choices(self.kinds, self.weights)[0]
        state = self._state(at, kind, sector)
        unit = sector.unit
        given = state != ReportState.DUPLICATE and random.random() < 0.005
        holder = sector.polres if given else unit
        officer = random.choice(sector.people[1:] or sector.people)
        times = self._walk(pk, at, state, unit, holder, officer, sector.people[0], kind)
        lat, lon, cell = random.choice(sector.points) if random.random() < 0.6 else (None,) * 3
        client_uuid = f"{random.getrandbits(128):032x}"
        privacy = random.choices(list(Privacy), (70, 12, 18))[0]
        known = at - timedelta(minutes=random.randrange(90)) if random.random() < 0.6 else None
        ended = state in (ReportState.RESOLVED, ReportState.CLOSED)
        assigned = ended or state in (ReportState.DISPATCHED, ReportState.ON_SCENE)
        self.reports.add(
            *(pk, holder, client_uuid, hashlib.sha256(client_uuid.encode()).hexdigest()),
            *(self._code(), kind.pk, self._text(pk, kind), sector.area, random.choice(VAGUE)),
            *(lat, lon, cell, 20 if cell else None, known, None),
            Precision.ABOUT if known else Precision.UNKNOWN,
            *(at, random.choices(list(SOURCES), list(SOURCES.values()))[0], privacy),
            *(kind.is_sealed, priority_of(kind), officer if assigned else None, None),
            *(state, Outcome.HANDLED if ended else "", "Sudah ditangani." if ended else "", ""),
            "PLN" if state == ReportState.REFERRED else "",
            self.last.get((unit, kind.pk)) if state == ReportState.DUPLICATE else None,
            random.randint(2, 5) if ended and random.random() < 0.15 else None,
            *(due_at(kind, at), times.get("first"), times.get(ReportState.ON_SCENE)),
            *(times.get(ReportState.RESOLVED), times.get(ReportState.CLOSED)),
        )
        if privacy != Privacy.ANONYMOUS:
            self.contacts.add(pk, *random.choice(self.known))
        if state != ReportState.DUPLICATE and not given:
            self.last[unit, kind.pk] = pk

    def _state(self, at: datetime, kind: Category, sector: Sector) -> str:
        chances = FRESH_STATES if self.now - at < FRESH else STATES
        state = self.random.choices(list(chances), list(chances.values()))[0]
        if self.now - at < timedelta(hours=12):
            state = self.random.choice([ReportState.RECEIVED, ReportState.VERIFIED])
        if state == ReportState.DUPLICATE and (sector.unit, kind.pk) not in self.last:
            return ReportState.CLOSED
        return str(state)

    def _walk(
        self,
        pk: int,
        at: datetime,
        state: str,
        unit: int,
        holder: int,
        officer: int,
        commander: int,
        kind: Category,
    ) -> dict[str, datetime]:
        """Writes the timeline; the moment of each state reached, and of the first answer."""
        random = self.random
        self.events.add(pk, EventKind.RECEIVED, "", ReportState.RECEIVED, None, unit, "t", "", at)
        before: str = ReportState.RECEIVED
        times: dict[str, datetime] = {}
        if holder != unit:
            at = min(at + timedelta(minutes=random.randint(3, 30)), self.now)
            self.events.add(
                pk, EventKind.HANDED_OVER, before, before, commander, unit, "t",
                says(random, "handed_over"), at,
            )  # fmt: skip
            self.handovers.add(pk, unit, holder, at)
        pace = (kind.target_minutes or 60) * random.lognormvariate(-0.9, 0.6)
        for event, reached in WAYS[state]:
            minutes = 1440 * random.random() if reached == ReportState.CLOSED else 1 + pace
            at = min((at + timedelta(minutes=minutes)).replace(microsecond=0), self.now)
            actor = commander if event in (EventKind.CLOSED, EventKind.REJECTED) else officer
            text = "Sudah ditangani." if event == EventKind.RESOLVED else ""
            self.events.add(pk, event, before, reached, actor, holder, "t", text, at)
            before = reached
            times[reached] = at
            times.setdefault("first", at)
        return times

    def _code(self) -> str | None:
        bits = self.random.getrandbits(60)
        return read_code("".join(ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5)))

    def _text(self, pk: int, kind: Category) -> str:
        random = self.random
        place = f"{random.choice(VAGUE)} {random.choice(self.names)}"
        clock = f"{random.randrange(24):02}.{random.randrange(6)}0"
        text = tells(random, "told", kind.code, place, clock)
        rare = f"Warga memukul {RARE_WORD}." if pk % ONE_HAS_IT == 0 else random.choice(MORE)
        return f"{text} {rare}".strip()
