"""What can be measured: each quantity with its canonical unit, the units that convert to it, and what is plausible.

Units are symbols of the IANA SenML registry: RFC 8428, and the secondary units of RFC 8798 that are a linear step away
(https://www.iana.org/assignments/senml). Beyond the physical range a reading is `bad`, so the range is as wide as
nature and instrument can go, and a sensor may narrow it. Beyond the rate it is only `suspect`, and rules still see it;
the rate is a few times what was ever seen, since noise over a short step looks like a steep rise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.messages.text import Text


@dataclass(frozen=True, slots=True)
class Conversion:
    """canonical = value × scale + offset."""

    scale: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind of measurement.

    unit: canonical unit, a symbol of the IANA SenML registry (secondary units included)
    unit_label: the canonical unit as people write it
    units: every unit accepted for it, the canonical one included
    low, high: physical range, canonical unit; outside it a reading is `bad`
    rate_per_hour: greatest plausible change in an hour, canonical unit; beyond it a reading is `suspect`
    """

    id: str
    title: Text
    unit: str
    unit_label: str
    units: Mapping[str, Conversion]
    low: float
    high: float
    rate_per_hour: float


SAME: Final = Conversion(1.0)
IN_METRES: Final[Mapping[str, Conversion]] = {"m": SAME, "cm": Conversion(0.01), "mm": Conversion(0.001)}
IN_CENTIMETRES: Final[Mapping[str, Conversion]] = {"cm": SAME, "m": Conversion(100.0), "mm": Conversion(0.1)}
IN_MILLIMETRES: Final[Mapping[str, Conversion]] = {"mm": SAME, "cm": Conversion(10.0), "m": Conversion(1000.0)}
IN_CELSIUS: Final[Mapping[str, Conversion]] = {"Cel": SAME, "K": Conversion(1.0, -273.15)}
IN_PERCENT: Final[Mapping[str, Conversion]] = {"/100": SAME, "%": SAME, "/": Conversion(100.0)}
IN_METRES_PER_SECOND: Final[Mapping[str, Conversion]] = {"m/s": SAME, "km/h": Conversion(1 / 3.6)}
IN_SECONDS: Final[Mapping[str, Conversion]] = {"s": SAME, "ms": Conversion(0.001), "min": Conversion(60.0)}
IN_VOLTS: Final[Mapping[str, Conversion]] = {"V": SAME, "mV": Conversion(0.001)}


QUANTITIES: Final[Mapping[str, Quantity]] = {
    q.id: q
    for q in (
        Quantity(
            id="water_level",
            title=Text(ja="河川水位", en="River water level"),
            unit="m",
            unit_label="m",
            units=IN_METRES,
            low=-20.0,
            high=2_000.0,  # dam gauges give metres above sea level: 572 m in Fukui, 1,500 m in the Alps
            rate_per_hour=10.0,  # the Toga at Kobe rose 1.34 m in ten minutes in 2008: 8 m/h
        ),
        Quantity(
            id="water_depth",
            title=Text(ja="道路冠水深", en="Water depth on the road"),
            unit="cm",
            unit_label="cm",
            units=IN_CENTIMETRES,
            low=-10.0,  # zero of an ultrasonic gauge drifts by centimetres between calibrations
            high=1_000.0,  # an underpass has 4.7 m of headroom
            rate_per_hour=600.0,
        ),
        Quantity(
            id="rainfall",
            title=Text(ja="雨量", en="Rainfall"),
            unit="mm",
            unit_label="mm",
            units=IN_MILLIMETRES,
            low=0.0,
            high=250.0,  # fallen since the reading before; Japan's record of an hour is 187 mm (Nagayo, 1982)
            rate_per_hour=600.0,  # twice the record of ten minutes, 50 mm (Muroya, 2011), taken as a step from nothing
        ),
        Quantity(
            id="snow_depth",
            title=Text(ja="積雪深", en="Snow depth"),
            unit="cm",
            unit_label="cm",
            units=IN_CENTIMETRES,
            low=-10.0,  # grass and drift of the zero
            high=1_300.0,  # the record is 1,182 cm (Mount Ibuki, 1927)
            rate_per_hour=120.0,
        ),
        Quantity(
            id="air_temperature",
            title=Text(ja="気温", en="Air temperature"),
            unit="Cel",
            unit_label="℃",
            units=IN_CELSIUS,
            low=-45.0,  # Japan's records are -41.0 and 41.8 degrees
            high=55.0,
            rate_per_hour=60.0,
        ),
        Quantity(
            id="road_temperature",
            title=Text(ja="路面温度", en="Road surface temperature"),
            unit="Cel",
            unit_label="℃",
            units=IN_CELSIUS,
            low=-45.0,
            high=85.0,  # asphalt in the sun reaches 65 degrees
            rate_per_hour=90.0,  # a shower on hot asphalt
        ),
        Quantity(
            id="humidity",
            title=Text(ja="湿度", en="Relative humidity"),
            unit="%RH",
            unit_label="%",
            units={"%RH": SAME},
            low=0.0,
            high=105.0,  # capacitive sensors overshoot in fog
            rate_per_hour=300.0,
        ),
        Quantity(
            id="wbgt",
            title=Text(ja="暑さ指数", en="Heat index (WBGT)"),
            unit="Cel",
            unit_label="℃",
            units=IN_CELSIUS,
            low=-45.0,
            high=50.0,
            rate_per_hour=60.0,
        ),
        Quantity(
            id="co2",
            title=Text(ja="二酸化炭素濃度", en="CO2 concentration"),
            unit="ppm",
            unit_label="ppm",
            units={"ppm": SAME, "ppb": Conversion(0.001), "/": Conversion(1e6)},
            low=250.0,  # outside air holds 420; less is a sensor that has lost its zero
            high=40_000.0,
            rate_per_hour=20_000.0,  # breath on the sensor
        ),
        Quantity(
            id="pm25",
            title=Text(ja="PM2.5 濃度", en="PM2.5 concentration"),
            unit="ug/m3",
            unit_label="µg/m³",
            units={"ug/m3": SAME, "kg/m3": Conversion(1e9)},
            low=0.0,
            high=2_000.0,
            rate_per_hour=2_000.0,  # fireworks and field burning nearby
        ),
        Quantity(
            id="water_pressure",
            title=Text(ja="水道管の水圧", en="Water main pressure"),
            unit="hPa",  # the registry has no kPa or MPa: 1,500 hPa = 0.15 MPa, the least a main must keep
            unit_label="hPa",
            units={"hPa": SAME, "Pa": Conversion(0.01)},
            low=-1_013.0,  # gauge pressure: the suction of a water hammer ends at vacuum
            high=30_000.0,
            rate_per_hour=200_000.0,  # a valve closes in a minute
        ),
        Quantity(
            id="water_flow",
            title=Text(ja="水道管の流量", en="Water main flow"),
            unit="l/s",
            unit_label="L/s",
            units={"l/s": SAME, "m3/s": Conversion(1000.0)},
            low=-2_000.0,  # mains in a ring run both ways
            high=2_000.0,
            rate_per_hour=10_000.0,  # a hydrant opens
        ),
        Quantity(
            id="sound_level",
            title=Text(ja="騒音レベル", en="Sound level"),
            unit="dB",
            unit_label="dB",
            units={"dB": SAME, "Bspl": Conversion(10.0)},
            low=0.0,
            high=150.0,
            rate_per_hour=36_000.0,  # 50 dB in five seconds: a horn
        ),
        Quantity(
            id="soil_moisture",
            title=Text(ja="土壌水分", en="Soil moisture"),
            unit="/100",  # volume of water in the volume of soil; `%` is in the registry but not for new senders
            unit_label="%",
            units=IN_PERCENT,
            low=0.0,
            high=100.0,
            rate_per_hour=200.0,
        ),
        Quantity(
            id="wind_speed",
            title=Text(ja="風速", en="Wind speed"),
            unit="m/s",
            unit_label="m/s",
            units=IN_METRES_PER_SECOND,
            low=0.0,
            high=110.0,  # Japan's strongest gust was 91 m/s (Mount Fuji, 1966)
            rate_per_hour=3_600.0,
        ),
        Quantity(
            id="wind_direction",
            title=Text(ja="風向", en="Wind direction"),
            unit="deg",
            unit_label="°",
            units={"deg": SAME, "rad": Conversion(57.29577951308232)},
            low=0.0,
            high=360.0,
            rate_per_hour=1_296_000.0,  # once around in a second: every turn of a vane is plausible
        ),
        Quantity(
            id="battery_voltage",
            title=Text(ja="電池電圧", en="Battery voltage"),
            unit="V",
            unit_label="V",
            units=IN_VOLTS,
            low=0.0,
            high=60.0,  # four lead batteries in series, charging
            rate_per_hour=600.0,
        ),
        Quantity(
            id="signal_strength",
            title=Text(ja="電波強度", en="Signal strength"),
            unit="dBm",
            unit_label="dBm",
            units={"dBm": SAME, "dBW": Conversion(1.0, 30.0)},
            low=-160.0,
            high=40.0,
            rate_per_hour=36_000.0,
        ),
        Quantity(
            id="on_off",
            title=Text(ja="作動", en="On or off"),
            unit="/",  # 1 is on; SenML's `vb` is read as 0 or 1
            unit_label="",
            units={"/": SAME},
            low=0.0,
            high=1.0,
            rate_per_hour=3_600_000.0,  # once a millisecond: every switch is plausible
        ),
        # The city's own condition, measured by the city itself: megane/condition.py.
        Quantity(
            id="store_standstill",
            title=Text(ja="保存の停止時間", en="Store at a standstill"),
            unit="s",
            unit_label="s",
            units=IN_SECONDS,
            low=0.0,
            high=1e9,  # thirty years
            rate_per_hour=1e9,  # it begins at once and ends at once
        ),
        Quantity(
            id="inbox_full",
            title=Text(ja="受信箱の満杯時間", en="Inbox full"),
            unit="s",
            unit_label="s",
            units=IN_SECONDS,
            low=0.0,
            high=1e9,
            rate_per_hour=1e9,
        ),
        Quantity(
            id="journal_share",
            title=Text(ja="ジャーナルが占める割合", en="Journal's share of the disk's room"),
            unit="/100",  # of the disk's room that is left to the journal, its own size included
            unit_label="%",
            units=IN_PERCENT,
            low=0.0,
            high=100.0,
            rate_per_hour=360_000.0,  # somebody copies a film to the disk
        ),
        Quantity(
            id="certificate_age",
            title=Text(ja="装置の証明書の経過", en="Age of devices' certificates"),
            unit="/100",  # of the life of the one that should have been renewed the longest ago
            unit_label="%",
            units=IN_PERCENT,
            low=0.0,
            high=100.0,
            rate_per_hour=360_000.0,  # it is renewed at once
        ),
        Quantity(
            id="clock_skew",
            title=Text(ja="装置の時計のずれ", en="Skew of devices' clocks"),
            unit="s",  # of the worst, ahead or behind
            unit_label="s",
            units=IN_SECONDS,
            low=0.0,
            high=1e16,  # a clock may say anything that 64 bits hold
            rate_per_hour=1e16,  # it is set at once
        ),
        # What the city says of a sensor: city/sensor_health.py.
        Quantity(
            id="health",
            title=Text(ja="センサーの健全さ", en="Sensor's health"),
            unit="/100",  # of the readings of the last hour
            unit_label="%",
            units={"/100": SAME},
            low=0.0,
            high=100.0,
            rate_per_hour=360_000.0,  # it may end at once, and be mended at once
        ),
    )
}

# What the city says of itself and of its sensors. Nothing out there measures it, and it has no health of its own.
OF_THE_CITY: Final = frozenset(
    {"store_standstill", "inbox_full", "journal_share", "certificate_age", "clock_skew", "health"}
)
