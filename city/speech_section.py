"""What a device of the catalog says of how it speaks, where it is none of ours.

    devices:
      - id: field-12
        site: toba
        owner: doboku
        speaks:                                    # one of these:
          chirpstack: {dev_eui: a84041fc4188657a}
          json: {topic: farm/field-12, time: {at: ts, form: s}}      # without time: that of arrival
          sparkplug: {group: Water, node: Pump 3, device: Meter}     # without device: the node itself
          tasmota: {topic: tasmota_4A3D, clock: Asia/Tokyo}          # or clock: arrival
        sensors:
          soil_moisture: {at: soil.water, unit: /100}                # where in the payload, and in what unit

    listening: {families: [chirpstack, sparkplug, tasmota], sparkplug_host: sabae}      # devices not registered, too

`at` is a path of keys through JSON (`AM2301.Temperature`, `values.0.v`), or a list of them where a key has a dot in it;
for Sparkplug it is the metric's name.
"""

from collections.abc import Sequence
from typing import Final
from zoneinfo import available_timezones

from city.catalog import Device
from city.errors import Mistake, Place
from city.quantity import Quantity
from city.section import Section
from city.speech import (
    MOST_FILTERS,
    Chirpstack,
    Family,
    JsonTime,
    Listening,
    Path,
    PlainJson,
    Sparkplug,
    Speech,
    Tasmota,
    TimeForm,
    address,
    family_of,
    filters,
    is_dev_eui,
    is_part,
    is_topic,
)
from city.value import Value, near
from city.wire.mqtt import matches
from city.yaml_file import Items

ARRIVAL: Final = "arrival"
TOKYO: Final = "Asia/Tokyo"  # a device that names no zone has its city's
MOST_KEYS: Final = 16  # of a path: payloads of sensors nest three or four levels
FORMS: Final = ("chirpstack", "json", "sparkplug", "tasmota")
DIMENSIONLESS: Final = "/"


def read_speech(device: Section) -> Speech | None:
    """How the device speaks; None where as ours do."""
    if device.optional("speaks") is None:
        return None
    section = device.section("speaks")
    found: list[Speech] = []
    if section.optional("json") is not None:
        found.append(_json(section.section("json")))
    if section.optional("sparkplug") is not None:
        found.append(_sparkplug(section.section("sparkplug")))
    if section.optional("tasmota") is not None:
        found.append(_tasmota(section.section("tasmota")))
    if section.optional("chirpstack") is not None:
        found.append(_chirpstack(section.section("chirpstack")))
    if len(found) != 1:
        section.wrong("city.speech_one", known=", ".join(FORMS))
    return found[-1] if found else PlainJson("")  # what is neutral here, so that its sensors' places are read on


def read_place(sensor: Section, speech: Speech | None) -> Path | None:
    """Where in the payload the sensor's value lies; None where it is a device of ours."""
    value = sensor.optional("at")
    if speech is None:
        if value is not None:
            value.wrong("city.place_of_ours")
        return None
    if value is None:
        sensor.wrong("city.no_place", example="Inputs/Level" if isinstance(speech, Sparkplug) else "AM2301.Temperature")
        return None
    return (value.text(),) if isinstance(speech, Sparkplug) else _path(value)


def check_unit(sensor: Section, quantity: Quantity | None, speech: Speech | None, unit: str | None) -> None:
    """A form that names no units leaves it to the catalog to do so. Tasmota names that of its temperatures."""
    if speech is None or quantity is None or unit is not None or quantity.unit == DIMENSIONLESS:
        return
    if not (isinstance(speech, Tasmota) and "Cel" in quantity.units):
        sensor.wrong("city.no_unit", known=", ".join(quantity.units))


def read_listening(sections: Sequence[Section], mistakes: list[Mistake]) -> Listening:
    """What the city hears beyond its catalog; said at most once."""
    found: Section | None = None
    listening = Listening()
    for file in sections:
        if file.optional("listening") is None:
            continue
        section = file.section("listening")
        families = frozenset(value.choice(Family) for value in section.items("families"))
        host = section.text("sparkplug_host", default=None)
        if host and not is_part(host):
            section.value("sparkplug_host").wrong("city.speech_part", key="sparkplug_host", found=host[:80])
        if found is not None:
            mistakes.append(Mistake.at(section.place, "city.listening_twice", first=found.place))
            continue
        found, listening = section, Listening(families, host)
    return listening


def check_speeches(
    devices: Sequence[tuple[Place, Device]], listening: Listening, root: str | None, mistakes: list[Mistake]
) -> None:
    """What cannot be heard apart is a mistake: a place that two claim, a topic that is the city's own.

    devices: each with the place where its address stands; root: the first level of the city's topics, where known
    """
    first: dict[tuple[type[Speech], str], Place] = {}
    speeches: list[Speech] = []
    for place, device in devices:
        speech = device.speech
        there = "" if speech is None else address(speech)
        if speech is None or not there:
            continue
        speeches.append(speech)
        claimed = first.setdefault((type(speech), there), place)
        if claimed is not place:
            mistakes.append(Mistake.at(place, "city.speech_twice", address=there, first=claimed))
        mistakes += (Mistake.at(place, key, **fields) for key, fields in _wrong_topics(speech, root))
    wanted = filters(speeches, listening)
    if len(wanted) > MOST_FILTERS:
        many = ", ".join(sorted({family for one in speeches if (family := family_of(one))} - listening.families))
        mistakes.append(Mistake.at(devices[-1][0], "city.speech_filters", count=len(wanted), families=many))


def _wrong_topics(speech: Speech, root: str | None) -> list[tuple[str, dict[str, object]]]:
    """What is wrong with the topics of a speech, as keys of messages with their fields."""
    topics = [topic for topic in filters([speech], Listening()) if topic.split("/")[0] == root]
    wrong: list[tuple[str, dict[str, object]]] = [
        ("city.speech_root", {"topic": topic, "root": root}) for topic in topics
    ]
    if isinstance(speech, PlainJson):
        wrong += [
            ("city.speech_family", {"topic": speech.topic, "family": family})
            for family in Family
            if matches(family.filter, speech.topic)
        ]
    return wrong


def _json(section: Section) -> PlainJson:
    topic = _topic(section)
    if section.optional("time") is None:
        return PlainJson(topic)
    time = section.section("time")
    return PlainJson(topic, JsonTime(_path(time.value("at")), time.choice("form", TimeForm)))


def _chirpstack(section: Section) -> Chirpstack:
    value = section.value("dev_eui")
    text = value.text()
    if text and not is_dev_eui(text):
        value.wrong("city.speech_dev_eui", found=text[:80])
    return Chirpstack(text.lower())


def _sparkplug(section: Section) -> Sparkplug:
    names: dict[str, str | None] = {"group": section.text("group"), "node": section.text("node")}
    names["device"] = section.text("device", default=None)
    for key, name in names.items():
        if name and not is_part(name):
            section.value(key).wrong("city.speech_part", key=key, found=name[:80])
    if names["group"] == "STATE":
        section.value("group").wrong("city.speech_part", key="group", found="STATE")
    return Sparkplug(names["group"] or "", names["node"] or "", names["device"])


def _tasmota(section: Section) -> Tasmota:
    topic = _topic(section)
    value = section.optional("clock")
    zone = TOKYO if value is None else value.text()
    if zone == ARRIVAL:
        return Tasmota(topic, None)
    if value is not None and zone and zone not in available_timezones() - {"localtime"}:
        value.wrong("city.speech_clock", found=zone[:80], near=near(zone, available_timezones()) or TOKYO)
        zone = TOKYO
    return Tasmota(topic, zone)


def _topic(section: Section) -> str:
    value = section.value("topic")
    text = value.text()
    if text and not is_topic(text):
        value.wrong("city.speech_topic", found=text[:80])
    return text


def _path(value: Value) -> Path:
    """A path as text with dots, or as a list of keys."""
    keys = [item.text() for item in value.items()]
    if not isinstance(value.node, Items):
        keys = [key for text in keys for key in text.split(".")]
    if value.node is not None and (not 0 < len(keys) <= MOST_KEYS or not all(keys)):
        value.wrong("city.speech_path", most=MOST_KEYS)
    return tuple(keys)
