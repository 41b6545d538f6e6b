"""One device's connection to a real broker, as paho makes it: whatever bytes under whatever topic."""

from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

DEADLINE_S = 60.0  # only ends a test that would hang


class Publisher:
    """Publishes in order, and returns when the broker has acknowledged."""

    def __init__(self, port: int) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        message = self._client.publish(topic, payload, qos=1, retain=retain)
        message.wait_for_publish(DEADLINE_S)
        assert message.is_published(), f"the broker does not acknowledge {topic[:200]!r}"
