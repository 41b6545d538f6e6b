"""Many who open cases at once, in threads and processes, and take some back: no number twice, none left out."""

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.case_book import CaseBook
from administration.case_desk import CaseDesk
from administration.case_opening import open_case
from administration.case_tables import case_counter, city_case
from city.case import CasesWanted, NewCase
from city.fiscal_year import fiscal_year
from tests.support.business import business_database
from tests.support.manual_clock import ManualClock

NEW_YEAR_MS = 1_806_505_200_000  # 2027-04-01 00:00 in Sabae
SECTIONS = ("bosai", "doboku")
STEPS = 12
ALL = CasesWanted()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = business_database(tmp_path / "city.sqlite", busy_ms=120_000)
    yield engine
    engine.dispose()


def work(database: sa.Engine, seed: int) -> None:
    """Opens a case for each step of a run, on both sides of a new fiscal year; often it is rolled back at first."""
    rng = random.Random(seed)
    book = CaseBook()
    for step in rng.sample(range(STEPS), STEPS):
        section = SECTIONS[step % len(SECTIONS)]
        now_ms = NEW_YEAR_MS + (step - STEPS // 2) * 1_000
        while True:
            with database.connect() as connection, connection.begin() as begun:
                book.open(connection, "flood-3/i1", str(step), section, "巡視", None, ("水門",), now_ms)
                if rng.random() < 0.4:
                    begun.rollback()
                    continue
            break
        with database.begin() as connection:
            open_case(connection, NewCase(section, "通報"), f"hand\n{seed}/{step}", "太郎", now_ms)


def work_apart(file: Path, seed: int) -> None:
    """The same in a process of its own."""
    database = business_database(file, busy_ms=120_000)
    work(database, seed)
    database.dispose()


def test_threads_and_processes_side_by_side(database: sa.Engine, tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")  # a fork would take the locks of this process's threads along
    processes = [spawning.Process(target=work_apart, args=(tmp_path / "city.sqlite", seed)) for seed in (1, 2)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda seed: work(database, seed), range(3, 7)))
    for process in processes:
        process.join()
        assert process.exitcode == 0
    check_numbers(database)
    with database.begin() as connection:
        by_run = Counter(connection.scalars(sa.select(city_case.c.step).where(city_case.c.run.is_not(None))))
        by_hand = connection.scalar(sa.select(sa.func.count()).where(city_case.c.run.is_(None)))
    assert by_run == {str(step): 1 for step in range(STEPS)}
    assert by_hand == 6 * STEPS


def check_numbers(database: sa.Engine) -> None:
    """In each section's year the numbers run from 1 without a gap, and the counter stands at the last."""
    numbers: dict[tuple[int, str], list[int]] = {}
    with database.begin() as connection:
        for row in connection.execute(sa.select(city_case).order_by(city_case.c.number)):
            assert row.year == fiscal_year(row.opened_ms)
            assert row.id == f"{row.year}-{row.section}-{row.number}"
            numbers.setdefault((row.year, row.section), []).append(row.number)
        counters = {(row.year, row.section): row.last for row in connection.execute(sa.select(case_counter))}
    for key, found in numbers.items():
        assert found == list(range(1, len(found) + 1))
        assert counters[key] == len(found)
    assert all(last == len(numbers.get(key, ())) for key, last in counters.items())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(SECTIONS), st.integers(-2, 2), st.integers(0, 5), st.sampled_from(["commit", "roll back"])
        ),
        max_size=30,
    )
)
def test_whatever_is_opened_again_or_rolled_back(opened: list[tuple[str, int, int, str]]) -> None:
    database = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    city_case.metadata.create_all(database)
    known: dict[str, str] = {}
    for section, day, key, end in opened:
        now_ms = NEW_YEAR_MS + day * 86_400_000
        with database.connect() as connection, connection.begin() as begun:
            found = open_case(connection, NewCase(section, "x"), str(key), "太郎", now_ms)
            if end == "roll back":
                begun.rollback()
                continue
        assert known.setdefault(str(key), found) == found
    check_numbers(database)
    assert set(known.values()) == {case.id for case in CaseDesk(database, database, ManualClock()).cases(ALL, None, 99)}
    database.dispose()
