import pytest

from city.quantity import QUANTITIES, Quantity

# The symbols of RFC 8428 and RFC 8798 that a sensor of a city may use.
REGISTERED = """
m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s m/s2 m3/s l/s W/m2 cd/m2
bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min beat/min beats S/m B VA VAs var vars J/m kg/m3 deg NTU
ms min h MHz kW kVA kvar Ah Wh kWh varh kvarh kVAh Wh/km KiB GB Mbit/s B/s MB/s mV mA dBm ug/m3 mm/h m/h ppm /100
/1000 hPa mm cm km km/h ppb ppt VAh mg/l ug/l g/l
"""


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda q: q.id)
def test_a_quantity_is_whole(quantity: Quantity) -> None:
    same = quantity.units[quantity.unit]

    assert set(quantity.units) <= set(REGISTERED.split())
    assert (same.scale, same.offset) == (1.0, 0.0)
    assert quantity.low < quantity.high
    assert 0 < quantity.rate_per_hour < float("inf")
    assert all(unit.scale > 0 for unit in quantity.units.values())
    assert quantity.title.ja
    assert quantity.title.en


def test_all_that_the_city_measures_is_there() -> None:
    assert set(QUANTITIES) == {
        "water_level",
        "water_depth",
        "rainfall",
        "snow_depth",
        "air_temperature",
        "road_temperature",
        "humidity",
        "wbgt",
        "co2",
        "pm25",
        "water_pressure",
        "water_flow",
        "sound_level",
        "soil_moisture",
        "wind_speed",
        "wind_direction",
        "battery_voltage",
        "signal_strength",
        "on_off",
        "store_standstill",
        "inbox_full",
        "journal_share",
        "certificate_age",
        "clock_skew",
        "health",
    }


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "canonical"),
    [
        ("water_level", 560.0, "cm", 5.60),
        ("water_depth", 0.15, "m", 15.0),
        ("rainfall", 0.0005, "m", 0.5),
        ("air_temperature", 273.15, "K", 0.0),
        ("co2", 0.0004, "/", 400.0),
        ("pm25", 35e-9, "kg/m3", 35.0),
        ("water_pressure", 150_000.0, "Pa", 1_500.0),
        ("water_flow", 0.05, "m3/s", 50.0),
        ("sound_level", 6.5, "Bspl", 65.0),
        ("soil_moisture", 0.36, "/", 36.0),
        ("soil_moisture", 36.0, "%", 36.0),
        ("wind_speed", 36.0, "km/h", 10.0),
        ("wind_direction", 3.141592653589793, "rad", 180.0),
        ("battery_voltage", 3_600.0, "mV", 3.6),
        ("signal_strength", -120.0, "dBW", -90.0),
        ("store_standstill", 2.0, "min", 120.0),
    ],
)
def test_units_convert(quantity: str, value: float, unit: str, canonical: float) -> None:
    conversion = QUANTITIES[quantity].units[unit]

    assert value * conversion.scale + conversion.offset == pytest.approx(canonical)
