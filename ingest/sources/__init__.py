"""Where readings come from: every kind there is to choose from."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ingest.sources.fukui_river import FukuiRiver
from ingest.sources.published import Published

# Readings that are published as files, opened by their folder.
PUBLISHED: Final[Mapping[str, Callable[[Path], Published]]] = {
    "fukui-river": FukuiRiver,
}
