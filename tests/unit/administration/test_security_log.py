"""What was refused: gathered, bounded, and written down in the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration import security_log
from administration.security_log import AT_ONCE, KEPT_MS, SecurityLog
from city.security_event import SecurityKind
from megane.database import open_database
from tests.support.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_700_000_000_000 // security_log.HOUR_MS * security_log.HOUR_MS)


@pytest.fixture
def log(place: Path | sa.URL, clock: ManualClock) -> Iterator[SecurityLog]:
    database = open_database(place)
    with ThreadPoolExecutor(1) as thread:
        yield SecurityLog(database, database, clock, thread)
    database.dispose()


def test_one_row_an_hour_for_each_kind_and_device(log: SecurityLog, clock: ManualClock) -> None:
    for detail in ("a", "b", "c"):
        log.note(SecurityKind.WRONG_TOPIC, "rpi-toba", detail)
        clock.advance(10)
        log.write()
    log.note(SecurityKind.WRONG_TOPIC, "rpi-kita")
    clock.advance(3_600)
    log.note(SecurityKind.WRONG_TOPIC, "rpi-toba", "x" * 1_000)
    log.write()
    found = [(one.device, one.count, one.detail[:1]) for one in log.events(10)]
    assert found == [("rpi-toba", 1, "x"), ("rpi-kita", 1, ""), ("rpi-toba", 3, "c")]
    assert len(log.events(10, device="rpi-toba")) == 2
    assert log.events(10, SecurityKind.COMMAND_LATE) == []


def test_a_flood_of_names_is_counted_and_takes_no_room(log: SecurityLog) -> None:
    for k in range(AT_ONCE + 500):
        log.note(SecurityKind.WRONG_TOPIC, f"device-{k}")
    log.write()
    found = log.events(5_000)
    assert len(found) == AT_ONCE + 1
    assert sum(one.count for one in found) == AT_ONCE + 500


def test_what_is_old_or_too_much_goes(log: SecurityLog, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    log.note(SecurityKind.WRONG_TOPIC, "old")
    log.write()
    clock.advance(KEPT_MS / 1000)
    log.note(SecurityKind.WRONG_TOPIC, "new")
    log.write()
    assert [one.device for one in log.events(10)] == ["new"]
    monkeypatch.setattr(security_log, "KEPT_ROWS", 3)
    for k in range(6):
        clock.advance(1)
        log.note(SecurityKind.WRONG_TOPIC, f"device-{k}")
    log.write()
    assert [one.device for one in log.events(10)] == ["device-5", "device-4", "device-3"]
