"""The kernel's own drivers, as the files that they show: a sysfs tree in a folder.

Names and units: Documentation/ABI/testing/sysfs-bus-iio; the values of BME280 and ADS1115 as their drivers write them.
"""

from pathlib import Path

import pytest

from edge.drivers.driver import DriverError
from edge.drivers.iio import Iio, Options


def device(root: Path, number: int, files: dict[str, str]) -> Path:
    folder = root / f"iio:device{number}"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")
    return folder


BME280 = {
    "name": "bme280",
    "in_temp_input": "21530",
    "in_humidityrelative_input": "48123",
    "in_pressure_input": "101.325300000",
    "in_temp_oversampling_ratio": "2",
}
ADS1115 = {
    "name": "ads1115",
    "in_voltage0_raw": "16384",
    "in_voltage0_scale": "0.125000000",
    "in_voltage1_raw": "-8",
    "in_voltage1_scale": "0.125000000",
    "in_voltage0_sampling_frequency": "128",
}


def test_bme280(tmp_path: Path) -> None:
    device(tmp_path, 0, BME280)
    found = Iio(Options("bme280", str(tmp_path))).read()
    assert found == pytest.approx({"temp": 21.53, "humidityrelative": 48.123, "pressure": 101.3253})


def test_ads1115_raw_times_scale_of_each_channel(tmp_path: Path) -> None:
    device(tmp_path, 0, ADS1115)
    assert Iio(Options("ads1115", str(tmp_path))).read() == pytest.approx({"voltage0": 2.048, "voltage1": -0.001})


def test_scd30_percent_of_carbon_dioxide_are_parts_per_million(tmp_path: Path) -> None:
    device(tmp_path, 3, {"name": "scd30", "in_concentration_co2_raw": "815.2", "in_concentration_co2_scale": "0.0001"})
    assert Iio(Options("scd30", str(tmp_path))).read() == pytest.approx({"concentration_co2": 815.2})


def test_an_offset_and_a_scale_of_all_channels_of_a_kind(tmp_path: Path) -> None:
    device(tmp_path, 0, {"name": "sht3x", "in_temp_raw": "26000", "in_temp_offset": "-16852", "in_temp_scale": "2.670"})
    assert Iio(Options("sht3x", str(tmp_path))).read() == pytest.approx({"temp": (26000 - 16852) * 2.67 / 1000})
    device(tmp_path, 1, {"name": "adc", "in_voltage3_raw": "100", "in_voltage_scale": "2"})
    assert Iio(Options("adc", str(tmp_path))).read() == pytest.approx({"voltage3": 0.2})


def test_two_of_one_name_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    device(tmp_path, 0, BME280)
    device(tmp_path, 1, {**BME280, "in_temp_input": "5000"})
    assert Iio(Options("iio:device1", str(tmp_path))).read()["temp"] == pytest.approx(5.0)


def test_one_that_is_plugged_in_again_has_another_folder_and_is_found(tmp_path: Path) -> None:
    folder = device(tmp_path, 0, BME280)
    sensor = Iio(Options("bme280", str(tmp_path)))
    folder.rename(tmp_path / "iio:device7")
    assert sensor.read()["temp"] == pytest.approx(21.53)


def test_a_channel_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    folder = device(tmp_path, 0, BME280)
    (folder / "in_temp_input").write_text("")
    assert set(Iio(Options("bme280", str(tmp_path))).read()) == {"humidityrelative", "pressure"}


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DriverError, match="bme280"):
        Iio(Options("bme280", str(tmp_path)))


def test_one_that_says_nothing_is_named(tmp_path: Path) -> None:
    device(tmp_path, 0, {"name": "mute"})
    with pytest.raises(DriverError, match="mute"):
        Iio(Options("mute", str(tmp_path))).read()
