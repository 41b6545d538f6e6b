"""What the ingester asks of its sources and codecs."""

from collections.abc import Sequence
from typing import Protocol

from city.delivery import Delivery
from city.speech import Speech
from city.wire.topic import Topic
from ingest.catalog_draft import Sample
from ingest.heard import Heard
from ingest.inbox import Inbox
from ingest.message import Message


class Source(Protocol):
    """Where deliveries come from, and the way back to the devices."""

    async def run(self, inbox: Inbox) -> None:
        """Takes deliveries in until cancelled, reconnecting by itself; stops reading while the inbox is full.

        On cancellation it sends the acknowledgements already given, disconnects cleanly and returns.
        """
        ...

    async def publish(self, topic: str, payload: bytes) -> None:
        """Sends to a device, QoS 1; returns when it is handed to the connection, drops it silently when there is
        none: receipts are stateless, and devices ask again.
        """
        ...


class Codec(Protocol):
    """Turns one kind of payload into readings."""

    def decode(self, topic: Topic, delivery: Delivery) -> Message:
        """Never raises for anything a sender can send: what cannot be used becomes rejects."""
        ...


class ForeignCodec(Protocol):
    """Turns what devices that are none of ours send, under topics of their own, into readings."""

    def claims(self, topic: str) -> bool:
        """Whether messages under this topic are for it."""
        ...

    def decode(self, delivery: Delivery) -> Heard:
        """Of a topic that it claims, and at most 256 KiB. Never raises for anything a sender can send."""
        ...

    def sender(self, topic: str) -> Speech | None:
        """Who sends readings under this topic, registered or not; None where it does not say."""
        ...

    def samples(self, payload: bytes) -> Sequence[Sample]:
        """The first values of any payload that `sender` sends, for a person. Raises WireError where it has none."""
        ...
