"""Somebody at a real broker who hears one topic, as paho makes it."""

import queue
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.mqtt_client import DEADLINE_S


class Subscriber:
    """Subscribed on entering; what comes is given one by one."""

    def __init__(self, port: int, topic: str) -> None:
        self._port = port
        self._topic = topic
        self._heard: queue.Queue[paho.MQTTMessage] = queue.Queue()
        self._there: queue.Queue[bool] = queue.Queue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _client, _data, message: self._heard.put(message)
        self._client.on_subscribe = lambda *_: self._there.put(True)

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.subscribe(self._topic, qos=1)
        self._client.loop_start()
        assert self._there.get(timeout=DEADLINE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def next(self) -> tuple[bytes, bool]:
        """Payload, and whether the broker had kept it."""
        message = self._heard.get(timeout=DEADLINE_S)
        return bytes(message.payload), message.retain
