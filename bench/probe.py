"""Probes: readings that cross a threshold and come back, each told to a department's desk by a webhook.

One clock measures all: from the moment before the reading is published until the desk has the webhook, and until a
subscriber of our own, QoS 1, has the same message from Mosquitto.
"""

import base64
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from administration.signature import PREFIX
from bench.town import ENDPOINT, LOWEST, PROBE_ZONE, probe_name
from bench.waiting import wait_for
from city.wire.senml import Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic

PROBES: Final = 50  # devices in turn: each rests seconds between two crossings, as a river would rather
EVERY_S: Final = 0.047  # beside the round numbers at which a city does things by the clock
ABOVE, BELOW = LOWEST + 0.05, 1.5  # over the first rule's threshold, and under all
LATE_S: Final = 60.0  # a webhook that has not come by then counts as lost


class _Told(msgspec.Struct):
    subject: str
    at: datetime


class _Event(msgspec.Struct):
    data: _Told


class Desk:
    """A department that takes webhooks. arrived: (subject, time of the transition in ms) → when, by `perf_counter`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.arrived: dict[tuple[str, int], float] = {}

    def settings(self, folder: Path) -> Path:
        """Settings of a city whose webhooks come here."""
        secret, file = folder / "secret", folder / "settings.toml"
        secret.write_text(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(), encoding="ascii")
        file.write_text(f'[endpoints.{ENDPOINT}]\nurl = "{self.url}"\nsecret_files = ["{secret}"]\n', encoding="utf-8")
        return file


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk on a free port."""

    class Take(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as a department's would

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            at_s = time.perf_counter()
            told = msgspec.json.decode(body, type=_Event).data
            here.arrived[told.subject, round(told.at.timestamp() * 1_000)] = at_s
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    here = Desk(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, name="desk", daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


class Probes:
    """Publishes probes, one after the other, and knows when each was told. Use within `probes`."""

    def __init__(self, client: paho.Client, at: Desk) -> None:
        self._client, self._desk = client, at
        self._sent: dict[tuple[str, int], float] = {}
        self._on_its_way: dict[bytes, tuple[str, int]] = {}
        self._delivered: dict[tuple[str, int], float] = {}
        self._boots = [secrets.token_hex(8) for _ in range(PROBES)]  # each its own: others' are refused
        client.on_message = self._take

    @property
    def sent(self) -> int:
        """So many readings were published."""
        return len(self._sent)

    def send(self) -> None:
        """The next probe crosses the threshold, or comes back."""
        turn, number = divmod(len(self._sent), PROBES)
        device, now_ms = probe_name(number), time.time_ns() // 1_000_000
        reading = Measurement("water_level", "m", now_ms, BELOW if turn % 2 else ABOVE)
        payload = encode_pack(Pack([reading], (), turn + 1, self._boots[number]), Form.JSON)
        topic = str(Topic("megane", PROBE_ZONE, device, Kind.UP))
        key = f"{device}:water_level", now_ms
        self._on_its_way[topic.encode() + payload] = key
        self._sent[key] = time.perf_counter()
        self._client.publish(topic, payload, qos=1)

    def send_for(self, seconds: float, going_on: Callable[[], bool] = lambda: True) -> None:
        """Sends evenly for so long, as long as `going_on`."""
        begin_s = time.perf_counter()
        due_s = begin_s
        while due_s < begin_s + seconds and going_on():
            time.sleep(max(0.0, due_s - time.perf_counter()))
            self.send()
            due_s += EVERY_S

    def told(self, first: int) -> list[float]:
        """Seconds from publishing to the webhook of every probe from number `first` on; waits for those under way."""
        return self._taken(self._desk.arrived, first, "every probe's webhook")

    def delivered(self, first: int) -> list[float]:
        """The same to our own subscriber."""
        return self._taken(self._delivered, first, "every probe at its subscriber")

    def told_by_now(self, first: int) -> list[float]:
        """As `told`, of those that have arrived."""
        keys = list(self._sent)[first:]
        return [self._desk.arrived[key] - self._sent[key] for key in keys if key in self._desk.arrived]

    def _taken(self, arrived: Mapping[tuple[str, int], float], first: int, what: str) -> list[float]:
        keys = list(self._sent)[first:]
        wait_for(lambda: all(key in arrived for key in keys), what, LATE_S)
        return [arrived[key] - self._sent[key] for key in keys]

    def _take(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        key = self._on_its_way.pop(message.topic.encode() + message.payload, None)
        if key is not None:  # QoS 1 may deliver it again
            self._delivered[key] = time.perf_counter()


@contextmanager
def probes(mqtt_port: int, at: Desk) -> Iterator[Probes]:
    """Probes over a connection of their own, which also subscribes to them."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-probe")
    subscribed = threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", mqtt_port)
    client.subscribe(f"megane/{PROBE_ZONE}/+/{Kind.UP}", qos=1)
    client.loop_start()
    try:
        subscribed.wait(LATE_S)
        yield Probes(client, at)
    finally:
        client.disconnect()
        client.loop_stop()
