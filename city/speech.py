"""How other people's devices speak, and where: what the catalog says of those that are none of ours.

Each form has its topics outside of the city's root. An address is what tells one device of a form from another, and
the way in which the city, its lists and the register of devices write it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

# Subscriptions that the catalog may ask for: some 60 kB in one packet, and looked up by the broker for each message.
MOST_FILTERS: Final = 1_000

Path = tuple[str, ...]  # keys from the outside in; of a list, the place counted from 0


class Family(StrEnum):
    """The forms whose topics tell who speaks: devices that nobody registered are heard by name."""

    CHIRPSTACK = "chirpstack"
    SPARKPLUG = "sparkplug"
    TASMOTA = "tasmota"

    @property
    def filter(self) -> str:
        """All that devices of the family send."""
        return _WHOLE[self]


_WHOLE: Final = {
    Family.CHIRPSTACK: "application/+/device/+/event/+",
    Family.SPARKPLUG: "spBv1.0/#",
    Family.TASMOTA: "tele/#",
}


class TimeForm(StrEnum):
    """How a time is written: seconds or milliseconds since the epoch, or ISO 8601 with its offset."""

    S = "s"
    MS = "ms"
    ISO8601 = "iso8601"


@dataclass(frozen=True, slots=True)
class JsonTime:
    """Where a JSON object has its time, and how written."""

    at: Path
    form: TimeForm


@dataclass(frozen=True, slots=True)
class PlainJson:
    """JSON under one topic. time: None: readings have the time of their arrival."""

    topic: str
    time: JsonTime | None = None


@dataclass(frozen=True, slots=True)
class Chirpstack:
    """A LoRaWAN device behind ChirpStack v4. dev_eui: 16 hexadecimal digits in lower case."""

    dev_eui: str


@dataclass(frozen=True, slots=True)
class Sparkplug:
    """An edge node of Sparkplug B, or a device behind it."""

    group: str
    node: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Tasmota:
    """A device with Tasmota's firmware.

    clock: the time zone (IANA) of its times, which name none; None: readings have the time of their arrival
    """

    topic: str
    clock: str | None


Speech = PlainJson | Chirpstack | Sparkplug | Tasmota


@dataclass(frozen=True, slots=True)
class Listening:
    """What the city hears beyond its own topics and those of registered devices.

    families: those of which every device is heard, registered or not
    sparkplug_host: the name under which the city is a host application of Sparkplug; None: it is none
    """

    families: frozenset[Family] = frozenset()
    sparkplug_host: str | None = None


def family_of(speech: Speech) -> Family | None:
    """The family of a form; None for JSON of any topic."""
    match speech:
        case PlainJson():
            return None
        case Chirpstack():
            return Family.CHIRPSTACK
        case Sparkplug():
            return Family.SPARKPLUG
        case Tasmota():
            return Family.TASMOTA
        case never:
            assert_never(never)


def address(speech: Speech) -> str:
    """What tells the device from others of its form."""
    match speech:
        case PlainJson(topic) | Tasmota(topic):
            return topic
        case Chirpstack(dev_eui):
            return dev_eui
        case Sparkplug(group, node, device):
            return "/".join(part for part in (group, node, device) if part)
        case never:
            assert_never(never)


def elsewhere(speech: Speech, there: str) -> Speech | None:
    """The same speech at another address; None where that is no address of its form."""
    parts = there.split("/")
    match speech:
        case PlainJson():
            return replace(speech, topic=there) if is_topic(there) else None
        case Tasmota():
            return replace(speech, topic=there) if is_topic(there) else None
        case Chirpstack():
            return Chirpstack(there.lower()) if is_dev_eui(there) else None
        case Sparkplug():
            fits = len(parts) == (2 if speech.device is None else 3) and all(map(is_part, parts))
            return Sparkplug(parts[0], parts[1], parts[2] if speech.device is not None else None) if fits else None
        case never:
            assert_never(never)


def state_topic(sparkplug_host: str) -> str:
    """Where a host application says that it is there."""
    return f"spBv1.0/STATE/{sparkplug_host}"


def filters(speeches: Iterable[Speech], listening: Listening) -> Sequence[str]:
    """The subscriptions that bring all of this in, none of which takes in what another does."""
    wanted = {family.filter for family in listening.families}
    for speech in speeches:
        if family_of(speech) not in listening.families:
            wanted.update(topics_of(speech))
    if listening.sparkplug_host is not None and Family.SPARKPLUG not in listening.families:
        wanted.add(state_topic(listening.sparkplug_host))
    return sorted(wanted)


def topics_of(speech: Speech) -> Sequence[str]:
    """Filters of all that the device sends, and of nothing that another of its form does, its node's apart."""
    match speech:
        case PlainJson(topic):
            return (topic,)
        case Chirpstack(dev_eui):
            return (f"application/+/device/{dev_eui}/event/+",)
        case Sparkplug(group, node):
            return (f"spBv1.0/{group}/+/{node}/#",)  # `#` takes in the level above it: the node's own
        case Tasmota(topic):
            return (f"tele/{topic}/SENSOR", f"tele/{topic}/LWT")
        case never:
            assert_never(never)


def is_topic(text: str) -> bool:
    """Whether this is one topic, not a filter of many, and none of the broker's own."""
    return is_part(text.replace("/", "")) and not text.startswith(("$", "/")) and not text.endswith("/")


def is_part(text: str) -> bool:
    """Whether this may be one level of a topic."""
    return 0 < len(text) <= _LONGEST and not any(c in "+#/" or not c.isprintable() for c in text)


def is_dev_eui(text: str) -> bool:
    """Whether this is an EUI-64 as ChirpStack writes it, in either case."""
    return len(text) == 16 and all(c in "0123456789abcdefABCDEF" for c in text)  # noqa: PLR2004 64 bits


_LONGEST: Final = 256  # characters: names that people give are a tenth of it, and a list of them fits a screen
