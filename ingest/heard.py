"""What a delivery of another's device comes to."""

from dataclasses import dataclass, field
from enum import StrEnum

from city.speech import Sparkplug
from ingest.message import Message, Reject

NOTHING = Message((), (), ())


class What(StrEnum):
    """What it was, for the count."""

    READINGS = "readings"  # for the journal or the quarantine
    PRESENCE = "presence"  # whether somebody is there
    HOST = "host"  # whether a host application of Sparkplug is there
    IGNORED = "ignored"  # what the city has no use for
    STALE = "stale"  # kept by the broker since an unknown time


@dataclass(frozen=True, slots=True)
class Heard:
    """message: its readings and rejects, `device` being None where the catalog has none.

    presence: devices of the catalog that are there from now on, or not; rebirth: the edge node that is to be asked to
    say anew what it has
    """

    what: What
    message: Message = field(default=NOTHING)
    presence: tuple[tuple[str, bool], ...] = ()
    rebirth: Sparkplug | None = None


def refused(*rejects: Reject) -> Heard:
    """A message of which nothing can be used, of nobody in the catalog."""
    return Heard(What.READINGS, Message((), (), (), rejects=rejects))
