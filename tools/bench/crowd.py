"""Many citizens at once, who send reports when they want to and not when the server is ready.

Each request has its moment, and its time counts from that moment. So a server that falls behind
shows it, as it would to the people who wait.
"""

import asyncio
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tools.bench.pages import Call

TIMEOUT = 30
ADDRESSES = 200  # one may send only so many reports in ten minutes


@dataclass
class Crowd:
    """What came of it: milliseconds of each answer, answers by status, and what went wrong."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.took, n=100)[percent - 1] if len(self.took) > 1 else 0

    def wrong(self, answers: int) -> int:
        """How many were not answered as they should be."""
        others = sum(number for status, number in self.statuses.items() if status != answers)
        return others + self.failures.total()


def send_at(port: int, calls: Sequence[Call], rate: float) -> Crowd:
    """Sends the calls, `rate` of them a second."""
    messages = [_message(call) for call in calls]
    return asyncio.run(_send_all(port, messages, rate))


async def _send_all(port: int, messages: list[bytes], rate: float) -> Crowd:
    crowd = Crowd()
    begin = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as group:
        for turn, message in enumerate(messages):
            intended = begin + turn / rate
            await asyncio.sleep(max(0.0, intended - time.perf_counter()))
            address = f"127.0.{1 + turn % ADDRESSES}.1"
            group.create_task(_send(crowd, port, message, intended, address))
    crowd.seconds = time.perf_counter() - begin
    return crowd


async def _send(crowd: Crowd, port: int, message: bytes, intended: float, address: str) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(address, 0)
            )
            writer.write(message)
            answer = await reader.read()
            writer.close()
            crowd.statuses[int(answer[9:12])] += 1
    except (OSError, TimeoutError, ValueError) as error:
        crowd.failures[type(error).__name__] += 1
    crowd.took.append((time.perf_counter() - intended) * 1000)


def _message(call: Call) -> bytes:
    """The request of a browser of its own, byte by byte: the client shall cost little."""
    token = uuid.uuid4().hex
    body = urlencode({"csrfmiddlewaretoken": token, **call.fields})
    return (
        f"POST {call.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Cookie: csrftoken={token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
