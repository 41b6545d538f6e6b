"""New rules in a running city: their windows are read from the store, and what came of it stands in the journal."""

import asyncio
from pathlib import Path

from city.entry import FillEntry
from megane.journal_replay import replay_journal
from tests.support.looking_city import LookingCity, MoodyStore, told
from tests.support.rule_city import MINUTE, T0, rule_text

FEW = {"rules/few.yaml": rule_text(id="few", raise_="count(1h) < 30")}


async def test_new_rules_find_their_windows_filled_and_the_journal_says_with_what(tmp_path: Path) -> None:
    store = MoodyStore()
    store.refusals = 2
    city = LookingCity(tmp_path, store)
    async with city.running():
        for minute in range(90):
            city.put((minute, 5.0), at=minute)
        city.journal.append_rules(T0 + 90 * MINUTE, FEW)
        await city.journaled(FillEntry)
        filled = next(entry for entry in city.entries() if isinstance(entry, FillEntry))
        assert len(filled.batch) >= 60
        await city.watch.caught_up(city.put((90, 5.0), at=93))
        assert city.events() == []
        await city.watch.caught_up(city.put((200, 5.0), at=200))
        found = city.events()
    assert city.registry.get_sample_value("megane_windows_filled_total") == len(filled.series)
    assert told(found)[0] == ("few", "firing", 150)  # 90 + 60: then the hour before is empty
    assert [e.id for e in replay_journal(tmp_path / "journal.db")] == [e.id for e in found if e.told]


async def test_a_city_that_ends_before_the_fill_goes_on_with_it(tmp_path: Path) -> None:
    store = MoodyStore()
    store.refusals = 1_000_000
    city = LookingCity(tmp_path, store)
    async with city.running():
        for minute in range(90):
            city.put((minute, 5.0), at=minute)
        city.journal.append_rules(T0 + 90 * MINUTE, FEW)
        await city.watch.caught_up(city.journal.tail.position)
        while store.refusals == 1_000_000:
            await asyncio.sleep(0)
            city.clock.advance(0.1)
    store.refusals = 0
    city = LookingCity(tmp_path, store)
    city.clock.advance_to(T0 + 91 * MINUTE)
    async with city.running():
        await city.journaled(FillEntry)
        await city.watch.caught_up(city.put((91, 5.0), at=91))
        assert city.events() == []
