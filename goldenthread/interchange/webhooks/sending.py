"""One POST to one receiver: to a checked address, within some seconds, without following anybody elsewhere."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from goldenthread.interchange.webhooks.addresses import NotThere, Target, checked
from goldenthread.interchange.webhooks.signing import signature

MOST_BYTES = 500  # of an answer, kept for the administrator


@dataclass(frozen=True)
class Answer:
    """What came of it. `status` is None where nobody answered; `error` is empty when it arrived."""

    status: int | None = None
    said: str = ""
    error: str = ""

    @property
    def arrived(self) -> bool:
        return not self.error


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that the certificate must carry."""

    def __init__(self, target: Target, addresses: Sequence[str], seconds: float) -> None:
        self.default_port = 443 if target.scheme == "https" else 80
        super().__init__(target.host, target.port, timeout=seconds)
        self._addresses = addresses
        self._context = ssl.create_default_context() if target.scheme == "https" else None
        self.held: socket.socket | None = None
        self._ends = time.monotonic() + seconds

    def connect(self) -> None:
        error: OSError | None = None
        for address in self._addresses:
            left = max(self._ends - time.monotonic(), 0.1)
            try:
                self.sock = socket.create_connection((address, self.port), timeout=left)
                break
            except OSError as caught:
                error = caught
        else:
            raise error or OSError("no address")
        self.held = self.sock
        if self._context is not None:
            self.held = self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread, the answer that is being read included."""
        if self.held is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.held, socket.SHUT_RDWR)  # below TLS, which would wait


def post(target: Target, body: bytes, message_id: str, secrets: Sequence[str]) -> Answer:
    """Send the body, signed with each of the secrets, and answer what the receiver said. Raises nothing."""
    seconds = settings.WEBHOOK_SECONDS
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Goldenthread",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            signature(secret, message_id, timestamp, body) for secret in secrets
        ),
    }
    try:
        connection = _Connection(target, checked(target), seconds)
    except NotThere as refused:
        return Answer(error=str(refused))
    late = threading.Event()

    def end() -> None:
        """However slowly it drips, at the end of its time the connection is cut."""
        late.set()
        connection.cut()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        connection.request("POST", target.path, body, headers)
        response = connection.getresponse()
        said = response.read(MOST_BYTES).decode(errors="replace").replace("\x00", "")
        return _judged(response.status, said)
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            return Answer(error=f"No answer within {seconds:g} seconds.")
        if isinstance(error, ssl.SSLCertVerificationError):
            return Answer(error=f"Its certificate is not accepted: {error.verify_message}"[:300])
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Answer(error=f"The connection failed: {said}"[:300])
    finally:
        timer.cancel()
        connection.close()


def _judged(status: int, said: str) -> Answer:
    if 200 <= status < 300:
        return Answer(status, said)
    if 300 <= status < 400:
        return Answer(status, said, "It sends on to another address, which is not followed.")
    return Answer(status, said, f"It answers {status}.")
