"""A device that holds passkeys, in software: it answers what a server asks as a phone or a security key would."""

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    """One passkey for one account on one site. `verifies`: whether it asks for a finger or a PIN."""

    def __init__(self, site: str = "testserver", verifies: bool = True) -> None:
        self.site = site
        self.flags = FLAG.UP | (FLAG.UV if verifies else FLAG(0))
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.user_handle = b""

    def creates(self, options: dict[str, Any]) -> dict[str, Any]:
        """What it answers to the options of a new passkey."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        held = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(sha256(self.site.encode()), self.flags | FLAG.AT, 0, held)
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._client("webauthn.create", asked)),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            }
        )

    def answers(self, options: dict[str, Any]) -> dict[str, Any]:
        """What it answers to the options of a sign-in: a signature over the challenge."""
        client = self._client("webauthn.get", options["publicKey"])
        data = AuthenticatorData.create(sha256(self.site.encode()), self.flags, 1)
        signature = self.key.sign(data + sha256(client), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.user_handle),
            }
        )

    def _client(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, asked["challenge"], f"https://{self.site}")

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        pk = websafe_encode(self.id)
        return {
            "id": pk,
            "rawId": pk,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        }
