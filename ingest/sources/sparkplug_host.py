"""The city as a host application of Sparkplug: edge nodes that wait for it hold their data while it is away."""

from dataclasses import dataclass

import msgspec

from city.speech import state_topic
from city.wire.mqtt import Will


class _State(msgspec.Struct, frozen=True):
    """Section 6.4.23: the same form for birth and death, JSON whatever the payloads are."""

    online: bool
    timestamp: int


@dataclass(frozen=True, slots=True)
class SparkplugHost:
    """One of this id, unique among all hosts that the nodes can hear."""

    id: str

    @property
    def topic(self) -> str:
        """Where it is said, retained."""
        return state_topic(self.id)

    def state(self, at_ms: int, *, online: bool) -> bytes:
        """That it is there, or not, with the time of the CONNECT that this belongs to, or of leaving."""
        return msgspec.json.encode(_State(online, at_ms))

    def will(self, at_ms: int) -> Will:
        """What the broker says in its name once it is lost."""
        return Will(self.topic, self.state(at_ms, online=False), qos=1, retain=True)

    def denies(self, topic: str, payload: bytes) -> bool:
        """Whether somebody says that it is not there: an earlier connection of its own, most likely."""
        if topic != self.topic:
            return False
        try:
            return not msgspec.json.decode(payload, type=_State).online
        except msgspec.MsgspecError:
            return False
