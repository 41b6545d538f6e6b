"""What is seen of attempts at what nobody may: a closed list of kinds, and how a part of the city tells of one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SecurityKind(StrEnum):
    """What was refused. Each has a text in the catalogue, `security.kind-…`."""

    CERTIFICATE_REFUSED = "certificate_refused"  # revoked, ended or of another authority; the broker does not say which
    CERTIFICATE_MISSING = "certificate_missing"
    HANDSHAKE_FAILED = "handshake_failed"  # what came is no TLS, or none that both sides speak
    LOGIN_REFUSED = "login_refused"  # by name and password
    WRONG_TOPIC = "wrong_topic"  # no topic of ours, or not that of the device
    OTHERS_NUMBERS = "others_numbers"  # a start and its message numbers that belong to another device
    CONFIGURATION_REFUSED = "configuration_refused"  # by the device, from its `state`
    COMMAND_REPLAYED = "command_replayed"  # by the device: it was there before, and the city sent it once
    COMMAND_LATE = "command_late"  # by the device
    ENROLMENT_REFUSED = "enrolment_refused"  # a code that is wrong, used or too old
    RENEWAL_REFUSED = "renewal_refused"
    REQUEST_REFUSED = "request_refused"  # to the API, at its gate
    SIGN_IN_REFUSED = "sign_in_refused"  # of a person: a wrong password, nobody of that name, a link that is over
    SIGN_IN_THROTTLED = "sign_in_throttled"  # of a person, unheard: too many were in vain before
    PROVIDER_REFUSED = "provider_refused"  # of a person: what came from the identity provider is not to be trusted
    TOKEN_REFUSED = "token_refused"  # noqa: S105  no secret but a kind: of a program: made up, ended or revoked


class TellSecurity(Protocol):
    """Notes what was refused. Never blocks, never raises; in any thread."""

    def __call__(self, kind: SecurityKind, device: str = "", detail: str = "") -> None:
        """device: whom it concerns (a device, or somebody's user name), empty where that is not known; detail: for the
        person who looks, short, English.
        """
        ...


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """All of one kind, of one device or user, within one hour (ms of its beginning). detail: of the newest."""

    kind: SecurityKind
    device: str
    hour_ms: int
    count: int
    first_ms: int
    last_ms: int
    detail: str


def tell_nobody(kind: SecurityKind, device: str = "", detail: str = "") -> None:
    """For parts that are used where nobody looks."""
