"""What may be pasted into the catalog for a device that nobody registered yet.

Nothing is guessed: what only people know stands there as `"?"`, which `megane check` refuses until somebody knows it.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from city.quantity import QUANTITIES
from city.speech import Chirpstack, Path, PlainJson, Sparkplug, Speech, Tasmota

UNKNOWN: Final = '"?"'
_LONGEST: Final = 57  # characters of a sensor's name: as many as leave room for the name of its health
_LONGEST_ID: Final = 64
_LONGEST_SHOWN: Final = 200  # characters: what people call their values is a tenth of it


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that a device sent. unit: as it was said; None where it was not."""

    at: Path
    value: float | bool | None
    unit: str | None = None

    @property
    def showable(self) -> bool:
        """Whether a person, a line and JSON can take it: whatever sends chooses its keys and units."""
        texts = (*self.at, self.unit or "")
        return bool(self.at) and sum(map(len, texts)) <= _LONGEST_SHOWN and all(map(str.isprintable, texts))


def draft(name: str, speech: Speech | None, samples: Sequence[Sample], taken: Collection[str]) -> str:
    """YAML for `catalog/*.yaml`. taken: ids of devices that there are; speech: None for one that speaks as ours do."""
    lines = [
        "devices:",
        f"  - id: {_free(_named(name, _LONGEST_ID), taken)}",
        f"    site: {UNKNOWN}",
        f"    owner: {UNKNOWN}",
        *([] if speech is None else [f"    speaks: {_speaks(speech)}"]),
        "    sensors:" if samples else "    sensors: {}",
        *_sensors(speech, samples),
    ]
    return "\n".join(lines) + "\n"


def _sensors(speech: Speech | None, samples: Sequence[Sample]) -> Iterator[str]:
    names: set[str] = set()
    for sample in samples:
        wanted = sample.at[-1] if isinstance(speech, Sparkplug | None) else "-".join(sample.at)
        name = _free(_named(wanted, _LONGEST), names)
        names.add(name)
        keys = [] if name in QUANTITIES else [f"quantity: {UNKNOWN}"]
        if speech is not None:
            keys.append(f"at: {_place(speech, sample.at)}")
            keys.append(f"unit: {UNKNOWN if sample.unit is None else _quoted(sample.unit)}")
        yield f"      {name}: {{{', '.join(keys)}}}  # {_value(sample)}"


def _value(sample: Sample) -> str:
    value = "null" if sample.value is None else f"{sample.value:g}"
    return value if sample.unit is None else f"{value} {sample.unit}"


def _speaks(speech: Speech) -> str:
    match speech:
        case PlainJson(topic):
            return f"{{json: {{topic: {_quoted(topic)}}}}}"
        case Chirpstack(dev_eui):
            return f"{{chirpstack: {{dev_eui: {_quoted(dev_eui)}}}}}"
        case Tasmota(topic):
            return f"{{tasmota: {{topic: {_quoted(topic)}}}}}"
        case Sparkplug(group, node, device):
            behind = "" if device is None else f", device: {_quoted(device)}"
            return f"{{sparkplug: {{group: {_quoted(group)}, node: {_quoted(node)}{behind}}}}}"
        case never:
            assert_never(never)


def _place(speech: Speech, at: Path) -> str:
    if isinstance(speech, Sparkplug):
        return _quoted(at[0])
    if any("." in key or not key for key in at):
        return f"[{', '.join(map(_quoted, at))}]"
    return _quoted(".".join(at))


def _quoted(text: str) -> str:
    """As YAML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False)


def _named(text: str, longest: int) -> str:
    """A name of the catalog's grammar out of any text."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-")[:longest].rstrip("-") or "unnamed"


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that nobody has."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[: _LONGEST - 5]}-{number}"
    return free
