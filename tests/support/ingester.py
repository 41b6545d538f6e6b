"""An ingester without a broker: a test puts deliveries into its inbox and looks into its journal."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from city.catalog import Catalog
from city.clock import Clock
from city.delivery import Delivery
from city.entry import BatchEntry
from city.wire.receipt import decode_receipt
from city.wire.topic import Kind
from ingest.batch_writer import BatchWriter
from ingest.catch_up import CatchUp
from ingest.clock_offset import ClockOffsets
from ingest.codecs import FOREIGN_CODECS
from ingest.codecs.senml import SenmlCodec
from ingest.foreign import Foreign
from ingest.inbox import Inbox
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.pipeline import Pipeline
from ingest.presence import Presences
from ingest.quarantine import Quarantine
from ingest.receipt_ledger import ReceiptLedger
from ingest.reception import Reception
from tests.support.batches import Row, rows_of

ROOT = "m"


@dataclass
class Ingester:
    """All of one ingester. `receipts` are (topic, boot, first, last) as sent, `acked` the payloads acknowledged."""

    catalog: Catalog
    journal: Journal
    inbox: Inbox
    pipeline: Pipeline
    presences: Presences
    quarantine: Quarantine
    catch_up: CatchUp
    registry: CollectorRegistry
    clock: Clock
    receipts: list[tuple[str, str, int, int]] = field(default_factory=list)
    acked: list[bytes] = field(default_factory=list)
    _acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    def deliver(self, topic: str, payload: bytes | str, arrived_ms: int | None = None) -> None:
        """Puts one message into the inbox."""
        data = payload.encode() if isinstance(payload, str) else payload
        at_ms = self.clock.now_ms() if arrived_ms is None else arrived_ms

        def ack() -> None:
            self.acked.append(data)
            self._acknowledged.set()

        self.inbox.put_nowait(Delivery(topic, data, at_ms, ack))

    async def settled(self, n: int) -> None:
        """Returns when so many deliveries are acknowledged."""
        async with asyncio.timeout(60):
            while len(self.acked) < n:
                self._acknowledged.clear()
                await self._acknowledged.wait()

    def rows(self) -> list[Row]:
        """Every reading in the journal."""
        entries = self.journal.reader.read(0, 1_000_000, self.catalog)
        return [row for entry in entries if isinstance(entry, BatchEntry) for row in rows_of(entry.batch)]

    def count(self, name: str, **labels: str) -> float:
        """The value of a counter or gauge."""
        return self.registry.get_sample_value(name, labels) or 0.0


def ingester(
    path: Path, catalog: Catalog, clock: Clock, open_s: float = 0.02, batch_readings: int = 10_000
) -> Ingester:
    """An ingester over the journal at `path`; not running yet."""
    registry = CollectorRegistry()
    meters = Meters(registry)
    journal = Journal(path)
    inbox = Inbox()
    rng = random.Random(1)
    presences = Presences(catalog)
    receipts: list[tuple[str, str, int, int]] = []

    async def publish(topic: str, payload: bytes) -> None:
        receipt = decode_receipt(payload)
        receipts.extend((topic, receipt.boot, first, last) for first, last in receipt.seqs)

    def count_kind(kind: Kind) -> None:
        meters.device_messages.labels(kind).inc()

    codecs = {name: codec(catalog) for name, codec in FOREIGN_CODECS.items()}
    reception = Reception(
        ROOT,
        catalog,
        SenmlCodec(catalog),
        ClockOffsets(journal.clock_offsets()),
        presences,
        count_kind,
        foreign=Foreign(codecs, meters.foreign, lambda _: None, lambda _, __: None),
    )
    ledger = ReceiptLedger(publish, clock, meters.receipts_sent.inc)
    catch_up = CatchUp(journal, catalog, clock, rng)
    pipeline = Pipeline(
        inbox,
        reception,
        BatchWriter(journal, catalog),
        ledger,
        catch_up,
        meters,
        clock,
        rng,
        open_s=open_s,
        batch_readings=batch_readings,
    )
    quarantine = Quarantine(journal.reader, inbox.put_nowait)
    return Ingester(
        catalog, journal, inbox, pipeline, presences, quarantine, catch_up, registry, clock, receipts=receipts
    )


@contextlib.asynccontextmanager
async def running(ingester: Ingester) -> AsyncIterator[Ingester]:
    """Runs it, and at the end drains it, so that all that was delivered is settled."""
    task = asyncio.create_task(ingester.pipeline.run())
    try:
        yield ingester
    finally:
        async with asyncio.timeout(60):
            await ingester.pipeline.drain()
            await task
        ingester.journal.close()


def still_rng() -> random.Random:
    """Randomness that is the same in every run."""
    return random.Random(1)
