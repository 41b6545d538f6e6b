"""How a device renews its certificate by itself: it signs for the new key with the one that it has.

What is sent may be heard and sent again by anybody: a request for a key that has a certificate is answered with that
certificate, which is of use to whoever has the key alone.
"""

import base64
import binascii
from typing import Annotated

import msgspec

from city.wire.enrolment import Pem
from city.wire.errors import WireError


class RenewalRequest(msgspec.Struct, frozen=True):
    """certificate: the present one; request: the signing request for a new key, both PEM; proof: base64."""

    certificate: Pem
    request: Pem
    proof: Annotated[str, msgspec.Meta(max_length=256)]

    def signature(self) -> bytes:
        """ECDSA with SHA-256 over `said`, DER, by the key of the present certificate. Raises WireError."""
        try:
            return base64.b64decode(self.proof, validate=True)
        except (binascii.Error, ValueError):
            raise WireError("the proof is no base64") from None


class Renewed(msgspec.Struct, frozen=True):
    """The new certificate, PEM. That it is the city's, the authority's signature says: the way here need not."""

    certificate: str


def said(certificate: str, request: str) -> bytes:
    """What is signed."""
    return msgspec.json.encode(("megane renewal", certificate, request))
