"""What other people's devices say, each by the codec that its topic belongs to."""

from collections.abc import Callable, Mapping

from city.delivery import Delivery
from city.quarantine import KEPT_BYTES, Reason
from city.speech import Sparkplug
from ingest.heard import Heard, What, refused
from ingest.message import Reject
from ingest.ports import ForeignCodec


class Foreign:
    """Used on the event loop. Never raises for anything that a sender can send."""

    def __init__(
        self,
        codecs: Mapping[str, ForeignCodec],
        count: Callable[[str, What], None],
        ask_for_rebirth: Callable[[Sparkplug], None],
        hear_host: Callable[[str, bytes], None],
    ) -> None:
        """`codecs` by name, asked in their order; `count` is told of each message by codec, and what it was.

        ask_for_rebirth: of an edge node whose metrics are not known for certain; called as often as that shows
        hear_host: told (topic, payload) of what is said of hosts of Sparkplug while the city is there
        """
        self._codecs = tuple(codecs.items())
        self._count = count
        self._ask_for_rebirth = ask_for_rebirth
        self._hear_host = hear_host

    def hear(self, delivery: Delivery) -> Heard | None:
        """What it comes to; None for a topic that no codec claims."""
        for name, codec in self._codecs:
            if codec.claims(delivery.topic):
                heard = self._decoded(codec, delivery)
                self._count(name, heard.what)
                if heard.what is What.HOST and not delivery.retained:
                    self._hear_host(delivery.topic, delivery.payload)
                if heard.rebirth is not None:
                    self._ask_for_rebirth(heard.rebirth)
                return heard
        return None

    @staticmethod
    def _decoded(codec: ForeignCodec, delivery: Delivery) -> Heard:
        size = len(delivery.payload)
        if size > KEPT_BYTES:
            return refused(Reject(Reason.OVER_LIMIT, 1, f"{size} bytes, more than {KEPT_BYTES}"))
        return codec.decode(delivery)
