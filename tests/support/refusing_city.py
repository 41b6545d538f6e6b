"""`megane up` with a store that refuses writes for 10 s: run as a program by the tests that kill cities."""

import argparse
import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from city.catalog import Catalog
from city.errors import UnavailableError
from city.ports import Aggregate, Buckets, Store, Written
from city.reading import Int64s, ReadingBatch
from ingest.stores import STORES
from megane.city_home import CityHome
from megane.clocks import SystemClock
from megane.running import run_city, stop_on_signals
from megane.settings import load_settings
from megane.up import log_to_stderr
from megane.wiring import wire

TAKES_FIRST = 5  # writes that go through before the refusal, so that it comes in the middle
REFUSES_S = 10.0


class RefusingStore:
    """Another store, away for `REFUSES_S` seconds after its first writes."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._writes = 0
        self._until = 0.0

    def write(self, batch: ReadingBatch) -> Written:
        self._writes += 1
        if self._writes == TAKES_FIRST:
            self._until = self._monotonic() + REFUSES_S
        if self._monotonic() < self._until:
            raise UnavailableError("away for a while")
        return self._store.write(batch)

    def bind(self, catalog: Catalog) -> None:
        self._store.bind(catalog)

    def latest(self) -> ReadingBatch:
        return self._store.latest()

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        return self._store.readings(series, start_ms, end_ms)

    def buckets(self, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate) -> Buckets:
        return self._store.buckets(series, start_ms, end_ms, every_ms, how)

    def maintain(self, now_ms: int) -> None:
        self._store.maintain(now_ms)

    def close(self) -> None:
        self._store.close()


async def run(home: str, mqtt_port: int, http_port: int) -> None:
    settings = load_settings(None, {}, {"home": home, "mqtt.port": mqtt_port, "http.port": http_port})
    until = asyncio.Event()
    stop_on_signals(until)
    store = RefusingStore(STORES["duckdb"].open(CityHome.make(Path(home)).store, {}))
    city = await asyncio.to_thread(
        wire, settings, SystemClock(), random.Random(), asyncio.get_running_loop(), store=store
    )
    await run_city(city, until)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", required=True)
    parser.add_argument("--mqtt-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    arguments = parser.parse_args()
    log_to_stderr()
    uvloop.run(run(arguments.home, arguments.mqtt_port, arguments.http_port))
