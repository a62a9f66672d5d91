"""The processes of the web server: gunicorn starts and watches them, in each waitress speaks HTTP.

A thread gets a request when its last byte is here, and does not wait for the phone to fetch the
answer. Gunicorn's own threads do both, so ten half-open requests stop them: ADR 0020.
"""

import logging
import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error, RequestEntityTooLarge

from toolkit.database.silence import give_up_on_silence
from toolkit.serving.requests import NO_ROOM

MAX_HEADER_BYTES = 32_768
HEADER_SECONDS = 20
# A body may take this long and a second more for each 2 kB: five photos over a bad network arrive.
BODY_SECONDS = 60
BODY_BYTES_A_SECOND = 2_000
LINGER_SECONDS = 10
# Connections of a process. Over the lower number those go that have waited longest for the phone,
# but none that may just be on its way in. At the upper one nobody comes in, so it goes faster.
CROWDED = 700
FULL = 1000
PATIENCE_SECONDS = 5
PATIENCE_WHEN_FULL = 1
FILES_A_CONNECTION = 3  # the socket, and a temporary file for a large body and a large answer


class Request(HTTPRequestParser):
    """A request on its way in. One that is too large, or has no room in the folder for temporary
    files, goes to the site without its body: the site refuses it in words for people."""

    error: Error | None
    is_refused = False

    def __init__(self, adj: object) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        try:
            consumed: int = super().received(data)
        except OSError:
            self._refuse({NO_ROOM: "1", "CONTENT_LENGTH": "0"})
            return len(data)
        if isinstance(self.error, RequestEntityTooLarge):
            length = max(self.content_length, settings.MAX_BODY_BYTES + 1)
            self._refuse({"CONTENT_LENGTH": str(length)})
        return consumed

    def _refuse(self, headers: dict[str, str]) -> None:
        self.error = None
        self.is_refused = self.completed = True
        self.expect_continue = False
        with suppress(OSError):  # what could not be written is written again
            self.close()
        self.body_rcv = None
        self.headers |= headers | {"CONNECTION": "close"}

    def is_late(self, now: float) -> bool:
        allowed: float = HEADER_SECONDS
        if self.headers_finished:
            allowed = BODY_SECONDS + self.body_bytes_received / BODY_BYTES_A_SECOND
        return now - self.began > allowed


class Connection(HTTPChannel):
    """A connection from a phone."""

    parser_class = Request
    will_close: bool
    close_when_flushed: bool
    refused = False
    lingers_until: float | None = None

    def __repr__(self) -> str:
        """Waitress writes it to the log where something fails; its own holds the address."""
        return "a connection"

    @property
    def waits_for_the_phone(self) -> bool:
        return not self.requests and not self.total_outbufs_len

    def waited(self) -> float:
        """Seconds since the phone began a request that is not whole yet, or last did anything."""
        if self.request:
            return time.monotonic() - float(self.request.began)
        return time.time() - float(self.last_activity)

    def received(self, data: bytes) -> bool:
        return self.lingers_until is None and super().received(data)

    def service(self) -> None:
        self.refused = self.requests[0].is_refused
        super().service()

    def readable(self) -> bool:
        return self.lingers_until is not None or super().readable()

    def handle_write(self) -> None:
        """Lets the phone finish what was refused: closed at once, its browser shows no answer."""
        if self.refused and self.close_when_flushed and not self.total_outbufs_len:
            self.refused = self.close_when_flushed = False
            self.lingers_until = time.monotonic() + LINGER_SECONDS
            with suppress(OSError):  # the phone may have gone
                self.socket.shutdown(socket.SHUT_WR)
            return
        super().handle_write()

    def give_up_if_late(self, now: float) -> None:
        if self.lingers_until is not None:
            self.will_close |= now > self.lingers_until or not self.connected
        elif self.waits_for_the_phone and self.request and self.request.is_late(now):
            self.will_close = True


class BufferingWorker(Worker):
    """One process: a loop that reads and writes, threads that answer whole requests."""

    next_look = 0.0

    def run(self) -> None:
        give_up_on_silence()
        _allow_files(FULL * FILES_A_CONNECTION + 200)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy minute is no fault
        watched: dict[int, Any] = {}
        server = create_server(
            self.wsgi,
            map=watched,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            ident=None,
            # The settings say how many proxies are believed (KAMTIBMAS_PROXIES).
            clear_untrusted_proxy_headers=False,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=settings.MAX_BODY_BYTES + 1,
            # More than any answer: a thread would wait for the phone to fetch what is above it.
            outbuf_high_watermark=1_000_000_000,
            connection_limit=FULL,
            channel_timeout=60,
            log_socket_errors=False,
        )
        for listener in _of(watched, BaseWSGIServer):
            listener.channel_class = Connection
        while self.alive and os.getppid() == self.ppid:
            self.turn(watched)
        for listener in _of(watched, BaseWSGIServer):
            listener.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout - 5
        while time.monotonic() < deadline and any(
            connection.request or not connection.waits_for_the_phone
            for connection in _of(watched, Connection)
        ):
            self.turn(watched)
        server.task_dispatcher.shutdown()

    def turn(self, watched: dict[int, Any]) -> None:
        """Reads and writes what is ready, and gives up on phones that keep the rest waiting."""
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=watched, count=1)
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + 1
        connections = list(_of(watched, Connection))
        for connection in connections:
            connection.give_up_if_late(now)
        for connection in too_many(connections):
            connection.will_close = True


def too_many(connections: list[Connection]) -> list[Connection]:
    """Those to be closed for others to come in."""
    patience = PATIENCE_SECONDS if len(connections) < FULL else PATIENCE_WHEN_FULL
    waiting = [
        each for each in connections if each.waits_for_the_phone and each.waited() > patience
    ]
    waiting.sort(key=Connection.waited, reverse=True)
    return waiting[: max(0, len(connections) - CROWDED)]


def _of(watched: dict[int, Any], kind: type[Any]) -> Iterator[Any]:
    return (each for each in list(watched.values()) if isinstance(each, kind))


def _allow_files(most: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < most:
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
