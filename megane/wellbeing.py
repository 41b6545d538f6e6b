"""Whether the city can work, and whether its process should be left running."""

from collections.abc import Sequence
from typing import Final

from alerts.watch import Watch
from api.ports import Check
from city.clock import Clock
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
        pipeline: Pipeline,
        journal: Journal,
        watch: Watch,
        store_writer: StoreWriter,
        wall: Clock,
    ) -> None:
        """`wall` is the machine's clock: being stuck is a matter of real time, also where the city's runs faster."""
        self._source = source
        self._pipeline = pipeline
        self._journal = journal
        self._watch = watch
        self._store_writer = store_writer
        self._backlog = journal.tail.position  # what a former run left; until it is through, pages show the past
        self._engine = _Standing(wall)
        self._append = _Standing(wall)

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
        """What the watchdog asks: None when journal and engine pass, else what is wrong."""
        wrong = [f"{check.name}: {check.detail}" for check in self.health() if not check.ok]
        return "; ".join(wrong) or None


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
