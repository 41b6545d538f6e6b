"""Edge nodes of Sparkplug B that are to be born again: asked, but not with every message that lacks a birth."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from city.clock import Clock
from city.speech import Sparkplug
from ingest.codecs.sparkplug_payload import rebirth_command

EVERY_S: Final = 0.2  # how soon a node is asked: its data wait in the quarantine meanwhile
# A birth with a thousand metrics takes a node seconds to make; asked again before, it would never come to an end.
FIRST_WAIT_MS: Final = 5_000
# One that does not know the command, or whose births never say what its data have, is not asked without end.
LONGEST_WAIT_MS: Final = 600_000

Publish = Callable[[str, bytes], Awaitable[None]]


@dataclass(slots=True)
class _Asked:
    at_ms: int
    wait_ms: int


class RebirthLedger:
    """Only nodes of the catalog are asked for here, so it stays small. Used on the event loop."""

    def __init__(self, publish: Publish, clock: Clock, count_asked: Callable[[], None]) -> None:
        """`publish` sends (topic, payload) with QoS 0 and may drop it; `count_asked` is called for every command."""
        self._publish = publish
        self._clock = clock
        self._count_asked = count_asked
        self._asked: dict[Sparkplug, _Asked] = {}
        self._due: set[Sparkplug] = set()

    def ask(self, node: Sparkplug) -> None:
        """It is to be born again: soon, or not at all where it was asked a moment ago.

        It waits twice as long after each time, from five seconds to ten minutes; once it was not needed for as long
        again, it begins anew.
        """
        now_ms = self._clock.now_ms()
        before = self._asked.get(node)
        wait_ms = FIRST_WAIT_MS
        if before is not None:
            since_ms = now_ms - before.at_ms
            if 0 <= since_ms < before.wait_ms:
                return
            if since_ms < 2 * before.wait_ms:
                wait_ms = min(2 * before.wait_ms, LONGEST_WAIT_MS)
        self._asked[node] = _Asked(now_ms, wait_ms)
        self._due.add(node)

    def take_due(self) -> Sequence[Sparkplug]:
        """Those that are to be asked now; they are no longer due."""
        due, self._due = list(self._due), set()
        return due

    async def run(self) -> None:
        """Sends what is due until cancelled."""
        while True:
            await self._clock.sleep(EVERY_S)
            for node in self.take_due():
                await self._publish(f"spBv1.0/{node.group}/NCMD/{node.node}", rebirth_command(self._clock.now_ms()))
                self._count_asked()
