"""The outputs of one device, from its section of a file: what the command `set` switches, and a playbook may name.

    outputs:
      message: {title: {ja: 表示板, en: Sign}, kind: text, values: [通行止, 通行注意], watched_by: sign_on}
      siren: {title: {ja: サイレン, en: Siren}, kind: switch, values: [off, on]}

`values` is what it may be; of a switch two words, the first for at rest (without them: off, on). Of a text all that may
stand there, beside none; without them, any. `watched_by` is the on/off sensor of the same device that says what came of
it. How the device drives it is the device's configuration (docs/devices.md), under the same names.
"""

from collections.abc import Sequence
from typing import Final

from city.catalog import Output, OutputKind, Sensor
from city.errors import Mistake
from city.section import Section
from city.value import NAME

SWITCH_VALUES: Final = ("off", "on")


def read_outputs(section: Section, sensors: Sequence[Sensor]) -> dict[str, Output]:
    """By name; what is wrong is noted with the section. sensors: of the same device."""
    named = section.section("outputs")
    watching = {sensor.key.sensor for sensor in sensors if sensor.quantity.id == "on_off"}
    outputs = {}
    for name in named:
        if not NAME.fullmatch(name):
            named.mistakes.append(Mistake.at(named.key_place(name), "city.need_name", key="outputs", found=name[:80]))
        outputs[name] = _output(name, named.section(name), watching)
    return outputs


def _output(name: str, section: Section, watching: set[str]) -> Output:
    kind = section.choice("kind", OutputKind)
    values = tuple(item.text() for item in section.items("values"))
    if kind is OutputKind.SWITCH:
        values = values or SWITCH_VALUES
        if len(values) != len(SWITCH_VALUES) or len(set(values)) < len(values):
            section.value("values").wrong("city.output_values", name=name)
    return Output(name, section.title("title"), kind, values, section.reference("watched_by", watching, default=None))
