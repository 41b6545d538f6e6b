"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# A deadline is not an expectation: it only ends a test that would hang.
DEADLINE_S = 120.0
POLL_S = 0.02


def wait_for(condition: Callable[[], T | None], what: str, deadline_s: float = DEADLINE_S) -> T:
    """The first value of `condition` that is true; AssertionError naming `what` when the deadline passes."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(POLL_S)
    msg = f"waited {deadline_s} s in vain for {what}"
    raise AssertionError(msg)
