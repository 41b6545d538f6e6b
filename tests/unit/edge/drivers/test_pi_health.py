"""What a Raspberry Pi shows of itself, as files in a folder."""

from pathlib import Path

import pytest

from edge.drivers.driver import DriverError
from edge.drivers.pi_health import PI_HEALTH

FILES = {
    "sys/class/thermal/thermal_zone0/temp": "48312\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
    "sys/block/mmcblk0/device/life_time": "0x02 0x03\n",
    "proc/net/wireless": (
        "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
        " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n"
        " wlan0: 0000   58.  -52.  -256        0      0      0      0      0        0\n"
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_all_of_it(root: Path) -> None:
    found = dict(PI_HEALTH.start({"root": str(root), "disk": str(root)}).read())
    assert 0 < found.pop("disk_free") <= 100
    assert found == {"temperature": pytest.approx(48.312), "throttled": True, "card_used": 30.0, "signal": -52.0}


def test_what_was_so_is_not_what_is_so(root: Path) -> None:
    (root / "sys/devices/platform/soc/soc:firmware/get_throttled").write_text("50000\n")
    assert PI_HEALTH.start({"root": str(root)}).read()["throttled"] is False


def test_a_card_that_does_not_say(root: Path) -> None:
    (root / "sys/block/mmcblk0/device/life_time").write_text("0x00 0x00\n")
    assert "card_used" not in PI_HEALTH.start({"root": str(root)}).read()


def test_another_machine_shows_what_it_has(tmp_path: Path) -> None:
    assert set(PI_HEALTH.start({"root": str(tmp_path), "disk": str(tmp_path)}).read()) == {"disk_free"}
    with pytest.raises(DriverError, match="nothing"):
        PI_HEALTH.start({"root": str(tmp_path), "disk": "/no/such/disk"}).read()


def test_rubbish_in_the_files_is_left_out(root: Path) -> None:
    for name in FILES:
        (root / name).write_bytes(b"\xff\xfe rubbish \x00\n" * 3)
    assert set(PI_HEALTH.start({"root": str(root), "disk": str(root)}).read()) == {"disk_free"}
