"""Gauges that are flooded: each tells one reading over all thresholds, over one connection to the broker."""

import secrets
import time
from typing import Final, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.storm.town import FLOOD_M
from city.wire.senml import Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic

ARRIVE_S: Final = 60.0  # a broker that has not taken a reading by then is gone


class Gauges:
    """Context manager: connected as long as it is open."""

    def __init__(self, mqtt_port: int) -> None:
        self._port = mqtt_port
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-storm")

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def flood(self, devices: list[str], seconds: float) -> None:
        """Each of `devices` tells its flood, evenly over so many seconds. Returns when the broker has all of it."""
        begin_s = time.perf_counter()
        sent = []
        for number, device in enumerate(devices):
            time.sleep(max(0.0, begin_s + number * seconds / len(devices) - time.perf_counter()))
            reading = Measurement("water_level", "m", time.time_ns() // 1_000_000, FLOOD_M)
            payload = encode_pack(Pack([reading], (), 1, secrets.token_hex(8)), Form.JSON)
            topic = str(Topic("megane", "town", device, Kind.UP))
            sent.append(self._client.publish(topic, payload, qos=1))
        for one in sent:
            one.wait_for_publish(ARRIVE_S)
