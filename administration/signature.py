"""Signatures as Standard Webhooks has them (https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0).

Signed is `id.timestamp.body` with HMAC-SHA256. While a secret is being changed, every secret signs, and the receiver
takes any that it knows.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from city.errors import UserError

PREFIX: Final = "whsec_"
MIN_BYTES: Final = 24  # the specification's bounds of a secret
MAX_BYTES: Final = 64


class SecretError(UserError):
    """A signing secret is not as Standard Webhooks has it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One signing secret. It never shows itself in a log or a traceback."""

    key: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str, *, origin: str) -> "Secret":
        """The secret written `whsec_` + base64; `origin` says where it was read. Raises SecretError, not quoting it."""
        text = text.strip()
        if not text.startswith(PREFIX):
            raise SecretError("administration.secret_prefix", origin=origin)
        try:
            key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except binascii.Error as e:
            raise SecretError("administration.secret_base64", origin=origin) from e
        if not MIN_BYTES <= len(key) <= MAX_BYTES:
            raise SecretError("administration.secret_length", origin=origin, low=MIN_BYTES, high=MAX_BYTES)
        return cls(key)

    def sign(self, webhook_id: str, timestamp_s: int, body: bytes) -> str:
        """`v1,` and the base64 of the HMAC."""
        signed = b".".join((webhook_id.encode(), str(timestamp_s).encode(), body))
        return "v1," + base64.b64encode(hmac.digest(self.key, signed, "sha256")).decode()


def signed_headers(secrets: Sequence[Secret], webhook_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret, in their order (the newest first)."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(secret.sign(webhook_id, timestamp_s, body) for secret in secrets),
    }
