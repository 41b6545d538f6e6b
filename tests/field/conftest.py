"""Tests on published readings, collected only where MEGANE_SHARED (default ../shared) has them."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FUKUI_RIVER = Path(os.environ.get("MEGANE_SHARED", _ROOT / ".." / "shared")) / "data" / "fukui-river"

collect_ignore_glob = [] if _FUKUI_RIVER.is_dir() else ["test_*.py"]


@pytest.fixture(scope="session")
def fukui_river() -> Path:
    """The folder of published river levels: `sensors.csv` and `data/YYYY-MM-DD.csv`."""
    return _FUKUI_RIVER
