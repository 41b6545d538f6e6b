"""The phenomena that a scenario may name. A new one is one file here, and one line in this table."""

from typing import Final

from firmware_sim.phenomena.air_temperature import AIR_TEMPERATURE
from firmware_sim.phenomena.battery import BATTERY
from firmware_sim.phenomena.carbon_dioxide import CARBON_DIOXIDE
from firmware_sim.phenomena.fine_dust import FINE_DUST
from firmware_sim.phenomena.float_switch import FLOAT_SWITCH
from firmware_sim.phenomena.heat import HEAT
from firmware_sim.phenomena.humidity import HUMIDITY
from firmware_sim.phenomena.main_leak import MAIN_LEAK
from firmware_sim.phenomena.phenomenon import PhenomenonKind
from firmware_sim.phenomena.rainfall import RAINFALL
from firmware_sim.phenomena.road_temperature import ROAD_TEMPERATURE
from firmware_sim.phenomena.runoff import RUNOFF
from firmware_sim.phenomena.signal_strength import SIGNAL_STRENGTH
from firmware_sim.phenomena.snow import SNOW
from firmware_sim.phenomena.soil_moisture import SOIL_MOISTURE
from firmware_sim.phenomena.sound import SOUND
from firmware_sim.phenomena.switch import SWITCH
from firmware_sim.phenomena.underpass import UNDERPASS
from firmware_sim.phenomena.wind import WIND

PHENOMENA: Final[tuple[PhenomenonKind, ...]] = (
    RAINFALL,
    RUNOFF,
    UNDERPASS,
    SOIL_MOISTURE,
    SNOW,
    AIR_TEMPERATURE,
    ROAD_TEMPERATURE,
    HUMIDITY,
    HEAT,
    WIND,
    FINE_DUST,
    SOUND,
    CARBON_DIOXIDE,
    MAIN_LEAK,
    BATTERY,
    SIGNAL_STRENGTH,
    SWITCH,
    FLOAT_SWITCH,
)
