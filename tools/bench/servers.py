"""Starts the web server as a checkout does, and measures requests to it over loopback."""

import http.client
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from tools.bench.pages import Call
from tools.launcher.postgres import CHECKOUT
from tools.launcher.run import server_command

START_SECONDS = 30


@contextmanager
def serving(settings_module: str) -> Iterator[int]:
    """Runs a server with these settings until the block ends. Gives its port."""
    port = _free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings_module,
        "ALLOWED_HOSTS": "127.0.0.1",
        "KAMTIBMAS_PLAIN_HTTP": "1",
        "KAMTIBMAS_HASHED_STATIC": "0",
        "DEBUG": "0",
    }
    command = [*server_command("127.0.0.1", port, debug=False), "--log-level", "error"]
    server = subprocess.Popen(command, env=environment, cwd=CHECKOUT)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def ask(port: int, call: Call, cookies: dict[str, str]) -> tuple[float, int, int]:
    """Makes one request over a new connection. Returns milliseconds, status, bytes of the body."""
    # A browser of its own each time: one may send only so many reports in ten minutes.
    token = uuid.uuid4().hex
    cookies = {"csrftoken": token, **cookies}
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": cookie, **call.headers}
    body = None
    if call.fields:
        body = urlencode({"csrfmiddlewaretoken": token, **call.fields})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begin = time.perf_counter()
    connection.request("POST" if call.fields else "GET", call.path, body=body, headers=headers)
    response = connection.getresponse()
    length = len(response.read())
    took = (time.perf_counter() - begin) * 1000
    connection.close()
    return took, response.status, length


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The server to be measured did not start.")
