"""Whatever is written, in whatever order, with upkeep and reopening in between: DuckDB answers what memory answers."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from city.catalog import Catalog
from city.ports import Aggregate
from ingest.stores.duckdb import DuckStore
from ingest.stores.hours import DAY_MS, HOUR_MS
from ingest.stores.memory import MemoryStore
from tests.support.batches import batch_of, rows_of
from tests.support.small_catalog import catalog_of

T = 1_719_100_800_000  # 2024-06-23T00:00:00Z
MINUTE_MS = 60_000
RAW_DAYS = 3
CATALOGS = (catalog_of("a:level", "b:level"), catalog_of("b:level", "c:level", "d:level"))

# Hours far apart and hours side by side, so that some are past the retention, some clean and some dirty.
times = st.builds(
    lambda day, hour, minute: T + day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS,
    st.integers(0, 9),
    st.sampled_from([0, 1, 2, 23]),
    st.sampled_from([0, 1, 30, 59]),
)
values = st.integers(-40, 40).map(lambda quarter: quarter / 4)  # sums of these are exact in any order
rows = st.lists(st.tuples(st.integers(0, 1), times, values, st.sampled_from([0, 0, 0, 1, 2, 5])), max_size=12)
everys = st.sampled_from([10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, DAY_MS])


class Stores(RuleBasedStateMachine):
    """Two stores side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "readings.duckdb"
        self.duck = DuckStore(self.file, RAW_DAYS)
        self.memory = MemoryStore(RAW_DAYS)
        self.catalog = CATALOGS[0]

    @initialize(catalog=st.sampled_from(CATALOGS))
    def begin(self, catalog: Catalog) -> None:
        self.bind(catalog)

    @rule(catalog=st.sampled_from(CATALOGS))
    def bind(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.duck.bind(catalog)
        self.memory.bind(catalog)

    @rule(readings=rows)
    def write(self, readings: list[tuple[int, int, float, int]]) -> None:
        batch = batch_of(readings)
        assert self.duck.write(batch) == self.memory.write(batch)

    @rule(now=times)
    def maintain(self, now: int) -> None:
        self.duck.maintain(now)
        self.memory.maintain(now)

    @rule()
    def reopen(self) -> None:
        self.duck.close()
        self.duck = DuckStore(self.file, RAW_DAYS)
        self.duck.bind(self.catalog)

    @rule(span=st.tuples(times, times), series=st.lists(st.integers(0, 1), max_size=2))
    def readings(self, span: tuple[int, int], series: list[int]) -> None:
        wanted = np.array(series, np.int64)
        assert rows_of(self.duck.readings(wanted, *span)) == rows_of(self.memory.readings(wanted, *span))

    @rule(span=st.tuples(times, times), every=everys, how=st.sampled_from(Aggregate), series=st.integers(0, 1))
    def buckets(self, span: tuple[int, int], every: int, how: Aggregate, series: int) -> None:
        fast = self.duck.buckets(series, *span, every, how)
        plain = self.memory.buckets(series, *span, every, how)
        assert fast.time.tolist() == plain.time.tolist()
        assert fast.value.tolist() == pytest.approx(plain.value.tolist(), rel=1e-12)

    @invariant()
    @precondition(lambda self: hasattr(self, "duck"))
    def latest(self) -> None:
        assert rows_of(self.duck.latest()) == rows_of(self.memory.latest())

    def teardown(self) -> None:
        self.duck.close()
        self.folder.cleanup()


Stores.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_duckdb_answers_as_memory_does = Stores.TestCase
