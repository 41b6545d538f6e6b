"""Where readings come from. A new source is a file here and a line in a table."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ingest.ports import Source
from ingest.sources.fukui_river import FukuiRiver
from ingest.sources.mqtt import MqttSource
from ingest.sources.published import Published

SOURCES: Final[Mapping[str, type[Source]]] = {
    "mqtt": MqttSource,  # a broker, MQTT 3.1.1
}

# Readings that are published as files, opened by their folder.
PUBLISHED: Final[Mapping[str, Callable[[Path], Published]]] = {
    "fukui-river": FukuiRiver,
}
