"""Somebody who hears at the broker what devices send, whatever becomes of the city meanwhile."""

import contextlib
import threading
import time
from typing import Final, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.waiting import wait_for
from city.errors import MeganeError
from city.wire.state import DeviceState, decode_state
from city.wire.topic import Kind, parse_topic

ROOT: Final = "megane"
AGAIN_S: Final = 1  # after the broker's death


class Witness:
    """messages: with readings, that the broker has passed on so far."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._states: dict[str, tuple[float, DeviceState]] = {}
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(AGAIN_S, AGAIN_S)
        self._client.on_connect = lambda client, *_: client.subscribe([(f"{ROOT}/+/+/{kind}", 0) for kind in _HEARD])
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self.messages = 0

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def listen(self) -> None:
        """Returns when it hears: the broker is there, and not about to be started again."""
        wait_for(self._client.is_connected, "the witness's connection")

    def miss(self) -> None:
        """Returns when it has noticed that the broker is gone."""
        wait_for(lambda: not self._client.is_connected(), "the end of the witness's connection")

    def state(self, device: str, since_s: float) -> DeviceState | None:
        """What it last said of itself, where that was after `since_s` of the monotonic clock."""
        with self._lock:
            heard_s, state = self._states.get(device, (float("-inf"), None))
        return state if heard_s > since_s else None

    def _hear(self, message: paho.MQTTMessage) -> None:
        topic = parse_topic(message.topic, ROOT)
        if topic.kind is Kind.UP:
            self.messages += 1
        elif not message.retain:
            with contextlib.suppress(MeganeError), self._lock:
                self._states[topic.device] = time.monotonic(), decode_state(bytes(message.payload))


_HEARD: Final = (Kind.UP, Kind.STATE)
