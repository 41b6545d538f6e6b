"""Who comes in and what they may, at a real Mosquitto: the city's own certificates, each device its own topics."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from paho.mqtt.enums import CallbackAPIVersion

from bench.waiting import wait_for
from megane.authority import Authority
from megane.mosquitto import DeviceListener, Mosquitto, render_topics
from tests.support.manual_clock import ManualClock

NOW_MS = 1_900_000_000_000


class Keys:
    """A device's key and its request."""

    def __init__(self, folder: Path, name: str) -> None:
        self.key = folder / f"{name}.key"
        self.certificate = folder / f"{name}.pem"
        made = ec.generate_private_key(ec.SECP256R1())
        self.key.write_bytes(
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "whatever-it-says")])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(made, hashes.SHA256())
        self.request = request.public_bytes(serialization.Encoding.PEM)


class Place:
    """An authority, and a broker that trusts it."""

    def __init__(self, folder: Path, plain_port: int, tls_port: int) -> None:
        import time

        self.folder = folder
        self.plain_port, self.port = plain_port, tls_port
        self.authority = Authority(folder / "authority", ManualClock(time.time_ns() // 1_000_000))
        self.topics = folder / "devices.acl"
        self.topics.write_text(render_topics("megane", ()))
        files = self.authority.for_broker(["localhost", "127.0.0.1"])
        listener = DeviceListener("127.0.0.1", tls_port, files, self.topics)
        self.broker = Mosquitto(folder / "broker", "127.0.0.1", plain_port, devices=listener)

    def enrolled(self, device: str) -> Keys:
        keys = Keys(self.folder, device)
        keys.certificate.write_bytes(self.authority.issue(device, keys.request))
        return keys

    def revoke(self, device: str) -> None:
        self.authority.revoke(device)
        self.topics.write_text(render_topics("megane", [device]))
        self.broker.reread()


class Client:
    """One that may be refused."""

    def __init__(self, place: Place, keys: Keys | None, name: str) -> None:
        context = ssl.create_default_context(cadata=place.authority.certificate.decode())
        if keys is not None:
            context.load_cert_chain(keys.certificate, keys.key)
        self.came: list[str] = []
        self.granted: list[int] = []
        self.refused = ""
        self._lost = threading.Event()
        self._ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
        self._client.tls_set_context(context)
        self._client.on_connect = lambda *_: self._ready.set()
        self._client.on_disconnect = lambda *_: self._lost.set()
        self._client.on_message = lambda _, __, message: self.came.append(message.topic)
        self._client.on_subscribe = lambda _, __, ___, codes, _p: self.granted.extend(c.value for c in codes)
        try:
            self._client.connect("127.0.0.1", place.port, 30)
        except (OSError, ssl.SSLError) as error:
            self.refused = str(error)
            return
        self._client.loop_start()
        wait_for(lambda: self._ready.is_set() or self._lost.is_set(), "an answer")
        if not self._ready.is_set():
            self.refused = "the connection was closed"

    def publish(self, topic: str) -> None:
        self._client.publish(topic, b"{}", 1).wait_for_publish(30)

    def subscribe(self, topic: str) -> int:
        self._client.subscribe(topic, 1)
        wait_for(lambda: bool(self.granted), "an answer")
        return self.granted.pop()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._client.disconnect()
        self._client.loop_stop()


class Watcher:
    """The city's side: hears everything, over the loopback."""

    def __init__(self, port: int) -> None:
        self.heard: list[str] = []
        ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="city")
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.on_message = lambda _, __, message: self.heard.append(message.topic)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert ready.wait(30)

    def say(self, topic: str) -> None:
        self._client.publish(topic, b"{}", 1).wait_for_publish(30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
async def place(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Place]:
    made = Place(tmp_path, free_port(), free_port())
    await made.broker.start()
    yield made
    await made.broker.stop()


async def test_a_device_writes_and_reads_its_own_topics_and_no_others(place: Place) -> None:
    def looked() -> None:
        watcher = Watcher(place.plain_port)
        toba = Client(place, place.enrolled("rpi-toba"), "rpi-toba")
        assert toba.refused == ""
        for topic in (
            "megane/sabae/rpi-kita/up",  # another's
            "megane/sabae/rpi-toba/config",  # what the city says
            "megane/sabae/rpi-toba/receipt",
            "other/sabae/rpi-toba/up",
            "megane/sabae/rpi-toba/up",
            "megane/sabae/rpi-toba/state",
            "megane/sabae/rpi-toba/cmd-ack",
        ):
            toba.publish(topic)
        wait_for(lambda: len(watcher.heard) >= 3, "what it may write")
        assert watcher.heard == [f"megane/sabae/rpi-toba/{kind}" for kind in ("up", "state", "cmd-ack")]
        for wanted in ("megane/sabae/rpi-toba/config", "megane/sabae/rpi-kita/config", "#"):
            toba.subscribe(wanted)
        watcher.say("megane/sabae/rpi-kita/config")
        watcher.say("megane/sabae/rpi-kita/up")
        watcher.say("megane/sabae/rpi-toba/config")
        wait_for(lambda: bool(toba.came), "what it may read")
        assert set(toba.came) == {"megane/sabae/rpi-toba/config"}
        toba.close()
        watcher.close()

    await asyncio.to_thread(looked)


async def test_nobody_comes_in_without_a_certificate_of_the_city(place: Place, tmp_path: Path) -> None:
    def looked() -> None:
        stranger = Client(place, None, "rpi-toba")
        assert stranger.refused
        other = Authority(tmp_path / "other", ManualClock(NOW_MS))
        keys = Keys(tmp_path, "forged")
        keys.certificate.write_bytes(other.issue("rpi-toba", keys.request))
        forged = Client(place, keys, "rpi-toba")
        assert forged.refused
        for each in (stranger, forged):
            each.close()

    await asyncio.to_thread(looked)


async def test_a_device_takes_no_other_broker_for_its_city(place: Place, tmp_path: Path) -> None:
    def looked() -> None:
        other = Authority(tmp_path / "other", ManualClock(NOW_MS))
        context = ssl.create_default_context(cadata=other.certificate.decode())
        with (
            socket.create_connection(("127.0.0.1", place.port)) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
            context.wrap_socket(plain, server_hostname="localhost"),
        ):
            raise AssertionError

    await asyncio.to_thread(looked)


async def test_a_device_takes_nobody_elses_session(place: Place) -> None:
    def looked() -> None:
        toba = Client(place, place.enrolled("rpi-toba"), "rpi-toba")
        thief = Client(place, place.enrolled("rpi-thief"), "rpi-toba")  # under its name
        assert thief.refused == ""
        thief.publish("megane/sabae/rpi-thief/up")
        watcher = Watcher(place.plain_port)
        toba.publish("megane/sabae/rpi-toba/up")
        wait_for(lambda: bool(watcher.heard), "that the first is still there")
        assert watcher.heard == ["megane/sabae/rpi-toba/up"]
        for each in (toba, thief, watcher):
            each.close()

    await asyncio.to_thread(looked)


async def test_a_revoked_device_is_out_at_once_and_does_not_come_back(place: Place) -> None:
    def looked() -> None:
        watcher = Watcher(place.plain_port)
        keys = place.enrolled("rpi-toba")
        good = Client(place, place.enrolled("rpi-kita"), "rpi-kita")
        toba = Client(place, keys, "rpi-toba")
        toba.publish("megane/sabae/rpi-toba/up")
        wait_for(lambda: len(watcher.heard) == 1, "a reading")
        place.revoke("rpi-toba")

        def refused() -> bool:
            again = Client(place, keys, "rpi-toba")
            again.close()
            return bool(again.refused)

        wait_for(refused, "that it is refused")
        with contextlib.suppress(RuntimeError):  # the broker may have ended the connection that it had
            toba.publish("megane/sabae/rpi-toba/up")
        good.publish("megane/sabae/rpi-kita/up")
        wait_for(lambda: len(watcher.heard) >= 2, "what others say")
        assert watcher.heard == ["megane/sabae/rpi-toba/up", "megane/sabae/rpi-kita/up"]
        for each in (toba, good, watcher):
            each.close()

    await asyncio.to_thread(looked)
