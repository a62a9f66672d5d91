"""The site over HTTPS, as citizens reach it, and beside it another site.

Browsers treat a secure page differently where it counts here: what they keep for Back, which
cookies they send, and whether they follow Clear-Site-Data.
"""

import base64
import hashlib
import ssl
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.test.testcases import LiveServerThread
from django.utils import timezone

SITE, ELSEWHERE = "localhost", "127.0.0.1"  # two sites for a browser, and both on this machine


class Certificate:
    """Signed by nobody: `argument` makes Chromium trust it all the same."""

    def __init__(self, folder):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SITE)])
        names = [x509.DNSName(SITE), x509.IPAddress(ip_address(ELSEWHERE))]
        now = timezone.now()
        signed = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(key, SHA256())
        )
        path = folder / "certificate.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(secret + signed.public_bytes(Encoding.PEM))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(path)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pin = base64.b64encode(hashlib.sha256(public).digest()).decode()
        self.argument = f"--ignore-certificate-errors-spki-list={pin}"

    def serve(self, server):
        # The handshake belongs to the thread of the connection: the browser opens some in advance.
        server.socket = self.tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        return server


class SecureSite(LiveServerThread):
    def __init__(self, certificate, static_handler):
        super().__init__(SITE, static_handler)
        self.certificate = certificate
        self.daemon = True

    def _create_server(self, connections_override=None):
        server = self.certificate.serve(super()._create_server(connections_override))
        server.base_environ["HTTPS"] = "on"
        return server

    @property
    def url(self):
        return f"https://{SITE}:{self.port}"


class Weather(BaseHTTPRequestHandler):
    """The site that the exit leads to. `server.asked` holds the Referer of each visit."""

    def do_GET(self):
        self.server.asked.append(self.headers["Referer"])
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Cuaca</title><h1>Cuaca</h1>")

    def log_message(self, *_args):
        pass


def other_site(certificate):
    server = certificate.serve(ThreadingHTTPServer((ELSEWHERE, 0), Weather))
    server.asked = []
    server.url = f"https://{ELSEWHERE}:{server.server_address[1]}/"
    return server
