"""No process that a bench started outlives it, whichever way it ends (but for kill -9 of the bench itself)."""

import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

import psutil

PR_SET_CHILD_SUBREAPER: Final = 36  # linux/prctl.h
STOP_S: Final = 10.0  # for what ends cleanly when asked to; the rest is killed


@contextmanager
def none_left_behind() -> Iterator[None]:
    """On leaving, by SIGTERM or SIGHUP too, whatever was started inside is ended, a killed city's broker too."""
    # Orphans become children of ours and not of init: so we find them.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        yield
    finally:
        left = psutil.Process().children(recursive=True)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(left, STOP_S)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, STOP_S)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
