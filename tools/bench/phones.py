"""Phones that come back from a night without a signal, all at once.

Each sends its items one after another, as the outbox does, and sends again what got no answer.
"""

import http.client
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Role
from patrols.models import Duty, LogEntry
from patrols.services.duties import start_unscheduled
from territory.models import Unit
from tools.bench import servers
from tools.bench.pages import FORM_UNIT, Call
from tools.bench.sessions import session_of

STORED, STORED_BEFORE = 201, 200
MOST_TRIES = 5


@dataclass(frozen=True)
class Phone:
    duty: Duty
    cookies: dict[str, str]
    items: list[Call]


@dataclass
class Evening:
    """What came of it: answers by status, milliseconds of each, and what the database has."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    seconds: float = 0
    lost: int = 0
    doubled: int = 0

    @property
    def wrong(self) -> int:
        good = self.statuses[STORED] + self.statuses[STORED_BEFORE]
        return self.statuses.total() - good + self.failures.total()


def make_phones(count: int, items: int) -> list[Phone]:
    """Officers of one Polsek with a patrol each, and what they wrote there."""
    unit = Unit.objects.get(code=FORM_UNIT)
    return [_make_phone(unit, items) for _ in range(count)]


def _make_phone(unit: Unit, items: int) -> Phone:
    name = f"ponsel.{uuid.uuid4().hex[:12]}"
    user = User.objects.create(username=name, name=name, unit=unit)
    today = timezone.localdate()
    Posting.objects.create(user=user, unit=unit, role=Role.OFFICER, starts_on=today)
    duty = start_unscheduled(unit=unit, by=user, name=name)
    calls = [item(user, duty, number, items) for number in range(items)]
    return Phone(duty, {settings.SESSION_COOKIE_NAME: session_of(user)}, calls)


def item(user: User, duty: Duty, number: int, items: int) -> Call:
    """Of five: three entries with words, one check-in, one without anything to report."""
    now = timezone.now()
    fields = {
        "client_uuid": str(uuid.uuid4()),
        "device_at": (now - timedelta(seconds=items - number)).isoformat(),
        "sent_at": now.isoformat(),
    }
    name = {3: "check_in", 4: "duty_nil"}.get(number % 5, "entry_add")
    if name == "entry_add":
        fields |= {"kind": "observation", "text": f"Lorong {number}: situasi aman terkendali"}
    if name == "check_in":
        fields |= {"lat": "-6.15", "lon": "106.8", "accuracy_m": "12"}
    path = reverse(f"patrols:{name}", args=[duty.pk])
    return Call(path, fields, {"X-Outbox": str(user.pk)})


def send_all(port: int, phones: Sequence[Phone]) -> Evening:
    evening = Evening()
    begin = time.perf_counter()
    with ThreadPoolExecutor(len(phones)) as pool:
        for _done in pool.map(lambda phone: _send(evening, port, phone), phones):
            pass
    evening.seconds = time.perf_counter() - begin
    for phone in phones:
        _compare(evening, phone)
    return evening


def _send(evening: Evening, port: int, phone: Phone) -> None:
    for call in phone.items:
        fresh = replace(call, fields=call.fields | {"sent_at": timezone.now().isoformat()})
        for _turn in range(MOST_TRIES):
            try:
                took, status, _length = servers.ask(port, fresh, phone.cookies)
            except (OSError, http.client.HTTPException) as error:
                evening.failures[type(error).__name__] += 1
                continue
            evening.statuses[status] += 1
            evening.took.append(took)
            if status in (STORED, STORED_BEFORE):
                break


def _compare(evening: Evening, phone: Phone) -> None:
    wanted = {call.fields["client_uuid"] for call in phone.items}
    rows = LogEntry.objects.filter(duty=phone.duty, kind__in=("observation", "check_in"))
    stored = [str(key) for key in rows.values_list("client_uuid", flat=True)]
    evening.lost += len(wanted - set(stored))
    evening.doubled += len(stored) - len(set(stored) & wanted)
