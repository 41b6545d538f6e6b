"""What the ingester counts and measures, for Prometheus.

The books balance whenever nothing is under way: `megane_readings_received_total` is the sum of
`megane_readings_total` over all outcomes. An undecodable message counts as one reading, and batches that a store takes
up again after a start count as received again.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from city.quarantine import Quarantined, Reason
from city.reading import Quality, UInt8s
from ingest.codecs import FOREIGN_CODECS
from ingest.heard import What
from ingest.quality import CHECKS

_SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # a disk, good to ill
_SIZES: Final = (1, 10, 100, 1_000, 2_500, 5_000, 10_000, 20_000)


class Meters:
    """The ingester's meters in one registry. Each series of labels is there from the beginning, at zero."""

    def __init__(self, registry: CollectorRegistry) -> None:
        messages = Counter("megane_messages", "Messages with readings, by outcome", ["outcome"], registry=registry)
        self.messages_accepted = messages.labels("accepted")
        self.messages_quarantined = messages.labels("quarantined")
        readings = Counter(
            "megane_readings", "What became of every reading received", ["outcome", "reason"], registry=registry
        )
        self.readings_stored = readings.labels("stored", "")
        self.readings_duplicate = readings.labels("duplicate", "")
        self._readings_quarantined = {reason: readings.labels("quarantined", reason) for reason in Reason}
        self.readings_received = Counter("megane_readings_received", "Readings received", registry=registry)
        self.health_readings = Counter(
            "megane_health_readings",
            "Readings, among those received, that the city itself said of its sensors' health",
            registry=registry,
        )
        flagged = Counter(
            "megane_readings_flagged", "Readings in the journal with a quality bit", ["bit"], registry=registry
        )
        self._flagged = {bit: flagged.labels((bit.name or "").lower()) for bit in Quality}
        doubted = Counter(
            "megane_readings_doubted",
            "Readings in the journal that a quality check found doubtful; one may be found by several",
            ["check"],
            registry=registry,
        )
        self._doubted = {check.name: doubted.labels(check.name) for check in CHECKS}
        self.device_messages = Counter(
            "megane_device_messages", "Messages other than readings, by kind of topic", ["kind"], registry=registry
        )
        foreign = Counter(
            "megane_foreign_messages",
            "Messages of other people's devices, by codec and what they were",
            ["codec", "what"],
            registry=registry,
        )
        self._foreign = {(codec, what): foreign.labels(codec, what) for codec in FOREIGN_CODECS for what in What}
        self.rebirths_asked = Counter(
            "megane_rebirths_asked", "Edge nodes of Sparkplug asked to be born again", registry=registry
        )
        self.quarantine_overflow = Counter(
            "megane_quarantine_overflow",
            "Pieces counted but not kept, because the quarantine is full; their messages get no receipt",
            registry=registry,
        )
        self.sent_again = Counter(
            "megane_quarantine_sent_again", "Messages sent again from the quarantine", registry=registry
        )
        self.receipts_sent = Counter("megane_receipts_sent", "Receipts sent to devices", registry=registry)
        self.batch_readings = Histogram(
            "megane_batch_readings", "Readings in a batch", buckets=_SIZES, registry=registry
        )
        self.append_seconds = Histogram(
            "megane_journal_append_seconds",
            "An append to the journal, fsync included",
            buckets=_SECONDS,
            registry=registry,
        )
        self.append_failures = Counter(
            "megane_journal_append_failures", "Appends that failed and are tried again", registry=registry
        )
        self.store_seconds = Histogram(
            "megane_store_write_seconds", "A write to the store", buckets=_SECONDS, registry=registry
        )
        self.store_failures = Counter(
            "megane_store_write_failures", "Writes that failed and are tried again", registry=registry
        )
        self._registry = registry

    def quarantined(self, pieces: Iterable[Quarantined]) -> None:
        """Counts the readings that pieces of the quarantine stand for."""
        tally: Tally[Reason] = Tally()
        for piece in pieces:
            tally[piece.reason] += piece.count
        for reason, count in tally.items():
            self._readings_quarantined[reason].inc(count)

    def foreign(self, codec: str, what: What) -> None:
        """Counts a message of another's device."""
        self._foreign[codec, what].inc()

    def flagged(self, quality: UInt8s) -> None:
        """Counts the quality bits of a batch that is in the journal."""
        if quality.any():
            for bit, counter in self._flagged.items():
                counter.inc(int(np.count_nonzero(quality & bit)))

    def doubted(self, found: Mapping[str, int]) -> None:
        """Counts what the quality checks found in a batch that is in the journal, by their names."""
        for check, count in found.items():
            self._doubted[check].inc(count)

    def gauge(self, name: str, documentation: str, ask: Callable[[], float]) -> None:
        """A value that is asked for whenever somebody looks; `ask` is quick and may be called from any thread."""
        Gauge(name, documentation, registry=self._registry).set_function(ask)
