"""Whether the city can work, whether its process should be left running, and what is amiss with it meanwhile."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from alerts.watch import Watch
from api.ports import Check
from city.clock import Clock
from ingest.inbox import Inbox
from ingest.journal.writer import Journal
from ingest.pipeline import Pipeline
from ingest.sources.mqtt import MqttSource
from ingest.store_writer import StoreWriter

# A slow disk or a checkpoint holds an append up for seconds; a minute is none of these any more.
STUCK_MS: Final = 60_000


class Wellbeing:
    """Looks at the parts of a city. Quick, and on the event loop only."""

    def __init__(
        self,
        source: MqttSource,
        inbox: Inbox,
        pipeline: Pipeline,
        journal: Journal,
        watch: Watch,
        store_writer: StoreWriter,
        wall: Clock,
    ) -> None:
        """`wall` is the machine's clock: being stuck is a matter of real time, also where the city's runs faster."""
        self._source = source
        self._inbox = inbox
        self._pipeline = pipeline
        self._journal = journal
        self._watch = watch
        self._store_writer = store_writer
        self._backlog = journal.tail.position  # what a former run left; until it is through, pages show the past
        self._engine = _Standing(wall)
        self._append = _Standing(wall)
        self._store = _Standing(wall)
        self._full = _Standing(wall)

    def readiness(self) -> Sequence[Check]:
        """Messages come in, and what lay in the journal at the start has been judged and stored."""
        return (
            Check("broker", self._source.connected, self._source.problem or ""),
            Check("engine", self._watch.position >= self._backlog, f"{self._watch.position}/{self._backlog}"),
            Check(
                "store", self._store_writer.position >= self._backlog, f"{self._store_writer.position}/{self._backlog}"
            ),
        )

    def health(self) -> Sequence[Check]:
        """The journal takes what is handed to it, and the engine follows the journal."""
        waits_ms = self._append.since_ms(self._pipeline.state().waiting_since_ms)
        lag = self._journal.tail.position - self._watch.position
        stands_ms = self._engine.since_ms(self._watch.position if lag else None)
        return (
            Check("journal", waits_ms < STUCK_MS, f"a batch has waited {waits_ms} ms"),
            Check("engine", stands_ms < STUCK_MS, f"{lag} entries behind, standing for {stands_ms} ms"),
        )

    async def probe(self) -> str | None:
        """What watchdog and heartbeat ask: None when journal and engine pass, else what is wrong."""
        wrong = [f"{check.name}: {check.detail}" for check in self.health() if not check.ok]
        return "; ".join(wrong) or None

    def measures(self) -> Mapping[str, Callable[[], float]]:
        """What is amiss though the city works, by quantity (city/quantity.py): 0 where nothing is."""
        return {
            "store_standstill": self._store_standstill_s,
            "inbox_full": self._inbox_full_s,
            "journal_share": self._journal_share,
        }

    def _store_standstill_s(self) -> float:
        """For how long the store has taken nothing, though the journal has something for it."""
        return self._store.since_ms(self._store_writer.position if self._store_writer.lag else None) / 1000

    def _inbox_full_s(self) -> float:
        return self._full.since_ms(1 if self._inbox.full else None) / 1000

    def _journal_share(self) -> float:
        """What part of the disk's room the journal has taken: its size beside that and what is still free, percent."""
        size = self._journal.size_bytes()
        free = shutil.disk_usage(self._journal.path.parent).free
        return 100 * size / (size + free)


class _Standing:
    """For how long something has been seen at the same value; None is never standing."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._value: int | None = None
        self._since_ms = wall.now_ms()

    def since_ms(self, value: int | None) -> int:
        now_ms = self._wall.now_ms()
        if value is None or value != self._value:
            self._value, self._since_ms = value, now_ms
        return now_ms - self._since_ms
