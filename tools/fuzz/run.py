"""Sends the drawn requests in this process and judges the answers. Nothing they store stays."""

import logging
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from accounts.models import User
from toolkit.serving.requests import Request
from tools.fuzz.addresses import Address, Keys, addresses
from tools.fuzz.forms import PageForm, forms_of
from tools.fuzz.requests import Sent, any_request, sent_form

# Requests of one person in one transaction, which is undone: later ones meet what earlier ones did.
BATCH = 25
FORM_SHARE = 0.5
MOST_REMEMBERED = 5000
DETAILS = 2500  # characters of a traceback, its end


@dataclass(frozen=True)
class Role:
    """Somebody who sends requests. None of `canaries`, words of foreign rows, may be answered.
    `keys` are of rows that the person sees, and of some that are foreign."""

    name: str
    user: User | None
    keys: Keys
    canaries: Sequence[bytes] = ()


@dataclass(frozen=True)
class Failure:
    """`kind` is the same for what one fault does to many requests."""

    kind: str
    request: str
    details: str = ""


@dataclass
class Outcome:
    """`statuses` and `names` count the answers by status, and the requests by address."""

    sent: int = 0
    failures: list[Failure] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """Each kind of failure once, with how often it came and its first request."""
        counted = Counter(failure.kind for failure in self.failures)
        first = {failure.kind: failure for failure in reversed(self.failures)}
        return "\n".join(
            f"{count} × {kind}\n{first[kind].request}\n{first[kind].details}"
            for kind, count in counted.most_common()
        )


class _Undo(Exception):
    pass


def fuzz(roles: Sequence[Role], *, requests: int, seed: int) -> Outcome:
    """At least `requests` requests: every address by one of the roles, and then any."""
    draw, outcome = Random(str(seed)), Outcome()  # noqa: S311 repeatable, guards no secret
    found = addresses()
    queue = list(found)
    draw.shuffle(queue)
    people = [_Person(role, draw, outcome) for role in roles]
    # The client of tests makes Django's own request, whatever the site serves with.
    as_served = patch("django.test.client.WSGIRequest", Request)
    with (
        TemporaryDirectory() as uploads,
        override_settings(MEDIA_ROOT=uploads, ALLOWED_HOSTS=["testserver"]),
        as_served,
        _quiet(),
    ):
        turn = 0
        while outcome.sent < requests or queue:
            batch = [queue.pop() if queue else draw.choice(found) for _number in range(BATCH)]
            people[turn % len(people)].send(batch)
            turn += 1
    return outcome


class _Person:
    def __init__(self, role: Role, draw: Random, outcome: Outcome) -> None:
        self.role, self.draw, self.outcome = role, draw, outcome
        self.forms: dict[str, list[PageForm]] = {}

    def send(self, batch: Sequence[Address]) -> None:
        try:
            with transaction.atomic():
                self._send(batch)
                raise _Undo
        except _Undo:
            pass

    def _send(self, batch: Sequence[Address]) -> None:
        self.client = Client(raise_request_exception=False)
        self._sign_in()
        for address in batch:
            path = address.path(self.draw, self.role.keys)
            if self.draw.random() < FORM_SHARE:
                forms = self._forms(address, path)
                if forms:
                    form = self.draw.choice(forms)
                    self._judge(address, sent_form(self.draw, path, form))
                    continue
            self._judge(address, any_request(self.draw, address, path))

    def _forms(self, address: Address, path: str) -> list[PageForm]:
        """Of the page in the address, asked as a browser asks; not the sign-out on every page."""
        if path not in self.forms:
            if len(self.forms) > MOST_REMEMBERED:
                self.forms.clear()
            page = self._judge(address, Sent("GET", path))
            found = forms_of(page.decode(errors="replace")) if page else []
            self.forms[path] = [form for form in found if "logout" not in form.action]
        return self.forms[path]

    def _judge(self, address: Address, sent: Sent) -> bytes:
        """The content of the answer."""
        self.outcome.sent += 1
        self.outcome.names[address.route] += 1
        try:
            with transaction.atomic():
                answer = self._answer(sent)
                page = b"".join(answer) if answer.streaming else answer.content
                for close in answer._resource_closers:
                    close()
                if answer.status_code >= 500:
                    transaction.set_rollback(True)
        except Exception as error:
            self._fail(sent, "raised", error)
            return b""
        self.outcome.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self._fail(
                sent, str(answer.status_code), answer.exc_info[1] if answer.exc_info else None
            )
        text = page + repr(dict(answer.headers)).encode(errors="replace")
        for canary in self.role.canaries:
            if canary in text:
                self._fail(sent, f"{address.route} shows {canary.decode()}")
        return page

    def _answer(self, sent: Sent) -> Any:
        self.client.handler.enforce_csrf_checks = sent.checks_csrf
        extra: dict[str, Any] = {"QUERY_STRING": sent.query, **sent.headers}
        try:
            return self.client.generic(
                sent.method, sent.path, sent.body, sent.content_type, **extra
            )
        finally:
            if self.role.user is not None and self._session() != self.session:
                self._sign_in()

    def _sign_in(self) -> None:
        """At first, and again after a request that signed the person out."""
        if self.role.user is not None:
            self.client.force_login(self.role.user)
        self.session = self._session()

    def _session(self) -> str:
        kept = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        return kept.value if kept else ""

    def _fail(self, sent: Sent, what: str, error: BaseException | None = None) -> None:
        kind, details = what, ""
        if error is not None:
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{what}, {type(error).__name__} at {place.filename}:{place.lineno}"
            details = "".join(traceback.format_exception(error))[-DETAILS:]
        self.outcome.failures.append(Failure(kind, f"{self.role.name}: {sent.told()}", details))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log's line for each refused request."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
