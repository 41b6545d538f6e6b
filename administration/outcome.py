"""How an attempt of an effect ends: a closed union."""

from dataclasses import dataclass
from enum import StrEnum

from city.messages import say
from city.messages.text import Lang


class Reason(StrEnum):
    """Why an attempt ended as it did: the closed list that attempts are counted under."""

    ACCEPTED = "accepted"  # 2xx
    LATER = "later"  # 408, 429
    SERVER_ERROR = "server_error"  # 5xx
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # no name, no route, no TLS, connection reset, not HTTP
    REFUSED = "refused"  # 4xx but those above and below
    REDIRECT = "redirect"  # 3xx
    NOT_TAKEN = "not_taken"  # a mail or chat service took it not; whether it ever would, it does not say
    GONE = "gone"  # 410
    NO_ADDRESS = "no_address"  # the settings no longer name a usable URL and secret

    def text(self, lang: Lang) -> str:
        """What it means and what to do about it."""
        return say(f"administration.reason_{self.value}", lang)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has it. status: None where it does not speak HTTP, or not to us."""

    status: int | None = None
    answer: str = ""
    reason: Reason = Reason.ACCEPTED


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not now. `after_s`: how long the other side asked us to stay away, None where it did not say."""

    reason: Reason
    status: int | None = None
    answer: str = ""
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """No, and the same again would get the same answer."""

    reason: Reason
    status: int | None = None
    answer: str = ""


Outcome = Delivered | RetryAfter | Rejected


def outcome_name(outcome: Outcome) -> str:
    """`delivered`, `retry` or `rejected`: as it stands in rows and metrics."""
    match outcome:
        case Delivered():
            return "delivered"
        case RetryAfter():
            return "retry"
        case Rejected():
            return "rejected"
