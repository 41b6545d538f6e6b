"""What one delivery says: its topic, its size, its sender, and, through a codec, its readings."""

from collections.abc import Callable, Sequence
from typing import Final, assert_never

import msgspec

from city.catalog import Catalog
from city.delivery import Delivery
from city.ports import ClockOffset
from city.quarantine import KEPT_BYTES, Reason
from city.security_event import SecurityKind, TellSecurity, tell_nobody
from city.wire.command import CommandAck, decode_command_ack
from city.wire.errors import WireError
from city.wire.state import DeviceState, Presence, decode_state
from city.wire.topic import Kind, Topic, parse_topic
from ingest.clock_offset import ClockOffsets
from ingest.foreign import Foreign
from ingest.gathering import Gathering
from ingest.known_boots import KnownBoots
from ingest.message import Message, Reject
from ingest.ports import Codec
from ingest.presence import Presences

_IDENTITY: Final = frozenset({Reason.TOPIC, Reason.WRONG_IDENTITY})
# A device that has run for ten years without a restart is none of ours: beyond it, an uptime is rubbish.
LONGEST_UPTIME_MS: Final = 10 * 366 * 86_400_000


class Reception:
    """Makes a `Message` of every delivery. Never raises for anything that a sender can send. Used on the event loop."""

    def __init__(
        self,
        root: str,
        catalog: Catalog,
        codec: Codec,
        offsets: ClockOffsets,
        presences: Presences,
        count_kind: Callable[[Kind], None],
        acknowledged: Callable[[str, CommandAck], None] = lambda _device, _ack: None,
        foreign: Foreign | None = None,
        tell: TellSecurity = tell_nobody,
    ) -> None:
        """`root` is the first level of every topic; `count_kind` is told of messages that are not readings.

        acknowledged: told of what devices say became of commands
        foreign: what understands other people's devices; None: nobody does
        tell: of what nobody may
        """
        self._root = root
        self._own = f"{root}/"
        self._zones = {device.id: device.zone for device in catalog.devices.values()}
        self._codec = codec
        self._offsets = offsets
        self._presences = presences
        self._count_kind = count_kind
        self._acknowledged = acknowledged
        self._tell = tell
        self._boots = KnownBoots()
        self._foreign = foreign
        self._topics = {
            device.id: Topic(root, device.zone, device.id, Kind.UP)
            for device in catalog.devices.values()
            if device.speech is not None
        }

    def receive(self, delivery: Delivery) -> tuple[Topic | None, Message]:
        """The topic (None where no device sent this) and what the delivery holds; times are since the epoch.

        What a device of others sent has the topic that it would have as one of ours.
        """
        try:
            topic = parse_topic(delivery.topic, self._root)
            if topic.kind is not Kind.UP:
                return self._receive_other(topic, delivery)
        except WireError as error:
            foreign = self._receive_foreign(delivery)
            if foreign is not None:
                return foreign
            if error.reason in _IDENTITY:
                self._tell_topic(delivery, str(error))
            return None, rejected(error.reason, str(error))
        if len(delivery.payload) > KEPT_BYTES:
            return topic, rejected(Reason.OVER_LIMIT, f"{len(delivery.payload)} bytes, more than {KEPT_BYTES}")
        message = self._codec.decode(topic, delivery)
        if message.rejects and message.rejects[0].reason in _IDENTITY:
            self._tell_topic(delivery, message.rejects[0].detail)
        if message.boot is not None and topic.device in self._zones:
            owner = self._boots.owner(message.boot, topic.device)
            if owner != topic.device:
                return topic, self._others(topic.device, owner, message)
        if message.uptime_now_ms is not None and message.time:
            message = self._reckon_times(topic, message, message.uptime_now_ms, delivery.arrived_ms)
        return topic, message

    def _receive_foreign(self, delivery: Delivery) -> tuple[Topic | None, Message] | None:
        """What another's device sent; None where nobody understands it. Asked last, so that ours do not pay for it."""
        if self._foreign is None or delivery.topic.startswith(self._own):
            return None
        heard = self._foreign.hear(delivery)
        if heard is None:
            return None
        if delivery.piece is None:  # what is sent again tells of the past
            for device, online in heard.presence:
                self._presences.said(device, DeviceState(Presence.ONLINE if online else Presence.OFFLINE))
        sender = heard.message.device
        return (None if sender is None else self._topics.get(sender)), heard.message

    def take_fixed_offsets(self) -> Sequence[ClockOffset]:
        """Clock offsets fixed since the last call: they go into the same transaction as the batch that uses them."""
        return self._offsets.take_fixed()

    def heard(self, gathering: Gathering) -> None:
        """Notes when the senders of these messages were heard."""
        messages = zip(gathering.topics, gathering.deliveries, strict=True)
        self._presences.heard((topic.device, delivery.arrived_ms) for topic, delivery in messages if topic)

    def _receive_other(self, topic: Topic, delivery: Delivery) -> tuple[Topic | None, Message]:
        """A message that is not readings. What the city itself sends comes back by our own subscription: ignored."""
        self._count_kind(topic.kind)
        match topic.kind:
            case Kind.STATE:
                # An empty retained message is how MQTT forgets one: no state, and nothing wrong.
                if delivery.payload:
                    self._check_zone(topic)
                    if topic.device not in self._presences:
                        raise WireError(f"unknown device {topic.device}", Reason.UNKNOWN_SENSOR)
                    state = decode_state(delivery.payload)
                    if state.refused is not None and state.refused != self._presences.refused(topic.device):
                        self._tell(SecurityKind.CONFIGURATION_REFUSED, topic.device, state.refused)
                    is_live = not delivery.retained and delivery.piece is None
                    self._presences.said(topic.device, state, delivery.arrived_ms if is_live else None)
                return topic, Message([], [], [])
            case Kind.CMD_ACK:
                self._check_zone(topic)
                self._acknowledged(topic.device, decode_command_ack(delivery.payload))
                return topic, Message([], [], [])
            case Kind.RECEIPT | Kind.CONFIG | Kind.CMD:
                return None, Message([], [], [])
            case Kind.UP:
                raise AssertionError
            case never:
                assert_never(never)

    def _tell_topic(self, delivery: Delivery, detail: str) -> None:
        if delivery.piece is None:  # one that is sent again from the quarantine was told when it came
            device = delivery.topic.split("/", 3)[2] if delivery.topic.count("/") > 1 else ""
            self._tell(SecurityKind.WRONG_TOPIC, device, detail)

    def _others(self, device: str, owner: str, message: Message) -> Message:
        """Of a message under another device's start: no reading, and no receipt, which would settle nothing."""
        detail = f"{device} sends under boot {message.boot} of {owner}"
        self._tell(SecurityKind.OTHERS_NUMBERS, device, detail)
        count = len(message.time) + sum(reject.count for reject in message.rejects)
        return Message([], [], [], rejects=(Reject(Reason.WRONG_IDENTITY, max(1, count), detail),))

    def _check_zone(self, topic: Topic) -> None:
        zone = self._zones.get(topic.device)
        if zone is not None and zone != topic.zone:
            raise WireError(f"{topic.device} is in zone {zone}, not {topic.zone}", Reason.WRONG_IDENTITY)

    def _reckon_times(self, topic: Topic, message: Message, uptime_now_ms: int, arrived_ms: int) -> Message:
        """Turns the uptimes of an unsynced device into times, or refuses them all."""
        if message.boot is None or not 0 <= uptime_now_ms <= LONGEST_UPTIME_MS:
            detail = f"an unsynced clock with `now` at {uptime_now_ms} ms and boot {message.boot}"
            reject = Reject(Reason.IMPOSSIBLE_TIME, len(message.time), detail)
            return Message([], [], [], seq=message.seq, boot=message.boot, rejects=(*message.rejects, reject))
        offset_ms = self._offsets.offset_ms(topic.device, message.boot, arrived_ms, uptime_now_ms)
        return msgspec.structs.replace(message, time=[uptime_ms + offset_ms for uptime_ms in message.time])


def rejected(reason: Reason, detail: str) -> Message:
    """A message of which nothing can be used; it counts as one reading."""
    return Message([], [], [], rejects=(Reject(reason, 1, detail),))
