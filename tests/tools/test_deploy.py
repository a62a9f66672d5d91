"""The files of deploy/: nginx as it stands before a server, and what systemd starts."""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from waitress.server import create_server

from tools.launcher.postgres import CHECKOUT
from tools.launcher.run import server_command

DEPLOY = CHECKOUT / "deploy"
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
NGINX = shutil.which("nginx", path=SYSTEM_PATH)
VERIFY = shutil.which("systemd-analyze", path=SYSTEM_PATH)
needs_nginx = pytest.mark.skipif(not NGINX, reason="nginx is not installed here")
HOST = "kamtibmas.example"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def replaced(text, words):
    """The text with each word replaced, all of which have to stand in it."""
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def site():
    """In the place of the site: tells the headers that reached it. `whole` counts requests."""
    whole = []

    def application(environ, start_response):
        whole.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "application/json")])
        headers = {key: value for key, value in environ.items() if key.startswith("HTTP_")}
        return [json.dumps(headers).encode()]

    server = create_server(application, listen="127.0.0.1:0", clear_untrusted_proxy_headers=False)
    threading.Thread(target=server.run, daemon=True).start()
    yield SimpleNamespace(
        port=server.effective_port, whole=whole, connections=server.active_channels
    )
    server.close()


@pytest.fixture(scope="module")
def proxy(site, tmp_path_factory):
    """nginx with the site's configuration, on ports of its own."""
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    write_certificate(folder)
    tls, plain = free_port(), free_port()
    configuration = (DEPLOY / "nginx" / "kamtibmas.conf").read_text()
    configuration = re.sub(r"^ *listen \[::\].*\n", "", configuration, flags=re.MULTILINE)
    configuration = replaced(
        configuration,
        {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
            f"/etc/letsencrypt/live/{HOST}": str(folder),
            "/var/log/nginx": str(folder),
            "/srv/kamtibmas": str(CHECKOUT),
            "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        },
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As in Debian's nginx.conf: it logs what a server does not switch off.
    (folder / "nginx.conf").write_text(
        f"user root;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{temporary}"
        f"access_log {folder}/access.log;\nerror_log {folder}/error.log;\n{configuration}}}\n"
    )
    command = [NGINX, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen([*command, "-g", "daemon off;"]) as process:
        proxy = SimpleNamespace(tls=tls, plain=plain, folder=folder)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                dial(proxy).close()
                break
            time.sleep(0.05)
        yield proxy
        process.terminate()


def write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = certificate.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = certificate.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, *plain))


def dial(proxy):
    trusting = ssl._create_unverified_context()
    return trusting.wrap_socket(
        socket.create_connection(("127.0.0.1", proxy.tls), timeout=10), server_hostname=HOST
    )


def ask(proxy, method="GET", path="/healthz", timeout=1, **options):
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.tls, timeout=timeout, context=ssl._create_unverified_context()
    )
    with contextlib.closing(connection):
        headers = {"Host": HOST, **options.pop("headers", {})}
        connection.request(method, path, headers=headers, **options)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


HEAD = f"Host: {HOST}\r\nContent-Type: text/plain\r\n"


@needs_nginx
@pytest.mark.parametrize(
    "begun",
    [
        "",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
        f"POST /lapor/ HTTP/1.1\r\n{HEAD}Content-Length: 70000000\r\n\r\na",
    ],
    ids=["silent", "slow header", "slow body"],
)
def test_slow_requests_wait_in_the_proxy(site, proxy, begun):
    before = len(site.whole)
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(dial(proxy)).sendall(begun.encode())
        time.sleep(0.2)
        assert ask(proxy)[0] == 200
        assert site.whole[before:] == ["/healthz"]
        assert len(site.connections) <= 1


@needs_nginx
def test_the_address_that_a_phone_gives_itself_is_replaced(proxy):
    lies = {"X-Forwarded-For": "203.0.113.77", "X-Forwarded-Proto": "http"}
    headers = json.loads(ask(proxy, headers=lies)[1])
    assert headers["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert headers["HTTP_X_FORWARDED_PROTO"] == "https"
    assert headers["HTTP_HOST"] == HOST


@needs_nginx
def test_a_body_over_the_limit_is_refused_in_indonesian(proxy):
    assert (
        f"client_max_body_size {settings.MAX_BODY_BYTES};"
        in (DEPLOY / "nginx" / "kamtibmas.conf").read_text()
    )
    with dial(proxy) as connection:
        length = settings.MAX_BODY_BYTES + 1
        connection.sendall(f"POST / HTTP/1.1\r\n{HEAD}Content-Length: {length}\r\n\r\n".encode())
        answer = connection.recv(5000).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "fotonya terlalu banyak" in answer


@needs_nginx
def test_plain_http_leads_to_https(proxy):
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/lacak/?x=1", headers={"Host": HOST})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/lacak/?x=1")


@needs_nginx
def test_no_log_holds_an_address_or_a_path(proxy):
    for path in ("/", "/lapor/", "/lacak/", "/patrols/", "/413.html"):
        ask(proxy, path=path)
    with dial(proxy) as connection:
        connection.sendall(b"GET kenari\r\n\r\n")
        connection.recv(1000)
    with socket.create_connection(("127.0.0.1", proxy.tls)) as connection:
        connection.sendall(b"kenari, not TLS\r\n\r\n")
        connection.recv(1000)
    for log in proxy.folder.glob("*.log"):
        assert not re.search(r"127\.0\.0\.1|kenari|/lapor/", log.read_text()), log


@needs_nginx
def test_a_proxy_without_room_for_a_body_says_so(proxy):
    """As where its disk is full."""
    folder = proxy.folder / "client_body"
    folder.rename(proxy.folder / "elsewhere")
    try:
        status, page, headers = ask(proxy, "POST", "/lapor/", body=b"x" * 200_000, timeout=5)
    finally:
        (proxy.folder / "elsewhere").rename(folder)
    assert (status, headers["Retry-After"]) == (503, "30")
    assert "Situs sedang jeda sebentar" in page


@needs_nginx
def test_while_the_site_is_away_the_proxy_says_so(proxy, site, tmp_path):
    # The last of nginx: nobody answers behind it any more.
    conf = proxy.folder / "nginx.conf"
    conf.write_text(conf.read_text().replace(f"127.0.0.1:{site.port}", f"127.0.0.1:{free_port()}"))
    os.kill(int((proxy.folder / "pid").read_text()), 1)  # SIGHUP: read it again
    deadline = time.monotonic() + 5
    while (found := ask(proxy, path="/lapor/"))[0] == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    status, page, headers = found
    assert (status, headers["Retry-After"]) == (503, "30")
    assert "Situs sedang jeda sebentar" in page


def unit(name):
    return (DEPLOY / "systemd" / name).read_text()


def started_by(name):
    return shlex.split(re.search(r"^ExecStart=(.*)", unit(name), re.MULTILINE)[1])


def test_the_service_starts_the_server_as_a_checkout_does():
    words = [word for word in started_by("kamtibmas.service")[1:] if word not in {"--workers", "2"}]
    assert words == server_command("127.0.0.1", 8000, debug=False)[3:]


def test_the_timer_starts_a_command_that_exists():
    assert started_by("kamtibmas-jobs.service")[1:] == ["manage.py", "run_jobs"]


@pytest.mark.skipif(not VERIFY, reason="systemd-analyze is not installed here")
def test_systemd_understands_the_units(tmp_path):
    for file in (DEPLOY / "systemd").iterdir():
        text = (
            file.read_text()
            .replace("/srv/kamtibmas", str(CHECKOUT))
            .replace(f"{CHECKOUT}/.venv/bin/", "/usr/bin/")
        )
        text = text.replace("/usr/bin/gunicorn", "/usr/bin/env").replace(
            "/usr/bin/python", "/usr/bin/env"
        )
        (tmp_path / file.name).write_text(text)
    units = sorted(str(file) for file in tmp_path.iterdir())
    done = subprocess.run([VERIFY, "verify", *units], capture_output=True, text=True, check=False)
    about_ours = [line for line in done.stderr.splitlines() if "kamtibmas" in line]
    assert not about_ours
