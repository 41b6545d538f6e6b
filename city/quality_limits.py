"""What is plausible of each quantity beyond its physical range: the limits of the quality checks, and why they are so.

They are defaults: a sensor's `quality:` section goes before them (city/quality_section.py). A reading beyond them is
`suspect` and nothing else: it is stored, and rules see it. So a limit may be wrong now and then, but not often: what is
suspect counts against its sensor's health, and somebody drives out to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Limits of one sensor, canonical unit. None: that check does not look at it.

    rate_per_hour: greatest plausible change in an hour; None is the quantity's, and inf switches the check off
    spike: the least leap that can be a spike; smaller ones are noise, or weather
    flat_ms: how long the value may stay the same
    rest: at or below it (its amount) the value may stay the same for ever: no rain, no snow, a dry road
    drift: by how much the sensor may move away from its neighbours in a day
    calm: where the neighbours themselves have moved by more than this in the day, nothing is said of drift (None:
        that does not matter)
    """

    rate_per_hour: float | None = None
    spike: float | None = None
    flat_ms: int | None = None
    rest: float | None = None
    drift: float | None = None
    calm: float | None = None


LIMITS: Final[Mapping[str, QualityLimits]] = {
    "water_level": QualityLimits(
        spike=0.5,  # of 125,000 hourly steps of Fukui's gauges, one in a thousand was greater
        flat_ms=3 * _DAY_MS,  # in dry weather half of Fukui's gauges stand still for a day, a sixth for three
        drift=0.3,  # about half of what lies between two official levels: it would change a warning
        calm=0.1,  # in a flood, each gauge of a river rises by its own measure
    ),
    "water_depth": QualityLimits(
        spike=20.0,  # a cloudburst fills an underpass by some 10 cm in five minutes; a lorry below the sensor is 300
        flat_ms=1 * _DAY_MS,  # water that stands falls by seeping and drying
        rest=3.0,  # a dry road, and the zero's own wandering
    ),
    "rainfall": QualityLimits(
        spike=40.0,  # between two readings; 50 mm is Japan's record of ten minutes
        flat_ms=6 * _HOUR_MS,  # no rain falls evenly for so long; a drizzle of one tip a reading does for two hours
        rest=0.0,
    ),
    "snow_depth": QualityLimits(
        spike=15.0,  # a burst of snow brings 10 cm in an hour; a person below the sensor is 150
        flat_ms=4 * _DAY_MS,  # old frozen snow loses a centimetre in two days
        rest=3.0,  # bare ground, grass
    ),
    "air_temperature": QualityLimits(
        spike=5.0,  # a gust front takes some minutes for it
        flat_ms=12 * _HOUR_MS,  # a rainy night stays within a tenth of a degree for some hours
        drift=4.0,  # valley and hill may change by 2 or 3 degrees against one another from one day to the next
    ),
    "road_temperature": QualityLimits(
        spike=10.0,  # a shower on hot asphalt takes ten minutes for it
        flat_ms=3 * _DAY_MS,  # under melting snow a road is at 0 for days; no drift: sun and shade differ by the street
    ),
    "humidity": QualityLimits(
        spike=20.0,  # a warm wind over the mountains dries the air by so much, but in half an hour
        flat_ms=2 * _DAY_MS,  # in lasting rain the sensor stands at 100
        drift=25.0,  # fog in the valley and sun on the hill
    ),
    "wbgt": QualityLimits(
        spike=5.0,  # a cloud over the globe takes off 3
        flat_ms=12 * _HOUR_MS,  # as the air's temperature
        drift=5.0,  # and one more for sun and shade
    ),
    "co2": QualityLimits(
        spike=1_000.0,  # a full classroom with closed windows gains 200 in five minutes; a breath on the sensor 5,000
        flat_ms=12 * _HOUR_MS,  # also an empty room wanders by some ppm
    ),
    "pm25": QualityLimits(
        spike=100.0,  # a burning field nearby; the air of the whole city changes by 20 an hour
        flat_ms=1 * _DAY_MS,  # clean air after rain, at a resolution of one, for half a day
        rest=3.0,  # the cleanest air, and what a sensor can tell from none
        drift=40.0,  # local smoke for a whole day
    ),
    "water_pressure": QualityLimits(
        spike=3_000.0,  # the whole of a usual pressure; a water hammer is over before the next reading
        flat_ms=12 * _HOUR_MS,  # nights are still, and a day has breakfast in it
    ),
    # Mains differ a hundredfold in width: a leap of one is the usual flow of another.
    "water_flow": QualityLimits(flat_ms=1 * _DAY_MS, rest=0.0),
    # Every horn is a leap; but no microphone hears the same tenth of a decibel for long.
    "sound_level": QualityLimits(flat_ms=3 * _HOUR_MS),
    "soil_moisture": QualityLimits(
        spike=10.0,  # a cloudburst wets a slope by 5 in ten minutes
        flat_ms=7 * _DAY_MS,  # ground in a dry week
    ),
    "wind_speed": QualityLimits(
        spike=30.0,  # a typhoon's gust after its lull
        flat_ms=6 * _HOUR_MS,
        rest=0.5,  # cups do not turn below it
    ),
    # A vane may turn at any time, and stands still in a calm day; what stands still for two is iced or jammed.
    "wind_direction": QualityLimits(flat_ms=2 * _DAY_MS),
    # A lithium cell gives the same voltage for years.
    "battery_voltage": QualityLimits(spike=3.0),  # a starter motor beside it pulls 12 V down by 2
    "signal_strength": QualityLimits(),  # modems tell it in steps, and fades are leaps
    "on_off": QualityLimits(),
    # The city's own word about itself and its sensors is not doubted.
    "store_standstill": QualityLimits(),
    "inbox_full": QualityLimits(),
    "journal_share": QualityLimits(),
    "certificate_age": QualityLimits(),
    "clock_skew": QualityLimits(),
    "health": QualityLimits(),
}
