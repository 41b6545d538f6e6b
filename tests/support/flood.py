"""Many readings published QoS 1 to a real broker, and which of them the broker acknowledged."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

# Within Mosquitto's receive window for one client; more would only wait in paho's own queue.
IN_FLIGHT = 100


@dataclass(frozen=True, slots=True)
class Pack:
    """One message: readings of one sensor, all in one SenML pack. Times in whole seconds."""

    topic: str
    sensor: str
    first_s: int
    step_s: int
    values: tuple[float, ...]
    unit: str = "m"

    def payload(self, seq: int) -> bytes:
        records: list[dict[str, object]] = [
            {"n": self.sensor, "u": self.unit, "t": self.first_s + k * self.step_s, "v": v}
            for k, v in enumerate(self.values)
        ]
        device = self.topic.split("/")[2]
        records[0] |= {"seq": seq, "boot": f"flood-{device}", "clk": "ok"}
        return json.dumps(records).encode()


class Flood:
    """Publishes `packs` in their order on a thread of its own. `acknowledged` counts packs that the broker has."""

    def __init__(self, port: int, packs: Sequence[Pack]) -> None:
        self._packs = packs
        self._slots = threading.Semaphore(IN_FLIGHT)
        self._lock = threading.Lock()
        self.acknowledged = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="flood", clean_session=False)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", port)
        self._thread = threading.Thread(target=self._publish, name="flood", daemon=True)

    def start(self) -> None:
        self._client.loop_start()
        self._thread.start()

    @property
    def done(self) -> bool:
        return self.acknowledged == len(self._packs)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _publish(self) -> None:
        for seq, pack in enumerate(self._packs, 1):
            self._slots.acquire()
            self._client.publish(pack.topic, pack.payload(seq), qos=1)

    def _on_publish(self, *_: object) -> None:
        with self._lock:
            self.acknowledged += 1
        self._slots.release()
