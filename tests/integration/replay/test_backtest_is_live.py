"""What a city saw live, its journal run again and a backtest over its store say the same, id for id."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from alerts.backtest import Backtest, looked_at
from alerts.engine import Engine
from alerts.episode import Episodes
from alerts.rule_file import load_rules
from city.alert import AlertEvent
from city.entry import CatalogEntry
from city.reading import ReadingBatch, SeriesKey
from ingest.journal.writer import Journal
from megane.city_home import CityHome
from megane.history import Moments
from megane.in_force import catalog_of
from megane.journal_replay import replay_journal
from megane.settings import Settings, StoreSettings
from megane.stored_history import StoredHistory
from megane.stores import open_store
from tests.support.rule_city import MINUTE, rule_text
from tests.support.sabae import FOLDER, sabae_catalog, sabae_files

DAY = 24 * 60 * MINUTE
START = 1_719_068_400_000  # 2024-06-23T00:00+09:00
GAUGES = tuple(SeriesKey(device, "water_level") for device in ("rpi-toba", "rpi-desaku", "rpi-miono"))
EVERY = 10 * MINUTE
LAG = 20_000  # within every gauge's delay
RULES = {
    "rules/a.yaml": rule_text(id="high", raise_='last() >= level("caution")', for_="20m", hold="1h"),
    "rules/b.yaml": rule_text(id="rising", raise_="rate(30m) >= 1.0", clear="rate(30m) < 0.2"),
    "rules/c.yaml": rule_text(id="mean", raise_="mean(1h) >= 4.5 or max(30m) > 6", no_data="2h"),
}

NAMES_A_NEIGHBOUR = {
    "rules/d.yaml": rule_text(
        id="both",
        select="{quantity: water_level, series: rpi-toba:water_level}",
        raise_='last() >= 4.5 and of("rpi-miono:water_level", last()) >= 3.5',
    )
}


def rounds() -> list[list[tuple[SeriesKey, float]]]:
    """Two waves, an hour apart from gauge to gauge; the second gauge is silent for four hours."""
    found = []
    for k in range(DAY // EVERY):
        levels = [3.0 + 3.6 * max(0.0, np.sin((k - 6 * gauge) / 11)) for gauge in range(len(GAUGES))]
        found.append(
            [
                (key, level)
                for i, (key, level) in enumerate(zip(GAUGES, levels, strict=True))
                if not (i == 1 and 60 <= k < 84)
            ]
        )
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=str(tmp_path), city=str(FOLDER), store=StoreSettings("duckdb"))


def lived(settings: Settings) -> list[AlertEvent]:
    """The told events of a day; journal and store are left behind."""
    home = CityHome(Path(settings.home))
    journal, store, catalog = Journal(home.journal), open_store(settings.store, home.store), sabae_catalog()
    store.bind(catalog)
    journal.append_catalog(START, {path: text for path, text in sabae_files().items() if path.startswith("catalog/")})
    journal.append_rules(START, RULES)
    first, *_ = journal.reader.read(0, 1, catalog)
    assert isinstance(first, CatalogEntry)
    engine, events = Engine(catalog.city, catalog_of(first), ()), []
    for k, levels in enumerate(rounds()):
        at = START + k * EVERY
        series = np.array([catalog.index[key] for key, _ in levels], np.int32)
        value = np.array([level for _, level in levels])
        batch = ReadingBatch(series, np.full(len(series), at), value, np.zeros(len(series), np.uint8))
        due = engine.next_due_ms()
        if due is not None and due <= at:
            journal.append_tick(max(due, START))
        journal.append_batch(at + LAG, batch, catalog)
        store.write(batch)
        for entry in journal.reader.read(engine.position, 10, catalog):
            events += engine.step(entry)
    journal.append_tick(START + DAY)
    for entry in journal.reader.read(engine.position, 10, catalog):
        events += engine.step(entry)
    journal.close()
    store.close()
    return [event for event in events if event.told]


def test_live_replay_and_backtest_agree(settings: Settings) -> None:
    live = lived(settings)
    replayed = list(replay_journal(CityHome(Path(settings.home)).journal))
    assert [event.id for event in replayed] == [event.id for event in live]

    catalog, rules = sabae_catalog(), load_rules(RULES)
    history = StoredHistory(settings).history(Moments(START, START + DAY), looked_at(catalog, rules))
    engine = Engine(catalog.city, catalog, rules, replay_from_ms=history.start_ms)
    console = Console(quiet=True)
    backtested = [event for entry in history.entries(console) for event in engine.step(entry) if event.told]
    of_gauges = {str(key) for key in GAUGES}
    mine = [event for event in live if event.subject in of_gauges]
    assert {event.id for event in backtested if event.subject in of_gauges} == {event.id for event in mine}
    assert {event.rule for event in mine} == {"high", "rising", "mean", "mean:no-data"}

    backtest = Backtest(catalog, rules, history.start_ms)
    for entry in history.entries(console):
        backtest.take(entry)
    told = Episodes()
    told.take(mine)
    found = [episode for episode in backtest.episodes() if episode.subject in of_gauges]
    assert [(e.rule, e.subject, e.raised_ms, e.cleared_ms) for e in found] == [
        (e.rule, e.subject, e.raised_ms, e.cleared_ms) for e in told.all()
    ]


def test_a_backtest_from_the_middle_knows_what_was_before(settings: Settings) -> None:
    lived(settings)
    catalog, rules = sabae_catalog(), load_rules(RULES | NAMES_A_NEIGHBOUR)
    found = []
    for start_ms in (START, START + 8 * 60 * MINUTE):
        moments = Moments(start_ms, START + DAY)
        history = StoredHistory(settings).history(moments, looked_at(catalog, rules))
        [backtest] = history.run([rules], Console(quiet=True))
        found.append([each for each in backtest.episodes() if each.subject.startswith("rpi-toba:")])
    whole, later = found
    begun_before = {each.rule for each in whole if each.raised_ms < START + 8 * 60 * MINUTE}
    assert begun_before & {each.rule for each in later}  # still fires when the span begins
    assert later == [each for each in whole if each.cleared_ms is None or each.cleared_ms > START + 8 * 60 * MINUTE]


def test_a_backtest_over_a_store_reads_the_neighbours_that_a_rule_names(settings: Settings) -> None:
    lived(settings)
    catalog, rules = sabae_catalog(), load_rules(NAMES_A_NEIGHBOUR)
    history = StoredHistory(settings).history(Moments(START, START + DAY), looked_at(catalog, rules))
    [backtest] = history.run([rules], Console(quiet=True))
    assert backtest.episodes()
    assert set(history.batch.series.tolist()) == {catalog.index[GAUGES[0]], catalog.index[GAUGES[2]]}
