"""From committed alert events to runs: at least once, and once in effect."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

import sqlalchemy as sa

from administration.bell import Bell
from administration.cloud_event import alert_event
from administration.metrics import Metrics
from administration.playbook import TELL_SUBSCRIBERS, Playbook, load_playbook
from administration.ports import NO_DATA, Addresses, InForce
from administration.retry import Retry
from administration.runs import Joined, Joining, join
from administration.steps.webhook import Webhook
from city.alert import AlertEvent
from city.clock import Clock
from city.errors import UnavailableError
from city.ports import AlertEvents

GROUP: Final = 500  # events a transaction: about 50 ms of work, so that a storm does not hold up those that read
DATABASE_PAUSE_S: Final = 1.0  # a locked or full database is asked again at this pace


class Relay:
    """Reads committed told events, starts or signals the run of each, then marks them, until cancelled.

    Dying between the two, it finds the same events again, and they are known by their ids.

    on_steps: called from the database thread as soon as there are new steps (`Worker.wake`)
    """

    def __init__(
        self,
        *,
        events: AlertEvents,
        database: sa.Engine,
        database_thread: Executor,
        in_force: InForce,
        addresses: Addresses,
        clock: Clock,
        metrics: Metrics,
        on_steps: Callable[[], None],
        playbook: Playbook | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._events = events
        self._database = database
        self._thread = database_thread
        self._in_force = in_force
        self._addresses = addresses
        self._clock = clock
        self._metrics = metrics
        self._on_steps = on_steps
        self._playbook = playbook or load_playbook(TELL_SUBSCRIBERS, "tell-subscribers")
        self._retry = retry or Retry()
        self._bell = Bell()

    def wake(self) -> None:
        """Events were committed. From any thread."""
        self._bell.ring()

    async def run(self) -> None:
        """Relays what is there, and then whatever comes, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                more = await loop.run_in_executor(self._thread, self.relay)
            except UnavailableError:
                self._metrics.database_waits.inc()
                await self._clock.sleep(DATABASE_PAUSE_S)
                continue
            if not more:
                await self._bell.wait()

    def relay(self) -> int:
        """Relays the oldest group of events; durable on return. Blocking. Gives their number, 0 when none is left."""
        events = self._events.unrelayed(GROUP)
        if events:
            joined = self._join(events)
            if joined.steps:
                self._on_steps()
            self._events.mark_relayed([event.id for event in events])
            self._metrics.relayed.inc(joined.events)
        return len(events)

    def _join(self, events: Sequence[AlertEvent]) -> Joined:
        now_ms = self._clock.now_ms()
        group = [self._joining(event) for event in events]
        return join(self._database, self._playbook, group, now_ms, now_ms + self._retry.for_ms)

    def _joining(self, event: AlertEvent) -> Joining:
        catalog = self._in_force.catalog()
        rule = self._in_force.rule(event.rule.removesuffix(NO_DATA))
        owner = None if rule is None else rule.owner
        return Joining(
            event=event,
            body=alert_event(event, rule, catalog, self._in_force.link(event)).json(),
            endpoints=tuple(
                self._addressed(step.step.endpoints(event, owner, catalog)) if isinstance(step.step, Webhook) else ()
                for step in self._playbook.steps
            ),
        )

    def _addressed(self, endpoints: Sequence[str]) -> tuple[str, ...]:
        """Those to which something can be sent; the others are counted (`megane check` names them)."""
        reachable = tuple(name for name in endpoints if self._addresses.address(name) is not None)
        for name in set(endpoints) - set(reachable):
            self._metrics.unaddressed.labels(name).inc()
        return reachable
