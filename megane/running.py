"""A city from its start to its clean end."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from megane.clocks import SystemClock
from megane.rule_reload import reload_on_hangup
from megane.watchdog import Watchdog
from megane.wiring import City

_log = logging.getLogger(__name__)

# At the end, what is in hand may take so long into the journal: on a full disk it would wait for ever. What is not in
# the journal then is not acknowledged either, and comes again.
DRAIN_S: Final = 20.0
# Store, engine and departments may finish what is in the journal for so long; the rest is done at the next start. Both
# together, and the broker's end after them, stay within systemd's own patience of 90 s in all but the worst case.
FINISH_S: Final = 20.0
LOOK_EVERY_S: Final = 0.02


async def run_city(city: City, until: asyncio.Event, on_ready: Callable[[], Awaitable[None]] | None = None) -> None:
    """Runs until `until` is set, then ends cleanly: what is in hand is journaled, acknowledged and told.

    on_ready: runs as a task of its own as soon as the city is ready
    Raises what a part raised: the city ends as a whole, so that its supervisor starts it anew.
    """
    watchdog = Watchdog(os.environ, city.wellbeing.probe, SystemClock())
    if city.broker is not None:
        await city.broker.start()
    try:
        await city.catch_up.start()
        async with city.sender, city.notifier, asyncio.TaskGroup() as tasks:
            running = {
                name: tasks.create_task(coroutine, name=name)
                for name, coroutine in {
                    **({"broker": city.broker.run()} if city.broker else {}),
                    **({"broker log": city.broker_log.run()} if city.broker_log else {}),
                    **({"sole city": city.sole.run()} if city.sole else {}),
                    "security": city.security.run(),
                    "source": city.source.run(city.inbox),
                    "rebirths": city.rebirths.run(),
                    "pipeline": city.pipeline.run(),
                    "catch-up": city.catch_up.run(),
                    "store": city.store_writer.run(),
                    "watch": city.watch.run(),
                    "look back": city.look_back.run(),
                    "relay": city.business.relay.run(),
                    "agenda": city.business.agenda.run(),
                    **{f"worker {number}": worker.run() for number, worker in enumerate(city.business.workers, 1)},
                    "condition": city.condition.run(),
                    "heartbeat": city.heartbeat.run(),
                    "devices": city.device_dispatch.run(),
                    "retention": city.retention.run(),
                    "rules": reload_on_hangup(city.rule_reload),
                    "web": city.web_server.run(),
                    "watchdog": watchdog.run(),
                }.items()
            }
            if on_ready is not None:
                running["on ready"] = tasks.create_task(_when_ready(city, on_ready), name="on ready")
            await until.wait()
            watchdog.stopping()
            await _finish(city)
            for task in running.values():
                task.cancel()
    finally:
        await _release(city)


def stop_on_signals(until: asyncio.Event) -> None:
    """SIGTERM and SIGINT set `until`; a second one is Python's own again, for who will not wait."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        until.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)


async def ready(city: City) -> None:
    """Returns when the city is ready."""
    # Three parts on as many threads: looking is simpler than being told.
    while not all(check.ok for check in city.wellbeing.readiness()):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_EVERY_S)


async def _when_ready(city: City, then: Callable[[], Awaitable[None]]) -> None:
    await ready(city)
    await then()


async def _finish(city: City) -> None:
    """In the order of a reading's path: nothing more comes in, and what is in goes on to its end."""
    city.source.stop_taking()
    try:
        async with asyncio.timeout(DRAIN_S):
            await city.pipeline.drain()
    except TimeoutError:
        _log.warning("the journal does not take what is in hand; it is not acknowledged, and comes again")
    last = city.journal.tail.position
    with suppress(TimeoutError):
        async with asyncio.timeout(FINISH_S):
            await city.store_writer.reach(last)
            await city.watch.caught_up(last)
    city.feed.close()


async def _release(city: City) -> None:
    if city.broker is not None:
        await city.broker.stop()
    city.database_thread.shutdown()
    await asyncio.to_thread(city.close_files)
