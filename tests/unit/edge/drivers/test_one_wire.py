"""DS18B20 through the kernel's w1_therm. Scratchpads: DS18B20 datasheet, table 1; what the kernel writes of them."""

from pathlib import Path

import pytest

from edge.drivers.driver import DriverError
from edge.drivers.one_wire import OneWire, Options, crc8, scratchpad, temperature


def text(pad: bytes) -> str:
    """As w1_therm.c writes it."""
    right = crc8(pad[:-1]) == pad[-1]
    line = " ".join(f"{byte:02x}" for byte in pad)
    return f"{line} : crc={crc8(pad[:-1]):02x} {'YES' if right else 'NO'}\n{line} t=0\n"


def pad(sixteenths: int, sixth: int = 0x10) -> bytes:
    body = sixteenths.to_bytes(2, "little", signed=True) + bytes((0x4B, 0x46, 0x7F, 0xFF, sixth, 0x10))
    return body + bytes((crc8(body),))


@pytest.mark.parametrize(
    ("written", "celsius"),
    [(0x07D0, 125.0), (0x0191, 25.0625), (0x00A2, 10.125), (0x0008, 0.5), (0, 0.0), (-8, -0.5), (-0x370, -55.0)],
)
def test_the_datasheets_temperatures(written: int, celsius: float) -> None:
    assert temperature(scratchpad(text(pad(written)))) == celsius


def test_a_real_scratchpad() -> None:
    real = "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n"
    with pytest.raises(DriverError, match="85"):
        temperature(scratchpad(real))


def test_85_degrees_that_were_measured_are_85_degrees() -> None:
    assert temperature(scratchpad(text(pad(0x0550)))) == 85.0


def test_a_turned_bit_anywhere_is_found() -> None:
    right = pad(0x0191)
    for place in range(9):
        for bit in range(8):
            wrong = bytearray(right)
            wrong[place] ^= 1 << bit
            with pytest.raises(DriverError):
                scratchpad(text(bytes(wrong)))


@pytest.mark.parametrize("line", ["", "no such thing", "00 " * 9 + ": crc=00 YES", "50 05 : crc=1c YES", "zz " * 9])
def test_what_is_no_scratchpad_is_none(line: str) -> None:
    with pytest.raises(DriverError):
        scratchpad(line)


def test_it_reads_the_file_of_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "28-0316a2795bff"
    folder.mkdir()
    (folder / "w1_slave").write_text(text(pad(0x0191)))
    assert OneWire(Options("28-0316a2795bff", str(tmp_path))).read() == {"": 25.0625}
    with pytest.raises(DriverError, match="28-0000"):
        OneWire(Options("28-0000", str(tmp_path))).read()
