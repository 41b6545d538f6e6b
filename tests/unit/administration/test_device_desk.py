"""What people want of devices, and what became of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.device_desk import EXPIRED, GRACE_MS, ConfigurationError, DeviceDesk
from city.wire.command import CommandAck, Outcome, Refusal
from city.wire.config import decode_config
from megane.database import open_database
from tests.support.manual_clock import ManualClock

SENSOR = {"name": "water_level", "driver": "serial_level", "options": {"port": "/dev/ttyS0"}}


@pytest.fixture
def database(place: Path | sa.URL) -> Iterator[sa.Engine]:
    made = open_database(place)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000_000)


@pytest.fixture
def desk(database: sa.Engine, clock: ManualClock) -> DeviceDesk:
    return DeviceDesk(database, clock, lambda: None)


def given(desk: DeviceDesk, key: str = "c1", deadline_ms: int = 1_060_000) -> None:
    desk.command("rpi-toba", "sabae", "ping", {}, deadline_ms, "hanako", key)


def test_each_configuration_has_the_next_revision_and_the_newest_counts(desk: DeviceDesk) -> None:
    assert desk.configure("rpi-toba", "sabae", {"sensors": [SENSOR]}, "hanako").revision == 1
    assert desk.configure("rpi-toba", "sabae", {"sensors": []}, "taro").revision == 2
    assert desk.configure("rpi-kita", "sabae", {}, "taro").revision == 1
    (found,) = desk.configured("rpi-toba")
    assert (found.revision, decode_config(found.body).sensors, found.made_by) == (2, (), "taro")
    assert [one.device for one in desk.configured()] == ["rpi-kita", "rpi-toba"]


def test_what_cannot_be_is_refused_and_nothing_is_changed(desk: DeviceDesk) -> None:
    desk.configure("rpi-toba", "sabae", {"sensors": [SENSOR]}, "hanako")
    wrongs: list[dict[str, object]] = [
        {"sensor": []},
        {"sensors": [{**SENSOR, "every_s": 0}]},
        {"sensors": [SENSOR, SENSOR]},
    ]
    for wrong in wrongs:
        with pytest.raises(ConfigurationError):
            desk.configure("rpi-toba", "sabae", wrong, "hanako")
    (found,) = desk.configured("rpi-toba")
    assert found.revision == 1


def test_a_command_under_the_same_key_is_given_once(desk: DeviceDesk) -> None:
    given(desk)
    given(desk)
    assert len(desk.commands("rpi-toba", 10)) == 1
    assert len(desk.open_commands()) == 1


def test_an_answer_is_written_down_and_ends_the_sending(desk: DeviceDesk) -> None:
    given(desk)
    desk.answered("rpi-toba", CommandAck("c1", Outcome.ACCEPTED))
    assert desk.open_commands() == []
    desk.answered("rpi-toba", CommandAck("c1", Outcome.DONE, detail="revision 3"))
    (found,) = desk.commands("rpi-toba", 10)
    assert (found.outcome, found.detail, found.answered_ms) == ("done", "revision 3", 1_000_000)


def test_what_is_final_stays_and_seen_says_nothing_new(desk: DeviceDesk) -> None:
    given(desk)
    desk.answered("rpi-toba", CommandAck("c1", Outcome.REFUSED, Refusal.SEEN))
    assert desk.commands("rpi-toba", 10)[0].outcome is None
    desk.answered("rpi-toba", CommandAck("c1", Outcome.REFUSED, Refusal.LATE))
    desk.answered("rpi-toba", CommandAck("c1", Outcome.DONE))
    (found,) = desk.commands("rpi-toba", 10)
    assert (found.outcome, found.reason) == ("refused", Refusal.LATE)


def test_another_device_answers_for_nobody(desk: DeviceDesk) -> None:
    given(desk)
    desk.answered("rpi-kita", CommandAck("c1", Outcome.DONE))
    assert desk.commands("rpi-toba", 10)[0].outcome is None


def test_nobody_answers_and_it_expires_after_a_while(desk: DeviceDesk, clock: ManualClock) -> None:
    given(desk, deadline_ms=1_010_000)
    clock.advance(10.001)
    assert desk.open_commands() == []
    assert desk.commands("rpi-toba", 10)[0].outcome is None
    clock.advance(GRACE_MS / 1000)
    desk.open_commands()
    assert desk.commands("rpi-toba", 10)[0].outcome == EXPIRED
    desk.answered("rpi-toba", CommandAck("c1", Outcome.DONE))  # it came after all
    assert desk.commands("rpi-toba", 10)[0].outcome == "done"
