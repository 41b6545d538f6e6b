"""No input makes the parser or the engine raise anything but its own errors, run away in time or in memory.

A minute in all; ten minutes are in `make soak`.
"""

from pathlib import Path

import pytest

from tests.fuzz.campaign import run
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

SECONDS = 12  # of five targets


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_bytes_come(target: str, tmp_path: Path) -> None:
    done = run(target, SECONDS, tmp_path)
    assert done.found == [], done.log[-4_000:]
    assert done.executions > len(seeds(target)), done.log[-4_000:]
