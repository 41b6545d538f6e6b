"""Time as an argument. Nothing outside this module and the composition root reads the machine's clock."""

from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting for a later one. Implemented in `megane/clocks.py`.

    In a demo the clock runs faster than the wall's; in a test it stands still until it is moved.
    """

    def now_ms(self) -> int:
        """Whole milliseconds since the epoch, UTC."""
        ...

    async def sleep(self, duration_s: float) -> None:
        """Returns once `duration_s` seconds of this clock have passed; zero or less gives way to other tasks once."""
        ...
