"""Desired configuration: checked before it is taken, gone back from where the device cannot connect with it."""

from pathlib import Path

import pytest

from city.wire.config import BrokerAddress, DeviceConfig, OutputConfig, SensorConfig
from edge.configuration import TRIAL_S, Configuration


def config(revision: int, **more: object) -> bytes:
    return DeviceConfig(revision=revision, **more).encode()  # type: ignore[arg-type]  # as each test has it


def test_a_new_revision_runs_at_once_and_holds_once_connected(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert configuration.offered(config(3), 0.0)
    assert configuration.running.revision == 3
    configuration.connected()
    assert Configuration(tmp_path).running.revision == 3


def test_one_that_was_not_yet_confirmed_is_not_what_a_restart_begins_with(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(3), 0.0)
    configuration.connected()
    configuration.offered(config(4), 0.0)
    assert Configuration(tmp_path).running.revision == 3


def test_where_it_cannot_connect_it_goes_back_and_does_not_try_the_same_again(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(3), 0.0)
    configuration.connected()
    moved = config(4, broker=BrokerAddress("nowhere.example", 1883))
    assert configuration.offered(moved, 10.0)
    assert not configuration.go_back(10.0 + TRIAL_S - 1)
    assert configuration.go_back(10.0 + TRIAL_S)
    assert configuration.running.revision == 3
    assert configuration.refused is not None
    assert (configuration.refused.revision, configuration.refused.reason) == (4, "no connection with it")
    assert not configuration.offered(moved, 300.0)
    assert configuration.offered(config(5), 300.0)


def test_two_in_a_row_go_back_to_the_one_that_held(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(1), 0.0)
    configuration.connected()
    configuration.offered(config(2), 10.0)
    configuration.offered(config(3), 20.0)
    assert configuration.go_back(20.0 + TRIAL_S)
    assert configuration.running.revision == 1


def test_a_connection_that_is_there_is_no_reason_to_go_back(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(2), 0.0)
    configuration.connected()
    assert not configuration.go_back(1e9)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"{", "not a configuration"),
        (b"\xff\x00", "not a configuration"),
        (b"[" * 100_000, "bytes"),
        (b"[" * 10_000, "not a configuration"),
        (b'{"revision": 5, "sensor": []}', "sensor"),
        (b'{"revision": -1}', "revision"),
        (b'{"revision": 5, "sensors": [{"name": "a/b", "driver": "iio"}]}', "name"),
        (b'{"revision": 5, "sensors": [{"name": "a", "driver": "telepathy"}]}', "telepathy"),
        (b'{"revision": 5, "sensors": [{"name": "a", "driver": "iio"}]}', "device"),
        (b'{"revision": 5, "sensors": [{"name": "a", "driver": "iio", "options": {"device": "x", "y": 1}}]}', "y"),
        (b'{"revision": 5, "sensors": [{"name": "a", "driver": "iio", "every_s": 0}]}', "every_s"),
        (
            b'{"revision": 5, "sensors": [{"name": "a", "driver": "pi_health"}, {"name": "a", "driver": "pi_health"}]}',
            "two",
        ),
        (
            b'{"revision": 5, "sensors": [{"name": "a", "driver": "pi_health", "calibration": {"table": [[1, 2]]}}]}',
            "table",
        ),
        (
            (
                b'{"revision": 5, "sensors": [{"name": "a", "driver": "pi_health",'
                b' "calibration": {"table": [[1, 2], [1, 3]]}}]}'
            ),
            "ascend",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_said_why(tmp_path: Path, payload: bytes, words: str) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(2), 0.0)
    configuration.connected()
    assert not configuration.offered(payload, 0.0)
    assert configuration.running.revision == 2
    assert configuration.refused is not None
    assert words in configuration.refused.reason


def test_an_older_revision_is_refused(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(5), 0.0)
    assert not configuration.offered(config(4), 0.0)
    assert configuration.running.revision == 5


def test_the_same_again_changes_nothing_and_is_not_refused(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    configuration.offered(config(5), 0.0)
    configuration.connected()
    assert not configuration.offered(config(5), 0.0)
    assert configuration.refused is None


def test_an_empty_message_is_how_mqtt_forgets_one(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert not configuration.offered(b"", 0.0)
    assert configuration.refused is None


def test_a_damaged_file_is_as_none(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b"\x00" * 50)
    assert Configuration(tmp_path).running == DeviceConfig(0)


def test_what_travels_is_what_was_meant() -> None:
    sensor = SensorConfig(name="rain", driver="gpio", options={"line": 17, "counts": "pulses", "per_pulse": 0.5})
    sent = DeviceConfig(revision=7, sensors=(sensor,), broker=BrokerAddress("b.example", 8883))
    from city.wire.config import decode_config

    assert decode_config(sent.encode()) == sent


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (OutputConfig("lamp", "telepathy"), "no output driver telepathy; there are relay, sign"),
        (OutputConfig("lamp", "relay", {"port": "/dev/ttyS0"}), "lamp: relay:"),
        (OutputConfig("siren", "relay", {"line": 17}, safe="quiet"), "siren: on or off"),
        (OutputConfig("water_level", "relay", {"line": 17}), "of one name"),
    ],
    ids=["driver", "options", "safe", "name"],
)
def test_an_output_that_it_cannot_have_is_refused(tmp_path: Path, output: OutputConfig, words: str) -> None:
    configuration = Configuration(tmp_path)
    sensor = SensorConfig("water_level", "pi_health")
    assert not configuration.offered(config(1, sensors=(sensor,), outputs=(output,)), 0.0)
    assert configuration.refused is not None
    assert words in configuration.refused.reason


def test_outputs_are_taken_and_kept(tmp_path: Path) -> None:
    sign = OutputConfig("message", "sign", {"port": "/dev/ttyUSB0"})
    siren = OutputConfig("siren", "relay", {"line": "GPIO17"}, safe="off")
    configuration = Configuration(tmp_path)
    assert configuration.offered(config(1, outputs=(sign, siren)), 0.0)
    configuration.connected()
    assert Configuration(tmp_path).running.outputs == (sign, siren)
