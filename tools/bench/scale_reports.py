"""Reports of a whole country for the benchmarks: three years of them, oldest first, by COPY.

Which sector has how many is said in scale_units.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cryptography.fernet import Fernet
from django.db import connection

from reports.codes import ALPHABET, read_code
from reports.encryption import newest_key, phone_digest
from reports.models import (
    Category,
    EventKind,
    Handover,
    Precision,
    Privacy,
    Report,
    ReportContact,
    ReportEvent,
)
from reports.workflow import Outcome, ReportState, consequences
from territory.models import Area, AreaLevel
from tools.bench.copying import Table, without_indexes
from tools.bench.scale_units import Sector, make_sectors
from tools.demo.phrases import pick_report_text, pick_text
from tools.demo.report_plans import KINDS, VAGUE
from tools.demo.reports import SOURCES

DAYS = 3 * 365
FRESH = timedelta(days=6)
RARE_WORD, ONE_HAS_IT = "kentongan", 20_000
CONTACTS, AT_ONCE = 2000, 20_000

MORE = (
    "", "", "", "", "Mohon segera.", "Terima kasih.", "Sudah tiga malam begini.", "Tolong pak.",
    "Saya ada fotonya.", "Banyak anak kecil di sini.", "Jangan sebut nama saya.",
    "Ketua RT sudah tahu.", "Kejadian sejak minggu lalu.", "Warga sudah resah.",
    "Satpam komplek juga melihat.", "Ada CCTV di toko sebelah.", "Hujan deras jadi sepi.",
)  # fmt: skip
# How often a report is in each state, once it is no longer fresh.
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
# The events that lead to a state after the first one, each with the state it leads to.
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
BY_COMMANDER = (EventKind.CLOSED, EventKind.REJECTED)
HANDLED = "Sudah ditangani."


@dataclass
class Times:
    """What `consequences` reads of a report."""

    category: Category
    due_at: datetime | None
    state: str = ReportState.RECEIVED
    first_response_at: datetime | None = None
    arrived_at: datetime | None = None
    resolved_at: datetime | None = None


def load_reports(*, reports: int, now: datetime, seed: int, say: Callable[[str], object]) -> None:
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
        with without_indexes(Report, ReportEvent, ReportContact, Handover):
            writer = Writer(random, now)
            for number, reported_at in enumerate(moments(reports, now, random)):
                sector = sectors.choose(number, reported_at, now, random)
                writer.write(first + number, reported_at, sector)
                if (number + 1) % AT_ONCE == 0 or number + 1 == reports:
                    writer.send()
                    say(f"report {number + 1:,} of {reports:,}")


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
    """Turns the moment and the sector of a report into its rows."""

    def __init__(self, random: Random, now: datetime) -> None:
        self.random, self.now = random, now
        # A report about police would need people of another unit to work on it.
        offered = Category.objects.offered().exclude(is_about_police=True)
        self.kinds = [kind for kind in offered if kind.code in KINDS]
        self.weights = [KINDS[kind.code][0] for kind in self.kinds]
        self.names = list(
            Area.objects.filter(level=AreaLevel.DISTRICT).values_list("name", flat=True)
        )
        self.reports = Table(Report, numbered=True)
        self.events, self.contacts = Table(ReportEvent), Table(ReportContact)
        self.handovers = Table(Handover)
        # Encrypted once: for every report anew, that would take most of the time.
        cipher = newest_key()
        self.people = [_person(cipher, number) for number in range(CONTACTS)]
        # The last report of each sector and category: a duplicate is merged with it.
        self.last: dict[tuple[int, int], int] = {}

    def send(self) -> None:
        for table in (self.reports, self.events, self.contacts, self.handovers):
            table.send()

    def write(self, pk: int, at: datetime, sector: Sector) -> None:
        """One report with its events, and perhaps a contact and a handover."""
        random = self.random
        kind = random.choices(self.kinds, self.weights)[0]
        state = self._state(at, kind, sector)
        is_given = state != ReportState.DUPLICATE and random.random() < 0.005
        holder = sector.polres if is_given else sector.unit
        officer = random.choice(sector.people[1:] or sector.people)
        changed = self._write_events(pk, at, state, sector, holder, officer, kind)
        lat, lon, cell = random.choice(sector.points) if random.random() < 0.6 else (None,) * 3
        client_uuid = f"{random.getrandbits(128):032x}"
        privacy = random.choices(list(Privacy), (70, 12, 18))[0]
        happened = at - timedelta(minutes=random.randrange(90)) if random.random() < 0.6 else None
        row: dict[str, object] = {
            "id": pk,
            "unit": holder,
            "client_uuid": client_uuid,
            "body_sha256": hashlib.sha256(client_uuid.encode()).hexdigest(),
            "code": self._code(),
            "category": kind.pk,
            "text": self._text(pk, kind),
            "village": sector.area,
            "place": random.choice(VAGUE),
            "lat": lat,
            "lon": lon,
            "h3_cell": cell,
            "accuracy_m": 20 if cell else None,
            "occurred_from": happened,
            "precision": Precision.ABOUT if happened else Precision.UNKNOWN,
            "reported_at": at,
            "source": random.choices(list(SOURCES), list(SOURCES.values()))[0],
            "privacy": privacy,
            "is_sealed": kind.is_sealed,
            "priority": kind.usual_priority,
            "due_at": kind.due_at(at),
            **changed,
        }
        if row.get("outcome") and random.random() < 0.15:
            row["rating"] = random.randint(2, 5)
        self.reports.add(**row)
        if privacy != Privacy.ANONYMOUS:
            name, phone, digest = random.choice(self.people)
            self.contacts.add(report=pk, name=name, phone=phone, phone_digest=digest)
        if state != ReportState.DUPLICATE and not is_given:
            self.last[sector.unit, kind.pk] = pk

    def _state(self, at: datetime, kind: Category, sector: Sector) -> str:
        chances = FRESH_STATES if self.now - at < FRESH else STATES
        state = self.random.choices(list(chances), list(chances.values()))[0]
        if self.now - at < timedelta(hours=12):
            state = self.random.choice([ReportState.RECEIVED, ReportState.VERIFIED])
        if state == ReportState.DUPLICATE and (sector.unit, kind.pk) not in self.last:
            return ReportState.CLOSED
        return str(state)

    def _write_events(
        self,
        pk: int,
        at: datetime,
        state: str,
        sector: Sector,
        holder: int,
        officer: int,
        kind: Category,
    ) -> dict[str, Any]:
        """Writes the timeline that leads to `state`. Returns the fields that its steps set."""
        random, commander = self.random, sector.people[0]
        event = {"report": pk, "unit": sector.unit, "is_public": True}
        before: str = ReportState.RECEIVED
        self.events.add(**event, kind=EventKind.RECEIVED, to_state=before, at=at)
        if holder != sector.unit:
            at = min(at + timedelta(minutes=random.randint(3, 30)), self.now)
            self.events.add(
                **event,
                kind=EventKind.HANDED_OVER,
                from_state=before,
                to_state=before,
                actor=commander,
                text=pick_text(random, "handed_over"),
                at=at,
            )
            self.handovers.add(report=pk, unit=sector.unit, to_unit=holder, at=at)
        changed: dict[str, Any] = {"state": before}
        times = Times(kind, kind.due_at(at))
        pace = (kind.target_minutes or 60) * random.lognormvariate(-0.9, 0.6)
        for event_kind, reached in WAYS[state]:
            minutes = 1440 * random.random() if reached == ReportState.CLOSED else 1 + pace
            at = min((at + timedelta(minutes=minutes)).replace(microsecond=0), self.now)
            changed |= consequences(times, reached, at, by_police=True)
            changed |= self._set_by_hand(reached, sector, officer, kind)
            for name in vars(times).keys() & changed.keys():
                setattr(times, name, changed[name])
            self.events.add(
                report=pk,
                unit=holder,
                is_public=True,
                kind=event_kind,
                from_state=before,
                to_state=reached,
                actor=commander if event_kind in BY_COMMANDER else officer,
                text=HANDLED if reached == ReportState.RESOLVED else "",
                at=at,
            )
            before = reached
        return changed

    def _set_by_hand(
        self, state: str, sector: Sector, officer: int, kind: Category
    ) -> dict[str, Any]:
        """What the person who makes the change fills in."""
        if state == ReportState.DISPATCHED:
            return {"assignee": officer}
        if state == ReportState.RESOLVED:
            return {"outcome": Outcome.HANDLED, "outcome_reason": HANDLED}
        if state == ReportState.REFERRED:
            return {"referred_to": "PLN"}
        if state == ReportState.DUPLICATE:
            return {"duplicate_of": self.last[sector.unit, kind.pk]}
        return {}

    def _code(self) -> str | None:
        bits = self.random.getrandbits(60)
        return read_code("".join(ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5)))

    def _text(self, pk: int, kind: Category) -> str:
        random = self.random
        place = f"{random.choice(VAGUE)} {random.choice(self.names)}"
        clock = f"{random.randrange(24):02}.{random.randrange(6)}0"
        text = pick_report_text(random, "told", kind.code, place, clock)
        rare = f"Warga memukul {RARE_WORD}." if pk % ONE_HAS_IT == 0 else random.choice(MORE)
        return f"{text} {rare}".strip()


def _person(cipher: Fernet, number: int) -> tuple[str, str, str]:
    """Name and telephone number, encrypted, and the digest of the number."""
    phone = f"+6281100{number:05}"
    name, sealed = (
        cipher.encrypt(text.encode()).decode() for text in (f"Pelapor {number:04}", phone)
    )
    return name, sealed, phone_digest(phone)
