"""Where consumers of the journal wait for more."""

import asyncio


class Tail:
    """Implements `city.ports.JournalTail` for one event loop; the journal moves it from whatever thread appends."""

    def __init__(self, position: int) -> None:
        self._position = position
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved = asyncio.Event()

    @property
    def position(self) -> int:
        """Of the newest entry."""
        return self._position

    def move(self, position: int) -> None:
        """The journal's newest entry is now `position`. May be called from any thread."""
        self._position = position
        # Order matters: `past` sets the loop before it looks at the position, so one of the two sees the other.
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    async def past(self, position: int) -> None:
        """Returns as soon as the journal has an entry past `position`."""
        self._loop = asyncio.get_running_loop()
        while self._position <= position:
            await self._moved.wait()

    def _wake(self) -> None:
        # Whoever waits holds the old event, which stays set; whoever comes later waits on the new one.
        self._moved.set()
        self._moved = asyncio.Event()
