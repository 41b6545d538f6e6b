"""The agent as a process, with a real broker and a real city: every reading arrives once, whatever dies on the way."""

import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from bench.city_process import CityProcess
from bench.waiting import wait_for
from city.wire.command import Command, CommandAck, Outcome, Refusal, decode_command_ack
from city.wire.config import BrokerAddress, DeviceConfig, Near, OutputConfig
from city.wire.senml import decode_pack
from city.wire.state import ClockState, DeviceState, Presence, decode_state
from tests.support.edge_process import EdgeProcess
from tests.support.sign_at_wire import SignAtWire

DEVICE = "rpi-toba"
TOPIC = f"megane/sabae/{DEVICE}"


class Desk:
    """Whoever sits at the broker: hears what the device says, and tells it what to be."""

    def __init__(self, port: int) -> None:
        self.readings: dict[int, float] = {}  # time → value, of all that was ever sent
        self.states: list[DeviceState] = []
        self.acks: list[CommandAck] = []
        self._ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="desk")
        self._client.on_connect = lambda client, *_: client.subscribe([(f"{TOPIC}/+", 1)])
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(30)

    def _heard(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        match message.topic.rpartition("/")[2]:
            case "up":
                pack = decode_pack(payload, 0)
                self.readings |= {one.time_ms: float(one.value) for one in pack.measurements}
            case "state":
                self.states.append(decode_state(payload))
            case "cmd-ack":
                self.acks.append(decode_command_ack(payload))
            case _:
                return

    def tell(self, kind: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(f"{TOPIC}/{kind}", payload, 1, retain).wait_for_publish(30)

    def flood(self, kind: str, payload: bytes) -> None:
        """Sends, and waits for nothing."""
        self._client.publish(f"{TOPIC}/{kind}", payload, 1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as process:
        yield process


@pytest.fixture
def desk(city: CityProcess) -> Iterator[Desk]:
    made = Desk(city.mqtt_port)
    yield made
    made.close()


def stored(city: CityProcess) -> dict[int, float]:
    """What the store has of the device, once the city has ended; each time once."""
    with duckdb.connect(str(city.home / "store" / "readings.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT r.time, r.value FROM reading r JOIN series s ON s.id = r.series WHERE s.device = ?", [DEVICE]
        ).fetchall()
    assert len(rows) == len({at for at, _ in rows})
    return {int(at): float(value) for at, value in rows}


def drained(desk: Desk) -> bool:
    return bool(desk.states) and desk.states[-1].state is Presence.ONLINE and desk.states[-1].spool == 0


def at_the_end(city: CityProcess, desk: Desk, edge: EdgeProcess, revision: int) -> dict[int, float]:
    """What is stored once the device, which reads nothing any more, has sent all that is in its spool."""
    desk.tell("config", DeviceConfig(revision, state_every_s=1).encode(), retain=True)
    wait_for(lambda: drained(desk) and desk.states[-1].revision == revision, "an empty spool")
    assert edge.stop() == 0
    wait_for(
        lambda: city.metrics()["megane_store_position"] == city.metrics()["megane_journal_position"], "all is stored"
    )
    assert city.stop() == 0
    return stored(city)


def test_every_reading_is_stored_once_whatever_is_killed(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(1, (edge.sensor(0.05),), state_every_s=1))
    with edge:
        for kill in range(3):
            heard = len(desk.readings)
            wait_for(lambda heard=heard: len(desk.readings) > heard + 20, "readings")  # type: ignore[misc]
            if kill == 1:
                city.kill()
            edge.kill()
            edge.start()
            if kill == 1:
                city.start()
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 20, "readings")
        found = at_the_end(city, desk, edge, 2)
    assert len(found) > 80
    assert found == desk.readings


def test_a_device_without_a_clock_has_its_times_reckoned(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE, clock="none")
    edge.configured(DeviceConfig(1, (edge.sensor(),)))
    before_ms = time.time_ns() // 1_000_000
    with edge:
        wait_for(lambda: len(desk.readings) > 20, "readings")
        assert desk.states[-1].clock is ClockState.UNSYNCED
        assert desk.states[-1].sent_ms is None
        assert max(desk.readings) < 3_600_000  # uptime
        assert edge.stop() == 0
    sent = len(desk.readings)
    wait_for(lambda: city.readings()["stored"] >= sent, "all is stored")
    assert city.stop() == 0
    now_ms = time.time_ns() // 1_000_000
    assert all(before_ms - 1_000 <= at <= now_ms for at in stored(city))


def test_it_becomes_what_the_desk_wants_and_says_so(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    with edge:
        wait_for(lambda: bool(desk.states) and desk.states[-1].revision == 0, "an empty device")
        desk.tell("config", DeviceConfig(7, (edge.sensor(),)).encode(), retain=True)
        wait_for(lambda: desk.states[-1].revision == 7, "its new revision")
        wait_for(lambda: len(desk.readings) > 5, "readings")
        edge.kill()
        edge.start()
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 5, "readings after a restart")


def test_a_poisoned_configuration_is_refused_and_everything_goes_on(
    city: CityProcess, desk: Desk, tmp_path: Path
) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(),)))
    with edge:
        wait_for(lambda: len(desk.readings) > 5, "readings")
        for poison, words in (
            (b"\x00\xff" * 100, "malformed"),
            (b'{"revision": 9, "sensors": [{"name": "a", "driver": "telepathy"}]}', "telepathy"),
        ):
            desk.tell("config", poison, retain=True)
            wait_for(lambda words=words: words in str(desk.states[-1].refused), words)  # type: ignore[misc]
            assert desk.states[-1].revision == 3
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 5, "readings")


def test_a_configuration_with_which_it_cannot_connect_is_gone_back_from(
    city: CityProcess, desk: Desk, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(),)))
    with edge:
        wait_for(lambda: len(desk.readings) > 5, "readings")
        moved = DeviceConfig(4, (edge.sensor(),), broker=BrokerAddress("127.0.0.1", free_port()))
        desk.tell("config", moved.encode(), retain=True)
        wait_for(lambda: desk.states[-1].refused == "no connection with it", "that it went back")
        assert desk.states[-1].revision == 3
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 5, "readings")


def test_commands_are_done_once_and_in_time(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(3_600),)))
    soon_ms = time.time_ns() // 1_000_000 + 60_000
    with edge:
        wait_for(lambda: len(desk.readings) == 1, "its first reading")
        desk.tell("cmd", Command("c1", "sample", soon_ms).encode())
        wait_for(lambda: len(desk.readings) == 2, "a reading that was asked for")
        desk.tell("cmd", Command("c1", "sample", soon_ms).encode())
        desk.tell("cmd", Command("c2", "ping", 1).encode())
        desk.tell("cmd", b"rubbish")
        desk.tell("cmd", Command("c3", "restart", soon_ms).encode())
        wait_for(lambda: len(desk.acks) == 6, "all acknowledgements")
        assert edge.wait() == 75
    assert desk.acks == [
        CommandAck("c1", Outcome.ACCEPTED),
        CommandAck("c1", Outcome.DONE, detail="1 stations"),
        CommandAck("c1", Outcome.REFUSED, Refusal.SEEN),
        CommandAck("c2", Outcome.REFUSED, Refusal.LATE),
        CommandAck("c3", Outcome.ACCEPTED),
        CommandAck("c3", Outcome.DONE, detail="restarting"),
    ]
    assert desk.states[-1].state is Presence.OFFLINE
    assert [state.sent_ms is None for state in desk.states] == [s.state is Presence.OFFLINE for s in desk.states]


def test_a_sign_shows_what_it_is_commanded_to_and_again_after_a_loss_of_power(
    city: CityProcess, desk: Desk, tmp_path: Path
) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    soon_ms = time.time_ns() // 1_000_000 + 60_000
    with SignAtWire() as sign:
        outputs = (
            OutputConfig("message", "sign", {"port": sign.path}),
            OutputConfig("lamp", "relay", {"line": 4, "chip": "/dev/nothing"}),
        )
        edge.configured(DeviceConfig(3, (edge.sensor(3_600),), outputs))
        with edge:
            wait_for(lambda: bool(desk.states) and desk.states[-1].outputs == {"message": ""}, "a dark sign")
            assert "/dev/nothing" in desk.states[-1].faults["lamp"]
            desk.tell("cmd", Command("c1", "set", soon_ms, {"message": "通行止"}).encode())
            wait_for(lambda: len(desk.acks) == 2, "that it is done")
            wait_for(lambda: desk.states[-1].outputs == {"message": "通行止"}, "its state")
            desk.tell("cmd", Command("c2", "set", soon_ms, {"message": "解除", "lamp": "on"}).encode())
            wait_for(lambda: len(desk.acks) == 4, "that it cannot")
            assert sign.shown == ["", "通行止", "解除", "通行止"]
            boot = desk.states[-1].boot
            edge.kill()
            edge.start()
            wait_for(lambda: len(sign.shown) == 5, "that it shows it again")
            wait_for(lambda: desk.states[-1].boot != boot and desk.states[-1].revision, "the state of that start")
            assert desk.states[-1].outputs == {"message": "通行止"}
    assert sign.shown[-1] == "通行止"
    assert desk.acks[1] == CommandAck("c1", Outcome.DONE, detail="message=通行止")
    assert (desk.acks[3].outcome, desk.acks[3].reason) == (Outcome.REFUSED, Refusal.FAILED)
    assert desk.acks[3].detail.startswith("lamp: /dev/nothing 4:")


def test_a_sensor_that_fails_is_told_and_read_again_once_it_is_back(
    city: CityProcess, desk: Desk, tmp_path: Path
) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(),)))
    with edge:
        wait_for(lambda: len(desk.readings) > 3, "readings")
        edge.unplug()
        wait_for(lambda: "water_level" in desk.states[-1].faults, "that it fails")
        assert "gauge" in desk.states[-1].faults["water_level"]
        edge.plug_in()
        wait_for(lambda: not desk.states[-1].faults, "that it is back")
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 3, "readings")


def test_after_an_outage_what_is_near_a_level_goes_first(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(0.05, Near(level=5.6, within=0.5, every_s=0.05)),), state_every_s=1))
    city.stop()  # its broker with it
    edge.start()
    wait_for(lambda: edge.appended > 150, "readings of calm water in the spool")
    edge.level(6.0)
    calm = edge.appended
    wait_for(lambda: edge.appended > calm + 20, "and of high water")
    edge.kill()  # what it kept is fair after a start as well, and a start waits for no next attempt
    city.start()
    late = Desk(city.mqtt_port)
    edge.start()
    try:
        wait_for(lambda: len(late.readings) > 150, "what was kept")
        order = list(late.readings.values())
    finally:
        late.close()
        edge.kill()
    assert 6.0 in order[:4]
    assert 4.0 in order[:4]


def test_rubbish_in_its_settings_is_named(tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, 1, DEVICE)
    for text, words in (("zone = 3\n", "zone"), ("[broker\n", "line"), ("", "zone")):
        edge.settings_file.write_text(text)
        edge.start()
        assert edge.wait() == 2
        assert words in edge.log.read_text()


def test_a_second_agent_in_the_same_folder_is_refused(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    with edge:
        wait_for(lambda: bool(desk.states), "the first")
        second = EdgeProcess.beside(edge)
        second.start()
        assert second.wait() == 2
        assert "同時" in second.log.read_text()


def test_a_disk_that_is_full_is_told_and_nothing_that_was_kept_is_lost(
    city: CityProcess, desk: Desk, tmp_path: Path
) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(0.05),), state_every_s=1))
    with edge:
        wait_for(lambda: len(desk.readings) > 10, "readings")
        # No file of the agent's may grow any more, as on a full disk.
        _, most = resource.prlimit(edge.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        wait_for(lambda: desk.states[-1].unkept > 20, "that readings are refused")
        desk.tell("cmd", Command("c1", "sample", time.time_ns() // 1_000_000 + 60_000).encode())
        wait_for(lambda: bool(desk.acks), "that it takes no command which it might do twice")
        assert desk.acks[-1].reason is Refusal.FAILED
        resource.prlimit(edge.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, most))
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 20, "readings again")
        found = at_the_end(city, desk, edge, 4)
    assert found == desk.readings


def test_more_than_it_can_take_at_once_harms_it_not(city: CityProcess, desk: Desk, tmp_path: Path) -> None:
    edge = EdgeProcess(tmp_path, city.mqtt_port, DEVICE)
    edge.configured(DeviceConfig(3, (edge.sensor(),), state_every_s=1))
    with edge:
        wait_for(lambda: len(desk.readings) > 5, "readings")
        for k in range(3_000):  # three times what it lets wait, and a new configuration in the midst of it
            if k == 1_500:
                desk.tell("config", DeviceConfig(4, (edge.sensor(),), state_every_s=1).encode(), retain=True)
            desk.flood("cmd", b"rubbish")
        wait_for(lambda: desk.states[-1].revision == 4, "its new revision")
        heard = len(desk.readings)
        wait_for(lambda: len(desk.readings) > heard + 5, "readings")
