"""A receiver of webhooks with a mind of its own, on loopback; it checks signatures as a real one does."""

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Says = Callable[[BaseHTTPRequestHandler], None]


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the guide has it: whether one of the signatures is ours, and the moment is now."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    words = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    ours = "v1," + base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(ours, given) for given in headers["webhook-signature"].split(" ")
    )


def answers(status: int, said: str = "", **headers: str) -> Says:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(said.encode())

    return say


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


class Receiver(ThreadingHTTPServer):
    """Takes what comes, and says what it was told to, one after the other; then 204."""

    daemon_threads = True

    def __init__(self, certificate: Path | None = None) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.says: list[Says] = []
        self.leaves = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}/take?from=gt"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away is no news."""

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]

    def stop(self) -> None:
        self.leaves.set()
        self.shutdown()
        self.server_close()

    def drips(self, handler: BaseHTTPRequestHandler) -> None:
        """An answer that never ends, a byte at a time."""
        handler.send_response(200)
        handler.end_headers()
        while not self.leaves.wait(0.05):
            handler.wfile.write(b".")

    def is_silent(self, handler: BaseHTTPRequestHandler) -> None:
        self.leaves.wait(30)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((headers | {"path": self.path}, body))
        say = self.server.says.pop(0) if self.server.says else answers(204)
        say(self)

    do_GET = do_POST  # noqa: N815 (the library's names)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def make_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file; its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(pem))
    return path
