"""The web server as a process of its own, as a server in production has it."""

import contextlib
import http.client
import os
import socket
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

from tools.launcher.postgres import CHECKOUT
from tools.launcher.run import server_command


@contextlib.contextmanager
def running_server(log, *, workers=1, **environment):
    """`port` and `process` of a server that answers, and its `log`: the file it writes to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*server_command("127.0.0.1", port, debug=False), "--workers", str(workers)]
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        site = SimpleNamespace(port=port, process=process, log=log)
        try:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    is_well(site)
                    break
                time.sleep(0.1)
            yield site
        finally:
            process.terminate()
            process.wait(30)


def ask(site, address, body=None, *, timeout=15, headers=()):
    """The answer, its text, and the seconds that it took."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=timeout)
    with contextlib.closing(connection):
        connection.request("POST" if body else "GET", address, body, dict(headers))
        answer = connection.getresponse()
        return answer, answer.read().decode(), time.monotonic() - began


def is_well(site):
    """Whether ``/healthz`` answers within a second."""
    answer, text, _seconds = ask(site, "/healthz", timeout=1)
    return (answer.status, text) == (200, "ok\n")


def children(site):
    """The numbers of the processes that serve."""
    master = site.process.pid
    return list(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))
