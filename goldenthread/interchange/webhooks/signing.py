"""Secrets and signatures, as the Standard Webhooks specification has them."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

MARK = "whsec_"


def new_secret() -> str:
    """A secret as it is shown: 256 random bits after a mark."""
    return MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(f"goldenthread webhooks {settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def closed(secret: str) -> str:
    """The secret as it is kept: readable with this installation's SECRET_KEY only."""
    return _cipher().encrypt(secret.encode()).decode()


def opened(kept: str) -> str | None:
    """The secret again; None where SECRET_KEY has been changed since."""
    try:
        return _cipher().decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over id, moment and body, in the form `v1,<base64>`."""
    key = base64.b64decode(secret.removeprefix(MARK))
    words = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, words, "sha256")).decode()
