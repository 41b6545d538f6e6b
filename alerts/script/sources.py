"""The catalog and the rules of a case, as files: what the journal of a city would hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from alerts.rule_file import RuleSet, read_rules
from alerts.script.case import RuleBlock, RuleFiles, RuleSource, SensorLine
from alerts.script.composed import Composed
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import Mistake, MistakesError
from city.sensor_health import measured

OWNER: Final = "test"
_NOWHERE: Final = "{ja: 試験, en: test}"


def sensors_catalog(file: str, sensors: Iterable[SensorLine], mistakes: list[Mistake]) -> Catalog | None:
    """The catalog of a script's own sensors; of a sensor that is named twice the last line holds."""
    lines = {sensor.key: sensor for sensor in sensors}
    composed = _catalog_text(file, list(lines.values()))
    try:
        return load_catalog({file: composed.text})
    except MistakesError as wrong:
        mistakes += composed.back(wrong.mistakes)
        return None


def _catalog_text(file: str, sensors: Sequence[SensorLine]) -> Composed:
    """A site in each zone, and each sensor's options as they stand in the script."""
    composed = Composed(file)
    zones = sorted({sensor.zone for sensor in sensors})
    areas = {zone: zone for zone in zones} | {s.area: s.zone for s in sensors if s.area}
    rivers = sorted({sensor.river for sensor in sensors if sensor.river})
    line = sensors[0].place.line
    for text in (
        f"city: {{id: test, title: {_NOWHERE}}}",
        f"departments: [{{id: {OWNER}, title: {_NOWHERE}}}]",
        f"zones: [{', '.join(f'{{id: {zone}, title: {_NOWHERE}}}' for zone in zones)}]",
        f"areas: [{', '.join(f'{{id: {area}, title: {_NOWHERE}, zone: {zone}}}' for area, zone in areas.items())}]",
        f"rivers: [{', '.join(f'{{id: {river}, title: {_NOWHERE}, line: [[0, 0], [0, 1]]}}' for river in rivers)}]",
        f"sites: [{', '.join(_site(zone) for zone in zones)}]",
        "devices:",
    ):
        composed.add(text, line)
    devices: defaultdict[str, list[SensorLine]] = defaultdict(list)
    for sensor in sensors:
        devices[sensor.key.partition(":")[0]].append(sensor)
    for device, of_device in devices.items():
        place = of_device[0].place
        composed.add(f"- {{id: {device}, site: {of_device[0].zone}, owner: {OWNER}, sensors: {{", place.line)
        for sensor in of_device:
            where = "".join(
                f"{kind}: {name}, " for kind, name in (("area", sensor.area), ("river", sensor.river)) if name
            )
            before = f"  {sensor.key.partition(':')[2]}: {{{where}"
            composed.add(before + (sensor.options[1:] or "}") + ",", sensor.place.line, len(before) - sensor.column)
        composed.add("  }}", place.line)
    return composed


def _site(zone: str) -> str:
    return f"{{id: {zone}, title: {_NOWHERE}, area: {zone}, latitude: 0, longitude: 0}}"


def read_sources(
    file: str, sources: Sequence[RuleSource], files: RuleFiles, catalog: Catalog, mistakes: list[Mistake]
) -> tuple[RuleSet, Mapping[str, str]] | None:
    """The rules of a case, checked against its catalog, and their text as files; None where something is wrong."""
    composed = Composed(file)
    texts: dict[str, str] = {}
    for source in sources:
        if isinstance(source, RuleBlock):
            _compose(source, catalog, composed)
        else:
            texts |= files[source.path]
    if composed.text.strip():
        texts[file] = composed.text
    try:
        return read_rules(texts, catalog, check_names=False), texts
    except MistakesError as wrong:
        mistakes += composed.back(wrong.mistakes)
        return None


def _compose(block: RuleBlock, catalog: Catalog, composed: Composed) -> None:
    """A rule of the script as one of a list; what only a city needs of a rule may be left out in a test.

    A block that is a list already is taken as it is.
    """
    first = block.lines[0][1]
    indent = first[: len(first) - len(first.lstrip())]
    if first.lstrip().startswith("-"):
        for number, text in block.lines:
            composed.add(text.removeprefix(indent), number, -len(indent))
        return
    composed.add("-", block.place.line)
    for number, text in block.lines:
        composed.add(text, number)
    keys = {text.strip().partition(":")[0] for _, text in block.lines if text.startswith(indent + text.strip()[:1])}
    quantities = sorted({sensor.quantity.id for sensor in measured(catalog.sensors)})
    usual = {"title": _NOWHERE, "owner": OWNER, "severity": "1"}
    if len(quantities) == 1:
        usual["select"] = f"{{quantity: {quantities[0]}}}"
    for key, value in usual.items():
        if key not in keys:
            composed.add(f"{indent}{key}: {value}", block.place.line)
