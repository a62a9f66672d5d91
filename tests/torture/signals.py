"""The way from a phone to the server, which may be good, weak or away.

Everything of a browser goes through it, what its service worker asks for too.
"""

import contextlib
import gzip
import http.client
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from toolkit.static_files import shorter_script

LOST = 0.5
SHRINKS = (".js", ".css", ".svg")
OWN_HEADERS = {"connection", "transfer-encoding", "keep-alive", "accept-encoding"}


class Signal:
    """`state` is "good", "none" or "weak": then answers come after `delay` seconds and half of them
    are lost when the server has done its work. Files of pages are as on a phone that has them.
    Requests whose path contains a word of `swallowed` never arrive. The next items of an outbox are
    answered with the statuses in `refusals`. `posts` are (path, X-Outbox, status) of what arrived,
    `lost` counts lost answers.
    """

    def __init__(self, address, *, delay=2.0, seed=1):
        host, _, port = address.removeprefix("http://").partition(":")
        self.target, self.delay = (host, int(port)), delay
        self.state, self.chance = "good", random.Random(seed)
        self.posts, self.lost, self.swallowed, self.refusals = [], 0, [], []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _handler(self):
        signal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                with contextlib.suppress(OSError, http.client.HTTPException):
                    signal.pass_on(self)
                self.close_connection = True

            do_POST = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        return Handler

    def pass_on(self, request):
        if self.state == "none" or any(word in request.path for word in self.swallowed):
            return
        is_weak = self.state == "weak" and not request.path.startswith("/static/")
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.refusals and "X-Outbox" in request.headers:
            request.send_error(self.refusals.pop(0))
            return
        connection = http.client.HTTPConnection(*self.target, timeout=120)
        with contextlib.closing(connection):
            headers = {k: v for k, v in request.headers.items() if k.lower() not in OWN_HEADERS}
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        if request.command == "POST":
            self.posts.append((request.path, request.headers.get("X-Outbox"), answer.status))
        if is_weak:
            time.sleep(self.delay)
            if self.state == "none" or self.chance.random() < LOST:
                self.lost += 1
                return
        request.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OWN_HEADERS | {"content-length"}:
                request.send_header(name, value)
        if request.path.endswith(SHRINKS) and answer.status == 200:
            # As WhiteNoise serves it in production.
            text = as_served(request.path, text)
            request.send_header("Content-Encoding", "gzip")
        request.send_header("Content-Length", str(len(text)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(text)


def shorter(script):
    return shorter_script(script.decode()).encode()


def as_served(path, body):
    return gzip.compress(shorter(body) if path.endswith(".js") else body)
