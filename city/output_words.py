"""What a device is to be, as it is written down and as people read it."""

import re
from collections.abc import Mapping
from typing import Final

from city.catalog import Device, Output
from city.messages import CATALOGUE
from city.messages.text import Text

EMPTY: Final = '""'  # a sign that shows nothing: as it is written in playbooks


def set_text(values: Mapping[str, str]) -> str:
    """In a line, as it is kept: `lamp=red, message=通行止`."""
    return ", ".join(f"{name}={value or EMPTY}" for name, value in values.items())


def read_set(text: str, device: Device) -> Mapping[str, str]:
    """What `set_text` wrote, by the outputs that the device has; empty where it is of others."""
    names = "|".join(re.escape(name) for name in device.outputs)
    if not names:
        return {}
    parts = re.split(f"(?:^|, )({names})=", text)
    if parts[0]:
        return {}
    return {name: "" if value == EMPTY else value for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def set_words(values: Mapping[str, str], device: Device | None) -> Text:
    """As people read it: `表示「通行止」`; of a device that has but one output the value alone."""
    if device is None or not values or not device.outputs.keys() >= values.keys():
        return Text(set_text(values), set_text(values))
    alone = len(device.outputs) == 1
    said = [_said(device.outputs[name], value, named=not alone) for name, value in values.items()]
    return Text("、".join(one.ja for one in said), ", ".join(one.en for one in said))


def _said(output: Output, value: str, *, named: bool) -> Text:
    known = CATALOGUE.get(f"runs.value_{value or 'dark'}")
    words = Text(value, value) if known is None else known
    title = output.title if named else Text("", "")
    return Text(f"{title.ja}「{words.ja}」", f"{title.en} “{words.en}”".strip())
