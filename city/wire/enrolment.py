"""How a device becomes known to its city: by a code that is good once, and is never sent.

The device makes a key of its own and asks for a certificate; both sides prove by HMAC-SHA256 that they know the code's
secret. So the way between them need not be trusted: who listens learns no secret, who changes anything is found out.
"""

import hmac
import secrets
from typing import Annotated, Final

import msgspec

from city.wire.errors import WireError

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken for something else when it is read out
_NAME_CHARS: Final = 6  # which code it is
_SECRET_CHARS: Final = 26  # 128 bits
_SHOWN: Final = 4  # a hyphen after so many

Pem = Annotated[str, msgspec.Meta(min_length=1, max_length=16_384)]


class EnrolmentRequest(msgspec.Struct, frozen=True):
    """name: of the code; request: the signing request, PEM; proof: by the code's secret."""

    name: Annotated[str, msgspec.Meta(max_length=16)]
    request: Pem
    proof: Annotated[str, msgspec.Meta(max_length=64)]


class Enrolled(msgspec.Struct, frozen=True):
    """The device that it is from now on, its certificate and the city's authority, PEM; proof: by the code's secret."""

    device: str
    certificate: str
    authority: str
    proof: str


class Code(msgspec.Struct, frozen=True):
    """name: which it is; secret: known to the city and to whoever was told."""

    name: str
    secret: str

    @classmethod
    def new(cls) -> "Code":
        """One of chance."""
        return cls(_chance(_NAME_CHARS), _chance(_SECRET_CHARS))

    @classmethod
    def read(cls, text: str) -> "Code":
        """As a person types it: hyphens and blanks are of no account. Raises WireError for what is none."""
        letters = text.lower().replace("-", "").replace(" ", "")
        if len(letters) != _NAME_CHARS + _SECRET_CHARS or set(letters) - set(_ALPHABET):
            raise WireError("not a code")
        return cls(letters[:_NAME_CHARS], letters[_NAME_CHARS:])

    def __str__(self) -> str:
        letters = self.name + self.secret
        return "-".join(letters[k : k + _SHOWN] for k in range(0, len(letters), _SHOWN))

    def prove(self, *parts: str) -> str:
        """The proof of these parts, hexadecimal."""
        said = msgspec.json.encode(parts)  # so that no two lists of parts are the same bytes
        return hmac.digest(self.secret.encode(), said, "sha256").hex()

    def proves(self, proof: str, *parts: str) -> bool:
        """Whether that is the proof of these parts."""
        return hmac.compare_digest(proof.encode(), self.prove(*parts).encode())

    def ask(self, request: str) -> EnrolmentRequest:
        """What the device sends."""
        return EnrolmentRequest(self.name, request, self.prove("request", request))

    def answer(self, device: str, certificate: str, authority: str) -> Enrolled:
        """What the city sends back."""
        return Enrolled(device, certificate, authority, self.prove("answer", device, certificate, authority))

    def is_of(self, answer: Enrolled) -> bool:
        """Whether whoever answered knows the code."""
        return self.proves(answer.proof, "answer", answer.device, answer.certificate, answer.authority)


def _chance(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
