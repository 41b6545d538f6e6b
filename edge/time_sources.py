"""Who knows what time it is: the kernel, where NTP keeps its clock, else a receiver of satellites."""

from collections.abc import Callable
from typing import Final

GPS_HOLDS_S: Final = 86_400.0  # a steady clock goes wrong by 20 ppm, 2 s a day: then satellites must be heard again


class TimeSources:
    """Read in every thread, told of satellites in one."""

    def __init__(
        self, kernel_is_synced: Callable[[], bool], wall_ms: Callable[[], int], steady_s: Callable[[], float]
    ) -> None:
        self._kernel_is_synced = kernel_is_synced
        self._wall_ms = wall_ms
        self._steady_s = steady_s
        self._heard: tuple[float, float] | None = None  # epoch and steady, s

    def heard(self, epoch_s: float, steady_s: float) -> None:
        """Satellites say that it was `epoch_s` when the steady clock said `steady_s`."""
        self._heard = epoch_s, steady_s

    def is_synced(self) -> bool:
        """Whether anybody knows."""
        heard = self._heard
        return self._kernel_is_synced() or (heard is not None and self._steady_s() - heard[1] < GPS_HOLDS_S)

    def wall_ms(self) -> int:
        """Epoch ms, right where `is_synced`."""
        heard = self._heard
        if heard is None or self._kernel_is_synced():
            return self._wall_ms()
        return round((heard[0] + self._steady_s() - heard[1]) * 1000)
