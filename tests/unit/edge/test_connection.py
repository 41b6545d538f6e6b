"""Why there is no connection: told to whoever looks at a device, for nobody is beside it."""

import queue
from collections.abc import Callable

from city.wire.config import BrokerAddress
from edge.connection import Connection, Event, Lost


def test_a_broker_that_cannot_be_reached_is_lost_once_and_says_why(free_port: Callable[[], int]) -> None:
    events: queue.Queue[Event] = queue.Queue()

    def post(event: Event) -> bool:
        events.put(event)
        return True

    address = BrokerAddress("127.0.0.1", free_port())
    connection = Connection(address, "rpi-toba", ("megane/sabae/rpi-toba/state", b"{}"), [], post)
    try:
        event = events.get(timeout=30)
    finally:
        connection.close()
    assert isinstance(event, Lost)
    assert "refused" in event.reason
    assert events.empty()
