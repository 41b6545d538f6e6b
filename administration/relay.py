"""From committed alert events, and what people decided about alerts, to runs: at least once, and once in effect."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

import sqlalchemy as sa

from administration.bell import Bell
from administration.decision_lines import note_decisions
from administration.joining import join
from administration.metrics import Metrics
from administration.office import Office
from administration.transaction import until_answered
from city.clock import Clock
from city.ports import AlertEvents

# Events a transaction: some 80 ms of work, so that a storm holds up neither those that read nor, on SQLite, the worker.
# Groups of 500 are a tenth cheaper an event, and the worker waits three times as long.
GROUP: Final = 200


class Relay:
    """Reads committed told events, starts or signals the run of each, then marks them, until cancelled.

    Dying between the two, it finds the same events again, and they are known by their ids.

    on_deliveries: called from the database thread as soon as something is to go out, or to wait for
    """

    def __init__(
        self,
        *,
        events: AlertEvents,
        database: sa.Engine,
        database_thread: Executor,
        office: Office,
        clock: Clock,
        metrics: Metrics,
        on_deliveries: Callable[[], None],
    ) -> None:
        self._events = events
        self._database = database
        self._thread = database_thread
        self._office = office
        self._clock = clock
        self._metrics = metrics
        self._on_deliveries = on_deliveries
        self._bell = Bell()

    def wake(self) -> None:
        """Events were committed. From any thread."""
        self._bell.ring()

    async def run(self) -> None:
        """Relays what is there, and then whatever comes, until cancelled."""
        while True:
            if not await until_answered(self.relay, self._thread, self._clock, self._metrics.database_waits.inc):
                await self._bell.wait()

    def relay(self) -> int:
        """Relays the oldest group of events; durable on return. Blocking. Gives their number, 0 when none is left.

        Decisions follow when no event is left: the alerts that they are about are in their incidents then.
        """
        events = self._events.unrelayed(GROUP)
        if not events:
            return self._relay_decisions()
        joined = join(self._database, self._office, events, self._clock.now_ms())
        if joined.events:  # a run that tells nobody may wait, ask, or have a device do something
            self._on_deliveries()
        self._events.mark_relayed(events)
        self._metrics.relayed.inc(joined.events)
        return len(events)

    def _relay_decisions(self) -> int:
        decisions = self._events.unrelayed_decisions(GROUP)
        if decisions:
            note_decisions(self._database, decisions)
            self._events.mark_decisions_relayed(decisions)
        return len(decisions)
