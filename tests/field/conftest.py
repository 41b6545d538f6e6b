"""Tests on published readings, collected only where MEGANE_SHARED names the folder that has them."""

import os
from pathlib import Path

import pytest

_FUKUI_RIVER = Path(os.environ.get("MEGANE_SHARED", "nowhere")) / "data" / "fukui-river"

collect_ignore_glob = [] if _FUKUI_RIVER.is_dir() else ["test_*.py"]


@pytest.fixture
def fukui_river() -> Path:
    """The folder of published river levels: `sensors.csv` and `data/YYYY-MM-DD.csv`."""
    return _FUKUI_RIVER
