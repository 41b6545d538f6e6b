"""Where lies what could not be used: nothing is lost, and each piece can be sent again."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something is in the quarantine: the closed list of formats.md."""

    UNDECODABLE = "undecodable"
    UNKNOWN_SENSOR = "unknown_sensor"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_FINITE = "not_finite"
    NO_VALUE = "no_value"
    IMPOSSIBLE_TIME = "impossible_time"
    OVER_LIMIT = "over_limit"
    WRONG_IDENTITY = "wrong_identity"
    TOPIC = "topic"
    REFUSED_BY_STORE = "refused_by_store"
    NO_BIRTH = "no_birth"  # Sparkplug: what it means was said in a birth that did not come


KEPT_BYTES = 256 * 1024  # formats.md: of a larger message the first 256 KiB are kept, with its length and hash


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message, or the part of one, that could not be used, for one reason.

    count: readings this stands for; an undecodable message counts as one
    detail: what exactly was wrong, for the person who looks (English, short, no secrets)
    payload: the message's first `KEPT_BYTES`; `length` and `sha256` (hexadecimal) are of the whole
    id: 0 until it is stored
    """

    topic: str
    payload: bytes
    length: int
    sha256: str
    arrived_ms: int
    reason: Reason
    count: int
    detail: str
    id: int = 0
