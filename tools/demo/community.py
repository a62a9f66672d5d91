"""The demo's community work: what the Bhabinkamtibmas of Polsek Tambora did in sixty days. What
residents asked for and what was ordered is made by community_issues.py."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from programs.models import Activity, ActivityKind
from programs.services.activities import ActivityDraft
from territory.models import Area, Unit
from territory.services.area_table import save_areas
from toolkit.idempotency.sent import Sent
from tools.demo.accounts import TAMBORA
from tools.demo.community_issues import load_instruction, load_issues
from tools.demo.phrases import texts

SPACE = uuid.UUID("a4f0d1b2-54f7-4ea0-a1ce-0e6c4d0a8b11")
DAYS = 60
A_DAY = 0.55
# How often a Bhabinkamtibmas does which kind.
KINDS = {
    "visit": 45,
    "early_detection": 9,
    "problem_solving": 6,
    "counselling": 9,
    "face_to_face": 12,
    "night_watch": 10,
    "help": 4,
    "village_event": 5,
}
ALONE = ("visit", "help")
# Invented: how many RW of the demo's villages have how many RT.
RW_COUNT, RT_COUNT = 4, 6
SOME_RT = RT_COUNT - 1  # the last RT of each RW has not been visited


def load_community(*, users: dict[str, User], now: datetime, seed: int) -> int:
    """Returns how many activities were written."""
    unit = Unit.objects.get(code=TAMBORA)
    random = Random(f"{seed} community")  # noqa: S311
    officers = [user for name, user in users.items() if _is_bhabin(name, user, unit)]
    villages = _villages_of(officers)
    _make_rts(list(villages.values()), users["admin"])
    kinds = {kind.code: kind for kind in ActivityKind.objects.all()}
    activities = Activity.objects.bulk_create(
        row
        for officer in officers
        for row in _activities(random, unit, officer, villages[officer.pk], kinds, now)
    )
    load_issues(random=random, unit=unit, users=users, villages=villages, now=now)
    load_instruction(unit=unit, users=users, officers=officers, now=now)
    return len(activities)


def _is_bhabin(name: str, user: User, unit: Unit) -> bool:
    return name.startswith("bhabin.") and user.unit_id == unit.pk


def _villages_of(officers: list[User]) -> dict[int, Area]:
    """The first village of each, by the officer's key."""
    postings = {officer.pk: officer.postings.get() for officer in officers}
    return {pk: posting.villages.order_by("code")[0] for pk, posting in postings.items()}


def _make_rts(villages: list[Area], by: User) -> None:
    lines = ["desa;rw;rt"]
    lines += [f"{v.code};{rw};{RT_COUNT} RT" for v in villages for rw in range(1, RW_COUNT + 1)]
    save_areas(text="\n".join(lines), by=by)


def _activities(
    random: Random,
    unit: Unit,
    officer: User,
    village: Area,
    kinds: dict[str, ActivityKind],
    now: datetime,
) -> Iterator[Activity]:
    today = now.astimezone(unit.zone).replace(minute=0, second=0, microsecond=0)
    for days in range(DAYS, 0, -1):
        if random.random() > A_DAY:
            continue
        code = random.choices(list(KINDS), list(KINDS.values()))[0]
        hour = random.randint(20, 22) if code == "night_watch" else random.randint(8, 16)
        at = today.replace(hour=hour, minute=random.randrange(60)) - timedelta(days=days)
        rw, rt, people = random.randint(1, RW_COUNT), random.randint(1, SOME_RT), 1
        if code not in ALONE:
            people = random.randint(4, 30)
        slots: dict[str, object] = {"rw": f"{rw:02}", "rt": f"{rt:02}", "n": people}
        text, outcome = _told(random, code, slots)
        draft = ActivityDraft(
            kind=kinds[code],
            text=text,
            outcome=outcome,
            at=at,
            village=village,
            rw=rw,
            rt=rt,
            people_count=people,
            topic="security",
            sent=Sent(uuid.uuid5(SPACE, f"{officer.username} {days}")),
        )
        yield Activity(
            **draft.columns(),
            unit=unit,
            author=officer,
            at=at,
            received_at=at + timedelta(minutes=random.randint(1, 40)),
            client_uuid=draft.sent.client_uuid,
            body_sha256=draft.sha256(officer),
        )


def _told(random: Random, code: str, slots: dict[str, object]) -> tuple[str, str]:
    """An account, and the outcome that goes with it where the kind has one."""
    accounts, outcomes = texts("activity", code), texts("activity_outcome", code)
    number = random.randrange(len(accounts))
    return accounts[number].format(**slots), outcomes[number] if outcomes else ""
