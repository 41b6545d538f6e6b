"""Modbus against a device that is a process of its own: over TCP, and over a serial line that a thread carries."""

import os
import pty
import select
import socket
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.waiting import wait_for
from city.wire.config import Option
from edge.drivers.driver import Driver, DriverError
from edge.drivers.modbus import MODBUS
from tests.support.modbus_server import UNIT

SERVER = Path(__file__).resolve().parents[2] / "support" / "modbus_server.py"


@contextmanager
def served(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen([sys.executable, str(SERVER), *arguments], env={**os.environ, "PYTHONPATH": str(root)})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(driver: Driver) -> Mapping[str, object] | None:
    try:
        return driver.read()
    except DriverError:
        return None


@pytest.fixture
def tcp_port(free_port: Callable[[], int]) -> Iterator[int]:
    port = free_port()

    def is_open() -> bool:
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    with served("tcp", str(port)):
        wait_for(is_open, "the device")
        yield port


@pytest.fixture
def line() -> Iterator[str]:
    """A serial line with the device at its far end."""
    (ours, near), (theirs, far) = pty.openpty(), pty.openpty()
    for end in (ours, near, theirs, far):
        tty.setraw(end)
    ended, end = os.pipe()

    def carry() -> None:
        while True:
            ready, _, _ = select.select([ours, theirs, ended], [], [])
            if ended in ready:
                return
            for one, other in ((ours, theirs), (theirs, ours)):
                if one in ready:
                    os.write(other, os.read(one, 256))

    thread = threading.Thread(target=carry)
    thread.start()
    with served("rtu", os.ttyname(far)):
        yield os.ttyname(near)
    os.write(end, b".")
    thread.join()
    for each in (ours, near, theirs, far, ended, end):
        os.close(each)


CASES: list[tuple[dict[str, Option], object]] = [
    ({"register": 0}, 1234.0),
    ({"register": 1, "form": "int16"}, -5.0),
    ({"register": 10, "form": "uint32"}, 123_456.0),
    ({"register": 10, "form": "uint32", "words": "low_first"}, float((123_456 & 0xFFFF) << 16 | 123_456 >> 16)),
    ({"register": 20, "form": "float32"}, pytest.approx(4.525)),
    ({"register": 0, "function": "input"}, 1234.0),
]


@pytest.mark.parametrize(("options", "value"), CASES)
def test_registers_over_tcp(tcp_port: int, options: dict[str, Option], value: object) -> None:
    driver = MODBUS.start({"host": "127.0.0.1", "tcp_port": tcp_port, "unit": UNIT, **options})
    assert driver.read() == {"": value}
    assert driver.read() == {"": value}
    driver.close()


def test_registers_over_a_serial_line(line: str) -> None:
    driver = MODBUS.start({"port": line, "unit": UNIT, "register": 20, "form": "float32"})
    wait_for(lambda: answers(driver), "the device answers")
    assert driver.read() == {"": pytest.approx(4.525)}
    driver.close()


def test_a_register_that_is_not_there_is_refused_by_the_device(tcp_port: int) -> None:
    driver = MODBUS.start({"host": "127.0.0.1", "tcp_port": tcp_port, "unit": UNIT, "register": 500})
    with pytest.raises(DriverError, match="refuses"):
        driver.read()
    driver.close()


def test_a_device_that_is_away_is_named_and_found_again(free_port: Callable[[], int]) -> None:
    port = free_port()
    driver = MODBUS.start({"host": "127.0.0.1", "tcp_port": port, "unit": UNIT, "register": 0})
    with pytest.raises(DriverError, match=r"127\.0\.0\.1"):
        driver.read()
    with served("tcp", str(port)):
        assert wait_for(lambda: answers(driver), "the device answers") == {"": 1234.0}
    with pytest.raises(DriverError):
        driver.read()
    driver.close()


def test_neither_line_nor_network_or_both_is_said() -> None:
    both: dict[str, Option] = {"register": 0, "host": "x", "port": "/dev/ttyS0"}
    for options in ({"register": 0}, both):
        with pytest.raises(DriverError, match="either"):
            MODBUS.start(options)
