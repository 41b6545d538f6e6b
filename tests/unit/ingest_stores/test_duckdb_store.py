"""What only the store on disk has: it comes back, survives kill -9 and a full disk, and says who holds it."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from city.errors import UnavailableError
from city.messages.text import Lang
from city.ports import Aggregate, Written
from ingest.stores.duckdb import DuckStore
from ingest.stores.duckdb_file import StoreLockedError, StoreNewerError, StoreUnreadableError
from ingest.stores.hours import DAY_MS, HOUR_MS
from tests.support.batches import batch_of, rows_of
from tests.support.small_catalog import catalog_of

ROOT = Path(__file__).resolve().parents[3]
T = 1_719_104_400_000  # 2024-06-23T01:00:00Z
AB = catalog_of("a:level", "b:level")
A, B = 0, 1
FOREVER = (0, 2 * T)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "readings.duckdb"


@pytest.fixture
def store(file: Path) -> Iterator[DuckStore]:
    opened = DuckStore(file)
    opened.bind(AB)
    yield opened
    opened.close()


def test_opened_again_it_is_the_same(store: DuckStore, file: Path) -> None:
    store.write(batch_of([(A, T, 1.0), (A, T + 500 * DAY_MS, 5.0), (B, T, 2.0, 3)]))
    store.maintain(T + DAY_MS)
    store.write(batch_of([(A, T + 1, 3.0)]))
    before = (
        rows_of(store.latest()),
        rows_of(store.readings(np.array([A, B]), *FOREVER)),
        store.buckets(A, T, T + HOUR_MS, HOUR_MS, Aggregate.SUM).value.tolist(),
    )
    store.close()
    again = DuckStore(file)
    again.bind(AB)
    assert before == (
        rows_of(again.latest()),
        rows_of(again.readings(np.array([A, B]), *FOREVER)),
        again.buckets(A, T, T + HOUR_MS, HOUR_MS, Aggregate.SUM).value.tolist(),
    )
    assert again.write(batch_of([(A, T + 1, 9.0), (B, T, 9.0), (B, T + 1, 9.0)])) == Written(1, 2)
    again.close()


def test_hours_are_reckoned_once_and_then_read_from_their_table(store: DuckStore, file: Path) -> None:
    store.write(batch_of([(A, T, 1.0), (A, T + 3 * HOUR_MS, 5.0)]))
    store.maintain(T + 3 * HOUR_MS + 1)  # the last hour is not over yet
    store.close()
    with duckdb.connect(file) as inside:
        assert inside.execute("SELECT hour, count, total FROM hourly").fetchall() == [(T, 1, 1.0)]
        assert inside.execute("SELECT hour FROM dirty_hour").fetchall() == [(T + 3 * HOUR_MS,)]


def test_a_store_in_use_elsewhere_is_named_with_its_holder(store: DuckStore, file: Path) -> None:
    code = f"""
        from pathlib import Path
        from ingest.stores.duckdb import DuckStore
        from ingest.stores.duckdb_file import StoreLockedError
        try:
            DuckStore(Path({str(file)!r}))
        except StoreLockedError as e:
            print(e)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert str(file) in run.stdout
    assert f"PID {os.getpid()}" in run.stdout
    assert StoreLockedError("ingest.store_locked", file="x", problem="y").text(Lang.JA)


def test_some_other_file_is_refused_and_left_alone(file: Path) -> None:
    file.write_bytes(b"not a database " * 1000)
    before = file.read_bytes()
    with pytest.raises(StoreUnreadableError, match=file.name):
        DuckStore(file)
    assert file.read_bytes() == before


def test_somebody_elses_database_is_refused(file: Path) -> None:
    with duckdb.connect(file) as other:
        other.execute("CREATE TABLE mine (i INTEGER)")
    with pytest.raises(StoreUnreadableError):
        DuckStore(file)


def test_a_folder_that_cannot_be_made_is_named(file: Path) -> None:
    file.write_text("a file where a folder should be")
    with pytest.raises(StoreUnreadableError, match=file.name):
        DuckStore(file / "below" / "readings.duckdb")


def test_a_newer_store_is_refused(store: DuckStore, file: Path) -> None:
    store.close()
    with duckdb.connect(file) as newer:
        newer.execute("UPDATE store SET version = 99")
    with pytest.raises(StoreNewerError, match="99"):
        DuckStore(file)


def test_readers_in_other_threads_see_whole_batches_only(store: DuckStore) -> None:
    seen: list[set[int]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            rows = store.readings(np.array([A]), *FOREVER)
            seen.append({len(rows) % 100})
            assert len(store.latest()) <= 1

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for i in range(30):
        store.write(batch_of([(A, T + i * 100 + j, 1.0) for j in range(100)]))
        store.maintain(T + DAY_MS)
    done.set()
    for reader in readers:
        reader.join()
    assert set().union(*seen) == {0}


# Writes batches of ten readings and tells each only after it is written; it is killed in the middle of its work.
WRITER = f"""
import sys
from pathlib import Path
import numpy as np
from ingest.stores.duckdb import DuckStore
from support.batches import batch_of
from support.small_catalog import catalog_of

store = DuckStore(Path(sys.argv[1]))
store.bind(catalog_of("a:level", "b:level"))
begin = len(store.readings(np.array([0]), 0, {2 * T})) // 10
for i in range(begin, 10**9):
    store.write(batch_of([(0, {T} + 600_000 * (10 * i + j), float(i)) for j in range(10)]))
    if i % 7 == 0:
        store.maintain({T} + 600_000 * 10 * i)
    print(i, flush=True)
"""


def test_what_was_written_outlives_kill_9(file: Path) -> None:
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    last = -1
    for writes in (5, 40, 90):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, file],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        ) as writer:
            assert writer.stdout is not None
            told = [writer.stdout.readline() for _ in range(writes)]
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.readlines()
        last = int(told[-1])
        store = DuckStore(file)
        store.bind(AB)
        rows = rows_of(store.readings(np.array([A]), *FOREVER))
        batches = len(rows) // 10
        assert batches in {last + 1, last + 2}  # one more may have been written and not yet told
        assert rows == [(A, T + 600_000 * i, float(i // 10), 0) for i in range(10 * batches)]
        by_hour = store.buckets(A, 0, 2 * T, HOUR_MS, Aggregate.COUNT)
        assert by_hour.value.sum() == len(rows)
        store.close()


def test_a_full_disk_is_unavailable_and_nothing_is_lost(store: DuckStore, file: Path) -> None:
    """A limit on the size of files stands for the disk: the system refuses to write past it."""
    store.write(batch_of([(A, T, 1.0)]))
    big = batch_of([(B, T + i, i * 0.37) for i in range(200_000)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(part.stat().st_size for part in file.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
    try:
        with pytest.raises(UnavailableError, match="DuckDB"):
            store.write(big)
        with pytest.raises(UnavailableError):
            store.write(big)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.write(big) == Written(len(big), 0)
    assert store.write(batch_of([(A, T, 2.0), (A, T + 1, 3.0)])) == Written(1, 1)
    assert len(store.readings(np.array([A, B]), *FOREVER)) == len(big) + 2
