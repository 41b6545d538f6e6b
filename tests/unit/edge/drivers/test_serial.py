"""Sensors on a serial line: a pseudo-terminal speaks their frames, with noise around them and broken off."""

import os
import pty
import random
import struct
import tty
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import TypeVar

import pytest

from edge.drivers.driver import Driver, DriverError
from edge.drivers.gps import EPOCH, GPS, rmc
from edge.drivers.particulate import PARTICULATE, pms5003
from edge.drivers.serial_level import SERIAL_LEVEL, a02yyuw, maxbotix
from edge.drivers.serial_port import SerialPort

F = TypeVar("F")
MADE = 100_000  # frames of chance for each kind


class Wire:
    """The far end of a line."""

    def __init__(self) -> None:
        self.far, near = pty.openpty()
        tty.setraw(self.far)
        self.path = os.ttyname(near)
        self._near = near

    def say(self, content: bytes) -> None:
        os.write(self.far, content)

    def unplug(self) -> None:
        os.close(self._near)
        os.close(self.far)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    try:
        made.unplug()
    except OSError:
        return  # a test did it


def level_frame(mm: int) -> bytes:
    """DFRobot SEN0311: 0xFF, high, low, sum."""
    body = bytes((0xFF, mm >> 8, mm & 0xFF))
    return body + bytes((sum(body) & 0xFF,))


def dust_frame(pm1: int, pm2_5: int, pm10: int) -> bytes:
    """Plantower PMS5003, appendix I."""
    body = b"BM" + struct.pack(">14H", 28, 5, 6, 7, pm1, pm2_5, pm10, 900, 300, 50, 5, 1, 0, 0x9700)
    return body + struct.pack(">H", sum(body))


def sentence(body: str) -> bytes:
    """NMEA 0183."""
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


TOBA = "GNRMC,123519.50,A,3556.6020,N,13611.0600,E,0.0,0.0,230624,,,A"


def opened(wire: Wire, **options: object) -> Driver:
    return SERIAL_LEVEL.start({"port": wire.path, **options})  # type: ignore[dict-item]  # as a configuration has them


def test_the_vendors_example_frames() -> None:
    # SEN0311: "FF 07 A1 A7": 0x07A1 = 1953 mm.
    assert a02yyuw(bytes.fromhex("FF07A1A7")) == ([1953], b"")
    # PD11830: "R1234<CR>".
    assert maxbotix(b"R1234\r") == ([1234], b"")


def test_a_distance_in_metres(wire: Wire) -> None:
    driver = opened(wire)
    wire.say(level_frame(1953))
    assert driver.read() == {"": 1.953}
    driver.close()


def test_of_all_that_came_the_newest_counts(wire: Wire) -> None:
    driver = opened(wire)
    for mm in (1000, 1100, 1200):
        wire.say(level_frame(mm))
    assert driver.read() == {"": 1.2}


def test_noise_before_a_frame_and_one_that_is_broken_off_behind_it(wire: Wire) -> None:
    driver = opened(wire)
    wire.say(b"\xff\xff\x00\x12" + level_frame(1500) + level_frame(900)[:3])
    assert driver.read() == {"": 1.5}
    wire.say(level_frame(900)[3:])
    assert driver.read() == {"": 0.9}


def test_maxbotix_over_the_line_and_no_target(wire: Wire) -> None:
    driver = opened(wire, frames="maxbotix")
    wire.say(b"34\rR1750\r")
    assert driver.read() == {"": 1.75}
    wire.say(b"R5000\r")
    with pytest.raises(DriverError, match="no target"):
        driver.read()


def test_a_silent_line_is_told_and_not_waited_for_for_ever(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.drivers.framed.PATIENCE_S", 0.05)
    driver = opened(wire)
    wire.say(b"\x00\x01\x02")
    with pytest.raises(DriverError, match="no whole frame"):
        driver.read()


def test_a_line_that_is_pulled_out_is_told(wire: Wire) -> None:
    driver = opened(wire)
    os.close(wire.far)
    with pytest.raises(DriverError):
        driver.read()


def test_a_line_that_is_not_there_and_a_speed_that_is_none(wire: Wire) -> None:
    with pytest.raises(DriverError, match="/dev/nothing"):
        SERIAL_LEVEL.start({"port": "/dev/nothing"})
    with pytest.raises(DriverError, match="1234"):
        SERIAL_LEVEL.start({"port": wire.path, "baud": 1234})
    with pytest.raises(DriverError):
        SERIAL_LEVEL.start({"port": "/dev/null"})


def test_what_is_written_goes_out(wire: Wire) -> None:
    port = SerialPort(wire.path, 9_600)
    port.write(b"\x01\x03")
    assert os.read(wire.far, 16) == b"\x01\x03"
    port.close()


def test_fine_dust(wire: Wire) -> None:
    driver = PARTICULATE.start({"port": wire.path})
    wire.say(b"B" + dust_frame(8, 13, 17))
    assert driver.read() == {"pm1": 8.0, "pm2_5": 13.0, "pm10": 17.0}


def test_place_and_time(wire: Wire) -> None:
    driver = GPS.start({"port": wire.path})
    wire.say(b"$GPGGA,rubbish*00\r\n" + sentence(TOBA))
    found = driver.read()
    assert found[EPOCH] == datetime(2024, 6, 23, 12, 35, 19, 500_000, tzinfo=UTC).timestamp()
    assert found["latitude"] == pytest.approx(35.94336666)
    assert found["longitude"] == pytest.approx(136.184333)


@pytest.mark.parametrize(
    "body",
    [
        "GNRMC,123519.00,V,,,,,,,230624,,,N",  # no fix
        "GPRMC,123519.00,A,3556.6,N,13611.0,E,0,0,060504,,,A",  # its week counter has gone round
        "GPRMC,123519.00,A,9956.6,N,13611.0,E,0,0,230624,,,A",
        "GPRMC,123519.00,A,3556.6,X,13611.0,E,0,0,230624,,,A",
        "GPRMC,996199.00,A,3556.6,N,13611.0,E,0,0,230624,,,A",
        "GPRMC,123519.00,A",
    ],
)
def test_a_receiver_that_knows_nothing_says_nothing(wire: Wire, body: str) -> None:
    driver = GPS.start({"port": wire.path})
    wire.say(sentence(body))
    with pytest.raises(DriverError, match="no place"):
        driver.read()


def test_south_and_west_are_negative() -> None:
    (fix,), _ = rmc(sentence("GPRMC,000000,A,3351.0,S,15112.0,W,0,0,010125,,,A"))
    assert fix is not None
    assert list(fix) == pytest.approx([1_735_689_600.0, -33.85, -151.2])


def fed(scan: Callable[[bytes], tuple[list[F], bytes]], pieces: Iterator[bytes]) -> list[F]:
    """All frames of what comes in pieces, as a driver takes them."""
    found: list[F] = []
    rest = b""
    for piece in pieces:
        frames, rest = scan(rest + piece)
        found += frames
        assert len(rest) < 8_192
    return found


def damaged(chance: random.Random, frame: bytes) -> bytes:
    """A frame with one byte turned, one lost, or one put in."""
    at = chance.randrange(len(frame))
    match chance.randrange(3):
        case 0:
            return frame[:at] + bytes((frame[at] ^ chance.randrange(1, 256),)) + frame[at + 1 :]
        case 1:
            return frame[:at] + frame[at + 1 :]
        case _:
            return frame[:at] + chance.randbytes(1) + frame[at:]


def test_a_hundred_thousand_damaged_frames_of_dust_give_no_false_reading() -> None:
    chance = random.Random(3)
    frame = dust_frame(8, 13, 17)
    found = fed(pms5003, (damaged(chance, frame) for _ in range(MADE)))
    assert all(one == (8, 13, 17) for one in found)  # what was put in may stand outside the frame


def test_a_hundred_thousand_damaged_sentences_give_no_false_place() -> None:
    chance = random.Random(4)
    right = rmc(sentence(TOBA))[0][0]
    found = fed(rmc, (damaged(chance, sentence(TOBA)) for _ in range(MADE)))
    assert all(one in {right, None} for one in found)


def test_a_hundred_thousand_damaged_frames_of_distance_give_no_distance_out_of_reach() -> None:
    # A sum of eight bits is a checksum, but a weak one: two turned bytes may make up for each other. One may not.
    chance = random.Random(5)
    for _ in range(MADE // 10):
        frame = level_frame(1953)
        at, turn = chance.randrange(4), chance.randrange(1, 256)
        turned = frame[:at] + bytes((frame[at] ^ turn,)) + frame[at + 1 :]
        assert a02yyuw(turned)[0] == []
    found = fed(a02yyuw, (chance.randbytes(4) for _ in range(MADE)))
    assert all(30 <= mm <= 4_500 for mm in found)


def test_a_hundred_thousand_pieces_of_rubbish_make_nothing_run_away() -> None:
    chance = random.Random(6)
    rubbish = [chance.randbytes(chance.randrange(40)) for _ in range(MADE)]
    fed(maxbotix, iter(rubbish))
    fed(rmc, iter(rubbish))
    fed(pms5003, iter(rubbish))
