"""What the city is to hear beyond its own topics, and what it once heard.

The session at the broker outlives a start, and so do its subscriptions: what the catalog no longer wants has to be
given up by name. So every filter that was ever asked for is kept in a file, before it is asked for.
"""

import json
from pathlib import Path
from typing import Final

from city.catalog import Catalog
from city.speech import MOST_FILTERS, filters
from ingest.sources.sparkplug_host import SparkplugHost
from ingest.sources.subscriptions import Beyond
from megane.city_home import HomeError

_KEPT: Final = 10 * MOST_FILTERS  # catalogs change by a few devices; what is beyond this is many years old


def beyond(catalog: Catalog, file: Path) -> Beyond:
    """What this catalog wants; the file knows of it on return. Raises HomeError where it cannot be written."""
    speeches = [device.speech for device in catalog.devices.values() if device.speech is not None]
    wanted = filters(speeches, catalog.listening)
    past = [one for one in _read(file) if one not in wanted]
    try:
        _write(file, [*past, *wanted][-_KEPT:])
    except OSError as e:
        raise HomeError("megane.home-unusable", folder=str(file.parent), problem=e.strerror or str(e)) from e
    host = catalog.listening.sparkplug_host
    return Beyond(wanted, past, None if host is None else SparkplugHost(host))


def _read(file: Path) -> list[str]:
    """A file that is not there, or was damaged, knows nothing: what is heard too much then lies in the quarantine."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _write(file: Path, known: list[str]) -> None:
    if known == _read(file):
        return
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    whole.replace(file)
