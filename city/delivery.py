"""One received message. It travels with its acknowledgement, and whoever has made it durable gives that."""

from collections.abc import Callable

import msgspec

from city.quarantine import Quarantined


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message as a source took it in. A Struct, because one is made for every message: 0.1 µs, a dataclass 0.8 µs.

    topic: as received; not yet checked against the grammar
    payload: whole
    arrived_ms: the city's clock on arrival
    ack: called once, on the event loop, after the message is in the journal or the quarantine; never before. A
        delivery that is not acknowledged comes again.
    piece: what a person sends again from the quarantine; it leaves the quarantine when this is in the journal
    """

    topic: str
    payload: bytes
    arrived_ms: int
    ack: Callable[[], None]
    retained: bool = False
    piece: Quarantined | None = None
