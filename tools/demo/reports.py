"""The demo's reports: 2,000 of the last ninety days, most of them from few places."""

import hashlib
import uuid
from datetime import UTC, datetime, time, timedelta
from random import Random

from django.db import connection

from patrols.models import EntryKind, FindingReport, LogEntry
from reports.codes import ALPHABET, read_code
from reports.encryption import phone_digest
from reports.models import (
    Category,
    CategoryGroup,
    ContactAccess,
    EventKind,
    Handover,
    Precision,
    Privacy,
    Report,
    ReportContact,
    ReportEvent,
    Source,
)
from reports.selectors.routing import responsible
from reports.services.intake import derived_fields
from reports.workflow import ReportState
from toolkit.geo.points import clean_position
from tools.demo import report_cases
from tools.demo.phones import example_phone
from tools.demo.phrases import pick_report_text, texts
from tools.demo.report_cases import Case, until_unfinished
from tools.demo.report_plans import KINDS, SECTORS, Place, Sector
from tools.demo.report_setting import (
    World,
    make_hotspots,
    pick_day,
    pick_place,
    pick_point,
    read_world,
)

# Whoever has a report's code is its reporter: this one is for trying /lacak/ out.
TRACKED_CODE = "LW-C0NT-0H12-3456"
CONTACT_PHONES = 10_000  # accounts and members have the numbers below
BATCH = 2000
COUNT = 2000
FRESH = timedelta(days=5)
SOURCES = {
    Source.WEB: 58,
    Source.WHATSAPP: 14,
    Source.PHONE: 13,
    Source.WALK_IN: 9,
    Source.PARTNER: 6,
}
# The category of a finding, by a word in its text.
FINDINGS = {
    "kabel": "dangling_cable",
    "senjata tajam": "brawl",
    "dompet": "lost_document",
    "kunci masih": "vehicle_theft",
    "hidran": "fire",
    "lampu": "other",
}
MOST_FINDINGS = 24
REPORTED_TWICE = 0.25


def load_reports(*, count: int, now: datetime, seed: int) -> int:
    """Writes `count` reports up to `now` with their timelines. Returns how many it wrote."""
    world = read_world(now, seed)
    make_hotspots(world)
    findings = find_findings(world)
    made = [make_report_of_finding(world, entry, kind) for entry, kind in findings]
    while len(made) < count:
        case = make_report(world)
        made.append(case)
        if len(made) < count and world.random.random() < REPORTED_TWICE:
            duplicate = make_duplicate(world, case)
            made += [duplicate] if duplicate else []
    _save(made)
    FindingReport.objects.bulk_create(
        FindingReport(entry=entry, report=case.report, by=entry.author, at=case.report.reported_at)
        for (entry, _), case in zip(findings, made, strict=False)
    )
    return len(made)


def make_report(world: World) -> Case:
    """One report of chance, and what became of it."""
    random = world.random
    sector = random.choices(SECTORS, [sector.share for sector in SECTORS])[0]
    zone = world.units[sector.unit].zone
    code = random.choices(list(world.kinds), [KINDS[code][0] for code in world.kinds])[0]
    reported_at = world.now
    while reported_at >= world.now:
        day = pick_day(world.now.astimezone(zone).date(), random)
        band = random.choices(range(6), KINDS[code][1])[0]
        clock = time(band * 4 + random.randrange(4), random.randrange(60), random.randrange(60))
        reported_at = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    kind = world.kinds[code]
    place = pick_place(sector, code, random)
    source = random.choices(list(SOURCES), list(SOURCES.values()))[0]
    words = "told"
    if random.random() < 0.12 and texts("cyber", code) and not kind.is_sealed:
        source, words = Source.CYBER, "cyber"
    happened = reported_at - timedelta(minutes=random.expovariate(1 / 40))
    local = happened.astimezone(zone)
    text = pick_report_text(
        random, words, code, place.name, f"{local.hour:02}.{local.minute // 10}0"
    )
    case = _receive(world, sector, kind, text, place, reported_at, source, happened)
    with until_unfinished():
        _work(world, case, sector)
    return case


def _receive(
    world: World,
    sector: Sector,
    kind: Category,
    text: str,
    place: Place,
    reported_at: datetime,
    source: Source,
    happened: datetime | None,
) -> Case:
    """The report as intake stores it, and the first line of its timeline."""
    random = world.random
    home = world.units[sector.unit]
    # In a report about police, the reporter names the Polsek of the place.
    unit, about_unit = responsible(kind, home, home)
    unit = unit or home
    team = world.team(unit)
    taken = source not in (Source.WEB, Source.CYBER)
    lat, lon = None, None
    if source == Source.WEB and random.random() < 0.75 and kind.group != CategoryGroup.SERVICE:
        lat, lon = pick_point(world, place, 45)
    report = Report(
        **_identity(random),
        unit=unit,
        about_unit=about_unit,
        category=kind,
        text=text,
        village=world.areas[place.village],
        place=place.name if random.random() < 0.8 else "",
        **derived_fields(
            kind,
            source,
            reported_at,
            clean_position(lat, lon, random.randint(6, 60) if lat is not None else None),
        ),
        reported_at=reported_at,
        source=source,
        received_by=random.choice(team.desk) if taken or source == Source.CYBER else None,
    )
    _say_when(report, happened, random)
    local = reported_at.astimezone(unit.zone)
    case = Case(report, team, world.now, random, is_night=not 6 <= local.hour < 22)
    case.contact = _contact(report, random)
    case.log(
        EventKind.RECEIVED,
        reported_at,
        by=report.received_by,
        to_state=ReportState.RECEIVED,
    )
    if random.random() < (0.14 if reported_at > world.now - FRESH else 0.006):
        case.patience = random.randrange(4)
    return case


def _identity(random: Random) -> dict[str, object]:
    client_uuid = uuid.UUID(int=random.getrandbits(128), version=4)
    return {
        "client_uuid": client_uuid,
        "body_sha256": hashlib.sha256(client_uuid.bytes).hexdigest(),
        "code": read_code("".join(random.choices(ALPHABET, k=12))),
    }


def _say_when(report: Report, happened: datetime | None, random: Random) -> None:
    chance = random.random()
    if happened is None or chance < 0.25:
        return
    report.precision = Precision.ABOUT if chance < 0.65 else Precision.EXACT
    report.occurred_from = happened.replace(second=0, microsecond=0)
    if chance > 0.9:
        report.occurred_to = report.reported_at


def _contact(report: Report, random: Random) -> ReportContact | None:
    """Sets the privacy of the report; for who is not anonymous, a name and a number of nobody."""
    chances = (72, 14, 14) if report.source == Source.WEB else (30, 15, 55)
    if report.is_sealed:
        chances = (55, 38, 7)
    if report.source in (Source.CYBER, Source.PATROL):
        chances = (1, 0, 0)
    report.privacy = random.choices(list(Privacy), chances)[0]
    if report.privacy == Privacy.ANONYMOUS:
        return None
    number = random.randint(1, 600)
    phone = example_phone(CONTACT_PHONES + number)
    return ReportContact(
        report=report,
        name=f"Pelapor {number:03}" if random.random() < 0.8 else None,
        phone=phone,
        phone_digest=phone_digest(phone),
    )


def _work(world: World, case: Case, sector: Sector) -> None:
    """Takes the case through its steps, as its category and chance have it."""
    random, kind = world.random, case.report.category
    chance = random.random()
    if random.random() < 0.07 and case.report.source == Source.WEB:
        report_cases.add_reporter_note(case)
    if kind.handler and chance < 0.65:
        report_cases.refer(case, kind.handler)
        return
    if kind.is_about_police:
        case.by_telephone = True
        report_cases.verify(case)
        report_cases.resolve(case, by=random.choice(case.team.officers), low=2000, high=12000)
    elif kind.group == CategoryGroup.SERVICE or kind.code == "online_fraud":
        report_cases.settle_by_telephone(case)
    elif chance < 0.05:
        report_cases.reject(case)
        return
    elif chance < 0.10:
        other = world.team(world.units[random.choice(sector.gives_to)])
        report_cases.hand_over(case, other)
        report_cases.work_on(case)
    elif chance < 0.17:
        report_cases.settle_by_telephone(case)
    else:
        report_cases.work_on(case)
    report_cases.finish(case)


def make_duplicate(world: World, case: Case) -> Case | None:
    """Somebody else reports the same minutes later, and the desk merges the two. None where that
    makes no sense, such as for a report that was handed over."""
    random, report = world.random, case.report
    code = report.category.code
    at = report.reported_at + timedelta(seconds=random.randint(100, 1500))
    sector = next((sector for sector in SECTORS if sector.unit == report.unit.code), None)
    if not texts("again", code) or sector is None or case.handovers or at >= world.now:
        return None
    place = next((place for place in sector.places if place.name == report.place), None)
    if place is None:
        return None
    text = pick_report_text(random, "again", code, place.name, "")
    again = _receive(world, sector, report.category, text, place, at, Source.WEB, None)
    with until_unfinished():
        report_cases.merge(again, report)
    return again


def find_findings(world: World) -> list[tuple[LogEntry, Category]]:
    """The latest findings in logs that deserve a report, with their category."""
    entries = (
        LogEntry.objects.filter(
            kind=EntryKind.FINDING,
            unit__code__in=[sector.unit for sector in SECTORS],
            author__postings__isnull=False,
            received_at__lt=world.now - timedelta(minutes=10),
        )
        .select_related("unit", "author", "duty")
        .order_by("-at", "client_uuid")
    )
    found = ((entry, _category_of(world, entry.text.casefold())) for entry in entries)
    return [(entry, kind) for entry, kind in found if kind][:MOST_FINDINGS]


def _category_of(world: World, text: str) -> Category | None:
    return next((world.kinds.get(code) for word, code in FINDINGS.items() if word in text), None)


def make_report_of_finding(world: World, entry: LogEntry, kind: Category) -> Case:
    """A finding that became a report: text, place and time are the entry's."""
    sector = next(sector for sector in SECTORS if sector.unit == entry.unit.code)
    at = entry.received_at + timedelta(minutes=3)
    place = Place(sector.villages[0], "", 0, 0, 0)
    case = _receive(world, sector, kind, entry.text, place, at, Source.PATROL, entry.at)
    report = case.report
    report.village = None
    position = clean_position(entry.lat, entry.lon, entry.accuracy_m)
    for name, value in derived_fields(kind, Source.PATROL, at, position).items():
        setattr(report, name, value)
    report.received_by = case.events[0].actor = entry.author
    case.events[0].text = str(entry.duty)
    with until_unfinished():
        _work(world, case, sector)
    return case


def _save(made: list[Case]) -> None:
    """Numbers follow time, as they do where reports come in one by one."""
    made = sorted(made, key=lambda case: (case.report.reported_at, case.report.client_uuid))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('reports_report', 'id'))")
        first = int(cursor.fetchone()[0])
        last = first + len(made)
        cursor.execute("SELECT setval(pg_get_serial_sequence('reports_report', 'id'), %s)", [last])
    for number, case in enumerate(made, start=first):
        case.report.pk = number
    tracked = [case.report for case in made if _may_be_tracked(case.report)]
    if tracked:
        tracked[-1].code = TRACKED_CODE
    Report.objects.bulk_create([case.report for case in made], BATCH)
    events = sorted((event for case in made for event in case.events), key=lambda e: e.at)
    ReportEvent.objects.bulk_create(events, BATCH)
    ReportContact.objects.bulk_create([case.contact for case in made if case.contact], BATCH)
    Handover.objects.bulk_create([row for case in made for row in case.handovers], BATCH)
    ContactAccess.objects.bulk_create([row for case in made for row in case.openings], BATCH)


def _may_be_tracked(report: Report) -> bool:
    """Whether TRACKED_CODE may be its code: resolved, so that the reporter may answer."""
    return (
        report.state == ReportState.RESOLVED
        and not report.is_sealed
        and report.rating is None
        and report.source == Source.WEB
        and report.unit.code == SECTORS[0].unit
    )
