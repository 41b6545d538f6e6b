"""What is new, for everybody who looks on: one look at the city a second serves every client.

A client holds a number: the round up to which it knows everything. From the newest look the feed tells any client what
changed since that number. So there is no queue for a client at all: a slow one, or one that was away, gets the newest
state at once, and what it costs us is bounded by the number of sensors.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.ports import Alert, View
from api.problem import ProblemError
from api.situation import ALERTS_AT_MOST
from city.alert import AlertState
from city.catalog import Catalog
from city.errors import UnavailableError
from city.reading import Int64s, ReadingBatch

# A person cannot follow more than one change a second, and a store answers 10,000 series in 13 ms.
PACE_S: Final = 1.0
# Offices and phones of a city hall; each costs a connection and a task.
CLIENTS_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class News:
    """What a client does not know yet.

    id: hand it back to be told only what is newer; of another run of the feed it means "everything"
    whole: everything is here, and what the client has is to be thrown away
    alerts: all that fires, rules on trial included, whole; None when nothing changed about it
    stale: the store cannot be asked at the moment; readings are as they were
    """

    id: str
    now_ms: int
    whole: bool
    catalog: Catalog
    readings: ReadingBatch
    alerts: Sequence[Alert] | None
    stale: bool


class Feed:
    """Looks at the city while anybody looks on. `run` is a task of the application's."""

    def __init__(self, view: View, pace_s: float = PACE_S) -> None:
        self._view = view
        self._pace_s = pace_s
        self._clients = 0
        self._wanted = asyncio.Event()
        self._looked = asyncio.Condition()
        self._closed = False
        self._begin(view.catalog())

    @property
    def id(self) -> str:
        """Where the feed stands: what a page that is rendered now knows."""
        return f"{self._run}-{self._round}"

    async def run(self) -> None:
        """Looks once a `pace_s` while there are clients, until closed or cancelled."""
        while not self._closed:
            await self._wanted.wait()
            await self._look()
            async with self._looked:
                self._looked.notify_all()
            # The wall's second, not the city's: it is for the eyes of people, also where the city's clock runs faster.
            await asyncio.sleep(self._pace_s)
        async with self._looked:
            self._looked.notify_all()

    def admit(self) -> None:
        """Raises ProblemError (503) where too many look on already; asked before a stream begins."""
        if self._clients >= CLIENTS_AT_MOST:
            raise ProblemError(503, "api.too-many-clients", limit=CLIENTS_AT_MOST)

    def close(self) -> None:
        """Lets every client go, so that a server can shut down without waiting for them. On the event loop."""
        self._closed = True
        self._wanted.set()

    async def follow(self, last_id: str | None) -> AsyncIterator[News]:
        """What is newer than `last_id`, then what becomes new, round by round, until the client leaves.

        Every round gives news, if only of what time it is.
        """
        known: str | None = last_id
        with self._client():
            while not self._closed:
                async with self._looked:
                    await self._looked.wait()
                news = self.since(known)
                known = news.id
                yield news

    def since(self, id_: str | None) -> News:
        """What changed after `id_`; everything, where `id_` is not of this run."""
        run, _, number = (id_ or "").partition("-")
        whole = run != self._run or not number.isdecimal() or int(number) > self._round
        known = -1 if whole else int(number)
        return News(
            id=self.id,
            now_ms=self._now_ms,
            whole=whole,
            catalog=self._catalog,
            readings=self._latest.take(self._changed[self._latest.series] > known),
            alerts=self._alerts if self._alerts_changed > known else None,
            stale=self._stale,
        )

    @contextmanager
    def _client(self) -> Iterator[None]:
        self._clients += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._clients -= 1
            if not self._clients and not self._closed:
                self._wanted.clear()

    def _begin(self, catalog: Catalog) -> None:
        """A new run: whoever comes with an id of an earlier one is told everything."""
        self._catalog = catalog
        self._run = secrets.token_hex(4)
        self._round = 0
        self._now_ms = self._view.clock.now_ms()
        self._latest = ReadingBatch.empty()
        self._time: Int64s = np.full(len(catalog.sensors), np.iinfo(np.int64).min)
        self._changed: Int64s = np.zeros(len(catalog.sensors), np.int64)
        self._alerts: Sequence[Alert] = ()
        self._alerts_changed = 0
        self._stale = False

    async def _look(self) -> None:
        """One round."""
        catalog = self._view.catalog()
        if catalog is not self._catalog:
            self._begin(catalog)
        self._round += 1
        self._now_ms = self._view.clock.now_ms()
        try:
            latest, alerts = await asyncio.to_thread(self._ask)
        except UnavailableError:
            self._stale = True
            return
        self._stale = False
        if len(latest) and int(latest.series.max()) >= len(self._time):
            return  # The store is already on a newer catalog; the next round begins with it.
        newer = latest.time != self._time[latest.series]
        self._changed[latest.series[newer]] = self._round
        self._time[latest.series] = latest.time
        self._latest = latest
        if list(alerts) != list(self._alerts):
            self._alerts, self._alerts_changed = tuple(alerts), self._round

    def _ask(self) -> tuple[ReadingBatch, Sequence[Alert]]:
        firing = self._view.alerts.alerts(AlertState.FIRING, None, None, ALERTS_AT_MOST, shadow=None)
        return self._view.store.latest(), firing
