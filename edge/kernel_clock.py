"""What Linux knows of the time: whether somebody keeps its clock right, and for how long the machine has been up."""

import ctypes
import time
from pathlib import Path
from typing import Final

_ERROR: Final = 5  # TIME_ERROR of adjtimex(2): the clock is not synchronized
_TIMEX_BYTES: Final = 256  # struct timex has 208 on 64 bits, less on 32
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def kernel_is_synced() -> bool:
    """Whether NTP, PTP or GPS keeps the kernel's clock, as adjtimex(2) tells; no where it cannot be asked."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes 0: nothing is set
    try:
        state = int(ctypes.CDLL(None, use_errno=True).adjtimex(timex))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _ERROR


def steady_s() -> float:
    """Seconds since the machine started, those asleep included; nothing sets it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def wall_ms() -> int:
    """Epoch ms, UTC, right or wrong."""
    return time.time_ns() // 1_000_000


def kernel_boot() -> str:
    """Names this start of the machine; empty where the system does not tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
