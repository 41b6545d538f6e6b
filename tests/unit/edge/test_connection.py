"""Why there is no connection: told to whoever looks at a device, for nobody is beside it."""

import contextlib
import os
import queue
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from city.wire.config import BrokerAddress
from edge.connection import Connection, Event, Lost

SELECT_TAKES = 1_024


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


@pytest.mark.usefixtures("many_files")
def test_a_line_that_nobody_can_listen_to_is_lost() -> None:
    """A file beyond 1,024 is one that `select` does not take: whoever waits for its connection waits in vain."""
    events: queue.Queue[Event] = queue.Queue()

    def post(event: Event) -> bool:
        events.put(event)
        return True

    with socket.create_server(("127.0.0.1", 0)) as broker:
        address = BrokerAddress("127.0.0.1", broker.getsockname()[1])
        connection = Connection(address, "rpi-toba", ("megane/sabae/rpi-toba/state", b"{}"), [], post)
        try:
            event = events.get(timeout=60)
        finally:
            connection.close()
    assert isinstance(event, Lost)
    assert event.reason == "nobody listens to it any more"


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4_096), hard))
    with contextlib.ExitStack() as stack:
        while stack.enter_context(Path(os.devnull).open("rb")).fileno() < SELECT_TAKES:
            pass
        yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
