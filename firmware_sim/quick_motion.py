"""A city in quick motion: a reading's way takes as long as ever, and so many times longer by the city's clock."""

import math
from collections.abc import Mapping
from typing import Final

from city.device_section import DELAY_MS, LONGEST_DELAY_MS
from city.section import file_section

# From a device that samples until the reading is stored: well under it on a laptop that has other things to do.
WAY_S: Final = 2.0


def in_quick_motion(catalog_files: Mapping[str, str], speed: float) -> Mapping[str, str]:
    """The catalog files (path → text), changed so that readings are waited for as long as they need at that speed.

    What waits for several gauges at once would else be decided without those whose readings are under way. Files of
    a city that says how long it waits stay as they are, and so do all at speeds that change nothing.
    """
    delay_s = min(math.ceil(WAY_S * speed), LONGEST_DELAY_MS // 1000)
    if delay_s * 1000 <= DELAY_MS:
        return catalog_files
    return {path: _waiting(text, f"delay: {delay_s}s") for path, text in catalog_files.items()}


def _waiting(text: str, delay: str) -> str:
    """The file with one key more in its section `city`, before the others; as it is where it has no such section."""
    file = file_section(text, "", [])
    if not file.has("city") or (city := file.section("city")).has("delay"):
        return text
    lines = text.splitlines(keepends=True)
    line, column = lines[city.place.line - 1], city.place.column - 1
    if line[column] == "{":
        changed = f"{line[: column + 1]}{delay}, {line[column + 1 :]}"
    else:
        changed = f"{line[:column]}{delay}\n{line}"
    return "".join([*lines[: city.place.line - 1], changed, *lines[city.place.line :]])
